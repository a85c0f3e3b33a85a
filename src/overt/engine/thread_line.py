"""A camera in a thread of this process."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable

from overt.engine.line import Lost, Orders, Report
from overt.engine.parts import Parts
from overt.engine.worker import Worker

__all__ = ["ThreadLine"]


class ThreadLine:
    """A camera served here. All that comes of it stays in memory, and is copied nowhere."""

    def __init__(self, camera: str, make: Callable[[], Parts]) -> None:
        """Name a camera; `make` puts it together, anew each time it is begun."""
        self.camera = camera
        self._make = make
        self._lives = itertools.count(1)
        self._lock = threading.Lock()
        self._orders = Orders()
        self._worker: Worker | None = None
        self._closed = False

    def obey(self, orders: Orders) -> None:
        """Do as ordered, at once."""
        with self._lock:
            self._orders, worker = orders, self._worker
        if worker is not None:
            worker.obey(orders)

    def begin(self) -> None:
        """Put it together, and begin in threads of its own.

        Raises:
            Lost: it was closed.
        """
        before = self._worker
        if before is not None:
            before.close()
        worker = Worker(self._make(), life=f"{self.camera}-{next(self._lives)}")
        with self._lock:
            if self._closed:
                raise Lost(f"camera {self.camera}: it is closed")
            self._worker = worker
            worker.obey(self._orders)
            worker.begin()

    def report(self, *, acknowledged: int, wait_s: float) -> Report:
        """Wait so long for news, and tell how it stands."""
        worker = self._worker
        if worker is None or self._closed:
            raise Lost(f"camera {self.camera}: it is closed")
        return worker.report(acknowledged=acknowledged, wait_s=wait_s)

    def close(self) -> None:
        """End it, and wait until no thread of it runs."""
        with self._lock:
            self._closed, worker = True, self._worker
        if worker is not None:
            worker.close()
