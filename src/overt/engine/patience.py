"""How long a camera that was lost is waited for: 1, 2, 4, ... seconds, 30 at most."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

__all__ = ["FIRST_WAIT_S", "LONGEST_WAIT_S", "STEADY_S", "Patience"]

FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 30.0
STEADY_S: Final = 60.0  # a camera that gave frames for so long is well again


class Patience:
    """The waits before one camera is begun again."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._wait_s = FIRST_WAIT_S
        self._well_since: float | None = None

    def gave_frames(self) -> None:
        """Note that the camera is there."""
        if self._well_since is None:
            self._well_since = self._monotonic()

    def wait_s(self) -> float:
        """Tell how long to wait now that it was lost; twice as long the next time."""
        since = self._well_since
        if since is not None and self._monotonic() - since >= STEADY_S:
            self._wait_s = FIRST_WAIT_S
        self._well_since = None
        wait_s = self._wait_s
        self._wait_s = min(2 * wait_s, LONGEST_WAIT_S)
        return wait_s
