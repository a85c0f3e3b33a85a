"""Whether a comparison follows from its own counts: a file says what it was told to say.

Its hash shows that it is the one that was named, not that its figures are right. What can be worked
out again is: each rate's change from the probes that became better and worse, the paired test of
them (McNemar, 1947, exact), who was compared, and the gap between groups. The interval cannot be,
as it is of people: it must hold the difference, and where the paired test is surer than it, the
test counts (`is_credibly_worse`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import Final

from overt.statistics.binomial import tails_test
from overt.values.comparison import Change, Comparison, Gap, is_worse

__all__ = ["ALPHA", "is_credibly_worse", "what_is_wrong"]

CLOSE: Final = 1e-6  # of rates and probabilities, as they were written
ALPHA: Final = 0.05
MEASURES: Final = ("FNIR", "FPIR")


def what_is_wrong(found: Comparison) -> str | None:
    """Say the first thing that does not follow; None where all does."""
    return next(_wrong(found), None)


def is_credibly_worse(change: Change | Gap, *, limit: float) -> bool:
    """Tell whether it is worse by more than a limit, by its interval or by the paired test."""
    if is_worse(change, limit=limit):
        return True
    surer = isinstance(change, Change) and change.worse > change.better and _p(change) < ALPHA
    return change.difference > limit and surer


def _wrong(found: Comparison) -> Iterator[str]:
    one, other = found.before, found.after
    if one.bundle != other.bundle and one.evaluation == other.evaluation:
        yield "one evaluation for two bundles"
    if (one.bundle, one.evaluation) == (other.bundle, other.evaluation):
        yield from _one_sided(found)
    wanted = {"FNIR": found.mated, "FPIR": found.nonmated}
    for measure in MEASURES:
        of_all = [each for each in found.changes if (each.measure, each.column) == (measure, "")]
        if [each.probes for each in of_all] != [wanted[measure]][: wanted[measure]]:
            got = ", ".join(f"{each.probes:,}" for each in of_all) or "no"
            yield f"{got} probes of {measure} of everybody where {wanted[measure]:,} were compared"
    names = [(each.measure, each.column, each.group) for each in found.changes]
    if len(set(names)) < len(names):
        yield "one rate twice"
    for each in found.changes:
        yield from _change(each, wanted)
    for gap in found.gaps:
        yield from _gap(gap, found)
    yield from _without_gap(found)


def _without_gap(found: Comparison) -> Iterator[str]:
    """What is left out cannot have become worse: where there are groups, their gap is told."""
    groups = Counter((each.measure, each.column) for each in found.changes if each.column)
    told = {(gap.measure, gap.column) for gap in found.gaps}
    for (measure, column), number in groups.items():
        if number > 1 and (measure, column) not in told:
            yield f"no gap of {measure} between the {number} groups of {column}"


def _one_sided(found: Comparison) -> Iterator[str]:
    """One evaluation at two thresholds: at the lower one nobody is missed more, or spared."""
    lower = found.after.threshold < found.before.threshold
    for each in found.changes:
        against = each.worse if lower == (each.measure == "FNIR") else each.better
        if found.after.threshold != found.before.threshold and against:
            yield (
                f"{against} probes of {each.group} whose {each.measure} went against the change of "
                "threshold"
            )


def _change(each: Change, wanted: dict[str, int]) -> Iterator[str]:
    about = f"{each.measure} of {each.group}"
    if each.measure not in wanted or not 0 < each.probes <= wanted[each.measure]:
        yield f"{about} of {each.probes:,} probes"
        return
    before, after = (round(rate * each.probes) for rate in (each.before, each.after))
    whole = all(
        abs(rate * each.probes - count) < CLOSE * each.probes
        for rate, count in ((each.before, before), (each.after, after))
    )
    if not whole or not 0 <= before <= each.probes or not 0 <= after <= each.probes:
        yield f"{about}: rates that are none of {each.probes:,} probes"
    if not 0 <= each.better <= before or not 0 <= each.worse <= each.probes - before:
        yield f"{about}: more probes that changed than there were"
    if after - before != each.worse - each.better:
        yield (
            f"{about}: {each.better:,} better and {each.worse:,} worse, but {before:,} errors "
            f"before and {after:,} after"
        )
    if not math.isclose(each.p, _p(each), abs_tol=CLOSE):
        yield f"{about}: p = {each.p:.3g} where its counts give {_p(each):.3g}"
    if not each.low - CLOSE <= each.difference <= each.high + CLOSE:
        yield f"{about}: an interval without the difference"


def _gap(gap: Gap, found: Comparison) -> Iterator[str]:
    about = f"the gap of {gap.measure} between groups of {gap.column}"
    of = [
        each for each in found.changes if (each.measure, each.column) == (gap.measure, gap.column)
    ]
    ends = [[each.before for each in of], [each.after for each in of]]
    if len(of) < 2:
        yield f"{about} without two groups"
        return
    for told, rates in zip((gap.before, gap.after), ends, strict=True):
        if not math.isclose(told, max(rates) - min(rates), abs_tol=CLOSE):
            yield f"{about}: {told:.2%} where its groups give {max(rates) - min(rates):.2%}"
    if not gap.low - CLOSE <= gap.difference <= gap.high + CLOSE:
        yield f"{about}: an interval without the difference"


def _p(each: Change) -> float:
    moved = each.better + each.worse
    return tails_test(each.worse, moved, 0.5).value if moved else 1.0
