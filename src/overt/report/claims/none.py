"""A claim that something never happened: what "none" can tell, and whether anybody looked."""

from __future__ import annotations

from dataclasses import dataclass

from overt.report.claims.checked import Checked, Finding, Verdict
from overt.report.claims.published import MOST, CountName, Published
from overt.report.claims.reading import line
from overt.report.claims.saying import many, needed_count, percent
from overt.statistics.intervals import rule_of_three
from overt.table import Table

__all__ = ["NoneClaim"]


@dataclass(frozen=True, slots=True)
class NoneClaim:
    """None of `of` was `what`; `followed` of them were looked at for it, and `found` were."""

    what: str
    known_by: str  # what has to be known of each to tell
    meaning: bool  # whether it was published what `what` means, or it has but one meaning
    of: CountName
    followed: int | None
    found: int

    @classmethod
    def read(cls, table: Table, published: Published) -> NoneClaim:
        """Read the keys of this kind."""
        what, known_by = line(table, "what"), line(table, "known_by")
        meaning = table.flag("has_one_meaning")
        of = table.choice("of", CountName)
        whole = published.count(of)
        most = MOST if whole is None else whole
        followed = table.integer("followed", low=0, high=most) if table.has("followed") else None
        most = most if followed is None else followed
        found = table.integer("found", low=0, high=most) if table.has("found") else 0
        return cls(what, known_by, meaning, of, followed, found)

    def check(self, published: Published) -> Checked:
        """Check it."""
        whole, noun = published.count(self.of), many(self.of)
        if self.found:
            step = f"{self.found:,} were found: {self.what}."
            return Checked((Verdict(Finding.WRONG),), (step,))
        if whole is None:
            return Checked((Verdict(Finding.UNKNOWN, (needed_count(self.of),)),), ())
        if not whole:
            return Checked((Verdict(Finding.FOLLOWS),), (f"There were no {noun} at all.",))
        needs = [f"Each of the {whole:,} {noun} was looked at, and none was {self.what}."]
        if not self.meaning:
            needs.append(f"What '{self.what}' means was fixed before anybody counted.")
        if self.followed == whole:
            steps = (bound(whole, whole, noun),)
            lacks = (f"the rate that none still fits: up to {percent(rule_of_three(whole))}",)
            return Checked(
                (Verdict(Finding.FOLLOWS), Verdict(Finding.MISLEADING, lacks)), steps, tuple(needs)
            )
        looked = self.followed or 0
        lacks = [f"{self.known_by}, of each of the {whole:,} {noun}"]
        if looked:
            lacks = [f"{self.known_by}, of the {whole - looked:,} {noun} not followed up"]
        if not self.meaning:
            lacks.append(f"what '{self.what}' means")
        verdict = Verdict(Finding.UNKNOWN, tuple(lacks))
        return Checked((verdict,), (bound(looked or whole, whole, noun),), tuple(needs))


def bound(looked: int, whole: int, noun: str) -> str:
    """Say the rate that no event in so many leaves open: the rule of three."""
    high = rule_of_three(looked)
    once = f", 1 in {1 / high:,.0f}" if high < 0.1 else ""
    none = "None" if looked == whole else f"None of the {looked:,} that were followed up"
    whose = f" of {looked:,} {noun}" if looked == whole else ""
    return (
        f"{none}{whose} fits a rate of up to {percent(high)}{once}, in the long run "
        "(rule of three, 95 %)."
    )
