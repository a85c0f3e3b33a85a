"""Whether what runs a network faster gives the answers that its calibration was measured with.

A calibration is measured on ONNX Runtime's CPU provider in float32. A provider that computes with
fewer digits moves scores, and with them the false alert rate, without a word.

A network in float16 is computed in float32 by a processor, its weights alone rounded; a GPU rounds
each step. So such a network has a tolerance of its own, and is calibrated where it runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from overt.arrays import F32
from overt.errors import BundleError
from overt.inference.bundle import Bundle, Network, Normalisation
from overt.inference.opened import OpenedBundle
from overt.inference.session import CPU, Session
from overt.values.digits import Precision

__all__ = [
    "MADE_TOLERANCE",
    "ROUNDED_TOLERANCE",
    "TOLERANCE",
    "Agreement",
    "agreements",
    "apart",
    "made_picture",
    "require_agreement",
    "require_near",
]

TOLERANCE: Final = 1e-3  # of an output's length; float32 in another order is at 1e-5 and below
# Of networks in float16: with each step rounded they are up to 5.2e-3 from the processor's answers
# (benchmarks.float16), on an NVIDIA H200 6.8e-3 (benchmarks.providers --fewer-digits).
ROUNDED_TOLERANCE: Final = 2e-2
MADE_TOLERANCE: Final = 5e-2  # from the network that one in float16 was made of, on the reference
STRIDES: Final = 8  # the detector's input is so many of its strides high, and twice as wide
SCALES: Final = (1, 4, 16)  # of the noise in the made picture, pixels


@dataclass(frozen=True, slots=True)
class Agreement:
    """One network on one provider, against the same network on the reference."""

    network: str  # file name
    provider: str
    apart: float  # largest |out - reference| / |reference| of its outputs
    tolerance: float = TOLERANCE

    @property
    def holds(self) -> bool:
        """Whether the answers are the same, within the tolerance; NaN is never the same."""
        return self.apart <= self.tolerance


def agreements(opened: OpenedBundle) -> tuple[Agreement, ...]:
    """Run a bundle's networks on its provider and on the reference, on the same made picture.

    Raises:
        BundleError: one of them cannot be loaded or run.
    """
    return tuple(
        Agreement(name, provider, far, _tolerance(opened.bundle, network))
        for network, name, provider, far in _beside(opened, opened.on((CPU,)))
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
                f"want {found.tolerance:.0e} at most, else thresholds mean something else",
                hint=f"set providers to {CPU}; a network with fewer digits is a bundle of its own, "
                "with a calibration of its own",
            )


def apart(outputs: tuple[F32, ...], reference: tuple[F32, ...]) -> float:
    """Give the largest |out - reference| / |reference|, by the Euclidean norm."""
    return max(
        float(np.linalg.norm(out - want) / max(float(np.linalg.norm(want)), 1e-12))
        for out, want in zip(outputs, reference, strict=True)
    )


def require_near(made: OpenedBundle, mother: OpenedBundle) -> None:
    """Refuse networks in float16 that answer otherwise than those they were made of.

    Raises:
        BundleError: an answer is further apart than `MADE_TOLERANCE`, or is no number.
    """
    for _, name, provider, far in _beside(made, mother):
        if not far <= MADE_TOLERANCE:
            raise BundleError(
                f"{name}: got answers {far:.1e} apart from those in float32 on {provider}, want "
                f"{MADE_TOLERANCE:.0e} at most",
                hint="numbers of 16 bits end at 65,504: this network needs larger ones",
            )


def _tolerance(bundle: Bundle, network: Network) -> float:
    made = bundle.fewer_digits
    rounded = made is not None and made.precision is Precision.FLOAT16 and network in made.networks
    return ROUNDED_TOLERANCE if rounded else TOLERANCE


def _beside(
    opened: OpenedBundle, reference: OpenedBundle
) -> Iterator[tuple[Network, str, str, float]]:
    """Run the networks of both on the same made picture: name of the file, provider, how far."""
    detector, recogniser = opened.bundle.detector, opened.bundle.recogniser
    side = detector.stride * STRIDES
    wide = made_picture(side, 2 * side, detector.normalisation)
    chip = made_picture(recogniser.input_size, recogniser.input_size, recogniser.normalisation)
    of_detectors = opened.detector_session(), reference.detector_session()
    yield Network.DETECTOR, *_far(*of_detectors, wide)
    of_recognisers = opened.recogniser_session(), reference.recogniser_session()
    yield Network.RECOGNISER, *_far(*of_recognisers, chip)


def _far(session: Session, reference: Session, picture: F32) -> tuple[str, str, float]:
    feeds = {session.inputs[0].name: picture}
    far = apart(session.run(feeds), reference.run(feeds))
    return session.name, session.providers[0], far


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
