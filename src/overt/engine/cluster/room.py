"""Where a camera goes: the node with the most room left, and never one that just lost a camera."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

__all__ = ["AVOIDED_S", "Node", "Room", "Wants"]

AVOIDED_S: Final = 30.0  # Ray itself may take so long until it knows that a node is gone
LEAST: Final = 1e-6  # of a core: room is counted in fractions


@dataclass(frozen=True, slots=True)
class Wants:
    """What one camera takes of a node."""

    cpus: float
    gpus: float = 0.0


@dataclass(frozen=True, slots=True)
class Node:
    """A machine of the cluster that is there now."""

    id: str
    name: str  # as it is shown: address and the beginning of its id
    cpus: float
    gpus: float
    free_cpus: float  # as Ray says, which may be some seconds old
    free_gpus: float

    def fits(self, wants: Wants) -> int:
        """Tell how many cameras a node has room for while nothing else runs there."""
        return _times(self.cpus, self.gpus, wants)


class Room:
    """Who sits where. Threads may share it; Ray's own figures are too old to be counted with."""

    def __init__(self, wants: Wants, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._wants = wants
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._nodes: dict[str, Node] = {}
        self._others: dict[str, tuple[float, float]] = {}  # what other runs take
        self._seats: dict[str, str] = {}  # camera: node
        self._avoided: dict[str, float] = {}  # node: until when

    def update(self, nodes: Iterable[Node]) -> None:
        """Note which nodes there are now."""
        with self._lock:
            self._nodes = {node.id: node for node in nodes}
            for node in self._nodes.values():
                sitting = self._sitting(node)
                self._others[node.id] = (
                    max(0.0, node.cpus - node.free_cpus - sitting * self._wants.cpus),
                    max(0.0, node.gpus - node.free_gpus - sitting * self._wants.gpus),
                )

    @property
    def fits(self) -> int:
        """How many more cameras find room now."""
        with self._lock:
            return sum(self._left(node) for node in self._nodes.values())

    @property
    def with_room(self) -> tuple[Node, ...]:
        """Nodes that a camera finds room on now."""
        with self._lock:
            return tuple(node for node in self._nodes.values() if self._left(node) > 0)

    def sit(self, camera: str) -> Node | None:
        """Give a camera its node; None where none has room."""
        with self._lock:
            self._seats.pop(camera, None)
            now = self._monotonic()
            free = [node for node in self._nodes.values() if self._left(node) > 0]
            if not free:
                return None
            node = min(
                free,
                key=lambda each: (
                    self._avoided.get(each.id, 0.0) > now,
                    self._sitting(each) / max(each.fits(self._wants), 1),
                    each.id,
                ),
            )
            self._seats[camera] = node.id
            return node

    def leave(self, camera: str, *, lost: bool = False) -> None:
        """Take a camera's seat back; where it was lost there, others are placed elsewhere."""
        with self._lock:
            node = self._seats.pop(camera, None)
            if lost and node is not None:
                self._avoided[node] = self._monotonic() + AVOIDED_S

    def _sitting(self, node: Node) -> int:
        return sum(seat == node.id for seat in self._seats.values())

    def _left(self, node: Node) -> int:
        cpus, gpus = self._others[node.id]
        sitting = self._sitting(node)
        return _times(
            node.cpus - cpus - sitting * self._wants.cpus,
            node.gpus - gpus - sitting * self._wants.gpus,
            self._wants,
        )


def _times(cpus: float, gpus: float, wants: Wants) -> int:
    fits = math.floor((cpus + LEAST) / wants.cpus)
    if wants.gpus:
        fits = min(fits, math.floor((gpus + LEAST) / wants.gpus))
    return max(fits, 0)
