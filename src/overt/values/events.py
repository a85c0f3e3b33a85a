"""What happened: frozen facts, each appended once. Every state and figure is folded from them.

An event holds no image, no template and no name. What belongs to a person lies sealed in the
vault; the event holds a commitment to it, so that the log stays whole when the person's data go.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, TypeAlias

from overt.values.counts import FaceCounts
from overt.values.watchlist import Category

__all__ = [
    "AlertRaised",
    "Body",
    "DeploymentAuthorised",
    "DeploymentStarted",
    "DeploymentStopped",
    "Event",
    "FacesCounted",
    "WatchlistDestroyed",
]


@dataclass(frozen=True, slots=True)
class DeploymentAuthorised:
    """An authority was made: what it covers, and who gave it."""

    kind: ClassVar[str] = "deployment-authorised"
    version: ClassVar[int] = 1

    place: str
    purpose: str
    trial: bool
    start: datetime
    end: datetime
    cameras: tuple[str, ...]
    threshold: float
    watchlist: str  # digest
    listed: int
    bundle: str  # digest
    officer: str
    rank: str
    given: datetime
    reference: str
    necessity: str
    proportionality: str
    urgent: bool


@dataclass(frozen=True, slots=True)
class DeploymentStarted:
    """Recognition began."""

    kind: ClassVar[str] = "deployment-started"
    version: ClassVar[int] = 1

    software: str  # overt's version
    predicted_rate: float  # false alerts expected per comparison, for this threshold and list
    extrapolated: bool


@dataclass(frozen=True, slots=True)
class DeploymentStopped:
    """Recognition ended, and why."""

    kind: ClassVar[str] = "deployment-stopped"
    version: ClassVar[int] = 1

    reason: str


@dataclass(frozen=True, slots=True)
class FacesCounted:
    """What one camera saw in one minute, or in a part of one: parts of a minute add up."""

    kind: ClassVar[str] = "faces-counted"
    version: ClassVar[int] = 1

    counts: FaceCounts


@dataclass(frozen=True, slots=True)
class AlertRaised:
    """A probe scored at or above the threshold. Nothing follows until a person adjudicates."""

    kind: ClassVar[str] = "alert-raised"
    version: ClassVar[int] = 1

    alert: str
    camera: str
    time: datetime  # of the frame
    category: Category
    score: float
    similarity: float
    threshold: float
    listed: int
    predicted_rate: float
    extrapolated: bool
    shots: int
    flags: tuple[str, ...]
    commitment: str  # salted sha256 of the sealed evidence (who, pictures)


@dataclass(frozen=True, slots=True)
class WatchlistDestroyed:
    """The list's key is gone, so its templates and photographs are."""

    kind: ClassVar[str] = "watchlist-destroyed"
    version: ClassVar[int] = 1

    watchlist: str  # digest
    listed: int


Body: TypeAlias = (
    DeploymentAuthorised
    | DeploymentStarted
    | DeploymentStopped
    | FacesCounted
    | AlertRaised
    | WatchlistDestroyed
)


@dataclass(frozen=True, slots=True)
class Event:
    """One fact, with its place in the record."""

    id: str
    deployment: str
    at: datetime  # UTC: when it was recorded
    body: Body
