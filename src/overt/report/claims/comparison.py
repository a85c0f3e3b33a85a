"""A trend: more or fewer than before, as counts and for each deployment, with the ratio."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from overt.report.claims.checked import Checked, Finding, Named, Verdict
from overt.report.claims.published import MOST, CountName, Published
from overt.report.claims.saying import digits, many, needed_count
from overt.statistics.binomial import risk_ratio
from overt.statistics.estimate import Ratio
from overt.table import Table

__all__ = ["ComparisonClaim", "Way"]

BEFORE: Final = "before"


class Way(StrEnum):
    """Which way a number is said to have gone."""

    MORE = "more"
    FEWER = "fewer"


@dataclass(frozen=True, slots=True)
class ComparisonClaim:
    """More or fewer `events` than before; for each `per`, or as a bare number where it is None."""

    events: CountName
    per: CountName | None
    way: Way
    events_before: int | None
    per_before: int | None

    @classmethod
    def read(cls, table: Table, _published: Published) -> ComparisonClaim:
        """Read the keys of this kind."""
        events = table.choice("events", CountName)
        per = table.choice("per", CountName) if table.has("per") else None
        way = table.choice("way", Way)
        before: dict[CountName, int] = {}
        if table.has(BEFORE):
            counts = table.table(BEFORE)
            for name in {events, per or CountName.DEPLOYMENTS}:
                if counts.has(name):
                    before[name] = counts.integer(name, low=0, high=MOST)
            counts.done()
        return cls(events, per, way, before.get(events), before.get(per or CountName.DEPLOYMENTS))

    def check(self, published: Published) -> Checked:
        """Check it."""
        per = self.per or CountName.DEPLOYMENTS
        now, per_now = published.count(self.events), published.count(per)
        lacks: list[str] = []
        if now is None:
            lacks.append(needed_count(self.events))
        if self.events_before is None:
            lacks.append(f"{needed_count(self.events)} before")
        if self.per and per_now is None:
            lacks.append(needed_count(per))
        if self.per and self.per_before is None:
            lacks.append(f"{needed_count(per)} before")
        if lacks or now is None or self.events_before is None:
            return Checked((Verdict(Finding.UNKNOWN, tuple(lacks)),), ())
        if per_now and self.per_before:
            return self.each(per, (now, per_now), (self.events_before, self.per_before))
        holds = self.goes(now, self.events_before)
        counts = f"{now:,} {many(self.events)} against {self.events_before:,} before."
        without = f"the number of {many(per)} in both periods: more of these give more of those"
        verdict = Verdict(Finding.FOLLOWS if holds else Finding.WRONG)
        return Checked((verdict, Verdict(Finding.MISLEADING, (without,))), (counts,))

    def each(self, per: CountName, now: tuple[int, int], before: tuple[int, int]) -> Checked:
        """Compare for each deployment (face, alert), and as counts where the claim is of these."""
        ratio = ratio_of(now, before)
        unit = many(per).removesuffix("s")
        rates = [digits(events / exposure) for events, exposure in (now, before)]
        steps = [
            f"now {now[0]:,} {many(self.events)} / {now[1]:,} {many(per)} = {rates[0]} a {unit}",
            f"before {before[0]:,} / {before[1]:,} = {rates[1]} a {unit}",
        ]
        if ratio is None:
            steps.append("There were none in either period: no ratio.")
            return Checked((Verdict(Finding.WRONG),), tuple(steps))
        told = f"{digits(ratio.value)} times ({interval(ratio)})"
        steps.append(f"For each {unit}: {told}, if one event did not bring the next.")
        numbers = (Named(f"{self.events}_per_{per}", ratio),)
        rate_goes = self.goes(now[0] * before[1], before[0] * now[1])
        holds = self.goes(now[0], before[0]) if self.per is None else rate_goes
        verdicts = [Verdict(Finding.FOLLOWS if holds else Finding.WRONG)]
        if holds and self.per is None and not rate_goes:
            verdicts.append(Verdict(Finding.MISLEADING, (f"the rate for each {unit}: {told}",)))
        elif holds and ratio.low <= 1 <= ratio.high:
            lack = f"the interval, which holds no change: {told} for each {unit}"
            verdicts.append(Verdict(Finding.MISLEADING, (lack,)))
        return Checked(tuple(verdicts), tuple(steps), numbers=numbers)

    def goes(self, now: int, before: int) -> bool:
        """Say whether it goes the way that is claimed."""
        return now > before if self.way is Way.MORE else now < before


def ratio_of(now: tuple[int, int], before: tuple[int, int]) -> Ratio | None:
    """Give the ratio of two rates of rare events; None where there was no event."""
    events = now[0] + before[0]
    return risk_ratio(now[0], events, now[1] / (now[1] + before[1])) if events else None


def interval(ratio: Ratio) -> str:
    high = "without limit" if ratio.high == float("inf") else digits(ratio.high)
    return f"{digits(ratio.low) if ratio.low else '0'} to {high}"
