"""What a record holds of clips, beside what it holds of any evaluation."""

from __future__ import annotations

from dataclasses import dataclass

from overt.values.share import Share

__all__ = [
    "Allowed",
    "AtAlerts",
    "Footage",
    "Intensity",
    "Latency",
    "OfHeight",
    "OfTrait",
    "Step",
    "Tracking",
    "Video",
]


@dataclass(frozen=True, slots=True)
class Footage:
    """One clip. It names no file and no place."""

    sha256: str
    truth_sha256: str
    width: int
    height: int
    frames: int
    seconds: float
    passages: int
    of_listed: int  # people
    faces_seen: int


@dataclass(frozen=True, slots=True)
class Intensity:
    """Events for each 1,000 faces seen."""

    events: int
    faces: int
    value: float
    low: float
    high: float
    level: float
    method: str


@dataclass(frozen=True, slots=True)
class Latency:
    """From first clear sight to the first true alert of a passage."""

    passages: int
    frames: float  # median
    seconds: float  # median
    low_s: float | None  # None: so few passages bound nothing
    high_s: float | None
    longest_s: float
    method: str


@dataclass(frozen=True, slots=True)
class AtAlerts:
    """The alerts of a threshold."""

    threshold: float
    true_alerts: int
    false_alerts: int
    of_nobody: int  # of the false ones, on what is no face of the truth
    rate: Intensity | None
    known: Share | None  # TPIR: of all known passages of listed people
    clear: Share | None  # of those that were large and mostly visible for a second
    latency: Latency | None


@dataclass(frozen=True, slots=True)
class Allowed:
    """Recognition where so many false alerts are allowed, on these clips."""

    allowed: int
    threshold: float
    false_alerts: int
    known: Share | None
    clear: Share | None


@dataclass(frozen=True, slots=True)
class Step:
    """One threshold of a curve."""

    threshold: float
    recognised: int  # passages of listed people
    false_alerts: int


@dataclass(frozen=True, slots=True)
class Tracking:
    """How faces were followed; see `tracking` for the measures."""

    looks: int
    there: int
    misses: int
    false_positives: int
    switches: int
    fragmentations: int
    mota: float | None
    idf1: float | None
    mostly_tracked: int
    partly_tracked: int
    mostly_lost: int
    passages: int
    faces_seen: int
    count_error: float  # faces seen / passages - 1: above 0 too many
    several: int  # passages that became several faces seen
    swapped: int  # faces seen that held two passages or more
    nobody: int  # faces seen that held none
    brief: int
    missed: Share | None  # passages that became no face seen
    missed_clear: Share | None


@dataclass(frozen=True, slots=True)
class OfHeight:
    """Faces of like height that the detector found."""

    low_px: float
    high_px: float | None  # None: without limit
    found: Share | None


@dataclass(frozen=True, slots=True)
class OfTrait:
    """Passages that are alike in something that the truth tells."""

    trait: str
    low: float
    high: float | None
    threshold: float
    compared: Share | None
    known: Share | None


@dataclass(frozen=True, slots=True)
class Video:
    """What was measured of clips."""

    clips: tuple[Footage, ...]
    settings: tuple[tuple[str, str], ...]  # how the pipeline ran, in words
    people: int
    passages: int
    of_listed: int
    of_enrolled: int
    of_clear: int  # of listed people, in clear sight for a second
    operated: float  # the threshold under which it was authorised
    alerts: tuple[AtAlerts, ...]
    allowed: tuple[Allowed, ...]
    steps: tuple[Step, ...]  # rising
    tracking: Tracking
    heights: tuple[OfHeight, ...]
    of_nobody: int  # found by the detector on no face of the truth
    traits: tuple[OfTrait, ...]
