"""The models: every bundle's files by their hashes, loaded, and timed on a made picture."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from overt.clock import Clock
from overt.colour import Colour
from overt.detect.heads import detector_for
from overt.detect.picture import Scaling
from overt.embed.recogniser import Recogniser
from overt.errors import OvertError
from overt.inference.opened import OpenedBundle, list_bundles
from overt.operations.doctor.finding import Family, Finding, fails, failure, holds
from overt.settings import Settings
from overt.values.frame import Frame
from overt.wiring import open_bundle_here

__all__ = ["LONGEST_MS", "bundle_names", "check_models"]

HEIGHT: Final = 1080  # of the made picture, pixels
WIDTH: Final = 1920
MIN_FACE_PX: Final = 40.0  # what a deployment looks for where its file says nothing else
TIMES: Final = 3
LONGEST_MS: Final = 500.0  # to look at one picture and compare one face: two pictures a second


def bundle_names(settings: Settings) -> tuple[str, ...]:
    """List the bundles that are here.

    Raises:
        BundleError: a manifest is wrong.
    """
    return tuple(bundle.name for bundle in list_bundles(settings.bundles_dir))


def check_models(
    settings: Settings, *, names: tuple[str, ...], longest_ms: float, clock: Clock
) -> Iterator[Finding]:
    """Open each bundle, then let it look at a picture."""
    for name in names:
        try:
            opened = open_bundle_here(name, settings)
            yield holds(
                Family.MODELS,
                f"{name}: files",
                f"{opened.bundle.version}, hashes as its manifest says",
            )
            yield _timed(name, opened, longest_ms=longest_ms, clock=clock)
        except OvertError as error:
            yield failure(Family.MODELS, name, error)


def _timed(name: str, opened: OpenedBundle, *, longest_ms: float, clock: Clock) -> Finding:
    """Take the median of a few warm runs.

    Raises:
        BundleError, ShapeError: it cannot be loaded or run.
    """
    detector = detector_for(opened, scaling=Scaling(MIN_FACE_PX))
    recogniser = Recogniser(opened.recogniser_session(), opened.bundle.recogniser)
    side = opened.bundle.recogniser.input_size
    frame = _picture(clock)
    chip = np.full((1, side, side, 3), 128, np.uint8)

    def once() -> None:
        detector.detect(frame)
        recogniser.embed_chips(chip)

    took = _warm_ms(once)
    about = f"{name}: a warm picture of {WIDTH} x {HEIGHT} and one face"
    got = f"got {took:.0f} ms with {opened.providers[0]}, want {longest_ms:.0f} ms or less"
    if took > longest_ms:
        advice = "see what else runs here; `providers` can name a faster one"
        return fails(Family.MODELS, about, got, advice)
    return holds(Family.MODELS, about, got)


def _warm_ms(once: Callable[[], None]) -> float:
    once()
    times: list[float] = []
    for _ in range(TIMES):
        start = time.perf_counter()
        once()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def _picture(clock: Clock) -> Frame:
    """Make a picture of noise: no place, nobody."""
    random = np.random.default_rng(0)
    halves = (HEIGHT // 2, WIDTH // 2)
    luma, blue, red = (
        random.integers(16, 236, size, np.uint8) for size in ((HEIGHT, WIDTH), halves, halves)
    )
    return Frame("doctor", 0, clock.now(), 0.0, luma, blue, red, Colour.BT709_FULL)
