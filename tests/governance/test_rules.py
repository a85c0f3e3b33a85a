"""A complete deployment passes, and each rule refuses alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from builders import (
    NOON,
    make_bundle,
    make_deployment,
    make_entry,
    make_statement,
    make_vectors,
    make_watchlist,
)
from hypothesis import given
from hypothesis import strategies as st

from overt.errors import WatchlistError
from overt.governance.composition import composition
from overt.governance.findings import Finding, Verdict
from overt.governance.policy import Policy
from overt.governance.policy_file import open_policy, reference_policy
from overt.governance.policy_kinds import Cap
from overt.governance.policy_known import KNOWN
from overt.governance.rules import (
    ADMITTED,
    CHECKS,
    Aftermath,
    Assessment,
    Observed,
    Subject,
    assess,
)
from overt.governance.rules_later import is_credibly_above
from overt.inference.bundle import IntendedUse
from overt.statistics.sequences import rate_sequence
from overt.values.deployment import Camera, Purpose, Rank, Window
from overt.values.duty_events import DeploymentBriefed
from overt.values.watchlist import Category, Entry

POLICY = reference_policy()
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def assessed(subject: Subject, *, policy: Policy = POLICY, now: datetime = NOON) -> Assessment:
    return assess(subject, policy=policy, now=now)


def failures(subject: Subject, *, now: datetime = NOON) -> tuple[str, ...]:
    return tuple(str(finding) for finding in assessed(subject, now=now).refusals)


def finding(subject: Subject, rule: str, *, now: datetime = NOON) -> Finding:
    (found,) = (each for each in assessed(subject, now=now).findings if each.rule == rule)
    return found


def complete(**deployment: Any) -> Subject:
    return Subject(make_deployment(**deployment), make_watchlist(make_vectors(3)), make_bundle())


def listed(**fields: Any) -> Subject:
    return replace(complete(), watchlist=make_watchlist(make_vectors(3), **fields))


def stated(**fields: Any) -> Subject:
    return complete(statement=make_statement(**fields))


def briefed(
    *,
    signs: str = "at both ends",
    notice: str = "on the force's site, on 24 February",
    staff: int = 4,
    cameras: tuple[str, ...] = ("gate",),
    checked: datetime = NOON - 26 * HOUR,
) -> Subject:
    event = DeploymentBriefed("PS B", signs, notice, staff, cameras)
    return replace(complete(), briefed=event, passed={"gate": checked})


def after(*, ended: datetime = NOON, **known: Any) -> Subject:
    return replace(complete(), aftermath=Aftermath(ended, **known))


def among_agreed(subject: Subject) -> Subject:
    """Make a trial of it: the blue list, a trial model, `trial = true`."""
    entries = tuple(replace(entry, category=Category.BLUE) for entry in subject.watchlist.entries)
    return replace(
        subject,
        deployment=replace(subject.deployment, trial=True),
        watchlist=replace(subject.watchlist, entries=entries),
        bundle=replace(subject.bundle, intended_use=IntendedUse.TRIAL, evaluation=None),
    )


def trial(**deployment: Any) -> Subject:
    return among_agreed(complete(**deployment))


@dataclass(frozen=True)
class Case:
    """A subject that fails one rule, and what is said of it."""

    subject: Callable[[], Subject]
    said: str


TRIAL_BUNDLE = make_bundle(intended_use=IntendedUse.TRIAL)
ALONE = {
    "before the window": Case(
        lambda: complete(window=Window(NOON + SECOND, NOON + HOUR)),
        "window: got 2026-03-01T12:00:00",
    ),
    "at the window's end": Case(
        lambda: complete(window=Window(NOON - HOUR, NOON)), "window: got 2026-03-01T12:00:00"
    ),
    "a window too long": Case(
        lambda: complete(window=Window(NOON - HOUR, NOON + 23 * HOUR + SECOND)),
        "window: got 1 day, 0:00:01, want 1 day, 0:00:00 or less",
    ),
    "a low threshold": Case(
        lambda: complete(threshold=0.5999), "threshold: got 0.5999, want 0.60 or more"
    ),
    "too many false alerts": Case(
        lambda: trial(threshold=0.30), "threshold: got 0.3, which predicts a false alert in "
    ),
    "no officer": Case(lambda: stated(officer=" "), "authority officer: got nothing"),
    "no reference": Case(lambda: stated(reference=""), "authority reference: got nothing"),
    "no necessity": Case(lambda: stated(necessity="\n"), "authority necessity: got nothing"),
    "no proportionality": Case(
        lambda: stated(proportionality=""), "authority proportionality: got nothing"
    ),
    "given without a zone": Case(
        lambda: stated(given=NOON.replace(tzinfo=None) - 3 * HOUR),
        "authority given: got a time without a zone",
    ),
    "given within the window": Case(
        lambda: stated(given=NOON - HOUR), "authority given: got 2026-03-01T11:00:00"
    ),
    "no rank": Case(
        lambda: stated(rank=Rank.NONE), "authority rank: got none, want Superintendent or above"
    ),
    "an Inspector without hurry": Case(
        lambda: stated(rank=Rank.INSPECTOR), "authority rank: got Inspector, want Super"
    ),
    "a Chief Inspector without hurry": Case(
        lambda: stated(rank=Rank.CHIEF_INSPECTOR), "authority rank: got Chief Inspector"
    ),
    "nothing written": Case(
        lambda: stated(officer="", reference="", necessity="", proportionality=""),
        "authority officer, reference, necessity, proportionality: got nothing, want it in writing",
    ),
    "drafted by the same officer": Case(
        lambda: replace(complete(), drafted_by=" a.  OFFICER"),
        "authority officer: got the one who drafted it, want somebody else",
    ),
    "an urgent authority that nobody reviewed": Case(
        lambda: stated(rank=Rank.INSPECTOR, urgent=True, given=NOON - 24 * HOUR - SECOND),
        "authority review: got none, want a review within 24 h",
    ),
    "an urgent authority reviewed too late": Case(
        lambda: replace(
            stated(rank=Rank.INSPECTOR, urgent=True, given=NOON - 26 * HOUR), reviewed=NOON - HOUR
        ),
        "authority review: got 2026-03-01T11:00:00+00:00, want a review within 24 h",
    ),
    "no signs": Case(lambda: briefed(signs=" "), "signs: got none, want signs"),
    "no notice": Case(lambda: briefed(notice=""), "notice: got none, want an announcement"),
    "no officers": Case(lambda: briefed(staff=0), "officers: got 0, want 1 or more"),
    "a camera nobody looked at": Case(
        lambda: briefed(cameras=("other",)), "camera gate: got no go, want a go of every camera"
    ),
    "a camera that was checked the day before yesterday": Case(
        lambda: briefed(checked=NOON - 26 * HOUR - SECOND), "camera gate: got no go, want a go of"
    ),
    "more false alerts than the ceiling": Case(
        lambda: replace(complete(), observed=Observed(9, 2000)),
        "false alerts: got 9 in 2,000 faces seen, want no more than 1 in 1,000",
    ),
    "a list that is still there": Case(
        lambda: after(ended=NOON - 24 * HOUR - SECOND), "watchlist: got it still there 1 day"
    ),
    "a list that went too late": Case(
        lambda: after(ended=NOON - 30 * HOUR, list_destroyed=NOON),
        "watchlist: got it destroyed 1 day, 6:00:00 after the end",
    ),
    "alert data kept too long": Case(
        lambda: after(alert_data_kept=24 * HOUR + SECOND), "alert data: got 1 day, 0:00:01, want"
    ),
    "a hold that was not renewed": Case(
        lambda: after(legal_hold=timedelta(days=32)), "legal hold: got 32 days, 0:00:00, want 31 d"
    ),
    "no rank in a hurry": Case(
        lambda: stated(rank=Rank.NONE, urgent=True),
        "authority rank: got none, want Inspector or above",
    ),
    "no calibration": Case(
        lambda: replace(complete(), bundle=make_bundle(calibrated=False)),
        "bundle made-up: got no calibration",
    ),
    "a trial model": Case(
        lambda: replace(complete(), bundle=TRIAL_BUNDLE), "bundle made-up: got a trial model"
    ),
    "a list of another bundle": Case(
        lambda: listed(bundle="c" * 64),
        "watchlist: got templates of bundle cccccccccccc, want bbbb",
    ),
    "an old list": Case(
        lambda: listed(built=NOON - 24 * HOUR - SECOND), "watchlist: got an age of 1 day, 0:00:01"
    ),
    "a list of tomorrow": Case(
        lambda: listed(built=NOON + SECOND), "watchlist: got one built in the future"
    ),
    "recorded footage": Case(
        lambda: complete(cameras=(Camera("gate", "rtsp://a/b"), Camera("old", "old.mp4"))),
        "camera old: got recorded footage",
    ),
    "recorded footage that looks like a webcam": Case(
        lambda: complete(cameras=(Camera("old", "/dev/video/../../home/old.mp4"),)),
        "camera old: got recorded footage",
    ),
}


@pytest.mark.parametrize("name", list(ALONE))
def test_each_rule_fails_alone(name: str) -> None:
    case = ALONE[name]
    (failed,) = failures(case.subject())
    assert failed.startswith(case.said)
    assert ", want " in failed


def test_a_complete_deployment_keeps_every_rule() -> None:
    assert failures(complete()) == ()


@pytest.mark.parametrize(
    "rank", [Rank.SUPERINTENDENT, Rank.CHIEF_SUPERINTENDENT, Rank.COMMANDER, Rank.CHIEF_OFFICER]
)
def test_senior_ranks_may_authorise(rank: Rank) -> None:
    assert failures(stated(rank=rank)) == ()


@pytest.mark.parametrize("rank", [Rank.INSPECTOR, Rank.CHIEF_INSPECTOR])
def test_an_inspector_may_in_a_hurry(rank: Rank) -> None:
    assert failures(stated(rank=rank, urgent=True)) == ()


def test_the_limits_themselves_are_kept() -> None:
    subject = complete(threshold=0.60, window=Window(NOON, NOON + 24 * HOUR))
    subject = replace(subject, watchlist=make_watchlist(make_vectors(3), built=NOON - 24 * HOUR))
    assert failures(subject) == ()


def test_all_that_fails_is_named() -> None:
    subject = Subject(
        make_deployment(
            threshold=0.5,
            cameras=(Camera("old", "old.mp4"),),
            statement=make_statement(rank=Rank.NONE, officer=""),
        ),
        make_watchlist(make_vectors(3), bundle="c" * 64),
        TRIAL_BUNDLE,
    )
    assert len(failures(subject)) == 6


def test_the_threshold_that_is_named_would_do() -> None:
    (failed,) = failures(trial(threshold=0.30))
    named = float(failed.partition("want ")[2].partition(" or more")[0])
    assert failures(trial(threshold=named)) == ()
    assert failures(trial(threshold=named - 0.01)) != ()


TRIAL_ADMITS = {
    "a low threshold",
    "no rank",
    "no rank in a hurry",
    "a trial model",
    "recorded footage",
    "recorded footage that looks like a webcam",
}


@pytest.mark.parametrize("name", list(ALONE))
def test_a_trial_admits_what_it_says_only(name: str) -> None:
    subject = ALONE[name].subject()
    tried = among_agreed(subject)
    assert (failures(tried) == ()) is (name in TRIAL_ADMITS)


@pytest.mark.parametrize("name", sorted(TRIAL_ADMITS))
def test_a_trial_that_lists_anybody_else_admits_nothing(name: str) -> None:
    tried = among_agreed(ALONE[name].subject())
    first, *others = tried.watchlist.entries
    wanted = (replace(first, category=Category.COURTS), *others)
    assert failures(replace(tried, watchlist=replace(tried.watchlist, entries=wanted)))


def test_a_model_for_real_use_never_searches_footage() -> None:
    subject = trial(cameras=(Camera("old", "old.mp4"),))
    assert failures(subject) == ()
    real = replace(subject, bundle=replace(subject.bundle, intended_use=IntendedUse.OPERATIONAL))
    real = replace(real, bundle=replace(real.bundle, evaluation=make_bundle().evaluation))
    (failed,) = failures(real)
    assert failed.startswith("camera old: got recorded footage")


def test_what_a_trial_admits_is_seen() -> None:
    subject = trial(threshold=0.5, cameras=(Camera("old", "old.mp4"),))
    assessment = assessed(subject)
    rules = ["live-cameras", "threshold-lowest", "bundle-operational"]
    assert [each.rule for each in assessment.admitted] == rules
    assert all("admitted in a trial" in each.got for each in assessment.admitted)
    assert [each.rule for each in assessment.flags] == ["threshold-operated", "list-image-age"]


@pytest.mark.parametrize("name", sorted(TRIAL_ADMITS))
def test_a_policy_may_admit_nothing(name: str) -> None:
    subject = ALONE[name].subject()
    tried = among_agreed(subject)
    rules = tuple(
        replace(rule, value=()) if rule.id == "trial-admits" else rule for rule in POLICY.rules
    )
    refused = {each.rule for each in assessed(tried, policy=replace(POLICY, rules=rules)).refusals}
    assert "bundle-operational" in refused, "the model that a trial uses"
    assert len(refused) == (1 if name == "a trial model" else 2)


def test_the_ceiling_of_false_alerts_is_admitted_in_no_trial() -> None:
    assert "predicted-false-alerts" not in ADMITTED
    assert set(ADMITTED) <= set(KNOWN)


def test_every_known_rule_is_checked_and_says_which_it_is() -> None:
    assert list(CHECKS) == list(KNOWN) == [rule.id for rule in POLICY.rules]
    found = assessed(briefed()).findings
    assert [each.rule for each in found] == list(KNOWN)
    assert all(each.about and each.got and each.want for each in found)


def test_what_has_not_happened_cannot_be_told() -> None:
    untold = {each.rule: each for each in assessed(complete()).untold}
    assert list(untold) == [
        "change-compared",
        "authority-two-people",
        "signs",
        "notice",
        "officers-present",
        "camera-check",
        "observed-false-alerts",
        "list-destroyed",
        "alert-data-kept",
        "legal-hold",
        "disclosure-kept",
        "published",
    ]
    assert all(each.to_do for each in untold.values())


def test_once_it_is_known_it_holds() -> None:
    known = Aftermath(
        NOON - HOUR,
        list_destroyed=NOON,
        alert_data_kept=HOUR,
        legal_hold=timedelta(days=31),
        published=NOON,
    )
    subject = replace(
        briefed(),
        before=(),
        drafted_by="B. Officer",
        observed=Observed(10, 3_147_436),
        aftermath=known,
    )
    assessment = assessed(subject)
    assert assessment.untold == assessment.refusals == ()


def test_an_urgent_authority_waits_for_its_review() -> None:
    given = NOON - 24 * HOUR
    subject = stated(rank=Rank.INSPECTOR, urgent=True, given=given)
    found = finding(subject, "authority-urgent-review")
    assert found.verdict is Verdict.CANNOT_TELL
    assert NOON.isoformat() in found.to_do
    reviewed = replace(subject, reviewed=NOON)
    assert finding(reviewed, "authority-urgent-review", now=NOON + 99 * HOUR).verdict == "holds"


def test_only_permitted_uses_are() -> None:
    for purpose in Purpose:
        subject = complete()
        subject = replace(subject, deployment=replace(subject.deployment, purpose=purpose))
        assert finding(subject, "permitted-use").verdict is Verdict.HOLDS
        wanted = purpose is Purpose.HOTSPOT
        found = assessed(subject, policy=open_policy("fixed-site"))
        assert ("permitted-use" in {each.rule for each in found.refusals}) is not wanted


@given(st.integers(0, 60), st.integers(1, 5000), st.sampled_from([1 / 1000, 1 / 6000, 0.01]))
def test_credibly_above_is_the_low_end_of_the_sequence(
    events: int, trials: int, rate: float
) -> None:
    events = min(events, trials)
    sequence = rate_sequence([events], [trials], against=rate)
    assert is_credibly_above(Observed(events, trials), rate) is bool(sequence.low[0] > rate)


@pytest.mark.parametrize(("faces", "stops"), [(1, 2), (100, 3), (1000, 6), (2000, 9), (3000, 11)])
def test_so_many_false_alerts_stop_a_deployment(faces: int, stops: int) -> None:
    """The table of docs/concepts/monitoring.md; one false alert alone stops none."""
    least = next(x for x in range(faces + 2) if x > faces or is_above(x, faces))
    assert least == stops


def is_above(events: int, faces: int) -> bool:
    return is_credibly_above(Observed(events, faces), 1 / 1000)


def test_more_false_alerts_than_faces_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="want no more false alerts than faces"):
        Observed(2, 1)


def of_entries(*entries: Entry) -> Subject:
    return replace(
        complete(), watchlist=make_watchlist(make_vectors(len(entries)), entries=entries)
    )


def entries(category: Category, number: int) -> tuple[Entry, ...]:
    return tuple(
        replace(make_entry(f"{category}-{i}"), category=category, image_date=date(2025, 1, 1))
        for i in range(number)
    )


def test_the_blue_list_is_counted_apart() -> None:
    subject = of_entries(
        *entries(Category.COURTS, 2), *entries(Category.GROUNDS, 1), *entries(Category.BLUE, 5)
    )
    found = composition(subject.watchlist)
    assert (found.listed, found.blue) == (3, 5)
    assert found.categories == {
        Category.COURTS: 2,
        Category.GROUNDS: 1,
        Category.MAPPA: 0,
        Category.MISSING: 0,
    }
    said = finding(subject, "list-composition").got
    assert said == "2 wanted by the courts, 1 reasonable grounds; blue list 5"


@pytest.mark.parametrize(
    ("cap", "grounds", "holds"),
    [
        (Cap(0.25, is_share=True), 1, True),  # 1 of 4: the blue list does not water it down
        (Cap(0.25, is_share=True), 2, False),
        (Cap(2, is_share=False), 2, True),
        (Cap(2, is_share=False), 3, False),
        (Cap(0, is_share=False), 0, True),
    ],
)
def test_a_category_keeps_its_cap(cap: Cap, grounds: int, holds: bool) -> None:  # noqa: FBT001
    rules = tuple(
        replace(rule, value={str(Category.GROUNDS): cap}) if rule.id == "list-composition" else rule
        for rule in POLICY.rules
    )
    subject = of_entries(
        *entries(Category.COURTS, 3),
        *entries(Category.GROUNDS, grounds),
        *entries(Category.BLUE, 9),
    )
    found = assessed(subject, policy=replace(POLICY, rules=rules)).refusals
    assert (found == ()) is holds
    assert holds or "too many: reasonable grounds" in found[0].got


def test_children_and_vulnerable_people_need_an_exception() -> None:
    exception = "missing since Friday; Superintendent S"
    (young,) = entries(Category.MISSING, 1)
    for field, rule in (("under_18", "list-under-18"), ("vulnerable", "list-vulnerable")):
        with pytest.raises(WatchlistError, match="without an exception, want it recorded"):
            replace(young, **{field: True}, exception=" ")
        found = finding(of_entries(replace(young, **{field: True}, exception=exception)), rule)
        assert found.verdict is Verdict.HOLDS
        assert "1 with a recorded exception" in found.got


def test_what_is_said_of_a_list_names_nobody() -> None:
    secret = "Zebulon Quagmire"  # noqa: S105
    person = replace(
        make_entry(secret, name=secret), under_18=True, exception=secret, relatives=secret
    )
    findings = assessed(of_entries(person)).findings
    assert all(secret not in str(each) for each in findings)
    assert all(secret not in caution for caution in person.cautions)


@pytest.mark.parametrize(
    ("taken", "said"),
    [
        (None, "1 of unknown date, of 1"),
        (date(2016, 2, 28), "1 older, of 1"),
        (date(2016, 3, 2), "all newer"),
    ],
)
def test_old_photographs_are_flagged(taken: date | None, said: str) -> None:
    subject = of_entries(replace(make_entry(), image_date=taken))
    assert finding(subject, "list-image-age").got == said
    flagged = [each.rule for each in assessed(subject).flags]
    assert flagged == ([] if said == "all newer" else ["list-image-age"])
