"""What a face must measure to be compared."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

from overt.errors import SettingsError
from overt.values.quality import Quality, Reason

__all__ = ["Limits", "reason_unfit"]


@dataclass(frozen=True, slots=True)
class Limits:
    """The worst a face may measure and still be compared.

    Chosen on clips of walking people and a portrait: faces that look at the camera came out within
    26 degrees of yaw and 18 of pitch, with sharpness 0.17 to 0.41 and brightness 0.17 to 0.73. A
    portrait falls under 0.12 of sharpness when it is blurred by more than 0.08 of the distance
    between its eyes (Gauss), or smeared over half of it.
    """

    min_eyes_px: float  # from the deployment's `Recognition`
    max_yaw: float = 40.0  # degrees, either side
    max_pitch: float = 40.0  # degrees, up or down
    min_sharpness: float = 0.12
    # Wide on purpose: dark skin in good light is dark, and must not be turned away for it.
    min_brightness: float = 0.05
    max_brightness: float = 0.95
    min_inside: float = 0.85  # share of the box within the frame
    max_covered: float = 0.35  # share of the box that nearer faces hide

    @classmethod
    def for_listing(cls) -> Self:
        """Give what a listed photograph must keep: it is compared with everyone who passes.

        Stricter than for a face in passing: one can ask for a better photograph.
        """
        return cls(min_eyes_px=24.0, max_yaw=30.0, max_pitch=30.0, min_sharpness=0.15)

    def __post_init__(self) -> None:
        if not self.min_eyes_px > 0:
            raise SettingsError(f"min_eyes_px: got {self.min_eyes_px}, want over 0")
        if not 0 <= self.min_brightness < self.max_brightness <= 1:
            raise SettingsError(
                f"brightness: got {self.min_brightness} to {self.max_brightness}, "
                "want 0 <= min_brightness < max_brightness <= 1"
            )


def reason_unfit(quality: Quality, limits: Limits) -> Reason | None:
    """Tell why a face is not fit to be compared; None when it is.

    Where several reasons hold, the first in this order is told: what hides the face, how far it
    is, where it looks, the light, the blur. A later measure says little when an earlier one is
    bad: a dark face looks blurred, too.
    """
    # The eyes of a face that looks aside are near each other without being far from the camera.
    ahead_px = quality.eyes_px / max(math.cos(math.radians(quality.yaw)), 0.2)
    checks = (
        (quality.inside < limits.min_inside, Reason.CUT_BY_EDGE),
        (quality.covered > limits.max_covered, Reason.COVERED),
        (ahead_px < limits.min_eyes_px, Reason.TOO_SMALL),
        (abs(quality.yaw) > limits.max_yaw, Reason.TURNED_AWAY),
        (abs(quality.pitch) > limits.max_pitch, Reason.TURNED_AWAY),
        (quality.eyes_px < limits.min_eyes_px, Reason.TOO_SMALL),
        (quality.brightness < limits.min_brightness, Reason.TOO_DARK),
        (quality.brightness > limits.max_brightness, Reason.TOO_BRIGHT),
        (quality.sharpness < limits.min_sharpness, Reason.BLURRED),
    )
    return next((reason for fails, reason in checks if fails), None)
