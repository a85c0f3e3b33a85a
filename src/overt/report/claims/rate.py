"""A claimed rate, or a bare number of events: against its counts, and all its denominators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from overt.report.claims.checked import Checked, Finding, Named, Verdict
from overt.report.claims.figure import WANTED, Figure
from overt.report.claims.published import CountName, Published
from overt.report.claims.saying import many, needed_count, rate_of, rate_text
from overt.statistics.estimate import Rate
from overt.table import Table

__all__ = ["RateClaim"]

# What a rate hides when it is told alone, and why.
WHY: Final = {
    CountName.FACES: "Most faces are of nobody who is listed, so any share of the faces is small.",
    CountName.ENGAGEMENTS: "Alerts that led to no engagement are left out of this share.",
}
BESIDE: Final = {
    (CountName.FALSE_ALERTS, CountName.FACES): (
        (CountName.FALSE_ALERTS, CountName.ALERTS),
        (CountName.FALSE_ALERTS_STOPPED, CountName.FALSE_ALERTS),
    ),
    (CountName.ARRESTS, CountName.ENGAGEMENTS): ((CountName.ARRESTS, CountName.ALERTS),),
}
# What a bare number of events has to be seen against.
AGAINST: Final = {
    CountName.FALSE_ALERTS: (CountName.FACES, CountName.ALERTS),
    CountName.FALSE_ALERTS_STOPPED: (CountName.FALSE_ALERTS,),
    CountName.ALERTS: (CountName.FACES,),
    CountName.ENGAGEMENTS: (CountName.ALERTS,),
    CountName.ARRESTS: (CountName.ALERTS,),
}


@dataclass(frozen=True, slots=True)
class RateClaim:
    """So many events, or so many of something: `of` and `figure` are None for a bare number."""

    events: CountName
    of: CountName | None
    figure: Figure | None

    @classmethod
    def read(cls, table: Table, _published: Published) -> RateClaim:
        """Read the keys of this kind."""
        events = table.choice("events", CountName)
        if not table.has("of") and not table.has("figure"):
            if events not in AGAINST:
                table.wrong("events", events.value, "one of " + ", ".join(AGAINST))
            return cls(events, None, None)
        of = table.choice("of", CountName)
        text = table.text("figure", want=WANTED)
        return cls(events, of, Figure.parse(text) or table.wrong("figure", text, WANTED))

    def check(self, published: Published) -> Checked:
        """Check it."""
        if self.of is None or self.figure is None:
            return bare(self.events, published)
        events, trials = published.count(self.events), published.count(self.of)
        missing = [name for name in (self.events, self.of) if published.count(name) is None]
        if events is None or trials is None:
            lacks = tuple(needed_count(name) for name in missing)
            return Checked((Verdict(Finding.UNKNOWN, lacks),), ())
        if not trials:
            none = f"{many(self.of)}: there were none, so there is no rate"
            return Checked((Verdict(Finding.WRONG),), (none,))
        return self.against(events, trials, self.of, self.figure, published)

    def against(
        self, events: int, trials: int, of: CountName, figure: Figure, published: Published
    ) -> Checked:
        """Hold the figure to both counts, and find the rates that it hides."""
        division = f"{published.with_noun(self.events)} / {published.with_noun(of)}"
        found = rate_of(published, self.events, of)
        numbers = [] if found is None else [found]
        told = "more than the whole" if found is None else told_of(found)
        steps = [f"{division} = {told}", outcome(figure, events, trials)]
        verdicts = [Verdict(Finding.FOLLOWS if figure.agrees(events, trials) else Finding.WRONG)]
        lacks: list[str] = []
        for above, below in BESIDE.get((self.events, of), ()):
            beside = rate_of(published, above, below)
            missing = [name for name in (above, below) if published.count(name) is None]
            if beside is not None:
                lacks.append(together(beside, published, above, below))
                numbers.append(beside)
            elif missing:
                needed = " and ".join(needed_count(name) for name in missing)
                lacks.append(f"{needed} (not published)")
        if lacks:
            verdicts.append(Verdict(Finding.MISLEADING, tuple(lacks)))
            steps.append(WHY[of])
        return Checked(tuple(verdicts), tuple(steps), numbers=tuple(numbers))


def bare(events: CountName, published: Published) -> Checked:
    """Judge a number of events without anything it is a share of."""
    steps: list[str] = []
    numbers: list[Named] = []
    needs = [needed_count(events)] if published.count(events) is None else []
    without: list[str] = []
    for of in AGAINST[events]:
        found = rate_of(published, events, of)
        if found is not None:
            numbers.append(found)
            without.append(together(found, published, events, of))
        elif published.count(of) is None:
            needs.append(needed_count(of))
    verdicts: list[Verdict] = []
    if needs:
        verdicts.append(Verdict(Finding.UNKNOWN, tuple(needs)))
    if without:
        verdicts.append(Verdict(Finding.MISLEADING, tuple(without)))
    if not verdicts:
        lacks = ("a count that this number is a part of",)
        return Checked((Verdict(Finding.UNKNOWN, lacks),), ())
    steps.append("A number of events alone says nothing about how often they come.")
    return Checked(tuple(verdicts), tuple(steps), numbers=tuple(numbers))


def together(found: Named, published: Published, events: CountName, of: CountName) -> str:
    """Write a rate with what it is of."""
    counts = f"{published.counts[events]:,} of {published.with_noun(of)}"
    return f"{many(events)}: {counts}, {told_of(found)}"


def outcome(figure: Figure, events: int, trials: int) -> str:
    """Say whether the figure is what the counts give, to its digits."""
    if figure.agrees(events, trials):
        how = "so it is" if figure.bound or figure.pair else "right to the digits given"
        return f"Published as {figure.written}: {how}."
    if figure.bound:
        return f"Published as {figure.written}: the counts do not give that."
    wanted = f"Published as {figure.written}; the counts give {figure.as_written(events, trials)}."
    if figure.cut_off(events, trials):
        return f"{wanted} It was cut off, not rounded."
    return wanted


def told_of(named: Named) -> str:
    """Write a rate that is known to be one."""
    return rate_text(named.number) if isinstance(named.number, Rate) else ""
