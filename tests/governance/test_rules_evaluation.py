"""An operational model rests on an evaluation: each rule on it refuses alone, and says why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from builders import NOON, make_bundle, make_deployment, make_vectors, make_watchlist
from hypothesis import given
from hypothesis import strategies as st
from made_records import evaluation_of, make_record, share

from overt.errors import AuthorityError
from overt.governance.authority import authorise
from overt.governance.findings import Finding, Verdict
from overt.governance.policy import Policy
from overt.governance.policy_file import open_policy, reference_policy
from overt.governance.policy_kinds import Figures
from overt.governance.policy_known import KNOWN
from overt.governance.qualifying import qualify
from overt.governance.rules import Subject, assess
from overt.governance.rules_evaluation import EVALUATED, Asked
from overt.inference.bundle import IntendedUse, Unread
from overt.values.evaluation import Record

POLICY = reference_policy()
FAIR = {"x": (400, 40_000), "y": (380, 40_000)}


def asked(
    record: Record | Unread | None = None, *, listed: int = 1000, threshold: float = 0.64
) -> Asked:
    return Asked(make_bundle(), record or make_record(), listed, threshold)


def failing(of: Asked, *, policy: Policy = POLICY) -> tuple[Finding, ...]:
    return tuple(f for f in qualify(of, policy=policy) if f.verdict is not Verdict.HOLDS)


def with_value(rule: str, value: object) -> Policy:
    rules = [replace(each, value=value) if each.id == rule else each for each in POLICY.rules]
    return replace(POLICY, rules=tuple(rules))


def subject(record: Record | Unread) -> Subject:
    bundle = make_bundle(record=record)
    return Subject(make_deployment(), make_watchlist(make_vectors(3)), bundle)


@dataclass(frozen=True)
class Case:
    """What fails one rule, and what is said of it."""

    rule: str
    of: Callable[[], Asked]
    got: str
    next: str


ALONE = {
    "another bundle's": Case(
        "evaluation-record",
        lambda: asked(make_record(digest="c" * 64)),
        "got one of cccccccc",
        "evaluate this bundle",
    ),
    "another tool's scores": Case(
        "evaluation-record",
        lambda: asked(make_record(digest="")),
        "got one of scores of another tool",
        "evaluate this bundle",
    ),
    "people it was tuned on": Case(
        "evaluation-half",
        lambda: asked(make_record(half="development")),
        "got the half called development, want test, or all",
        "--half test",
    ),
    "few strangers": Case(
        "evaluation-strangers",
        lambda: asked(make_record(strangers=999)),
        "got 999, want 1,000 or more",
        "more people",
    ),
    "few listed people": Case(
        "evaluation-listed",
        lambda: asked(make_record(seen=399)),
        "got 399, want 400 or more",
        "more people",
    ),
    "few people of a group": Case(
        "evaluation-of-group",
        lambda: asked(make_record(group_people=99)),
        "people of x in the evaluation: got 99, want 100 or more",
        "--group",
    ),
    "a false alert rate that may be too high": Case(
        "evaluation-false-alerts",
        lambda: asked(make_record(false_alerts=share(1, 4000, low=0, high=0.00101))),
        "got 0.025% (0.000% to 0.101%; 1 of 4,000) with 1,000 listed at 0.64, want 1 in 1,000",
        "about 3,690 people without a false alert show it",
    ),
    "a longer list than was evaluated": Case(
        "evaluation-false-alerts",
        lambda: asked(listed=10_001),
        "got none: 10,000 listed at most, at 0.5 or above, want 10,001 or more listed",
        "--listed 10001",
    ),
    "too few recognised": Case(
        "evaluation-recognition",
        lambda: asked(make_record(recognised=share(260, 500, low=0.49, high=0.56))),
        "got 52.000% (49.000% to 56.000%; 260 of 500) at 0.64, want 50%",
        "use another",
    ),
    "a higher threshold than was evaluated": Case(
        "evaluation-recognition", lambda: asked(threshold=0.65), "none at 0.65", "--threshold 0.65"
    ),
    "groups that differ": Case(
        "evaluation-differences",
        lambda: asked(make_record(groups={"x": (72, 40_000), "y": (8, 40_000)}, spread=0.2)),
        "got 9 (6.75 to 12), x to y at 0.4, where ",
        "more alike",
    ),
    "groups that may differ": Case(
        "evaluation-differences",
        lambda: asked(make_record(groups={"x": (45, 40_000), "y": (15, 40_000)}, spread=0.7)),
        "got 3 (",
        "more alike",
    ),
    "a group without a false match": Case(
        "evaluation-differences",
        lambda: asked(make_record(groups={"x": (20, 40_000), "y": (0, 40_000)})),
        "got no limit (",
        "more people",
    ),
    "false matches too few to tell": Case(
        "evaluation-differences",
        lambda: asked(make_record(groups={"x": (3, 40_000), "y": (3, 40_000)})),
        "got too few false matches to tell: a ratio that they could show is ",
        "more people of each group",
    ),
    "no false match at all": Case(
        "evaluation-differences",
        lambda: asked(make_record(groups={"x": (0, 40_000), "y": (0, 40_000)})),
        "a ratio that they could show is none at all",
        "--fpir",
    ),
    "false matches seen only where they are many": Case(
        "evaluation-differences",
        lambda: asked(make_record(groups=FAIR)),
        "a ratio that they could show is none at all",
        "--fpir",
    ),
    "false matches seen only above the threshold": Case(
        "evaluation-differences",
        lambda: asked(make_record(shown_at=0.70)),
        "a ratio that they could show is none at all",
        "--fpir",
    ),
}


@pytest.mark.parametrize("name", list(ALONE))
def test_each_rule_fails_alone(name: str) -> None:
    case = ALONE[name]
    (found,) = failing(case.of())
    assert found.rule == case.rule
    assert case.got in str(found)
    assert case.next in found.to_do


def test_a_record_that_meets_the_policy_passes() -> None:
    assert failing(asked()) == ()
    assert failing(asked(listed=10_000, threshold=0.60)) == ()


def test_without_groups_nothing_is_known_of_them() -> None:
    found = failing(asked(make_record(columns=())))
    assert [each.rule for each in found] == ["evaluation-of-group", "evaluation-differences"]
    assert "got no group" in str(found[1])


def test_a_record_that_cannot_be_trusted_shows_nothing() -> None:
    found = failing(asked(Unread("evaluation.json: got sha256 0, want 1")))
    # The scale is the calibration's, not the record's.
    assert [each.rule for each in found] == [rule for rule in EVALUATED if rule[11:] != "scale"]
    assert "none that can be trusted (evaluation.json: got sha256 0, want 1)" in str(found[0])


def test_a_scale_that_nobody_measured_is_told_and_may_be_refused() -> None:
    (told,) = [f for f in qualify(asked(), policy=POLICY) if f.rule == "evaluation-scale"]
    assert told.verdict is Verdict.HOLDS
    assert "got it extrapolated: no pair of the 1,000 shows it" in str(told)
    measured = with_value("evaluation-scale", ("measured",))
    (found,) = failing(asked(), policy=measured)
    assert found.rule == "evaluation-scale"
    assert "calibrate on more people" in found.to_do


def test_the_evidence_is_of_the_nearest_point_that_counts() -> None:
    """A longer list and a lower threshold give more false alerts: they may stand for these."""
    record = make_record()
    worse = share(40, 5000, low=0.005, high=0.011)
    sizes = tuple(
        replace(row, fpir=worse) if row.listed == 10_000 or row.threshold < 0.62 else row
        for row in record.sizes
    )
    record = replace(record, sizes=sizes)
    for listed, threshold, holds in (
        (1000, 0.64, True),
        (1000, 0.63, True),
        (1000, 0.61, False),
        (1001, 0.64, False),
    ):
        rules = {f.rule for f in failing(asked(record, listed=listed, threshold=threshold))}
        assert ("evaluation-false-alerts" not in rules) is holds


def test_a_deployment_is_refused_as_the_bundle_was() -> None:
    authorise(subject(make_record()), policy=POLICY, deployment_id="d-1", now=NOON)
    for record, said in (
        (make_record(digest="c" * 64), "evaluation of bundle made-up: got one of cccc"),
        (Unread("evaluation.json: got sha256 0"), "got none that can be trusted (evaluation.json"),
        (make_record(half="development"), "got the half called development"),
        (make_record(sizes=(2,)), "got none: 2 listed at most"),
        (make_record(thresholds=(0.65,)), "at 0.65 or above, want 3 or more listed, at 0.64"),
    ):
        with pytest.raises(AuthorityError) as refused:
            authorise(subject(record), policy=POLICY, deployment_id="d-1", now=NOON)
        assert said in str(refused.value)
        assert str(refused.value).count("\n  - ") == 1


def test_no_record_at_all_is_refused() -> None:
    bundle = replace(make_bundle(), evaluation=None)
    found = assess(
        Subject(make_deployment(), make_watchlist(make_vectors(3)), bundle), policy=POLICY, now=NOON
    )
    assert [each.rule for each in found.refusals] == ["evaluation-record"]


def test_of_a_trial_model_nothing_can_be_told_and_it_is_refused_as_one() -> None:
    bundle = make_bundle(intended_use=IntendedUse.TRIAL)
    found = assess(
        Subject(make_deployment(), make_watchlist(make_vectors(3)), bundle), policy=POLICY, now=NOON
    )
    assert [each.rule for each in found.refusals] == ["bundle-operational"]
    assert {each.rule for each in found.untold} >= set(EVALUATED)


def test_the_strict_policy_asks_for_more() -> None:
    found = failing(asked(make_record(half="all", false_alerts=None)), policy=open_policy("strict"))
    assert [each.rule for each in found] == [
        "evaluation-half",
        "evaluation-false-alerts",
        "evaluation-differences",
    ]


def figures(ratio: float, at: int) -> Figures:
    return Figures({"ratio": ratio, "at": 1 / at})


VALUES = {
    "evaluation-half": st.sampled_from([(), ("test",), ("all",), ("test", "all")]),
    "evaluation-strangers": st.integers(1, 10_000),
    "evaluation-listed": st.integers(1, 1000),
    "evaluation-of-group": st.integers(2, 600),
    "evaluation-scale": st.sampled_from([(), ("measured",), ("measured", "extrapolated")]),
    "evaluation-false-alerts": st.integers(1, 10_000).map(lambda n: 1 / n),
    "evaluation-recognition": st.floats(0, 1),
    "evaluation-differences": st.builds(figures, st.floats(1, 20), st.integers(1, 10_000)),
}
RECORDS = st.builds(
    make_record,
    half=st.sampled_from(["test", "all", "development"]),
    strangers=st.integers(0, 10_000),
    seen=st.integers(0, 1000),
    group_people=st.integers(2, 600),
    false_alerts=st.floats(0, 0.01).map(lambda high: share(0, 5000, low=0, high=high)),
    recognised=st.floats(0, 0.9).map(lambda low: share(450, 500, low=low, high=0.92)),
    groups=st.dictionaries(
        st.sampled_from("abc"), st.tuples(st.integers(0, 400), st.just(40_000)), min_size=1
    ),
    spread=st.floats(0, 1),
    more=st.dictionaries(
        st.floats(0.1, 0.6),
        st.dictionaries(st.sampled_from("abc"), st.integers(0, 400)),
        max_size=2,
    ),
)


@pytest.mark.parametrize("rule", list(VALUES))
@given(data=st.data())
def test_what_a_looser_value_refuses_a_stricter_one_never_accepts(
    rule: str, data: st.DataObject
) -> None:
    loose, strict = data.draw(VALUES[rule]), data.draw(VALUES[rule])
    if not KNOWN[rule].is_strict(strict, loose):
        loose, strict = strict, loose
    if not KNOWN[rule].is_strict(strict, loose):
        return  # neither is: two lists of choices
    of = asked(data.draw(RECORDS), threshold=data.draw(st.sampled_from([0.5, 0.64])))
    holds = [EVALUATED[rule](of, value).verdict is Verdict.HOLDS for value in (strict, loose)]
    assert holds != [True, False]


@given(RECORDS, st.integers(1, 20_000), st.integers(1, 20_000), st.floats(0.3, 0.9))
def test_a_shorter_list_is_never_refused_where_a_longer_one_is_not(
    record: Record, one: int, other: int, threshold: float
) -> None:
    short, long = sorted((one, other))
    value = POLICY.number("evaluation-false-alerts")
    check = EVALUATED["evaluation-false-alerts"]
    if check(asked(record, listed=long, threshold=threshold), value).verdict is Verdict.HOLDS:
        found = check(asked(record, listed=short, threshold=threshold), value)
        assert found.verdict is Verdict.HOLDS


def test_a_record_of_a_bundle_is_one_that_can_be_read() -> None:
    bundle = make_bundle()
    assert bundle.record == make_record()
    altered = replace(bundle, evaluation=evaluation_of(Unread("altered")))
    assert altered.record is None
