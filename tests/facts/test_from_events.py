"""What counts as what: events in, rows out."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta

import polars as pl
import pytest
from builders import LIST_DIGEST, NOON, make_alert_raised
from hypothesis import given
from hypothesis import strategies as st
from report_facts import authorised_at

from overt.errors import FactsError
from overt.facts.facts import Facts
from overt.facts.from_events import fold_facts
from overt.facts.schema import TABLES
from overt.values import alert_events as acts
from overt.values import duty_events as duty
from overt.values.counts import FaceCounts
from overt.values.demographics import Demographics, Ethnicity, Gender
from overt.values.events import (
    AlertRaised,
    Body,
    DeploymentAuthorised,
    DeploymentStarted,
    DeploymentStopped,
    Event,
    FacesCounted,
    KnownPassage,
    WatchlistComposed,
    WatchlistDestroyed,
)
from overt.values.quality import Reason
from overt.values.review import (
    ArrestCategory,
    Decision,
    Disposal,
    Factors,
    FalseAlertReason,
    Finding,
)
from overt.values.watchlist import Category

FORCE = "police.example/lfr"


def minute(number: float) -> datetime:
    return NOON + timedelta(minutes=number)


def authorised(*, threshold: float = 0.64, trial: bool = False) -> DeploymentAuthorised:
    return authorised_at("High Street", NOON, threshold=threshold, trial=trial)


def counted(at: float, *, seen: int, camera: str = "gate", small: int = 0) -> FacesCounted:
    unfit = {Reason.TOO_SMALL: small} if small else {}
    return FacesCounted(
        FaceCounts(camera, minute(at), frames=1500, seen=seen, compared=seen - small, unfit=unfit)
    )


def folded(*bodies: Body | tuple[float, Body], deployment: str = "d1") -> Facts:
    """Fold bodies; a pair is a body at a minute, otherwise each comes a second after the last."""
    ids = itertools.count()
    events = [
        Event(
            f"e{next(ids)}",
            deployment,
            minute(body[0]) if isinstance(body, tuple) else NOON,
            body[1] if isinstance(body, tuple) else body,
        )
        for body in bodies
    ]
    return fold_facts(events, force=FORCE)


def only(table: pl.LazyFrame) -> dict[str, object]:
    rows = table.collect().to_dicts()
    assert len(rows) == 1
    return rows[0]


def judged(alert: str, decision: Decision) -> acts.AlertAdjudicated:
    reason = FalseAlertReason.ANGLE if decision is Decision.REJECT else None
    return acts.AlertAdjudicated(alert, "Op", decision, Factors(), reason, "", second=False)


def test_a_deployment_is_one_row_from_authority_to_close() -> None:
    facts = folded(
        (-60, duty.DeploymentDrafted("D. Rafter", "market", "d" * 64)),
        (-30, authorised()),
        (-20, duty.DeploymentBriefed("C. Ommander", "corners", "web", 6, ("gate",))),
        (0, DeploymentStarted("0.1.0", 1e-7, extrapolated=False)),
        (2, DeploymentStarted("0.1.0", 3e-7, extrapolated=False)),
        (239, DeploymentStopped("the window ended")),
        (240, WatchlistDestroyed(LIST_DIGEST, 20)),
        (1700, duty.DeploymentClosed("C. Ommander")),
    )
    row = only(facts.deployments)
    assert row["force"] == FORCE
    assert (row["place"], row["cameras"], row["officers"]) == ("High Street", 2, 6)
    assert row["started"] == minute(0)  # the first start, not the one after a fault
    assert row["predicted_rate"] == 1e-7
    assert row["stopped"] == minute(239)
    assert row["list_destroyed"] == minute(240)
    assert row["closed"] == minute(1700)
    deletion = only(facts.deletions)
    assert (deletion["what"], deletion["done"]) == ("watchlist", True)


def test_parts_of_a_minute_add_up_and_reasons_too() -> None:
    facts = folded(
        authorised(), counted(0, seen=5, small=2), counted(0, seen=4, small=1), counted(1, seen=7)
    )
    rows = facts.minutes.sort("minute").collect().to_dicts()
    assert [(row["seen"], row["compared"], row["frames"]) for row in rows] == [
        (9, 6, 3000),
        (7, 7, 1500),
    ]
    assert only(facts.unfit)["faces"] == 3


def test_a_minute_has_the_threshold_of_its_first_second() -> None:
    change = duty.ThresholdChanged("A", "Superintendent", "crowd", 0.64, 0.60, 1e-7, 4e-7)
    facts = folded(authorised(), (1.5, change), (2, counted(1, seen=1)), (3, counted(2, seen=1)))
    rows = facts.minutes.sort("minute").collect().to_dicts()
    assert [row["threshold"] for row in rows] == [0.64, 0.60]
    assert only(facts.thresholds)["after"] == 0.60


def test_an_alert_is_one_row_through_all_that_people_did() -> None:
    facts = folded(
        authorised(),
        make_alert_raised("a1", minute(5)),
        (5.1, acts.AlertClaimed("a1", "Op")),
        (5.2, judged("a1", Decision.ENGAGE)),
        (6, acts.EngagementStarted("a1", "E")),
        (9, acts.EngagementEnded("a1", "E", Finding.TRUE, None)),
        (
            9.5,
            acts.DemographicsRecorded(
                "a1", "E", Demographics(Ethnicity.B2, Ethnicity.B9, Gender.MALE)
            ),
        ),
        (
            10,
            acts.OutcomeRecorded(
                "a1",
                "E",
                Disposal.ARREST,
                ArrestCategory.COURTS,
                violence_against_women_and_girls=True,
            ),
        ),
        (11, acts.ForceRecorded("a1", "E", "cuffs")),
        (12, acts.ComplaintRecorded("a1", "E", "C/1")),
        (1500, duty.EvidenceDeleted("a1", "c" * 64, "due after use")),
    )
    row = only(facts.alerts)
    assert row["adjudicated"] == minute(5.2)
    assert (row["decision"], row["finding"], row["reason"]) == ("engage", "confirmed true", None)
    assert (row["engaged"], row["disengaged"]) == (minute(6), minute(9))
    assert (row["disposal"], row["arrest"]) == ("arrest", "wanted by the courts")
    assert row["violence_against_women_and_girls"] is True
    assert row["ethnicity"] == "Black: African"
    assert row["group"] == "Black, African, Caribbean or Black British"
    assert row["self_defined"] is True
    assert (row["force_used"], row["complaints"]) == (1, 1)
    assert row["evidence_deleted"] == minute(1500)
    assert only(facts.complaints)["alert"] == "a1"


def test_false_alerts_carry_the_reason_of_whoever_found_them_false() -> None:
    facts = folded(
        authorised(),
        make_alert_raised("rejected"),
        judged("rejected", Decision.REJECT),
        make_alert_raised("engaged"),
        judged("engaged", Decision.ENGAGE),
        acts.EngagementEnded("engaged", "E", Finding.FALSE, FalseAlertReason.TWIN),
    )
    rows = {row["alert"]: row for row in facts.alerts.collect().to_dicts()}
    assert (rows["rejected"]["decision"], rows["rejected"]["reason"]) == ("reject", "angle")
    assert (rows["engaged"]["finding"], rows["engaged"]["reason"]) == (
        "confirmed false",
        "identical twin",
    )
    assert rows["engaged"]["group"] == "Not stated or not recorded"


def test_a_blind_second_opinion_decides_nothing() -> None:
    second = acts.AlertAdjudicated(
        "a1", "Op 2", Decision.REJECT, Factors(), FalseAlertReason.BLUR, "", second=True
    )
    facts = folded(authorised(), make_alert_raised("a1"), judged("a1", Decision.ENGAGE), second)
    row = only(facts.alerts)
    assert (row["decision"], row["second_decision"], row["reason"]) == ("engage", "reject", None)


def test_judgements_that_nobody_s_look_came_before_are_counted() -> None:
    """From what is public: how many looks there were, not whose; an audit knows that."""
    reason = FalseAlertReason.BLUR
    first = judged("a1", Decision.ENGAGE)
    second = acts.AlertAdjudicated(
        "a1", "Op 2", Decision.REJECT, Factors(), reason, "", second=True
    )
    look, other = (duty.EvidenceViewed("a1", by, "adjudicate") for by in ("Op", "Op 2"))
    for steps, unseen in (
        ((look, first, other, second), 0),
        ((look, other, second, first), 0),
        ((first, look, other, second), 1),
        ((look, first, second, other), 1),
        ((first, second), 2),
        ((duty.EvidenceViewed("a2", "Op", "adjudicate"), first), 1),
        ((), 0),
    ):
        facts = folded(authorised(), make_alert_raised("a1"), *steps)
        assert only(facts.alerts)["judged_unseen"] == unseen


def test_decoys_count_nowhere() -> None:
    pretends = ("gate", NOON, Category.COURTS, 0.66, 3, (), "c" * 64)
    decoy = acts.DecoyRaised("x1", *pretends, by="S. Senior", agreed="forms, 9")
    facts = folded(
        authorised(),
        decoy,
        judged("x1", Decision.ENGAGE),
        acts.ComplaintRecorded("x1", "E", "C/1"),
        acts.ComplaintRecorded("", "E", "C/2"),
    )
    assert facts.alerts.collect().is_empty()
    assert only(facts.complaints)["alert"] is None


def test_known_passages_and_lists() -> None:
    walked = KnownPassage(
        "17-1",
        "gate",
        "17",
        minute(3),
        recognised=True,
        alert="a1",
        demographics=Demographics(Ethnicity.A1),
    )
    composed = WatchlistComposed(
        LIST_DIGEST, {Category.COURTS: 12, Category.MISSING: 8}, vulnerable={Category.MISSING: 3}
    )
    facts = folded(authorised(), composed, walked)
    assert only(facts.passages)["group"] == "Asian or Asian British"
    assert only(facts.passages)["threshold"] == 0.64
    rows = facts.lists.collect().to_dicts()
    assert [(row["category"], row["listed"], row["vulnerable"]) for row in rows] == [
        ("wanted by the courts", 12, 0),
        ("missing or vulnerable", 8, 3),
    ]


@pytest.mark.parametrize(
    "body",
    [
        counted(0, seen=1),
        make_alert_raised("a1"),
        DeploymentStarted("0.1.0", 1e-7, extrapolated=False),
    ],
    ids=["faces", "alert", "start"],
)
def test_recognition_without_an_authority_is_an_error(body: Body) -> None:
    with pytest.raises(FactsError, match="without an authority"):
        folded(body)


@given(st.permutations(range(6)))
def test_counts_do_not_depend_on_the_order_of_minutes(order: list[int]) -> None:
    minutes: list[Callable[[], FacesCounted]] = [
        lambda n=n: counted(n % 3, seen=n, camera="gate" if n % 2 else "square") for n in range(6)
    ]
    facts = folded(authorised(), *(minutes[place]() for place in order))
    total = facts.minutes.select(pl.col("seen").sum()).collect().item()
    assert total == sum(range(6))
    assert facts.minutes.collect().height == 6


def test_narrowing_keeps_every_table_in_step() -> None:
    first = folded(authorised(), counted(0, seen=1), make_alert_raised("a1"))
    second = folded(
        authorised(trial=True), counted(0, seen=2), make_alert_raised("b1"), deployment="d2"
    )
    both = first.plus([second])
    assert both.minutes.collect().height == 2
    one = both.of_deployment("d2")
    assert [row["alert"] for row in one.alerts.collect().to_dicts()] == ["b1"]
    assert both.in_public().minutes.collect()["seen"].to_list() == [1]
    assert both.between(minute(1), minute(2)).deployments.collect().is_empty()
    assert both.between(minute(0), minute(1)).deployments.collect().height == 2


def test_every_table_is_filled_by_some_event() -> None:
    """A column that no event fills would be published empty for ever."""
    assert set(TABLES) == set(folded(authorised()).tables())
    assert AlertRaised.kind == "alert-raised"
