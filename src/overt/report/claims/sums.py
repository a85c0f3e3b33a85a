"""A whole that is broken down: do the parts add up to it?"""

from __future__ import annotations

from dataclasses import dataclass

from overt.report.claims.checked import Checked, Finding, Verdict
from overt.report.claims.published import CountName, Published
from overt.report.claims.saying import many, needed_count
from overt.table import Table

__all__ = ["SumClaim"]


@dataclass(frozen=True, slots=True)
class SumClaim:
    """The categories of `whole`."""

    whole: CountName

    @classmethod
    def read(cls, table: Table, published: Published) -> SumClaim:
        """Read the keys of this kind."""
        whole = table.choice("whole", CountName)
        if not any(category.of is whole for category in published.categories):
            named = sorted({str(category.of) for category in published.categories})
            want = "one that a [[category]] is of" + (f": {', '.join(named)}" if named else "")
            table.wrong("whole", whole.value, want)
        return cls(whole)

    def check(self, published: Published) -> Checked:
        """Check it."""
        parts = [category for category in published.categories if category.of is self.whole]
        whole, noun = published.count(self.whole), many(self.whole)
        unknown = [part.name for part in parts if part.count is None]
        known = [part.count for part in parts if part.count is not None]
        lacks = [needed_count(self.whole)] if whole is None else []
        if unknown:
            lacks.append(f"the number of {noun} for each of: {', '.join(unknown)}")
        told = [f"{part.count:,} {part.name}" for part in parts if part.count is not None]
        if whole is None or unknown:
            return Checked((Verdict(Finding.UNKNOWN, tuple(lacks)),), tuple(told))
        total = sum(known)
        addition = f"{' + '.join(f'{count:,}' for count in known)} = {total:,}"
        if total == whole:
            return Checked(
                (Verdict(Finding.FOLLOWS),), (*told, f"{addition}: as many {noun} as published.")
            )
        off = abs(total - whole)
        more = total > whole
        needs = (
            f"That {off:,} {noun} were counted under two headings, and the publisher says so; or "
            "one of the numbers is another."
            if more
            else f"A heading for the other {off:,} {noun}; or one of the numbers is another."
        )
        steps = (
            *told,
            f"{addition} against {whole:,} {noun}: {off:,} {'more' if more else 'fewer'}.",
        )
        return Checked((Verdict(Finding.WRONG),), steps, (needs,))
