"""A claim that a test at some thresholds found no bias: what so few events could have shown."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from overt.report.claims.checked import Checked, Finding, Named, Tabled, Verdict
from overt.report.claims.published import Published, Threshold
from overt.report.claims.saying import digits, p_value, percent
from overt.statistics.power import SmallestRatio, power_of, smallest_ratio
from overt.statistics.two_by_two import Table as Counts
from overt.statistics.two_by_two import fisher
from overt.table import Table

__all__ = ["ThresholdClaim"]

ALPHA: Final = 0.05
POWER: Final = 0.8
LOOKED_FOR: Final = 2.0
HALF: Final = 0.5  # the share of a test's people at which its power is told


@dataclass(frozen=True, slots=True)
class ThresholdClaim:
    """That groups did not differ at any of these thresholds."""

    values: tuple[float, ...]

    @classmethod
    def read(cls, table: Table, published: Published) -> ThresholdClaim:
        """Read the keys of this kind."""
        values = table.numbers("thresholds", low=0, high=1)
        known = {threshold.value for threshold in published.thresholds}
        if not values or not set(values) <= known:
            want = ", ".join(f"{value:.2f}" for value in sorted(known)) or "there is none"
            table.wrong("thresholds", list(values), f"values of a [[threshold]]: {want}")
        return cls(values)

    def check(self, published: Published) -> Checked:
        """Check it."""
        tested = [each for each in published.thresholds if each.value in self.values]
        rows = [("threshold", "false alerts", "smallest ratio it can show", "power for 2 times")]
        numbers: list[Named] = []
        for each in tested:
            smallest = smallest_ratio(each.false_alerts, share=None, power=POWER, alpha=ALPHA)
            power = power_of(each.false_alerts, share=HALF, ratio=LOOKED_FOR, alpha=ALPHA)
            rows.append(
                (
                    f"{each.value:.2f}",
                    f"{each.false_alerts:,}",
                    told(smallest),
                    percent(power.value),
                )
            )
            at = f"{each.value:.2f}"
            numbers += [Named(f"smallest_at_{at}", smallest), Named(f"power_at_{at}", power)]
        title = (
            "A smaller ratio of the groups' rates would be missed more than once in five times, "
            "whatever their shares of the test; power is told for groups of equal size"
        )
        cited = sorted({each.citation for each in tested})
        table = Tabled(title, tuple(rows))
        open_ = [each for each in tested if not by_group(each)]
        if open_:
            named = ", ".join(f"{each.value:.2f}" for each in open_)
            lack = (
                "how many people of each group were tested, and the false alerts of each group, "
                f"at {named}"
            )
            verdicts = (Verdict(Finding.UNKNOWN, (lack,)),)
            steps = (f"False alerts of the test: {'; '.join(cited)}.", table)
            needs = ("So many false alerts in each group that a difference would have been found.",)
            return Checked(verdicts, steps, needs, tuple(numbers))
        return compared(tested, table, numbers)


def compared(tested: list[Threshold], table: Tabled, numbers: list[Named]) -> Checked:
    """Compare the groups at each threshold, all counts being there."""
    steps: list[str | Tabled] = []
    differs = False
    for each in tested:
        counts = counts_of(each)
        if counts is None:
            continue
        test = fisher(counts)
        numbers.append(Named(f"p_at_{each.value:.2f}", test))
        differs = differs or test.value <= ALPHA / len(tested)
        steps.append(
            f"At {each.value:.2f}: {counts.events:,} of {counts.trials:,} in the group, "
            f"{counts.other_events:,} of {counts.other_trials:,} in the others: "
            f"p = {p_value(test.value)} ({test.method})."
        )
    steps.append(table)
    if differs:
        return Checked((Verdict(Finding.WRONG),), tuple(steps), numbers=tuple(numbers))
    lacks = ("what so few false alerts could have shown (see the table)",)
    weak = any(
        power_of(each.false_alerts, share=HALF, ratio=LOOKED_FOR, alpha=ALPHA).value < POWER
        for each in tested
    )
    verdicts = [Verdict(Finding.FOLLOWS), *([Verdict(Finding.MISLEADING, lacks)] if weak else [])]
    return Checked(tuple(verdicts), tuple(steps), numbers=tuple(numbers))


def by_group(each: Threshold) -> bool:
    """Say whether a threshold's counts were published by group."""
    return counts_of(each) is not None


def counts_of(each: Threshold) -> Counts | None:
    """Give both groups' counts, None where one lacks."""
    own, trials, others = each.group_false_alerts, each.group_trials, each.other_trials
    if own is None or trials is None or others is None:
        return None
    return Counts(own, trials, each.false_alerts - own, others)


def told(smallest: SmallestRatio) -> str:
    return "none" if math.isinf(smallest.ratio) else f"{digits(smallest.ratio)} times"
