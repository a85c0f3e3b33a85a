"""What a record holds of known passages at real deployments, beside what it holds of any."""

from __future__ import annotations

from dataclasses import dataclass

from overt.values.share import Share

__all__ = ["Log", "Walked", "WalkedAt"]


@dataclass(frozen=True, slots=True)
class Log:
    """A verified export that passages were counted from."""

    origin: str  # whose log it is
    size: int  # events
    root: str  # of the log at that size


@dataclass(frozen=True, slots=True)
class WalkedAt:
    """Passages at one threshold: of all, of one deployment or of one of its cameras."""

    threshold: float
    deployment: str  # id; "": all
    place: str
    camera: str  # "": all
    trial: bool | None  # None: of both sorts
    listed: int | None  # entries on the list; None: lists of several sizes
    bundle: str | None  # digest; None: several
    tpir: Share | None


@dataclass(frozen=True, slots=True)
class Walked:
    """Known passages of blue-list volunteers."""

    logs: tuple[Log, ...]
    deployments: int
    passages: int
    in_trials: int  # of them
    volunteers: int
    rows: tuple[WalkedAt, ...]
    withheld: tuple[tuple[str, float, int], ...]  # column, threshold, groups left out as too few
    suppress_below: int
