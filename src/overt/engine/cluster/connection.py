"""A run's connection to a cluster: its nodes, who sits where, and what all cameras share."""

from __future__ import annotations

import contextlib
import threading
import time
from datetime import UTC, datetime
from typing import Any, Final

from overt.engine.cluster.actor import CameraActor, Errand
from overt.engine.cluster.asking import facts_of, nodes_of, on, send_ahead
from overt.engine.cluster.bounded import within
from overt.engine.cluster.node_check import NodeFacts, require_fit
from overt.engine.cluster.reaching import connected, disconnect, is_there
from overt.engine.cluster.room import Node, Room, Wants
from overt.engine.line import Lost
from overt.errors import ClusterError

__all__ = ["Cluster", "Seat"]

LOOK_S: Final = 1.0
ASKS_S: Final = 3.0  # so often nodes that joined are looked for: to list them costs as a frame does
AGAIN_S: Final = 15.0  # so often a node that is not fit is asked again
BEGINS_S: Final = 5.0  # until a process is asked for
ENDS_S: Final = 2.0
ROOM_S: Final = 5.0
GONE_S: Final = 5.0  # a head that cannot be reached for so long is gone
GROUPS: Final = {"orders": 1, "reports": 1}  # each in order; what a camera is about is asked beside


class Seat:
    """A camera's process on a node."""

    def __init__(self, ray: Any, actor: Any, node: Node) -> None:
        self.node = node
        self._ray = ray
        self._actor = actor

    def send(self, method: str, *what: Any, group: str) -> Any:
        """Call a method there without waiting for it; give what its answer is asked for with."""
        return getattr(self._actor, method).options(concurrency_group=group).remote(*what)

    def end(self) -> None:
        """End the process; it is told so itself, since Ray may not reach it without a head."""
        with contextlib.suppress(Exception):  # it may be gone, and its cluster too
            self._actor.leave.remote()
            within(ENDS_S, lambda: self._ray.kill(self._actor, no_restart=True))


class Cluster:
    """A connection to a cluster, of which a process has one at most."""

    def __init__(self, ray: Any, address: str, *, wants: Wants, trial: bool) -> None:
        self.address = address
        self._ray = ray
        self._wants = wants
        self._trial = trial
        self._room = Room(wants)
        self._wrong: dict[str, str] = {}  # of each node that was asked; empty: it may be used
        self._shared: dict[str, Any] = {}
        self._has_shared: set[str] = set()  # nodes that were sent what is shared
        self._closed = threading.Event()
        self._asked_again = time.monotonic() + AGAIN_S
        self._reached = time.monotonic()
        self._threads = (
            threading.Thread(target=self._watch, name="watches the cluster", daemon=True),
            threading.Thread(target=self._ask_new, name="asks new nodes", daemon=True),
        )

    @classmethod
    def connect(cls, address: str, *, wants: Wants, trial: bool) -> Cluster:
        """Connect, and see that every node there is may run the deployment.

        Args:
            address: of the head, HOST:PORT.
            wants: what a camera takes of a node.
            trial: whether the deployment is one.

        Raises:
            ClusterError: Ray is not installed, nothing answers there, this machine is no node of
                the cluster, or a node may not run it.
        """
        ray = connected(address)
        cluster = cls(ray, address, wants=wants, trial=trial)
        try:
            cluster.check_all()
        except BaseException:
            cluster.close()
            raise
        cluster._reached = time.monotonic()
        for thread in cluster._threads:
            thread.start()
        return cluster

    def check_all(self) -> None:
        """See that each node may run the deployment.

        Raises:
            ClusterError: one may not.
        """
        for error in self._ask(nodes_of(self._ray)).values():
            if isinstance(error, ClusterError):
                raise error
        self._look()

    @property
    def fits(self) -> int:
        """How many more cameras find room."""
        return self._room.fits

    def wait_for_room(self, cameras: int) -> int:
        """Give how many cameras find room, once they all do or a moment has passed.

        What another run has just left is told of some seconds later.
        """
        until = time.monotonic() + ROOM_S
        while (fits := self.fits) < cameras and time.monotonic() < until:
            time.sleep(LOOK_S / 2)
            self._room = Room(self._wants)
            self._look()
        return fits

    def share(self, name: str, value: bytes) -> None:
        """Keep one copy of a value on each node that has room, or joins later and has."""
        self._shared[name] = self._ray.put(value)
        self._send_ahead()

    def shared(self, name: str) -> Any:
        """Give what stands for a shared value in a call."""
        return self._shared[name]

    def seat(self, camera: str, name: str) -> Seat:
        """Begin a process for a camera, on the node with the most room.

        Raises:
            Lost: no node has room now.
            ClusterError: the cluster itself is gone.
        """
        self.require_there()
        node = self._room.sit(camera)
        if node is None:
            wrong = "".join(f"; {why}" for why in self._wrong.values() if why)
            raise Lost(f"camera {camera}: no node of the cluster has room for it{wrong}")
        try:
            actor = within(BEGINS_S, lambda: self._begun(name, node))
        except Exception as error:  # whatever Ray raises, there is none
            self._room.leave(camera, lost=True)
            raise Lost(f"camera {camera}: node {node.name} began no process") from error
        return Seat(self._ray, actor, node)

    def _begun(self, name: str, node: Node) -> Any:
        kind = self._ray.remote(
            max_restarts=0,  # the runner begins a lost camera again, as it does in every form
            max_task_retries=0,
            num_cpus=self._wants.cpus,
            num_gpus=self._wants.gpus,
            concurrency_groups=GROUPS,
        )(CameraActor)
        return kind.options(name=name, scheduling_strategy=on(self._ray, node)).remote(node.id)

    def begin(self, seat: Seat, errand: Errand, shared: str) -> None:
        """Send a camera's process what it is to do."""
        seat.send("put_together", errand, self._shared[shared], group="reports")

    def leave(self, camera: str, *, lost: bool) -> None:
        """Take back the room of a camera."""
        self._room.leave(camera, lost=lost)

    def answer(self, asked: Any, *, wait_s: float) -> Any:
        """Wait for an answer.

        Raises:
            TimeoutError: there is none yet.
            ConnectionError: whoever was asked cannot be reached, or is gone; the text says how.
        """
        errors = self._ray.exceptions
        try:
            return self._ray.get(asked, timeout=wait_s)
        except errors.GetTimeoutError as error:
            raise TimeoutError from error
        except errors.ActorUnavailableError as error:
            raise ConnectionError("its node does not answer") from error
        except errors.RayError as error:
            raise ConnectionAbortedError("its process is gone") from error

    def is_answered(self, asked: Any) -> bool:
        """Tell whether an answer is there, or will never be."""
        done, _ = self._ray.wait([asked], timeout=0, fetch_local=False)
        return bool(done)

    def require_there(self) -> None:
        """Refuse to go on without a head: it knows the nodes, and nothing could be begun again.

        Raises:
            ClusterError: it cannot be reached.
        """
        if self._closed.is_set():
            raise ClusterError("cluster: got it closed, want it open")
        gone_s = time.monotonic() - self._reached
        if self._threads[0].is_alive() and gone_s > GONE_S:
            raise ClusterError(
                f"cluster {self.address}: got no answer of its head for {gone_s:.0f} s, want one",
                hint="start the head again, then the nodes, then the deployment",
            )

    def close(self) -> None:
        """Let go of it: every process that was begun ends, and what was shared is dropped."""
        if not self._closed.is_set():
            self._closed.set()
            self._shared.clear()
            for thread in self._threads:
                if thread.is_alive():
                    thread.join(LOOK_S)
            disconnect(self._ray)

    def _watch(self) -> None:
        """Look for the head, and at its nodes, while it is open."""
        while not self._closed.wait(LOOK_S):
            if not is_there(self.address, wait_s=LOOK_S):
                continue
            self._reached = time.monotonic()
            with contextlib.suppress(Exception):  # looked at again in a second
                self._look()

    def _ask_new(self) -> None:
        """Ask nodes that joined, and those again that were not fit: only what is fit has room."""
        while not self._closed.wait(ASKS_S):
            again = self._asked_again < time.monotonic()
            with contextlib.suppress(Exception):  # asked again in a moment
                wrong = self._wrong
                nodes = nodes_of(self._ray)
                self._ask([n for n in nodes if n.id not in wrong or (again and wrong[n.id])])
                self._send_ahead()
            if again:
                self._asked_again = time.monotonic() + AGAIN_S

    def _send_ahead(self) -> None:
        """Let each node with room have what is shared before a camera is begun there.

        A node that asks for it once another has died may ask that one, for ten seconds.
        """
        for node in self._room.with_room:
            if self._shared and node.id not in self._has_shared:
                self._has_shared.add(node.id)
                send_ahead(self._ray, node, tuple(self._shared.values()))

    def _look(self) -> None:
        """See which nodes there are; room is counted on those that may be used."""
        self._room.update(node for node in nodes_of(self._ray) if self._wrong.get(node.id) == "")

    def _ask(self, nodes: list[Node]) -> dict[str, ClusterError | NodeFacts]:
        found = facts_of(self._ray, nodes, require=self._require)
        for node, said in found.items():
            self._wrong[node] = str(said) if isinstance(said, ClusterError) else ""
        return found

    def _require(self, node: Node, facts: NodeFacts, sent: datetime) -> None:
        require_fit(facts, node=node.name, trial=self._trial, sent=sent, received=datetime.now(UTC))
