"""A published report against the log: computed again, and compared figure by figure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import cast

from overt.ledger.keys import VerifierKey
from overt.report.computing import compute
from overt.report.document.figures import Figure, Statement
from overt.report.document.report import Report, Section
from overt.report.document.wording import evidence_of, headline
from overt.report.recorded import facts_of_export

__all__ = ["Difference", "compare", "verify_report"]

CLOSE = 1e-9  # relative: another processor may round the last digits of an interval otherwise


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a published report says something else than the log."""

    id: str
    published: str
    computed: str


def verify_report(
    published: Report, exports: Sequence[Path], *, keys: Sequence[VerifierKey]
) -> tuple[Difference, ...]:
    """Compute a report again from the exports it names, and compare.

    Raises:
        LedgerError: an export does not verify.
        ReportError: the report asks for what the exports do not have.
    """
    place = {source.force: number for number, source in enumerate(published.sources)}
    counted = [facts_of_export(path, keys=keys) for path in exports]
    first, *others = sorted(counted, key=lambda one: place.get(one.source.force, len(place)))
    computed = compute(
        first.facts.plus(other.facts for other in others),
        options=published.options,
        sources=[first.source, *(other.source for other in others)],
        made=datetime.fromisoformat(published.made),
        software=published.software,
    )
    return compare(published, computed)


def compare(published: Report, computed: Report) -> tuple[Difference, ...]:
    """Compare every figure, statement and chart; what one lacks is a difference too.

    When it was made and by which version are not compared; neither are sections that are counted
    from something else than a log (`survey`).
    """
    differences = [*_heads(published, computed)]
    for found, want in (
        (_figures(published), _figures(computed)),
        (_statements(published), _statements(computed)),
        (_charts(published), _charts(computed)),
    ):
        names = [*found, *(name for name in want if name not in found)]
        differences += [
            Difference(name, told(found.get(name)), told(want.get(name)))
            for name in names
            if not are_equal(found.get(name), want.get(name))
        ]
    return tuple(differences)


def _heads(published: Report, computed: Report) -> Iterable[Difference]:
    for name in ("title", "scope", "options", "sources"):
        found, want = getattr(published, name), getattr(computed, name)
        if found != want:
            yield Difference(name, told(found), told(want))


def _sections(report: Report) -> tuple[Section, ...]:
    return tuple(one for one in report.sections if one.id not in NOT_FROM_LOG)


NOT_FROM_LOG = frozenset({"survey", "left-out"})


def _figures(report: Report) -> dict[str, object]:
    return {one.id: one for section in _sections(report) for one in section.every_figure()}


def _statements(report: Report) -> dict[str, object]:
    found: dict[str, object] = {
        one.id: one for section in _sections(report) for one in section.statements
    }
    leads = {f"{section.id} (lead)": section.lead for section in _sections(report)}
    return {**found, **leads}


def _charts(report: Report) -> dict[str, object]:
    return {one.id: one for section in _sections(report) for one in section.charts}


def are_equal(one: object, other: object) -> bool:
    """Compare two values of a report; numbers that were computed, to their last digits."""
    if isinstance(one, float) and isinstance(other, float):
        same = math.isnan(one) and math.isnan(other)
        return same or math.isclose(one, other, rel_tol=CLOSE, abs_tol=1e-15)
    if isinstance(one, str) and isinstance(other, str):
        return str(one) == str(other)  # a member of an enumeration is its text
    if type(one) is not type(other):
        return False
    if isinstance(one, tuple):
        pair = (cast("tuple[object, ...]", one), cast("tuple[object, ...]", other))
        return len(pair[0]) == len(pair[1]) and all(map(are_equal, *pair))
    if hasattr(one, "__dataclass_fields__"):
        names = [field.name for field in fields(cast("Figure", one))]
        return all(are_equal(getattr(one, name), getattr(other, name)) for name in names)
    return one == other


def told(thing: object) -> str:
    """Write one side of a difference so that a person can see it."""
    match thing:
        case None:
            return "nothing"
        case Figure(value=value):
            counts = evidence_of(value)
            return f"{headline(value)} ({counts})" if counts else headline(value)
        case Statement(text=text):
            return text
        case _:
            text = str(thing)
            return text if len(text) <= 300 else f"{text[:297]}..."
