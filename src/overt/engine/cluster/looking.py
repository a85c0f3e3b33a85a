"""Looking at a cluster without running anything on it."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from overt.engine.cluster.actor import About
from overt.engine.cluster.asking import facts_of, nodes_of
from overt.engine.cluster.node_check import NodeFacts, require_fit
from overt.engine.cluster.reaching import NAMESPACE, connected, disconnect
from overt.engine.cluster.room import Node, Room, Wants
from overt.errors import ClusterError

__all__ = ["Looked", "cameras_of", "look"]

ANSWERS_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Looked:
    """A node, and what was found there."""

    node: Node
    facts: NodeFacts | None  # None: it did not say
    wrong: str  # why no trial may run there; empty: it may
    room: int  # for so many more cameras
    cameras: tuple[About, ...]


def look(address: str, *, wants: Wants) -> tuple[Looked, ...]:
    """Ask every node what it is, and every camera where it is.

    Raises:
        ClusterError: the cluster cannot be reached.
    """
    ray = connected(address)
    try:
        nodes = nodes_of(ray)
        said: dict[str, NodeFacts] = {}

        def require(node: Node, facts: NodeFacts, sent: datetime) -> None:
            said[node.id] = facts
            require_fit(facts, node=node.name, trial=True, sent=sent, received=datetime.now(UTC))

        found = facts_of(ray, nodes, require=require)
        cameras: dict[str, list[About]] = defaultdict(list)
        for about in cameras_of(ray):
            cameras[about.node].append(about)
        return tuple(
            Looked(
                node,
                said.get(node.id),
                str(found[node.id]) if isinstance(found[node.id], ClusterError) else "",
                _room(node, wants),
                tuple(sorted(cameras[node.id], key=lambda each: each.camera)),
            )
            for node in nodes
        )
    finally:
        disconnect(ray)


def _room(node: Node, wants: Wants) -> int:
    room = Room(wants)
    room.update([node])
    return room.fits


def cameras_of(ray: Any) -> list[About]:
    """Ask each camera's process; one that does not answer is left out."""
    asked: list[Any] = []
    for named in ray.util.list_named_actors(all_namespaces=True):
        if named["namespace"] == NAMESPACE:
            with contextlib.suppress(ValueError):  # it has ended meanwhile
                asked.append(ray.get_actor(named["name"], namespace=NAMESPACE).about.remote())
    found: list[About] = []
    for answer in asked:
        with contextlib.suppress(ray.exceptions.RayError):
            about: About = ray.get(answer, timeout=ANSWERS_S)
            found.append(about)
    return found
