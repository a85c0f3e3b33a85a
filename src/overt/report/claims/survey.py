"""A percentage of a survey: how many were asked what, and how their answers were weighted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from overt.report.claims.checked import Checked, Finding, Named, Verdict
from overt.report.claims.figure import Figure
from overt.report.claims.published import Published
from overt.report.claims.saying import rate_text, spread
from overt.statistics.estimate import Rate
from overt.statistics.intervals import rate
from overt.table import Table

__all__ = ["MOST_ASKED", "SurveyClaim", "percent_of"]

PERCENT: Final = "a per cent from 0 to 100, as it was published: 85 %"
MOST_ASKED: Final = 100_000_000


@dataclass(frozen=True, slots=True)
class SurveyClaim:
    """So many per cent of those asked."""

    figure: Figure
    asked: int | None  # how many answered
    question: str | None  # its wording
    weights: str | None  # how answers were weighted, or that they were not

    @classmethod
    def read(cls, table: Table, _published: Published) -> SurveyClaim:
        """Read the keys of this kind."""
        figure = percent_of(table)
        asked = table.integer("asked", low=1, high=MOST_ASKED) if table.has("asked") else None
        question = table.text("question") if table.has("question") else None
        weights = table.text("weights") if table.has("weights") else None
        return cls(figure, asked, question, weights)

    def check(self, _published: Published) -> Checked:
        """Check it."""
        lacks: list[str] = []
        if self.asked is None:
            lacks.append("how many people answered")
        if self.question is None:
            lacks.append("the wording of the question")
        if self.weights is None:
            lacks.append("how the answers were weighted")
        needs = ("People chosen by chance, not people who chose to answer.",)
        if self.asked is None:
            return Checked((Verdict(Finding.UNKNOWN, tuple(lacks)),), (), needs)
        low = math.ceil(max(Fraction(0), self.figure.low) * self.asked)
        high = math.floor(min(Fraction(1), self.figure.high) * self.asked)
        if low > high and self.weights in (None, "none"):
            step = f"No whole number of {self.asked:,} people is {self.figure.written}."
            return Checked((Verdict(Finding.WRONG),), (step,), ("Answers that were weighted.",))
        found = rate(round(self.figure.value * self.asked), self.asked, of="answers")
        steps: list[str] = []
        numbers: list[Named] = []
        if isinstance(found, Rate):
            steps.append(f"If {self.asked:,} were chosen by chance: {rate_text(found)}.")
            numbers.append(Named("survey", found))
            if not lacks:
                interval = f"its 95 % interval, {spread(found.low, found.high)}"
                verdicts = (Verdict(Finding.FOLLOWS), Verdict(Finding.MISLEADING, (interval,)))
                return Checked(verdicts, tuple(steps), needs, tuple(numbers))
        verdict = Verdict(Finding.UNKNOWN, tuple(lacks))
        return Checked((verdict,), tuple(steps), needs, tuple(numbers))


def percent_of(table: Table) -> Figure:
    """Read a per cent."""
    text = table.text("figure", want=PERCENT)
    figure = Figure.parse(text)
    if figure is None or figure.places is None or figure.bound:
        table.wrong("figure", text, PERCENT)
    return figure
