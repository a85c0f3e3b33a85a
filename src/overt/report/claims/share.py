"""A claimed share of a count: "more than a quarter of the arrests", with counts or without."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from overt.report.claims.checked import Checked, Finding, Named, Verdict
from overt.report.claims.figure import WANTED, Figure
from overt.report.claims.published import MOST, CountName, Published
from overt.report.claims.rate import outcome
from overt.report.claims.reading import line
from overt.report.claims.saying import many, needed_count, percent, rate_text
from overt.statistics.estimate import Rate
from overt.statistics.intervals import rate
from overt.table import Table

__all__ = ["ShareClaim"]


@dataclass(frozen=True, slots=True)
class ShareClaim:
    """`count` of a whole are `part`; the whole is a published count, or a number given here."""

    part: str  # after "were": "for violence against women and girls"
    count: int | None
    of: CountName | None
    whole: int | None
    noun: str  # of the whole
    figure: Figure
    against: str | None  # the share that this one means something against, in words
    against_figure: float | None  # 0 to 1

    @classmethod
    def read(cls, table: Table, _published: Published) -> ShareClaim:
        """Read the keys of this kind."""
        part = line(table, "part")
        of = table.choice("of", CountName) if table.has("of") else None
        whole = table.integer("whole", low=1, high=MOST) if of is None else None
        noun = line(table, "whole_name") if of is None else many(of)
        count = table.integer("count", low=0, high=whole or MOST) if table.has("count") else None
        text = table.text("figure", want=WANTED)
        figure = Figure.parse(text) or table.wrong("figure", text, WANTED)
        against = line(table, "against") if table.has("against") else None
        beside = None
        if against and table.has("against_percent"):
            beside = table.number("against_percent", low=0, high=100) / 100
        return cls(part, count, of, whole, noun, figure, against, beside)

    def check(self, published: Published) -> Checked:
        """Check it."""
        whole = self.whole if self.of is None else published.count(self.of)
        if whole is None or self.count is None:
            lacks = [needed_count(self.of)] if whole is None and self.of else []
            if self.count is None:
                lacks.append(f"the number of {self.noun} that were {self.part}")
            needs = () if whole is None else (would_hold(self.figure, whole, self.part, self.noun),)
            return Checked((Verdict(Finding.UNKNOWN, tuple(lacks)),), (), needs)
        if self.count > whole or not whole:
            step = f"{self.count:,} {self.noun} that were {self.part} are no part of {whole:,}."
            return Checked((Verdict(Finding.WRONG),), (step,))
        found = rate(self.count, whole, of=self.part)
        numbers: list[Named] = []
        counts = f"{self.count:,} of {whole:,} {self.noun} were {self.part}"
        if isinstance(found, Rate):
            counts += f": {rate_text(found)}"
            numbers.append(Named("share", found))
        holds = self.figure.agrees(self.count, whole)
        verdicts = [Verdict(Finding.FOLLOWS if holds else Finding.WRONG)]
        steps = [counts, outcome(self.figure, self.count, whole)]
        if self.against and self.against_figure is None:
            verdicts.append(Verdict(Finding.MISLEADING, (self.against,)))
            steps.append(
                "A share is large or small only beside another: that one was not published."
            )
        elif self.against_figure is not None:
            steps.append(f"Beside it: {self.against}: {percent(self.against_figure)}.")
        return Checked(tuple(verdicts), tuple(steps), numbers=tuple(numbers))


def would_hold(figure: Figure, whole: int, part: str, noun: str) -> str:
    """Say which counts would give the figure."""
    of = f"of the {whole:,} {noun}"
    edge = figure.value * whole
    match figure.bound:
        case "more than":
            return f"At least {math.floor(edge) + 1:,} {of} were {part}."
        case "at least":
            return f"At least {math.ceil(edge):,} {of} were {part}."
        case "less than":
            return f"At most {math.ceil(edge) - 1:,} {of} were {part}."
        case "at most":
            return f"At most {math.floor(edge):,} {of} were {part}."
        case _:
            return between(figure.low * whole, figure.high * whole, of, part)


def between(low: Fraction, high: Fraction, of: str, part: str) -> str:
    first, last = max(0, math.ceil(low)), math.floor(high)
    if first > last:
        return f"No whole number {of} gives that figure."
    some = f"{first:,}" if first == last else f"{first:,} to {last:,}"
    return f"{some} {of} were {part}."
