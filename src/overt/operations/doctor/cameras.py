"""The cameras of a deployment's file: reachable, a first picture, its size, how many a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Final

from overt.clock import Clock
from overt.errors import OvertError
from overt.operations.doctor.finding import Family, Finding, fails, failure, holds
from overt.settings import Settings
from overt.values.deployment import Camera, Deployment
from overt.values.frame import Frame
from overt.wiring import camera_source

__all__ = ["check_cameras"]

PATIENCE_S: Final = 15.0  # until the first picture
WATCHED: Final = 50  # pictures, at most
WATCHED_S: Final = 3.0
SLOWEST: Final = 5.0  # pictures a second: below it, people walk by between two of them


def check_cameras(
    deployment: Deployment, settings: Settings, *, clock: Clock, patience_s: float = PATIENCE_S
) -> Iterator[Finding]:
    """Connect to each camera and take a few pictures; nobody is looked for in them."""
    for camera in deployment.cameras:
        yield _checked(camera, settings, clock=clock, patience_s=patience_s)


def _checked(camera: Camera, settings: Settings, *, clock: Clock, patience_s: float) -> Finding:
    began = time.monotonic()
    try:
        source = camera_source(camera, settings=settings, clock=clock, started=clock.now())
        # A camera that does not answer would keep this waiting.
        end = threading.Timer(patience_s, source.close)
        end.start()
        first: Frame | None = None
        last: Frame | None = None
        pictures = 0
        first_s = 0.0
        try:
            for frame in source.frames():
                if first is None:
                    first, first_s = frame, time.monotonic() - began
                last = frame
                pictures += 1
                if pictures >= WATCHED or time.monotonic() - began > first_s + WATCHED_S:
                    break
        finally:
            end.cancel()
            source.close()
    except OvertError as error:
        return failure(Family.CAMERAS, camera.name, error)
    if first is None or last is None:
        return fails(
            Family.CAMERAS,
            camera.name,
            f"got no picture within {patience_s:g} s, want one",
            "check the address, the login and the network",
        )
    return _judged(camera.name, first, last, first_s, live=source.live)


def _judged(name: str, first: Frame, last: Frame, first_s: float, *, live: bool) -> Finding:
    got = f"{first.width} x {first.height}, first after {first_s:.1f} s"
    length = last.media_s - first.media_s
    came = last.index - first.index  # those that were dropped came too
    if came < 1 or length <= 0:
        return holds(Family.CAMERAS, name, f"{got}, one picture")
    rate = came / length
    if live and rate < SLOWEST:
        return fails(
            Family.CAMERAS,
            name,
            f"got {got}, {rate:.1f} pictures a second, want {SLOWEST:g} or more",
            "look at the camera's settings and at the link; then `overt camera check`",
        )
    return holds(Family.CAMERAS, name, f"{got}, {rate:.1f} pictures a second")
