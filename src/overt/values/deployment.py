"""What is to be done, where, when, on whose word: the deployment as it was drafted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from overt.errors import DeploymentError

__all__ = [
    "LIVE_SCHEMES",
    "WEBCAM",
    "Camera",
    "Deployment",
    "Purpose",
    "Rank",
    "Recognition",
    "Statement",
    "Window",
    "is_live",
]

LIVE_SCHEMES: Final = ("rtsp", "rtsps", "http", "https")
WEBCAM: Final = re.compile(r"/dev/video[0-9]{1,3}")


class Purpose(StrEnum):
    """The permitted uses of live facial recognition."""

    HOTSPOT = "crime hotspot or its access routes"
    PROTECTION = "protective security"
    LOCATION = "intelligence on where a sought person is"


class Rank(StrEnum):
    """Ranks that can give an authority; an Inspector only when it is urgent."""

    INSPECTOR = "Inspector"
    CHIEF_INSPECTOR = "Chief Inspector"
    SUPERINTENDENT = "Superintendent"
    CHIEF_SUPERINTENDENT = "Chief Superintendent"
    COMMANDER = "Commander"
    CHIEF_OFFICER = "Chief Officer"
    NONE = "none"  # a trial among people who agreed is not a police deployment


def is_live(source: str) -> bool:
    """Tell whether a camera's source gives what is there now, rather than what was recorded."""
    scheme, separator, _ = source.partition("://")
    streamed = bool(separator) and scheme.lower() in LIVE_SCHEMES
    # A whole match: /dev/video/../home/old.mp4 is a file.
    return streamed or WEBCAM.fullmatch(source) is not None


@dataclass(frozen=True, slots=True)
class Window:
    """When recognition may run: from `start`, up to but not including `end`. UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        for name, time in (("start", self.start), ("end", self.end)):
            if time.tzinfo is None:
                raise DeploymentError(
                    f"window {name}: got {time.isoformat()} without a time zone, "
                    "want one (2026-03-01T10:00:00Z)"
                )
        if self.end <= self.start:
            raise DeploymentError(
                f"window: got an end {self.end.isoformat()} not after the start "
                f"{self.start.isoformat()}, want it later"
            )

    def holds(self, time: datetime) -> bool:
        """Tell whether `time` lies in the window."""
        return self.start <= time < self.end


@dataclass(frozen=True, slots=True)
class Statement:
    """The written authority: who allowed it, when, and why it is necessary and proportionate."""

    officer: str
    rank: Rank
    given: datetime  # UTC
    reference: str  # where the signed document is kept
    necessity: str
    proportionality: str
    urgent: bool = False
    change: str = ""  # why a change that made something worse is accepted, where one did


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera of a deployment."""

    name: str
    source: str  # file, folder of stills, rtsp:// or http(s):// address, /dev/videoN
    zone: tuple[tuple[float, float], ...] = ()
    # the zone of recognition: a polygon, x y as shares of width and height; () is the whole view

    def __post_init__(self) -> None:
        if self.zone and len(self.zone) < 3:
            raise DeploymentError(
                f"camera {self.name!r}: got a zone of {len(self.zone)} points, want 3 or more"
            )
        if any(not 0 <= value <= 1 for point in self.zone for value in point):
            raise DeploymentError(
                f"camera {self.name!r}: got a zone point outside the picture, "
                "want shares from 0 to 1"
            )


@dataclass(frozen=True, slots=True)
class Recognition:
    """How faces are found and chosen: tuning, not policy, but for `confirm_shots`."""

    confirm_shots: int  # policy: an alert needs so many shots that were compared as one
    min_face_px: int = 40  # the smallest face, side of its box in frame pixels, to be found
    min_eyes_px: float = 16.0  # the smallest distance between the eyes that is compared
    detect_interval_s: float = 0.12  # tracks are carried between detections; 0 is every frame
    best_shots: int = 4  # shots of a track that are kept and fused
    max_shots: int = 10  # shots of a track that are embedded before it is left alone

    def __post_init__(self) -> None:
        limits = (
            ("confirm_shots", self.confirm_shots, 1, self.best_shots),
            ("min_face_px", self.min_face_px, 12, 1000),
            ("min_eyes_px", self.min_eyes_px, 4, 500),
            ("detect_interval_s", self.detect_interval_s, 0, 0.5),
            ("best_shots", self.best_shots, 1, 16),
            ("max_shots", self.max_shots, self.best_shots, 100),
        )
        for name, got, low, high in limits:
            if not low <= got <= high:
                raise DeploymentError(f"recognition {name}: got {got}, want {low} to {high}")


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployment as drafted. It runs only with an `Authority` that was made from it."""

    name: str
    place: str
    purpose: Purpose
    window: Window
    threshold: float  # on the reference scale; never a default
    bundle: str  # a bundle's name
    watchlist: Path
    cameras: tuple[Camera, ...]
    statement: Statement
    recognition: Recognition
    comparison: str = ""  # sha256 of what shows the change of bundle or threshold, where one is
    trial: bool = False  # people who agreed, footage made for it; never the public

    def __post_init__(self) -> None:
        names = [camera.name for camera in self.cameras]
        if not names or len(set(names)) != len(names):
            raise DeploymentError(
                f"cameras: got {names}, want one or more, each with a name of its own"
            )
        if not 0 < self.threshold < 1:
            raise DeploymentError(
                f"threshold: got {self.threshold}, want a similarity between 0 and 1"
            )
        for name in ("name", "place"):
            if not str(getattr(self, name)).strip():
                raise DeploymentError(f"{name}: got nothing, want a text")
