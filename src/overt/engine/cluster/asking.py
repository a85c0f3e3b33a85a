"""Asking the nodes of a cluster what they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Final

from overt.engine.cluster.node_check import NodeFacts, node_facts
from overt.engine.cluster.room import Node
from overt.errors import ClusterError

__all__ = ["facts_of", "nodes_of", "on", "send_ahead"]

CHECKED_S: Final = 60.0  # a node may take so long to begin a process and read overt


def nodes_of(ray: Any) -> list[Node]:
    """List the nodes that are there."""
    state = ray._private.state  # noqa: SLF001 - Ray has no other way to ask for what is free
    free = state.available_resources_per_node()
    return [_node(found, free.get(found["NodeID"], {})) for found in ray.nodes() if found["Alive"]]


def on(ray: Any, node: Node) -> Any:
    """Give what binds a process to a node."""
    return ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy(node.id, soft=False)


def facts_of(
    ray: Any,
    nodes: list[Node],
    *,
    require: Callable[[Node, NodeFacts, datetime], None],
) -> dict[str, ClusterError | NodeFacts]:
    """Ask nodes what they are, all at once; give of each what is wrong, or what it said."""
    told = ray.remote(num_cpus=0, max_retries=0)(node_facts)
    sent = datetime.now(UTC)
    asked = [(node, told.options(scheduling_strategy=on(ray, node)).remote()) for node in nodes]
    found: dict[str, ClusterError | NodeFacts] = {}
    for node, answer in asked:
        try:
            facts = ray.get(answer, timeout=CHECKED_S)
            require(node, facts, sent)
            found[node.id] = facts
        except ClusterError as error:
            found[node.id] = error
        except ray.exceptions.RayError as error:  # a node without overt, or one that hangs
            found[node.id] = ClusterError(
                f"node {node.name}: got {type(error).__name__}, want what it says of itself",
                hint="install overt there, in the same version, and start the node again",
            )
    return found


def send_ahead(ray: Any, node: Node, shared: Iterable[Any]) -> None:
    """Let a node fetch shared values, without waiting for it."""
    take = ray.remote(num_cpus=0, max_retries=0)(_take).options(scheduling_strategy=on(ray, node))
    for value in shared:
        take.remote(value)


def _take(_value: bytes) -> None:
    """Have a value: to hand it over, Ray brings it to the node that this runs on."""


def _node(found: Any, free: Any) -> Node:
    has = found["Resources"]
    return Node(
        id=found["NodeID"],
        name=f"{found['NodeManagerAddress']} ({found['NodeID'][:8]})",
        cpus=has.get("CPU", 0.0),
        gpus=has.get("GPU", 0.0),
        free_cpus=free.get("CPU", 0.0),
        free_gpus=free.get("GPU", 0.0),
    )
