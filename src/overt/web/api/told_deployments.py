"""What programs are told of a deployment: how it stands now, its file, its list in numbers."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from overt.web.api.told import Told
from overt.web.api.told_lists import CompositionTold, composition_told
from overt.web.checking import Listed
from overt.web.live_now import Now

__all__ = [
    "CameraNowTold",
    "CompositionOfTold",
    "FileTold",
    "NowTold",
    "composition_of_told",
    "now_told",
]


class CameraNowTold(Told):
    """How a camera does, over the last seconds; `seen` to `alerts` are of the running minute."""

    name: str
    fps: float
    dropped: int
    latency_ms: int | None
    focus: float | None
    lost: bool
    losses: int
    silent_s: float | None
    seen: int
    compared: int
    unfit: int
    alerts: int


class NowTold(Told):
    """How a deployment stands; `left_s` of its authority, `waiting` alerts that nobody holds."""

    deployment: str
    state: str
    left_s: int
    reason: str
    list_destroyed: bool
    waiting: int
    cameras: list[CameraNowTold]


class FileTold(Told):
    """A deployment's file: the TOML text itself, by whose sha256 it was drafted."""

    deployment: str
    sha256: str
    file: str


class CompositionOfTold(Told):
    """A deployment's list in numbers; `alike` pairs look alike, and `more_alike` there are more."""

    deployment: str
    built: datetime
    entries: int
    composition: CompositionTold
    photographs_older: int
    older_than: str
    photographs_undated: int
    alike: int
    more_alike: bool


def now_told(deployment: str, now: Now) -> NowTold:
    """Tell how it stands."""
    cameras = [CameraNowTold(**asdict(camera)) for camera in now.cameras]
    return NowTold(
        deployment=deployment,
        state=now.state,
        left_s=now.left_s,
        reason=now.reason,
        list_destroyed=now.list_destroyed,
        waiting=now.waiting,
        cameras=cameras,
    )


def composition_of_told(deployment: str, found: Listed) -> CompositionOfTold:
    """Tell who is on the list."""
    return CompositionOfTold(
        deployment=deployment,
        built=found.built,
        entries=found.entries,
        composition=composition_told(found.composition),
        photographs_older=found.older,
        older_than=found.older_than,
        photographs_undated=found.undated,
        alike=len(found.alike),
        more_alike=found.more_alike,
    )
