"""The whole report: what it is about, what it was counted from, and its sections."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from overt.errors import ReportError
from overt.report.document.charts import Chart
from overt.report.document.exposed import Exposed
from overt.report.document.figures import Figure, Grid, Sort, Statement, check_id

__all__ = ["Options", "Report", "Scope", "Section", "Source"]


class Scope(StrEnum):
    """What a report is about."""

    DEPLOYMENT = "deployment"
    PERIOD = "period"
    NATIONAL = "national"  # a period, of several forces


@dataclass(frozen=True, slots=True)
class Options:
    """What was chosen, and changes what a figure says; a report is recomputed with the same."""

    as_of: str  # what was due by then is judged, ISO 8601 UTC
    start: str = ""  # of a period: deployments whose window starts at or after it, ISO 8601 UTC
    end: str = ""  # and before it
    deployment: str = ""  # of a report on one deployment: its id
    exposures: tuple[Exposed, ...] = ()  # what is assumed of groups' shares of the faces seen
    margin: float = 1.25  # the ratio of two groups' rates that would not matter, either way
    false_alert_ceiling: float = 1e-3  # per face seen: the policy's
    suppress_below: int = 0  # numbers of people by group below this are withheld; 0: none

    def __post_init__(self) -> None:
        if not 1 < self.margin < math.inf:
            raise ReportError(f"margin: got {self.margin}, want a ratio above 1 (1.25)")
        asked = [(one.group, one.place) for one in self.exposures]
        if len(set(asked)) < len(asked):
            raise ReportError(f"exposures: got {asked}, want each group once, or once a place")


@dataclass(frozen=True, slots=True)
class Source:
    """A record that figures were counted from, at one signed state of it."""

    force: str
    events: int  # size of the log
    root: str  # of its Merkle tree, hex; "" where the record was not signed
    key: str  # the log's public key; ""


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its figures, tables and charts, and what they do and do not say."""

    id: str
    title: str
    lead: str  # one plain paragraph
    figures: tuple[Figure, ...] = ()
    grids: tuple[Grid, ...] = ()
    charts: tuple[Chart, ...] = ()
    statements: tuple[Statement, ...] = ()

    def __post_init__(self) -> None:
        check_id(self.id)

    def every_figure(self) -> Iterator[Figure]:
        """Give its figures, then those of its tables."""
        yield from self.figures
        for grid in self.grids:
            for _, cells in grid.rows:
                yield from cells


@dataclass(frozen=True, slots=True)
class Report:
    """A report, computed. Rendering it changes no number; recomputing it gives an equal one."""

    title: str
    scope: Scope
    options: Options
    sources: tuple[Source, ...]
    made: str  # ISO 8601 UTC; not compared
    software: str  # overt's version
    sections: tuple[Section, ...]

    def __post_init__(self) -> None:
        """Check that an id names one thing.

        Raises:
            ReportError: an id stands twice.
        """
        ids = [figure.id for section in self.sections for figure in section.every_figure()]
        ids += [statement.id for statement in self.statements()]
        ids += [chart.id for section in self.sections for chart in section.charts]
        if twice := sorted(
            {one for one in ids if ids.count(one) > 1} if len(set(ids)) < len(ids) else ()
        ):
            raise ReportError(f"report: got the ids {twice} more than once, want once")

    def figures(self) -> Mapping[str, Figure]:
        """Give every figure by its id."""
        return {figure.id: figure for section in self.sections for figure in section.every_figure()}

    def statements(self) -> tuple[Statement, ...]:
        """Give every statement, in order."""
        return tuple(one for section in self.sections for one in section.statements)

    def wrong(self) -> tuple[Statement, ...]:
        """Give what does not add up: a report with any cannot be final."""
        return tuple(one for one in self.statements() if one.sort is Sort.WRONG)
