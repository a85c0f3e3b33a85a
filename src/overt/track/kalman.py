"""Where faces will be next: a Kalman filter at constant speed, for many faces at once.

Centre x, centre y, width and height move independently of each other, so the covariance of a
face is four 2 x 2 matrices (value, speed), kept here by their three entries, and no matrix is
ever inverted. Model and equations: Bar-Shalom, Li and Kirubarajan, "Estimation with Applications
to Tracking and Navigation", Wiley 2001, section 6.2.2 (continuous white noise acceleration) and
section 5.2.3 (prediction and update). Noise is in shares of the face's size, so that near and
far faces are treated alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from overt.arrays import F64, I64, Boxes, Mask

__all__ = ["Motion", "correct", "join", "predict", "start"]

# One column each for cx, cy, w, h, in shares of the size of the face (root of width x height).
# Measured noise: what CenterFace and YuNet show against true boxes (0.03 in place, 0.06 in size).
MEASURED: Final[F64] = np.array([0.04, 0.04, 0.07, 0.07])
FIRST_SPEED: Final[F64] = np.array([1.5, 0.7, 0.25, 0.25])  # a second, one standard deviation
# Spectral density of the acceleration, root of: shares a second per root second. People sway and
# turn sideways more than they jump, and come nearer steadily.
SURPRISE: Final[F64] = np.array([0.5, 0.25, 0.25, 0.25])
OUTLIER: Final = 2.5  # standard deviations
SMALLEST_PX: Final = 2.0  # a side never shrinks below this


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """Place and speed of n faces, each with its variance; columns are cx, cy, w, h."""

    place: F64  # (n, 4) pixels
    speed: F64  # (n, 4) pixels a second
    place_variance: F64  # (n, 4) square pixels
    covariance: F64  # (n, 4) of place and speed, square pixels a second
    speed_variance: F64  # (n, 4) square pixels a second squared

    def __len__(self) -> int:
        return len(self.place)

    def __getitem__(self, rows: Mask | I64) -> Motion:
        return Motion(
            self.place[rows],
            self.speed[rows],
            self.place_variance[rows],
            self.covariance[rows],
            self.speed_variance[rows],
        )

    @property
    def boxes(self) -> Boxes:
        """(n, 4) x1 y1 x2 y2, pixels of the full frame."""
        half = self.place[:, 2:] / 2
        corners = np.concatenate([self.place[:, :2] - half, self.place[:, :2] + half], axis=1)
        return corners.astype(np.float32)

    @property
    def size(self) -> F64:
        """(n,) root of width x height, pixels."""
        return np.sqrt(self.place[:, 2] * self.place[:, 3])

    @property
    def spread(self) -> F64:
        """(n,) standard deviation of the centre along its worse axis, pixels."""
        return np.sqrt(self.place_variance[:, :2].max(axis=1, initial=0))


def start(boxes: Boxes) -> Motion:
    """Make the motion of faces (n, 4) that were just found: at rest, as far as is known."""
    place = measured(boxes)
    size = np.sqrt(place[:, 2] * place[:, 3])[:, None]
    still = np.zeros_like(place)
    return Motion(place, still, (MEASURED * size) ** 2, still, (FIRST_SPEED * size) ** 2)


def predict(motion: Motion, elapsed_s: float) -> Motion:
    """Carry motion on by `elapsed_s` seconds, zero or more."""
    dt = elapsed_s
    noise = (SURPRISE * motion.size[:, None]) ** 2
    place = motion.place + motion.speed * dt
    place[:, 2:] = np.maximum(place[:, 2:], SMALLEST_PX)
    return Motion(
        place,
        motion.speed,
        motion.place_variance
        + 2 * dt * motion.covariance
        + dt**2 * motion.speed_variance
        + noise * dt**3 / 3,
        motion.covariance + dt * motion.speed_variance + noise * dt**2 / 2,
        motion.speed_variance + noise * dt,
    )


def correct(motion: Motion, boxes: Boxes) -> Motion:
    """Bring motion (n) nearer to where its faces were found, `boxes` (n, 4).

    A box far from the prediction is trusted less (Huber's weight on the innovation): a face that
    is half hidden is boxed around the half that shows, and would throw its track off course.
    """
    found = measured(boxes)
    noise = MEASURED * motion.size[:, None]
    surprise = found - motion.place
    usual = np.sqrt(motion.place_variance + noise**2)
    doubt = np.maximum(np.abs(surprise) / (OUTLIER * usual), 1)
    total = motion.place_variance + (doubt * noise) ** 2
    place_gain, speed_gain = motion.place_variance / total, motion.covariance / total
    place = motion.place + place_gain * surprise
    place[:, 2:] = np.maximum(place[:, 2:], SMALLEST_PX)
    return Motion(
        place,
        motion.speed + speed_gain * surprise,
        (1 - place_gain) * motion.place_variance,
        (1 - place_gain) * motion.covariance,
        motion.speed_variance - speed_gain * motion.covariance,
    )


def join(first: Motion, second: Motion) -> Motion:
    """Put the faces of `second` after those of `first`."""
    return Motion(
        np.concatenate([first.place, second.place]),
        np.concatenate([first.speed, second.speed]),
        np.concatenate([first.place_variance, second.place_variance]),
        np.concatenate([first.covariance, second.covariance]),
        np.concatenate([first.speed_variance, second.speed_variance]),
    )


def measured(boxes: Boxes) -> F64:
    """Turn boxes (n, 4) x1 y1 x2 y2 into centre and sides (n, 4); no side under 2 px."""
    corners = boxes.astype(np.float64)
    sides = np.maximum(corners[:, 2:] - corners[:, :2], SMALLEST_PX)
    return np.concatenate([(corners[:, :2] + corners[:, 2:]) / 2, sides], axis=1)
