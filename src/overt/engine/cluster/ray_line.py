"""A camera on another machine, as the runner sees it."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from overt.engine.cluster.actor import Errand
from overt.engine.cluster.connection import Cluster, Seat
from overt.engine.cluster.sealing import Envelope
from overt.engine.line import Lost, Orders, Report
from overt.engine.parts import Parts

__all__ = ["RayLine"]

STARTS_S: Final = 90.0  # a process may take so long until it tells of itself: models are read
BEGINS_S: Final = 30.0  # nor so long until there is a process: another run may have its room
ANSWERS_S: Final = 4.0  # after that; a node that takes longer is given up, and its camera moved
REACHED_S: Final = 1.0  # nor longer than this where its host says that nothing is there
STEP_S: Final = 0.25


class RayLine:
    """A camera served by an actor. Which node it is on is chosen each time it is begun."""

    def __init__(
        self,
        camera: str,
        *,
        cluster: Cluster,
        deployment: str,
        key: bytes,
        make: Callable[[Any, Any], Parts],
        task: object,
        listed: str,
    ) -> None:
        """Name a camera.

        Args:
            camera: its name.
            cluster: where it is to be.
            deployment: id; with the camera it names the process in the cluster.
            key: of the run.
            make: puts it together on its node, of its task and the list: a function of a module.
            task: what it is given.
            listed: name of the shared, sealed list.
        """
        self.camera = camera
        self._cluster = cluster
        self._deployment = deployment
        self._key = key
        self._envelope = Envelope(key)
        self._make = make
        self._task = self._envelope.sealed(task, purpose=f"task {camera}")
        self._listed = listed
        self._lives = itertools.count(1)
        self._lock = threading.Lock()
        self._orders = Orders()
        self._sent: Any = None  # the orders on their way
        self._last_sent: Orders | None = None
        self._seat: Seat | None = None
        self._life = ""
        self._asked: Any = None
        self._there: Any = None  # what a process answers as soon as there is one
        self._begun = 0.0
        self._told = False
        self._closed = False

    @property
    def node(self) -> str | None:
        """Id of the node that it is on, while it is on one."""
        seat = self._seat
        return seat.node.id if seat is not None else None

    def obey(self, orders: Orders) -> None:
        """Hand on orders; the same again only once the last were delivered."""
        with self._lock:
            self._orders = orders
            self._send()

    def begin(self) -> None:
        """Begin a process on the node with the most room; the one before is ended.

        Raises:
            Lost: it was closed, or no node has room.
            ClusterError: the cluster is gone.
        """
        self._leave()
        life = f"{self.camera}-{next(self._lives)}"
        seat = self._cluster.seat(self.camera, f"{self._deployment}/{life}")
        errand = Errand(self.camera, life, self._key, self._make, self._task)
        with self._lock:
            if self._closed:
                seat.end()
                raise Lost(f"camera {self.camera}: it is closed")
            self._seat, self._life, self._told = seat, life, False
            self._asked = self._sent = self._last_sent = None
            self._cluster.begin(seat, errand, self._listed)
            self._there, self._begun = seat.send("about", group="orders"), time.monotonic()
            self._send()

    def report(self, *, acknowledged: int, wait_s: float) -> Report:
        """Ask the process; where its node does not answer for a moment, ask again.

        Raises:
            Lost: it is gone, or hangs and was ended.
            ClusterError: the cluster is gone.
        """
        until = time.monotonic() + wait_s + (ANSWERS_S if self._told else STARTS_S)
        why = "its process hung, and was ended"
        while True:
            seat = self._seated()
            try:
                return self._taken(self._answered(seat, acknowledged, wait_s))
            except ConnectionAbortedError as error:
                raise self._lost(str(error)) from error
            except ConnectionError as error:
                if why != str(error):
                    why, until = str(error), min(until, time.monotonic() + REACHED_S)
                time.sleep(STEP_S)
            except TimeoutError:
                pass
            if time.monotonic() > until:
                raise self._lost(why)
            if self._there is not None and time.monotonic() > self._begun + BEGINS_S:
                raise self._lost("its node began no process for it")

    def close(self) -> None:
        """End the process at once: nothing in it is to be kept."""
        with self._lock:
            self._closed = True
            seat = self._seat
        if seat is not None:
            seat.end()
        self._cluster.leave(self.camera, lost=False)

    def _seated(self) -> Seat:
        """Give its process, as long as it and the cluster are there."""
        seat = self._seat
        if seat is None or self._closed:
            raise Lost(f"camera {self.camera}: it is closed")
        self._cluster.require_there()
        if self._there is not None and self._cluster.is_answered(self._there):
            self._there = None
        return seat

    def _taken(self, sealed: bytes) -> Report:
        report: Report = self._envelope.opened(sealed, purpose=f"report {self._life}")
        self._told = True
        return report

    def _answered(self, seat: Seat, acknowledged: int, wait_s: float) -> bytes:
        """Wait a moment for the answer that was asked for; ask where none was."""
        if self._asked is None:
            self._asked = seat.send("report", acknowledged, wait_s, group="reports")
        try:
            answer: bytes = self._cluster.answer(self._asked, wait_s=wait_s + STEP_S)
        except ConnectionError:
            self._asked = None
            raise
        self._asked = None
        return answer

    def _send(self) -> None:
        """Send the orders; while the last are on their way only others, so that none pile up."""
        seat = self._seat
        if seat is None or self._closed:
            return
        on_their_way = self._sent is not None and not self._cluster.is_answered(self._sent)
        if on_their_way and self._orders == self._last_sent:
            return
        with contextlib.suppress(Exception):  # where it is gone, `report` says so
            self._sent = seat.send("obey", self._orders, group="orders")
            self._last_sent = self._orders

    def _lost(self, how: str) -> Lost:
        """Give up a process, and the node that it was on."""
        self._leave(lost=True)
        return Lost(f"camera {self.camera}: {how}")

    def _leave(self, *, lost: bool = False) -> None:
        with self._lock:
            seat, self._seat = self._seat, None
        if seat is not None:
            seat.end()
        self._cluster.leave(self.camera, lost=lost)
