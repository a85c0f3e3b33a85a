"""What a chart shows: the numbers alone, typed; `report/render` draws them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from overt.report.document.figures import check_id

__all__ = ["Chart", "Curve", "Funnel", "Line", "Multiples", "Point", "RateSeries", "Stage"]


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a funnel."""

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """From faces seen to outcomes; the steps differ by powers of ten, so the scale is log."""

    id: str
    title: str
    alt: str  # what a person who cannot see it is told
    stages: tuple[Stage, ...]

    def __post_init__(self) -> None:
        check_id(self.id)


@dataclass(frozen=True, slots=True)
class Point:
    """A rate and its interval at one place of a series; None where there were no trials."""

    at: str  # "2025-03", a site, a threshold
    value: float | None
    low: float | None
    high: float | None
    events: int
    trials: int


@dataclass(frozen=True, slots=True)
class RateSeries:
    """A rate with its interval by month, site or threshold."""

    id: str
    title: str
    alt: str
    axis: str  # of the places: "month"
    measure: str  # of the rate: "false alerts per million faces seen"
    per: float  # the rate is drawn times this: 1e6 for "per million", 100 for per cent
    points: tuple[Point, ...]
    ceiling: float | None = None  # a limit to draw, as a rate in (0, 1]

    def __post_init__(self) -> None:
        check_id(self.id)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a curve."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """One or more lines over a range: a p-value by assumed exposure, power by ratio."""

    id: str
    title: str
    alt: str
    x_title: str
    y_title: str
    lines: tuple[Line, ...]
    x_percent: bool = False
    y_percent: bool = False
    y_log: bool = False
    x_log: bool = False
    level: float | None = None  # a horizontal line: 0.05 for significance, 0.8 for power
    level_name: str = ""
    mark: float | None = None  # a vertical line: the break-even share
    mark_name: str = ""

    def __post_init__(self) -> None:
        check_id(self.id)


@dataclass(frozen=True, slots=True)
class Multiples:
    """The same small chart for every site."""

    id: str
    title: str
    alt: str
    axis: str
    measure: str
    per: float
    panels: tuple[tuple[str, tuple[Point, ...]], ...]  # a site's name and its points

    def __post_init__(self) -> None:
        check_id(self.id)


Chart: TypeAlias = Funnel | RateSeries | Curve | Multiples
