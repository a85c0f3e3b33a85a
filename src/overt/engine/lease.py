"""Authority over a camera is lent for moments, and lapses by itself.

Whoever runs a camera renews it a few times a second. Where that stops, because the runner died, the
network is cut or the record can be neither read nor written, the camera looks at no further frame
and its passages are forgotten, in whatever form it is served.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

__all__ = ["GONE_S", "LEASE_S", "Lease"]

LEASE_S: Final = 10.0  # a record may be waited for so long
GONE_S: Final = 3 * LEASE_S  # after so long without orders nobody comes back


class Lease:
    """Whether recognition may go on. Threads may share it."""

    def __init__(
        self, *, lasts_s: float = LEASE_S, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._lasts_s = lasts_s
        self._monotonic = monotonic
        self._until = float("-inf")  # not before somebody orders it

    def renew(self) -> None:
        """Let it hold from now on, for as long as it lasts."""
        self._until = self._monotonic() + self._lasts_s

    @property
    def holds(self) -> bool:
        """Whether a frame may be looked at now."""
        return self._monotonic() < self._until

    @property
    def lapsed_s(self) -> float:
        """How long it has not held: infinite before the first orders."""
        return max(0.0, self._monotonic() - self._until)
