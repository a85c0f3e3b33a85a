"""How groups differ in an evaluation: worst to best, with an interval and what it could show.

At the threshold of a deployment there is seldom a false match at all, and no difference can be
seen. So groups are compared at every threshold that was measured, up to the deployment's. At one of
them the sample must have had the power to show the ratio that the policy limits, and its interval
must lie within it; at none of them may it lie beyond. A sample that never had the power shows
nothing, and does not pass. So said, a lower limit never lets pass what a higher one refuses.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from overt.statistics.mover import ratio_interval
from overt.statistics.power import smallest_ratio
from overt.values.evaluation import Record, Share

__all__ = ["Spread", "differences", "people_of_groups"]

POWER: Final = 0.8
ALPHA: Final = 0.05


@dataclass(frozen=True, slots=True)
class Spread:
    """What groups of one column showed."""

    about: str
    holds: bool
    got: str
    to_do: str


@dataclass(frozen=True, slots=True)
class Ends:
    """The worst and the best group at a threshold."""

    threshold: float
    worst: str
    best: str
    ratio: float  # infinite where the best group had no false match
    low: float
    high: float
    visible: float  # the smallest ratio that so few false matches show
    overall: float  # share of all pairs within groups


def people_of_groups(record: Record) -> dict[str, int]:
    """Count the people of each group who were compared with each other."""
    return {row.group: row.fmr.people if row.fmr else 0 for row in record.groups}


def differences(record: Record, *, threshold: float, ratio: float, at: float) -> Spread:
    """Hold the groups of every column to a ratio; give the column that fails, or the widest.

    Args:
        record: of the evaluation.
        threshold: of the deployment.
        ratio: of the worst group's false match rate to the best's, at the upper end.
        at: the most false matches, as a share of all pairs within groups, at which it counts.
    """
    found = [
        _of_column(column, list(_ends(record, column, threshold)), ratio=ratio, at=at)
        for column in record.columns
    ]
    if not found:
        to_do = "evaluate with --group, on people whose groups are known"
        return Spread("groups", holds=False, got="no group", to_do=to_do)
    return min(found, key=lambda spread: spread.holds)


def _of_column(column: str, points: list[Ends], *, ratio: float, at: float) -> Spread:
    about = f"groups of {column}"
    shown = [each for each in points if each.overall <= at and each.visible <= ratio]
    within = [each for each in shown if each.high <= ratio]
    beyond = [each for each in points if each.low > ratio]
    if not shown and not beyond:
        visible = min((each.visible for each in points if each.overall <= at), default=math.inf)
        least = f"{visible:.3g} or more" if math.isfinite(visible) else "none at all"
        return Spread(
            about,
            holds=False,
            got=f"too few false matches to tell: a ratio that they could show is {least}",
            to_do="evaluate on more people of each group, with --fpir at rates that show some",
        )
    if beyond:
        here = max(beyond, key=lambda each: each.low)
    elif within:
        here = max(within, key=lambda each: each.threshold)
    else:
        here = min(shown, key=lambda each: each.high)
    return Spread(
        about,
        holds=bool(within) and not beyond,
        got=f"{_number(here.ratio)} ({_number(here.low)} to {_number(here.high)}), {here.worst} to "
        f"{here.best} at {here.threshold:g}, where {_number(here.visible)} could be seen",
        to_do="use a model, a cohort or a calibration that treats groups more alike; more people "
        "make the interval narrower",
    )


def _ends(record: Record, column: str, threshold: float) -> Iterator[Ends]:
    rows = [row for row in record.groups if row.column == column and row.threshold <= threshold]
    for at in sorted({row.threshold for row in rows}):
        shares = {row.group: row.fmr for row in rows if row.threshold == at and row.fmr}
        if len(shares) < 2:
            continue
        worst = max(shares, key=lambda name: shares[name].value)
        best = min(shares, key=lambda name: shares[name].value)
        low, high = ratio_interval(_interval(shares[worst]), _interval(shares[best]))
        below = shares[best].value
        trials = sum(share.trials for share in shares.values())
        yield Ends(
            at,
            worst,
            best,
            shares[worst].value / below if below else math.inf,
            low,
            high,
            _visible(shares[worst], shares[best]),
            sum(share.events for share in shares.values()) / trials,
        )


def _visible(worst: Share, best: Share) -> float:
    events = worst.events + best.events
    if not events:
        return math.inf
    share = worst.trials / (worst.trials + best.trials)
    return smallest_ratio(events, share=share, power=POWER, alpha=ALPHA).ratio


def _interval(share: Share) -> tuple[float, float, float]:
    return share.value, share.low, share.high


def _number(value: float) -> str:
    return f"{value:.3g}" if math.isfinite(value) else "no limit"
