"""Reading a file of published figures and claims (TOML). Nothing is guessed: whole or refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol, TypeVar

from overt.errors import ClaimsError
from overt.report.claims.checked import Checked
from overt.report.claims.comparison import ComparisonClaim
from overt.report.claims.difference import DifferenceClaim
from overt.report.claims.none import NoneClaim
from overt.report.claims.published import (
    MOST,
    NOUNS,
    PARTS,
    Assumed,
    Category,
    CountName,
    Exposure,
    Grade,
    Group,
    Published,
    Source,
    Threshold,
)
from overt.report.claims.ranking import RankingClaim
from overt.report.claims.rate import RateClaim
from overt.report.claims.reading import line
from overt.report.claims.share import ShareClaim
from overt.report.claims.sums import SumClaim
from overt.report.claims.survey import SurveyClaim
from overt.report.claims.threshold_test import ThresholdClaim
from overt.table import Table, open_table

__all__ = ["Claim", "ClaimFile", "Kind", "Wording", "read_claims"]

Item = TypeVar("Item")

MOST_EVENTS: Final = 100_000  # false alerts of one group or test


class Kind(StrEnum):
    """The kinds of claims."""

    RATE = "rate"
    SUM = "sum"
    SHARE = "share"
    NONE = "none"
    DIFFERENCE = "difference"
    COMPARISON = "comparison"
    THRESHOLDS = "thresholds"
    SURVEY = "survey"
    RANKING = "ranking"


class Wording(StrEnum):
    """Whose words a claim is written in."""

    QUOTED = "quoted"
    IN_SUBSTANCE = "in substance"


class Checkable(Protocol):
    """What a claim says, in a form that can be checked."""

    def check(self, published: Published, /) -> Checked:
        """Check it."""
        ...


class Reader(Protocol):
    """Reads the keys of one kind of claim."""

    def __call__(self, table: Table, published: Published, /) -> Checkable: ...


READERS: Final[Mapping[Kind, Reader]] = {
    Kind.RATE: RateClaim.read,
    Kind.SUM: SumClaim.read,
    Kind.SHARE: ShareClaim.read,
    Kind.NONE: NoneClaim.read,
    Kind.DIFFERENCE: DifferenceClaim.read,
    Kind.COMPARISON: ComparisonClaim.read,
    Kind.THRESHOLDS: ThresholdClaim.read,
    Kind.SURVEY: SurveyClaim.read,
    Kind.RANKING: RankingClaim.read,
}


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence and what it says."""

    says: str
    wording: Wording
    kind: Kind
    note: str | None
    content: Checkable


@dataclass(frozen=True, slots=True)
class ClaimFile:
    """Published figures, and what was claimed of them."""

    published: Published
    claims: tuple[Claim, ...]


def read_claims(path: Path) -> ClaimFile:
    """Read and check a file of claims.

    Raises:
        ClaimsError: it cannot be read, is not complete, or a part in it is over its whole.
    """
    table = open_table(path, want="a file of published figures and claims", error=ClaimsError)
    counts = _counts(table.table("counts"))
    published = Published(
        title=line(table, "title"),
        source=_source(table.table("source")),
        counts=counts,
        categories=_each(table, "category", _category),
        groups=tuple(
            _group(one, counts.get(CountName.FALSE_ALERTS)) for one in _some(table, "group")
        ),
        thresholds=_each(table, "threshold", _threshold),
    )
    claims = tuple(_claim(one, published) for one in table.tables("claim"))
    table.done()
    return ClaimFile(published, claims)


def _claim(table: Table, published: Published) -> Claim:
    says, wording = line(table, "says"), table.choice("wording", Wording)
    kind = table.choice("kind", Kind)
    note = line(table, "note") if table.has("note") else None
    claim = Claim(says, wording, kind, note, READERS[kind](table, published))
    table.done()
    return claim


def _counts(table: Table) -> dict[CountName, int]:
    counts = {name: table.integer(name, low=0, high=MOST) for name in CountName if table.has(name)}
    table.done()
    for part, whole in PARTS:
        if part in counts and whole in counts and counts[part] > counts[whole]:
            table.wrong(part, counts[part], f"at most the {counts[whole]} {NOUNS[whole][1]}")
    return counts


def _source(table: Table) -> Source:
    source = Source(
        publisher=line(table, "publisher"),
        period=line(table, "period"),
        citation=line(table, "citation"),
        grade=table.choice("grade", Grade),
    )
    table.done()
    return source


def _category(table: Table) -> Category:
    of, name = table.choice("of", CountName), line(table, "name")
    count = table.integer("count", low=0, high=MOST) if table.has("count") else None
    table.done()
    return Category(of, name, count)


def _group(table: Table, false_alerts: int | None) -> Group:
    name = line(table, "name")
    most = MOST_EVENTS if false_alerts is None else min(false_alerts, MOST_EVENTS)
    if table.has("total") or not false_alerts:
        total = table.integer("total", low=1, high=most)
    else:
        total = most
    group = Group(
        name=name,
        count=table.integer("count", low=0, high=total),
        total=total,
        exposure=_exposure(table.table("exposure")) if table.has("exposure") else None,
        assumed=_each(table, "assumed", _assumed),
    )
    table.done()
    return group


def _exposure(table: Table) -> Exposure:
    low = table.number("low_percent", low=0.1, high=99.9)
    high = table.number("high_percent", low=low, high=99.9)
    exposure = Exposure(low / 100, high / 100, _cited(table))
    table.done()
    return exposure


def _assumed(table: Table) -> Assumed:
    share = table.number("percent", low=0.1, high=99.9) / 100
    why = line(table, "why")
    if table.has("grade"):
        why = f"{why} ({table.choice('grade', Grade).words})"
    table.done()
    return Assumed(share, why)


def _threshold(table: Table) -> Threshold:
    value = table.number("value", low=0, high=1)
    events = table.integer("false_alerts", low=0, high=MOST_EVENTS)
    own = trials = others = None
    if table.has("group_false_alerts"):
        own = table.integer("group_false_alerts", low=0, high=events)
        trials = table.integer("group_trials", low=max(1, own), high=MOST)
        others = table.integer("other_trials", low=max(1, events - own), high=MOST)
    threshold = Threshold(value, events, own, trials, others, _cited(table))
    table.done()
    return threshold


def _cited(table: Table) -> str:
    return f"{line(table, 'citation')}, {table.choice('grade', Grade).words}"


def _some(table: Table, key: str) -> tuple[Table, ...]:
    return table.tables(key) if table.has(key) else ()


def _each(table: Table, key: str, read: Callable[[Table], Item]) -> tuple[Item, ...]:
    return tuple(read(one) for one in _some(table, key))
