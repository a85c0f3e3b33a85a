"""What rules are checked on: a deployment, and what is known of it by now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from overt.inference.bundle import Bundle, Unread
from overt.values.comparison import Comparison
from overt.values.deployment import Deployment
from overt.values.duty_events import DeploymentBriefed
from overt.values.watchlist import Watchlist

__all__ = ["Aftermath", "Before", "Observed", "Subject"]


@dataclass(frozen=True, slots=True)
class Observed:
    """What people found of the alerts so far."""

    false_alerts: int
    faces: int  # seen

    def __post_init__(self) -> None:
        if not 0 <= self.false_alerts <= self.faces:
            raise ValueError(f"observed: got {self}, want no more false alerts than faces")


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What became of a deployment's data after it ended; None: not yet, or nothing of the kind."""

    ended: datetime  # UTC: when recognition ended
    list_destroyed: datetime | None = None
    alert_data_kept: timedelta | None = None  # the longest, without a legal hold
    legal_hold: timedelta | None = None  # the longest between two renewals
    disclosure_kept: timedelta | None = None  # the index of who was listed, from the end on
    published: datetime | None = None


@dataclass(frozen=True, slots=True)
class Before:
    """What the last deployment that was authorised before this one used. Trials are not counted."""

    deployment: str
    bundle: str  # digest
    threshold: float


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What is judged: a deployment with the list and the model it names.

    What is not known yet is None: the rules on it cannot tell, and are checked again later.
    """

    deployment: Deployment
    watchlist: Watchlist
    bundle: Bundle
    comparison: Comparison | Unread | None = field(default=None, kw_only=True)  # the draft's
    before: tuple[Before, ...] | None = field(
        default=None, kw_only=True
    )  # (): nothing that it would have to be compared with
    drafted_by: str | None = field(default=None, kw_only=True)
    reviewed: datetime | None = field(
        default=None, kw_only=True
    )  # when an urgent authority was upheld
    briefed: DeploymentBriefed | None = field(default=None, kw_only=True)
    passed: Mapping[str, datetime] = field(
        default_factory=dict[str, datetime], kw_only=True
    )  # when each camera came out as a go, unless it has failed since
    observed: Observed | None = field(default=None, kw_only=True)
    aftermath: Aftermath | None = field(default=None, kw_only=True)
