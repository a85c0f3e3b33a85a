"""A comparison is held to its own counts, whatever its figures say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from builders import BUNDLE_DIGEST
from made_evaluations import record_of
from made_records import make_change, make_comparison

from overt.evaluation.comparison import compare_at, gaps_at
from overt.governance.comparison_checks import is_credibly_worse, what_is_wrong
from overt.values.comparison import Comparison, Gap, Used

OLD, NEW = ("a" * 64, 0.60), (BUNDLE_DIGEST, 0.64)
GROUPS = (make_change(group="x"), make_change(group="y", start=0.08))
GAP = Gap("FNIR", "group", 0.02, 0.02, -0.01, 0.01)
WHOLE = make_comparison(before=OLD, after=NEW, changes=GROUPS, gaps=(GAP,))


def altered(group: str = "x", **more: Any) -> Comparison:
    changes = tuple(
        replace(each, **more) if each.group == group else each for each in WHOLE.changes
    )
    return replace(WHOLE, changes=changes)


def test_one_that_follows_is_taken() -> None:
    assert what_is_wrong(WHOLE) is None


def test_what_an_evaluation_gives_follows_from_itself() -> None:
    """Of another model on the same probes, and of one at a lower and a higher threshold."""
    one, other = record_of(noise=0.5), record_of(noise=0.9)
    for first, second, ends in (
        (one, other, (0.35, 0.35)), (other, other, (0.36, 0.33)), (other, other, (0.33, 0.36)),
    ):  # fmt: skip
        mated = sum(probe.listed for probe in first.probes)
        used = [
            Used("made up", "1", each.model.digest + str(each is other), at, each.sha256)
            for each, at in zip((first, second), ends, strict=True)
        ]
        changes = compare_at(first, second, points=[("as used", ends)])
        assert any(each.better or each.worse for each in changes)
        found = Comparison(
            "2026-01-01T00:00:00+00:00", "a test", used[0], used[1], "0" * 64, 40, mated,
            len(first.probes) - mated, changes, gaps_at(first, second, ends=ends),
        )  # fmt: skip
        assert what_is_wrong(found) is None


WRONG: dict[str, tuple[Comparison, str]] = {
    "fewer worse": (altered(worse=10), "30 better and 10 worse, but 50 errors before and 50 after"),
    "a smaller rate": (altered(after=0.08), "but 50 errors before and 40 after"),
    "a rate of no count": (altered(before=0.1003), "rates that are none of 500 probes"),
    "another p": (altered(p=0.5), "p = 0.5 where its counts give 1"),
    "an interval elsewhere": (altered(low=-0.05, high=-0.01), "an interval without the difference"),
    "more better than there were": (
        altered(better=60, worse=60), "more probes that changed than there were"
    ),
    "too many probes": (altered(probes=600), "FNIR of x of 600 probes"),
    "another measure": (altered(measure="EER"), "EER of x of 500 probes"),
    "everybody is fewer": (altered("everybody", probes=400), "400 probes of FNIR of everybody"),
    "nobody is everybody": (
        replace(WHOLE, changes=GROUPS), "no probes of FNIR of everybody where 500 were compared"
    ),
    "one twice": (replace(WHOLE, changes=(*WHOLE.changes, GROUPS[0])), "one rate twice"),
    "a smaller gap": (
        replace(WHOLE, gaps=(replace(GAP, after=0.01),)), "1.00% where its groups give 2.00%"
    ),
    "a gap elsewhere": (
        replace(WHOLE, gaps=(replace(GAP, low=0.01, high=0.02),)), "an interval without"
    ),
    "a gap of one group": (
        replace(WHOLE, changes=WHOLE.changes[:-1]), "between groups of group without two groups"
    ),
    "a gap left out": (
        replace(WHOLE, gaps=()), "no gap of FNIR between the 2 groups of group"
    ),
    "one evaluation for two bundles": (
        replace(WHOLE, after=replace(WHOLE.after, evaluation=WHOLE.before.evaluation)),
        "one evaluation for two bundles",
    ),
    "against a lower threshold": (
        make_comparison(
            before=NEW, after=(NEW[0], 0.62), changes=(make_change(by=0.02, base=0),)
        ),
        "10 probes of everybody whose FNIR went against the change of threshold",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(WRONG))
def test_what_does_not_follow_is_told(name: str) -> None:
    found, said = WRONG[name]
    assert said in str(what_is_wrong(found))


def test_an_interval_cannot_hide_what_the_paired_test_shows() -> None:
    hidden = replace(make_change(by=0.04, base=0), low=-0.5, high=0.5)
    assert is_credibly_worse(hidden, limit=0.01)
    assert not is_credibly_worse(hidden, limit=0.05)
    unsure = make_change(by=0.02, wide=0.03)
    assert not is_credibly_worse(unsure, limit=0.01)
