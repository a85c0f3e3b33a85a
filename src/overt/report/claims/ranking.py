"""An order of a survey's subgroups: what it takes to say which of them answered so most often."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from overt.report.claims.checked import Checked, Finding, Named, Tabled, Verdict
from overt.report.claims.figure import Figure
from overt.report.claims.published import Published
from overt.report.claims.reading import line
from overt.report.claims.saying import percent, spread
from overt.report.claims.survey import MOST_ASKED, percent_of
from overt.statistics.estimate import Rate
from overt.statistics.intervals import rate
from overt.table import Table

__all__ = ["RankingClaim"]


@dataclass(frozen=True, slots=True)
class Subgroup:
    """One group of those asked."""

    name: str
    figure: Figure | None
    asked: int | None


@dataclass(frozen=True, slots=True)
class RankingClaim:
    """That some groups answered so more often than others: the first most often."""

    answer: str
    subgroups: tuple[Subgroup, ...]

    @classmethod
    def read(cls, table: Table, _published: Published) -> RankingClaim:
        """Read the keys of this kind."""
        answer = line(table, "answer")
        tables = table.tables("subgroup")
        if len(tables) < 2:
            table.wrong("subgroup", len(tables), "two or more [[claim.subgroup]], to compare")
        return cls(answer, tuple(subgroup(each) for each in tables))

    def check(self, _published: Published) -> Checked:
        """Check it."""
        shares = [(each, rate_in(each)) for each in self.subgroups]
        missing = [each.name for each, found in shares if found is None]
        known = [(each, found) for each, found in shares if found is not None]
        if missing:
            names = ", ".join(missing)
            lack = f"the percentage and the number of answers of each: {names}"
            verdict = Verdict(Finding.UNKNOWN, (lack,))
            need = (
                f"Intervals of the groups' shares ({self.answer}) that do not overlap: groups of "
                "a survey are smaller than the survey."
            )
            return Checked((verdict,), (), (need,))
        rows = [("group", self.answer, "95 % interval", "asked")]
        rows += [
            (each.name, percent(found.value), spread(found.low, found.high), f"{found.trials:,}")
            for each, found in known
        ]
        table = Tabled("As if each group was chosen by chance", tuple(rows))
        numbers = tuple(Named(each.name, found) for each, found in known)
        pairs = list(pairwise(found for _, found in known))
        if any(one.value <= other.value for one, other in pairs):
            return Checked((Verdict(Finding.WRONG),), (table,), numbers=numbers)
        verdicts = [Verdict(Finding.FOLLOWS)]
        if any(one.low <= other.high for one, other in pairs):
            lack = "the intervals, which overlap: the order may be chance"
            verdicts.append(Verdict(Finding.MISLEADING, (lack,)))
        return Checked(tuple(verdicts), (table,), numbers=numbers)


def subgroup(table: Table) -> Subgroup:
    """Read one group of those asked."""
    name = line(table, "name")
    figure = percent_of(table) if table.has("figure") else None
    asked = table.integer("asked", low=1, high=MOST_ASKED) if table.has("asked") else None
    table.done()
    return Subgroup(name, figure, asked)


def rate_in(each: Subgroup) -> Rate | None:
    """Give a group's share with its interval; None where its size or share lacks."""
    if each.figure is None or each.asked is None:
        return None
    found = rate(round(each.figure.value * each.asked), each.asked, of=each.name)
    return found if isinstance(found, Rate) else None
