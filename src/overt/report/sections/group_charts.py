"""Curves about differences: what each assumed share would mean, and what could have been shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from overt.report.document.charts import Curve, Line
from overt.report.document.figures import Count, Grid, Value, Words
from overt.report.document.wording import number, percent
from overt.report.sections.group_verdicts import POWER, Judged
from overt.report.sections.making import grid
from overt.statistics.binomial import sensitivity
from overt.statistics.intervals import LEVEL
from overt.statistics.phrases import share_from, share_to
from overt.statistics.power import events_needed, power_of

__all__ = ["events_needed_grid", "power_curve", "sensitivity_curve"]

SHARES: Final = tuple(i / 100 for i in range(1, 100))
RATIOS: Final = tuple(1 + i / 10 for i in range(1, 91))  # 1.1 to 10
TOLD: Final = (1.5, 2.0, 3.0, 5.0, 10.0)
ALPHA: Final = 1 - LEVEL


def sensitivity_curve(judged: Judged) -> Curve:
    """Draw the p-value for each share of the faces seen that a group could have had."""
    group, even = judged.group, judged.assessed.break_even
    points = sensitivity(judged.events, judged.known, SHARES).points
    bounds = [f"below {share_from(even.low)}"] * (even.low > 0)
    bounds += [f"above {share_to(even.high)}"] * (even.high < 1)
    mark = even.low if even.low > 0 else even.high if even.high < 1 else None
    return Curve(
        f"differences.share-of-{group.name}",
        f"What {judged.events} of {judged.known} means, by the share of the faces seen that were "
        f"{group.people}",
        f"p-value by assumed share: significant {' or '.join(bounds) or 'at no share'}.",
        f"share of the faces seen that were {group.people}",
        "p-value",
        (Line(group.people, SHARES, tuple(point.p.value for point in points)),),
        x_percent=True,
        y_log=True,
        level=ALPHA,
        level_name="5 %",
        mark=mark,
        mark_name=f"break-even: {percent(mark)}" if mark is not None else "",
    )


def power_curve(events: int, share: float, *, of: str) -> Curve:
    """Draw the power to show a ratio, with the false alerts there were, twice and five times."""
    lines = tuple(
        Line(
            f"{number(times * events)} false alerts",
            RATIOS,
            tuple(
                power_of(times * events, share=share, ratio=ratio, alpha=ALPHA).value
                for ratio in RATIOS
            ),
        )
        for times in (1, 2, 5)
    )
    told = "; ".join(
        f"{line.name}: {percent(line.y[RATIOS.index(2.0)])} for twice, "
        f"{percent(line.y[RATIOS.index(5.0)])} for five times the rate"
        for line in lines
    )
    return Curve(
        "differences.power",
        f"What could have been shown, of a group that is {percent(share)} of the faces seen ({of})",
        f"Power by ratio. {told}.",
        "the group's rate, times everybody else's",
        "power",
        lines,
        y_percent=True,
        x_log=True,
        level=POWER,
        level_name=percent(POWER),
    )


def events_needed_grid(shares: Mapping[str, float]) -> Grid:
    """Tell how many false alerts it takes to show a ratio, for a group of each share."""
    rows: dict[str, list[tuple[str, Value]]] = {
        name: [(f"times-{ratio:g}".replace(".", "-"), _needed(share, ratio)) for ratio in TOLD]
        for name, share in shares.items()
    }
    return grid(
        "differences.events-needed",
        f"False alerts with a recorded group needed to show a ratio with a power of "
        f"{percent(POWER)}",
        ("share of the faces seen", *(f"{ratio:g} times" for ratio in TOLD)),
        rows,
        note="The smallest number from which on the power stays, by the exact test.",
    )


def _needed(share: float, ratio: float) -> Value:
    try:
        needed = events_needed(share=share, ratio=ratio, power=POWER, alpha=ALPHA)
    except ValueError:  # beyond a million nothing is searched
        return Words("more than a million")
    return Count(needed.events, "false alerts")
