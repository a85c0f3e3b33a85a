"""What a camera's check before a deployment found: check by check, go or no-go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from overt.select.zone import Zone
from overt.values.go_no_go import GoNoGo
from overt.values.quality import Quality

__all__ = ["Check", "FaceSeen", "GoNoGo", "Preflight", "as_json", "overall", "zone_as_toml"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    got: str
    want: str
    verdict: GoNoGo
    advice: str = ""  # what to do, where it is no go
    essential: bool = True  # without an answer to it there is no go


@dataclass(frozen=True, slots=True)
class FaceSeen:
    """One passage before the camera, in numbers: no picture, no template."""

    x: float  # middle of the face at its best, share of the width
    y: float  # share of the height
    best: Quality  # of its best look within the zone
    focus: float  # sharpness at its best with noise left out, 0 to 1: see preflight_scene.py
    looks: int  # in which it was found within the zone
    fit: int  # of them, those in which it could have been compared


@dataclass(frozen=True, slots=True)
class Preflight:
    """The check of one camera."""

    camera: str
    at: datetime  # when it was over, UTC
    size: tuple[int, int]  # width and height of the camera's picture, pixels
    checks: tuple[Check, ...]
    zone: Zone  # of recognition, suggested; () where too few faces came out fit
    faces: tuple[FaceSeen, ...]

    @property
    def verdict(self) -> GoNoGo:
        """Tell whether the camera may be used."""
        return overall(self.checks)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Name what is no go or cannot be told, with got and want."""
        return tuple(
            f"{check.name}: got {check.got}, want {check.want}"
            for check in self.checks
            if check.verdict is not GoNoGo.GO
        )


def overall(checks: tuple[Check, ...]) -> GoNoGo:
    """Give go only where nothing is no-go and nothing essential is unknown; no check is no go."""
    if any(check.verdict is GoNoGo.NO_GO for check in checks):
        return GoNoGo.NO_GO
    essential = [check for check in checks if check.essential]
    if essential and all(check.verdict is GoNoGo.GO for check in essential):
        return GoNoGo.GO
    return GoNoGo.CANNOT_TELL


def zone_as_toml(zone: Zone) -> str:
    """Write a zone as the key that goes below `[[camera]]` in a deployment's file.

    >>> zone_as_toml(((0.1, 0.25), (0.9, 0.25), (0.5, 1.0)))
    'zone = [[0.1, 0.25], [0.9, 0.25], [0.5, 1.0]]'
    """
    return f"zone = [{', '.join(f'[{x}, {y}]' for x, y in zone)}]"


def as_json(preflight: Preflight) -> Mapping[str, object]:
    """Give a check as what JSON can hold."""
    return {
        "camera": preflight.camera,
        "at": preflight.at.isoformat(),
        "verdict": preflight.verdict.value,
        "size": list(preflight.size),
        "checks": [
            {
                "name": check.name,
                "got": check.got,
                "want": check.want,
                "verdict": check.verdict.value,
                "advice": check.advice,
                "essential": check.essential,
            }
            for check in preflight.checks
        ],
        "zone": [list(point) for point in preflight.zone],
        "faces": [
            {
                "x": round(face.x, 3),
                "y": round(face.y, 3),
                "eyes_px": round(face.best.eyes_px, 1),
                "focus": round(face.focus, 3),
                "brightness": round(face.best.brightness, 3),
                "yaw": round(face.best.yaw, 1),
                "pitch": round(face.best.pitch, 1),
                "looks": face.looks,
                "fit": face.fit,
            }
            for face in preflight.faces
        ],
    }
