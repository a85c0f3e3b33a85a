"""What Ray runs for one camera: its worker, in a process on any node.

It is put together from what is on its node: its own models, folders and clock. It judges every rule
of the authority again, and holds no way to the record and no key but the run's.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from overt.engine.cluster.sealing import Envelope
from overt.engine.lease import GONE_S
from overt.engine.line import Orders, Report
from overt.engine.parts import Parts
from overt.engine.process_served import carried, failed
from overt.engine.worker import Worker

__all__ = ["About", "CameraActor", "Errand"]

STEP_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Errand:
    """What a camera's process is to do."""

    camera: str
    life: str
    key: bytes  # of the run
    make: Callable[[Any, Any], Parts]  # a function of a module: each node runs its own
    task: bytes  # sealed


@dataclass(frozen=True, slots=True)
class About:
    """What a camera's process holds, without a person in it."""

    camera: str
    node: str  # id
    pid: int
    frames: int
    seen: int
    listed_bytes: int  # of the list's sealed object
    heard_s: float  # since its last orders


class CameraActor:
    """One camera. Orders, reports and what it is about are each asked by a thread of their own."""

    def __init__(self, node: str) -> None:
        self._node = node
        self._lock = threading.Lock()
        self._orders: Orders | None = None
        self._worker: Worker | None = None
        self._failed: Report | None = None
        self._errand: Errand | None = None
        self._listed_bytes = 0
        self._seen = self._frames = 0
        self._heard = time.monotonic()
        threading.Thread(target=self._leave_once_forgotten, daemon=True).start()

    def put_together(self, errand: Errand, listed: bytes) -> None:
        """Make the camera; an error is reported, not raised: its text would be logged."""
        self._errand, self._listed_bytes = errand, len(listed)
        envelope = Envelope(errand.key)
        try:
            task = envelope.opened(errand.task, purpose=f"task {errand.camera}")
            parts = errand.make(task, envelope.opened(listed, purpose="list"))
            worker = Worker(parts, life=errand.life)
        except BaseException as error:  # noqa: BLE001 - the worker loop; the runner raises it
            self._failed = failed(errand.life, error)
            return
        with self._lock:
            self._worker = worker
            if self._orders is not None:
                worker.obey(self._orders)
                worker.begin()

    def obey(self, orders: Orders) -> None:
        """Do as ordered; the first orders begin the camera."""
        self._heard = time.monotonic()
        with self._lock:
            first, self._orders = self._orders is None, orders
            if self._worker is not None:
                self._worker.obey(orders)
                if first:
                    self._worker.begin()

    def report(self, acknowledged: int, wait_s: float) -> bytes:
        """Report how it stands, sealed."""
        errand = self._errand
        if errand is None:
            raise RuntimeError("got asked before it was put together")
        told = self._failed
        if self._worker is not None:
            told = self._worker.report(acknowledged=acknowledged, wait_s=wait_s)
            told = replace(told, error=carried(told.error))
            self._frames, self._seen = told.progress.frames, told.seen
        return Envelope(errand.key).sealed(told, purpose=f"report {errand.life}")

    def about(self) -> About:
        """Tell what it is about."""
        return About(
            camera=self._errand.camera if self._errand else "",
            node=self._node,
            pid=os.getpid(),
            frames=self._frames,
            seen=self._seen,
            listed_bytes=self._listed_bytes,
            heard_s=time.monotonic() - self._heard,
        )

    def leave(self) -> None:
        """End the process at once: nothing in it is to be kept."""
        os._exit(0)

    def _leave_once_forgotten(self) -> None:
        """End the process where nobody gives orders any more; its lease has lapsed long ago."""
        while time.monotonic() - self._heard < GONE_S:
            time.sleep(STEP_S)
        os._exit(0)
