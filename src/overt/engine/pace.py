"""How often faces are looked for: tracks are carried between."""

from __future__ import annotations

from typing import Final

from overt.values.frame import Frame

__all__ = ["Pace"]

SLACK: Final = 0.25  # of a usual frame's time: time stamps are rounded
FRAME_S: Final = 0.04


class Pace:
    """Says which frames are looked at, so that `interval_s` lies between two at least."""

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._last_s: float | None = None

    def due(self, frame: Frame) -> bool:
        """Tell whether this frame is to be looked at, and remember it if so."""
        if self._last_s is not None:
            passed = frame.media_s - self._last_s
            # Time that goes back (a looped file, a camera that restarted) begins anew.
            if 0 <= passed < self._interval_s - SLACK * FRAME_S:
                return False
        self._last_s = frame.media_s
        return True
