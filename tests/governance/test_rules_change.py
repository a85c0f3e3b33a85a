"""A change of bundle or threshold is shown before it is authorised, and harms nobody unsaid."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from builders import (
    BUNDLE_DIGEST,
    NOON,
    make_bundle,
    make_deployment,
    make_statement,
    make_vectors,
    make_watchlist,
)
from hypothesis import given
from hypothesis import strategies as st
from made_records import make_change, make_comparison

from overt.governance.comparisons import find_comparison, keep_comparison, subject_of
from overt.governance.findings import Finding, Verdict
from overt.governance.policy_file import reference_policy
from overt.governance.policy_kinds import Figures
from overt.governance.policy_known import KNOWN
from overt.governance.rules import Before, Subject
from overt.governance.rules_change import RULE, compared
from overt.inference.bundle import Unread
from overt.values.comparison import Change, Comparison, Gap

VALUE = reference_policy().figures(RULE)
OLD = ("a" * 64, 0.60)
NEW = (BUNDLE_DIGEST, 0.64)
WORSE = make_change(by=0.02)


def subject(
    comparison: Comparison | Unread | None = None,
    *,
    before: tuple[Before, ...] | None = (Before("d-1", *OLD),),
    reason: str = "",
) -> Subject:
    deployment = make_deployment(statement=replace(make_statement(), change=reason))
    return Subject(
        deployment,
        make_watchlist(make_vectors(3)),
        make_bundle(),
        before=before,
        comparison=comparison,
    )


def found(*words: object, value: Figures = VALUE, **more: object) -> Finding:
    return compared(subject(*words, **more), value, NOON)  # pyright: ignore[reportArgumentType]


def test_nothing_changed_needs_nothing() -> None:
    assert found(before=(Before("d-1", *NEW),)).verdict is Verdict.HOLDS
    assert found(before=()).verdict is Verdict.HOLDS
    assert found(before=None).verdict is Verdict.CANNOT_TELL


def test_a_comparison_that_shows_no_harm_lets_the_change_pass() -> None:
    holds = found(make_comparison(before=OLD, after=NEW))
    assert holds.verdict is Verdict.HOLDS
    assert "nothing worse (500 and 5,000 probes, comparison " in holds.got


REFUSED: dict[str, tuple[Comparison | Unread | None, str]] = {
    "none": (None, "got no comparison, want one of bundle aaaaaaaaaaaa at 0.6 with bundle bbbb"),
    "unread": (Unread("x.json: got nothing"), "got no comparison (x.json: got nothing)"),
    "another bundle before": (make_comparison(before=("c" * 64, 0.60), after=NEW), "cccc"),
    "another threshold before": (make_comparison(before=("a" * 64, 0.61), after=NEW), "at 0.61"),
    "another bundle after": (make_comparison(before=OLD, after=("c" * 64, 0.64)), "cccc"),
    "another threshold after": (
        make_comparison(before=OLD, after=(BUNDLE_DIGEST, 0.65)),
        "at 0.65, want one of",
    ),
    "turned round": (make_comparison(before=NEW, after=OLD), "of bundle bbbbbbbbbbbb at 0.64 with"),
    "figures that do not follow": (
        make_comparison(before=OLD, after=NEW, changes=(replace(make_change(), worse=9),)),
        "a comparison that does not hold: FNIR of everybody: 30 better and 9 worse",
    ),
    "nobody listed": (
        make_comparison(before=OLD, after=NEW, mated=0),
        "0 probes of listed people and 5,000 of others, want some of each",
    ),
    "nobody else": (make_comparison(before=OLD, after=NEW, nonmated=0), "and 0 of others"),
    "more misses": (
        make_comparison(before=OLD, after=NEW, changes=(WORSE,)),
        "misses of everybody 10.00% to 12.00% (+1.50% to +2.50%)",
    ),
    "more misses of a group": (
        make_comparison(before=OLD, after=NEW, changes=(make_change(by=0.03, group="x"),)),
        "misses of x 10.00% to 13.00%",
    ),
    "more false alerts": (
        make_comparison(
            before=OLD,
            after=NEW,
            changes=(make_change(measure="FPIR", by=0.002, wide=0.0005),),
        ),
        "false alerts of everybody",
    ),
    "a wider gap": (
        make_comparison(
            before=OLD,
            after=NEW,
            changes=(
                make_change(group="x", by=0.02, wide=0.03),
                make_change(group="y", start=0.08, by=-0.02),
            ),
            gaps=(Gap("FNIR", "group", 0.02, 0.06, 0.01, 0.07),),
        ),
        "misses: the gap between groups of group 2.00% to 6.00% (+1.00% to +7.00%)",
    ),
}
MEASURED = {"more misses", "more misses of a group", "more false alerts", "a wider gap"}


@pytest.mark.parametrize("name", list(REFUSED))
def test_each_is_refused_with_what_to_do(name: str) -> None:
    comparison, said = REFUSED[name]
    refused = found(comparison)
    assert refused.verdict is Verdict.FAILS
    assert said in str(refused)
    assert refused.to_do


@pytest.mark.parametrize("name", list(REFUSED))
def test_a_reason_accepts_what_was_measured_and_nothing_else(name: str) -> None:
    comparison, said = REFUSED[name]
    answered = found(comparison, reason="nobody was stopped wrongly at the lower one")
    assert (answered.verdict is Verdict.HOLDS) is (name in MEASURED)
    assert said in str(answered)
    assert ("accepted, with a reason" in answered.got) is (name in MEASURED)
    assert found(comparison, reason=" \n").verdict is Verdict.FAILS


@pytest.mark.parametrize(
    ("mated", "nonmated", "holds"),
    [
        (20, 20, False),
        (5, 5000, False),
        (393, 5000, False),
        (395, 5000, True),
        (500, 3100, False),
        (500, 3200, True),
    ],
)
def test_on_few_probes_nothing_is_shown(*, mated: int, nonmated: int, holds: bool) -> None:
    """Not even a reason lets it pass: there is nothing to accept."""
    comparison = make_comparison(before=OLD, after=NEW, mated=mated, nonmated=nonmated)
    for reason in ("", "it seems well"):
        one = found(comparison, reason=reason)
        assert (one.verdict is Verdict.HOLDS) is holds, one.got
        assert holds or f"{mated:,} and {nonmated:,} probes, which would have shown" in one.got
    assert ("a rise of misses of none" in one.got) is (mated < 6)


def test_more_probes_are_never_refused_where_fewer_are_enough() -> None:
    held = [
        found(make_comparison(before=OLD, after=NEW, mated=n, nonmated=10 * n)).verdict
        for n in range(1, 600, 7)
    ]
    assert held == sorted(held, key=lambda verdict: verdict is Verdict.HOLDS)


def test_what_chance_explains_is_not_worse() -> None:
    unsure = make_change(by=0.02, wide=0.03)
    small = make_change(group="x", by=0.008)
    comparison = make_comparison(before=OLD, after=NEW, changes=(unsure, small))
    assert found(comparison).verdict is Verdict.HOLDS


CHANGES = st.builds(
    make_change,
    measure=st.sampled_from(["FNIR", "FPIR"]),
    group=st.sampled_from(["everybody", "x"]),
    by=st.floats(-0.1, 0.1),
    wide=st.floats(0, 0.02),
)
LIMITS = st.tuples(st.floats(0, 0.1), st.integers(1, 10_000)).map(
    lambda pair: Figures({"misses": pair[0], "false-alerts": 1 / pair[1]})
)
SHOWN = st.tuples(st.floats(0, 0.1), st.integers(1, 10_000)).map(
    lambda pair: {"shown-misses": pair[0], "shown-false-alerts": 1 / pair[1]}
)
WHOLE = st.tuples(LIMITS, SHOWN).map(lambda pair: Figures({**pair[0].of, **pair[1]}))


@given(st.lists(CHANGES, max_size=4), WHOLE, WHOLE)
def test_what_a_looser_limit_refuses_a_stricter_one_never_accepts(
    changes: list[Change], one: Figures, other: Figures
) -> None:
    kind = KNOWN[RULE]
    pairs = [(a, b) for a, b in ((one, other), (other, one)) if kind.is_strict(a, b)]
    comparison = make_comparison(before=OLD, after=NEW, changes=tuple(changes))
    for strict, loose in pairs:
        if found(comparison, value=strict).verdict is Verdict.HOLDS:
            assert found(comparison, value=loose).verdict is Verdict.HOLDS


def test_a_comparison_is_found_by_its_hash_and_by_nothing_else(tmp_path: Path) -> None:
    kept = make_comparison(before=OLD, after=NEW, changes=(WORSE,))
    file = keep_comparison(kept, folder=tmp_path / "comparisons")
    assert file.name == f"{kept.sha256}.json"
    assert find_comparison(kept.sha256, folder=file.parent) == kept
    assert find_comparison("", folder=file.parent) is None
    missing = find_comparison("0" * 64, folder=file.parent)
    assert isinstance(missing, Unread)
    assert "No such file" in missing.reason
    other = file.with_name("1" * 64 + ".json")
    other.write_bytes(file.read_bytes())
    renamed = find_comparison("1" * 64, folder=file.parent)
    assert isinstance(renamed, Unread)
    assert f"got the comparison {kept.sha256}, want 1111" in renamed.reason
    file.write_bytes(file.read_bytes().replace(b'"worse":40', b'"worse":41'))
    altered = find_comparison(kept.sha256, folder=file.parent)
    assert isinstance(altered, Unread)
    assert "got content of sha256" in altered.reason
    deployment = replace(make_deployment(), comparison=kept.sha256)
    made = subject_of(
        deployment, make_watchlist(make_vectors(3)), make_bundle(), comparisons=file.parent
    )
    assert isinstance(made.comparison, Unread)


def test_one_that_names_the_bundles_own_evaluation_is_held_to_it() -> None:
    """Of other photographs, or of more of them, it was made of something else."""
    made = make_bundle()
    record = made.record
    assert record is not None
    kept = make_comparison(before=OLD, after=NEW, mated=record.method.mated, nonmated=5000)
    own = replace(
        kept,
        after=replace(kept.after, evaluation=record.sha256),
        labels_sha256=record.method.labels_sha256,
    )
    assert "does not hold" not in found(own).got
    other = found(replace(own, labels_sha256="9" * 64))
    assert "it is of another table of labels than the evaluation it names" in other.got
    assert other.verdict is Verdict.FAILS
