"""A camera in a process of its own: its end, whatever ends it, is no end of the others.

Processes are spawned, never forked: a fork would copy what other threads hold, and every key.
"""

from __future__ import annotations

import contextlib
import itertools
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Final, Generic, TypeVar

from overt.engine.line import Lost, Orders, Report
from overt.engine.parts import Parts
from overt.engine.process_served import Ask, serve

__all__ = ["ProcessLine"]

STARTS_S: Final = 90.0  # a process may take so long until it tells of itself: models are read
ANSWERS_S: Final = 15.0  # after that; one that takes longer hangs, and is ended
LEAVES_S: Final = 2.0  # until a process whose pipe broke has ended
STEP_S: Final = 0.25

Task = TypeVar("Task")


class ProcessLine(Generic[Task]):
    """A camera served by a process. Frames and templates stay in it; alerts come out."""

    def __init__(self, camera: str, make: Callable[[Task], Parts], task: Task) -> None:
        """Name a camera.

        Args:
            camera: its name.
            make: puts it together, in its process: a function of a module, by its name.
            task: what `make` is given; pickled.
        """
        self.camera = camera
        self._make = make
        self._task = task
        self._lives = itertools.count(1)
        self._lock = threading.Lock()  # for what is sent: two threads do
        self._orders = Orders()
        self._peer: Connection | None = None
        self._process: SpawnProcess | None = None
        self._told = False  # the process has told of itself
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The process's number, while there is one."""
        return self._process.pid if self._process is not None else None

    def obey(self, orders: Orders) -> None:
        """Hand on orders; where the process is gone, `report` says so."""
        with self._lock, contextlib.suppress(OSError):
            self._orders = orders
            if self._peer is not None:
                self._peer.send(orders)

    def begin(self) -> None:
        """Begin a process; the one before, if any, is ended.

        Raises:
            Lost: it was closed, or the machine has no room for a process.
        """
        self._leave()
        ours, theirs = get_context("spawn").Pipe()
        process = get_context("spawn").Process(
            target=serve,
            args=(theirs, self._make, self._task, f"{self.camera}-{next(self._lives)}"),
            name=f"camera {self.camera}",
            daemon=True,
        )
        with self._lock:
            if self._closed:
                raise Lost(f"camera {self.camera}: it is closed")
            try:
                process.start()
            except OSError as error:
                raise Lost(f"camera {self.camera}: got no process ({error.strerror})") from error
            finally:
                theirs.close()
            self._peer, self._process, self._told = ours, process, False
            with contextlib.suppress(OSError):
                ours.send(self._orders)

    def report(self, *, acknowledged: int, wait_s: float) -> Report:
        """Ask the process.

        Raises:
            Lost: it is gone, or hangs and was ended.
        """
        peer = self._peer
        if peer is None or self._closed:
            raise Lost(f"camera {self.camera}: it is closed")
        until = time.monotonic() + wait_s + (ANSWERS_S if self._told else STARTS_S)
        try:
            with self._lock:
                peer.send(Ask(acknowledged, wait_s))
            while not peer.poll(STEP_S):
                if self._orders.end and not self._told:
                    self._kill()
                    raise Lost(f"camera {self.camera}: it was to end before it began")
                if time.monotonic() > until:
                    self._kill()
                    raise Lost(f"camera {self.camera}: its process hung, and was ended")
            report = peer.recv()
        except (OSError, EOFError) as error:
            raise Lost(f"camera {self.camera}: {self._how_it_ended()}") from error
        self._told = True
        return report

    def close(self) -> None:
        """End the process at once: nothing in it is to be kept."""
        with self._lock:
            self._closed = True
        self._kill()

    def _how_it_ended(self) -> str:
        process = self._process
        if process is None or self._closed:
            return "it is closed"
        process.join(LEAVES_S)
        code = process.exitcode
        if code is None:
            self._kill()
            return "its process fell silent, and was ended"
        if code < 0:
            return f"its process was ended by {_signal_name(-code)}"
        return f"its process ended with exit code {code}"

    def _leave(self) -> None:
        """End the process before, and let go of it; by the thread that asks for reports."""
        self._kill()
        with self._lock:
            peer, self._peer = self._peer, None
        if peer is not None:
            peer.close()

    def _kill(self) -> None:
        process = self._process
        if process is not None:
            process.kill()
            process.join()


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
