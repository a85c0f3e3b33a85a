"""What came of a camera and is not recorded yet: numbered, bounded, kept until acknowledged."""

from __future__ import annotations

import threading
from collections import deque
from typing import Final

from overt.engine.line import Numbered
from overt.engine.pipeline import Outcome
from overt.values.counts import FaceCounts

__all__ = ["Outbox"]

WAITING: Final = 32  # outcomes; beyond that the camera waits, and a live source drops and counts


class Outbox:
    """One worker's outcomes. Its camera puts, and whoever records takes."""

    def __init__(self, *, at_most: int = WAITING) -> None:
        self._at_most = at_most
        self._changed = threading.Condition()
        self._kept: deque[Numbered] = deque()
        self._last = 0
        self._running: FaceCounts | None = None
        self._ended = False
        self._error: BaseException | None = None

    def put(self, outcome: Outcome) -> None:
        """Number an outcome and keep it; wait where too many are kept. Forget it once ended."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._kept) < self._at_most or self._ended)
            if self._ended:
                return
            self._last += 1
            self._kept.append(Numbered(self._last, outcome))
            if isinstance(outcome, FaceCounts):
                self._running = None  # it holds them
            self._changed.notify_all()

    def note(self, running: FaceCounts | None) -> None:
        """Note what is counted of the minute that runs, all outcomes up to now being in it."""
        self._running = running

    def end(self, error: BaseException | None = None) -> None:
        """Say that nothing more comes; only the first call counts."""
        with self._changed:
            if not self._ended:
                self._ended, self._error = True, error
            self._changed.notify_all()

    def forget(self) -> None:
        """End it, and forget all that is kept: nobody will record it."""
        self.end()
        with self._changed:
            self._kept.clear()
            self._running = None

    def take(
        self, *, acknowledged: int, wait_s: float
    ) -> tuple[tuple[Numbered, ...], FaceCounts | None, bool, BaseException | None]:
        """Let go of what is recorded; wait so long for more, and give all that is kept.

        Returns:
            What is kept, what the running minute counts beyond it, whether that is all for good,
            and the error that ended it.
        """
        with self._changed:
            while self._kept and self._kept[0].number <= acknowledged:
                self._kept.popleft()
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._kept or self._ended, timeout=wait_s)
            return tuple(self._kept), self._running, self._ended, self._error
