"""Whether what runs a network faster gives the answers that its calibration was measured with.

A calibration is measured on ONNX Runtime's CPU provider in float32. A provider that computes with
fewer digits moves scores, and with them the false alert rate, without a word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from overt.arrays import F32
from overt.errors import BundleError
from overt.inference.bundle import Normalisation
from overt.inference.opened import OpenedBundle
from overt.inference.session import CPU, Session

__all__ = [
    "TOLERANCE",
    "Agreement",
    "agreements",
    "apart",
    "made_picture",
    "require_agreement",
]

TOLERANCE: Final = 1e-3  # of an output's length; float32 in another order is at 1e-5 and below
STRIDES: Final = 8  # the detector's input is so many of its strides high, and twice as wide
SCALES: Final = (1, 4, 16)  # of the noise in the made picture, pixels


@dataclass(frozen=True, slots=True)
class Agreement:
    """One network on one provider, against the same network on the reference."""

    network: str  # file name
    provider: str
    apart: float  # largest |out - reference| / |reference| of its outputs

    @property
    def holds(self) -> bool:
        """Whether the answers are the same, within the tolerance; NaN is never the same."""
        return self.apart <= TOLERANCE


def agreements(opened: OpenedBundle) -> tuple[Agreement, ...]:
    """Run a bundle's networks on its provider and on the reference, on the same made picture.

    Raises:
        BundleError: one of them cannot be loaded or run.
    """
    detector, recogniser = opened.bundle.detector, opened.bundle.recogniser
    side = detector.stride * STRIDES
    reference = opened.on((CPU,))
    return (
        _agreement(
            opened.detector_session(),
            reference.detector_session(),
            made_picture(side, 2 * side, detector.normalisation),
        ),
        _agreement(
            opened.recogniser_session(),
            reference.recogniser_session(),
            made_picture(recogniser.input_size, recogniser.input_size, recogniser.normalisation),
        ),
    )


def require_agreement(opened: OpenedBundle) -> None:
    """Refuse a provider whose answers are not the reference's; the reference is not asked.

    Raises:
        BundleError: an answer is further apart than `TOLERANCE`.
    """
    if opened.providers[:1] == (CPU,):
        return
    for found in agreements(opened):
        if not found.holds:
            raise BundleError(
                f"{found.network}: got answers {found.apart:.1e} apart on {found.provider}, "
                f"want {TOLERANCE:.0e} at most, else thresholds mean something else",
                hint=f"set providers to {CPU}; a network with fewer digits is a bundle of its own, "
                "with a calibration of its own",
            )


def apart(outputs: tuple[F32, ...], reference: tuple[F32, ...]) -> float:
    """Give the largest |out - reference| / |reference|, by the Euclidean norm."""
    return max(
        float(np.linalg.norm(out - want) / max(float(np.linalg.norm(want)), 1e-12))
        for out, want in zip(outputs, reference, strict=True)
    )


def _agreement(session: Session, reference: Session, picture: F32) -> Agreement:
    feeds = {session.inputs[0].name: picture}
    return Agreement(
        session.name, session.providers[0], apart(session.run(feeds), reference.run(feeds))
    )


def made_picture(height: int, width: int, wanted: Normalisation) -> F32:
    """Make a picture of noise at several scales: nobody, and alike on every machine."""
    random = np.random.default_rng(0)
    pixels = np.zeros((3, height, width), np.float32)
    for scale in SCALES:
        rows, columns = -(-height // scale), -(-width // scale)
        coarse = random.uniform(0, 255 / len(SCALES), (3, rows, columns)).astype(np.float32)
        pixels += np.kron(coarse, np.ones((1, scale, scale), np.float32))[:, :height, :width]
    mean = np.array(wanted.mean, np.float32)[:, None, None]
    return ((pixels - mean) * np.float32(wanted.scale))[None].astype(np.float32)
