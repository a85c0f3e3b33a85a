"""What happened: frozen facts, each appended once. Every state and figure is folded from them.

An event holds no image, no template and no name. What belongs to a person lies sealed in the
vault; the event holds a commitment to it, so that the log stays whole when the person's data go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, TypeAlias

from overt.errors import InputError
from overt.values.alert_events import AlertBody
from overt.values.counts import FaceCounts
from overt.values.demographics import Demographics
from overt.values.duty_events import DutyBody
from overt.values.private import Private
from overt.values.watchlist import Category

__all__ = [
    "AlertRaised",
    "AlertRepeated",
    "Body",
    "CameraBack",
    "CameraLost",
    "DeploymentAuthorised",
    "DeploymentConfigured",
    "DeploymentStarted",
    "DeploymentStopped",
    "Event",
    "FacesCounted",
    "KnownPassage",
    "WatchlistComposed",
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
    officer: Private
    rank: str
    given: datetime
    reference: str
    necessity: str
    proportionality: str
    urgent: bool
    policy: str  # digest of the policy whose rules held
    policy_name: str


@dataclass(frozen=True, slots=True)
class DeploymentConfigured:
    """What it ran with, whole: rules, model, settings and code can be compared years later."""

    kind: ClassVar[str] = "deployment-configured"
    version: ClassVar[int] = 1

    policy: str  # digest
    policy_text: str  # the policy's file
    bundle: str  # digest
    settings: str  # of the machine, as JSON; without secrets
    software: str  # overt's version
    flags: tuple[str, ...]  # rules that failed and only flag: id and what was found
    admitted: tuple[str, ...]  # rules that held only because it was a trial: likewise


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
    version: ClassVar[int] = 3  # 2 lacked `partial`, 1 `thinned` too; see records.codec

    counts: FaceCounts


@dataclass(frozen=True, slots=True)
class CameraLost:
    """A camera broke off, or its process ended, while the deployment went on without it."""

    kind: ClassVar[str] = "camera-lost"
    version: ClassVar[int] = 1

    camera: str
    reason: str
    losses: int  # of this camera since the deployment began, this one among them


@dataclass(frozen=True, slots=True)
class CameraBack:
    """A camera that was lost gives frames again."""

    kind: ClassVar[str] = "camera-back"
    version: ClassVar[int] = 1

    camera: str
    after_s: float  # since it was lost
    attempts: int  # how often it was begun again until it gave a frame


@dataclass(frozen=True, slots=True)
class AlertRepeated:
    """An alert was refused: it was about whom an operator had an alert of just before a loss."""

    kind: ClassVar[str] = "alert-repeated"
    version: ClassVar[int] = 1

    camera: str
    earlier: str  # id of the alert that the operator has
    time: datetime  # of the frame


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
class KnownPassage:
    """A blue-list volunteer walked through the zone of recognition, and was recognised or not.

    What true recognition rates are counted from. A volunteer is a number that only the test's
    organiser can tell; the same number is the same person, for passages of one person are alike.
    """

    kind: ClassVar[str] = "known-passage"
    version: ClassVar[int] = 1

    passage: str  # its number within the deployment
    camera: str
    volunteer: str
    time: datetime
    recognised: bool
    alert: str  # the alert's id where they were recognised; "" otherwise
    demographics: Demographics  # as the volunteer says

    def __post_init__(self) -> None:
        if self.recognised != bool(self.alert):
            raise InputError(
                f"passage {self.passage}: got recognised {self.recognised} with alert "
                f"{self.alert!r}, want an alert where they were recognised, and none otherwise"
            )


@dataclass(frozen=True, slots=True)
class WatchlistComposed:
    """How many people of each category a list holds."""

    kind: ClassVar[str] = "watchlist-composed"
    version: ClassVar[int] = 1

    watchlist: str  # digest
    listed: Mapping[Category, int]
    under_18: Mapping[Category, int] = field(default_factory=dict[Category, int])  # of those
    vulnerable: Mapping[Category, int] = field(default_factory=dict[Category, int])  # of those


@dataclass(frozen=True, slots=True)
class WatchlistDestroyed:
    """The list's key is gone, so its templates and photographs are."""

    kind: ClassVar[str] = "watchlist-destroyed"
    version: ClassVar[int] = 1

    watchlist: str  # digest; its first 16 digits where the note about the list was lost
    listed: int | None  # entries; None: not known, where the note was lost


Body: TypeAlias = (
    DeploymentAuthorised
    | DeploymentConfigured
    | DeploymentStarted
    | DeploymentStopped
    | FacesCounted
    | AlertRaised
    | AlertRepeated
    | CameraLost
    | CameraBack
    | KnownPassage
    | WatchlistComposed
    | WatchlistDestroyed
    | AlertBody
    | DutyBody
)


@dataclass(frozen=True, slots=True)
class Event:
    """One fact, with its place in the record."""

    id: str
    deployment: str
    at: datetime  # UTC: when it was recorded
    body: Body
