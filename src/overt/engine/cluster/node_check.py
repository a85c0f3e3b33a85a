"""What must hold of every node before a camera is begun there."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Final

from overt.errors import ClusterError

__all__ = ["NodeFacts", "node_facts", "require_fit"]

MOST_APART: Final = timedelta(seconds=2)  # of two machines' clocks
IN_MEMORY: Final = frozenset({"tmpfs", "ramfs"})
STORES: Final = ("--plasma_directory=", "--fallback_directory=")


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """What a node says of itself."""

    overt: str  # version
    now: datetime
    encrypted: bool  # it speaks TLS only
    authenticated: bool  # it wants a token of whoever speaks to it
    on_disk: tuple[str, ...]  # folders on a disk that Ray may put objects into

    @property
    def closed(self) -> bool:
        """Whether nobody else can reach it."""
        return self.encrypted and self.authenticated


def node_facts() -> NodeFacts:
    """Tell of the node that this runs on, in a process that Ray began there."""
    return NodeFacts(
        overt=version("overt"),
        now=datetime.now(UTC),
        encrypted=speaks_tls(),
        authenticated=os.environ.get("RAY_AUTH_MODE", "").lower() == "token",
        on_disk=tuple(folder for folder in _stores() if not _in_memory(folder)),
    )


def speaks_tls() -> bool:
    """Tell whether Ray speaks TLS in this process."""
    return os.environ.get("RAY_USE_TLS", "0").lower() in {"1", "true"}


def require_fit(
    facts: NodeFacts, *, node: str, trial: bool, sent: datetime, received: datetime
) -> None:
    """Refuse a node that cannot run this deployment.

    Args:
        facts: what it said.
        node: its name.
        trial: whether the deployment is one; a real one is run on a closed cluster only.
        sent: when it was asked, by this machine's clock.
        received: when it had answered.

    Raises:
        ClusterError: something does not hold.
    """
    want = version("overt")
    if facts.overt != want:
        raise ClusterError(
            f"node {node}: got overt {facts.overt}, want {want}, as on this machine",
            hint="install one version on every node, then start it again",
        )
    if not sent - MOST_APART <= facts.now <= received + MOST_APART:
        raise ClusterError(
            f"node {node}: got {facts.now.isoformat(timespec='seconds')}, want "
            f"{received.isoformat(timespec='seconds')}: a window must end everywhere at once",
            hint="set its clock (NTP)",
        )
    if facts.on_disk:
        raise ClusterError(
            f"node {node}: got {', '.join(facts.on_disk)} for what memory cannot hold, want memory",
            hint="start it with `overt cluster node`",
        )
    if not trial and not facts.closed:
        raise ClusterError(
            f"node {node}: got a cluster that is open to its network, want TLS and a token: "
            "outside a trial nobody else may reach it",
            hint="see docs/guides/cluster.md, Close it",
        )


def _stores() -> tuple[str, ...]:
    """Give the folders of this node's object store: Ray began this process, and was told them."""
    words = Path(f"/proc/{os.getppid()}/cmdline").read_bytes().split(b"\0")
    found = {
        option: os.fsdecode(word).removeprefix(option)
        for word in words
        for option in STORES
        if os.fsdecode(word).startswith(option)
    }
    return tuple(found.get(option, f"nothing ({option.strip('-=')})") for option in STORES)


def _in_memory(folder: str) -> bool:
    """Tell whether a folder lies in memory: the last mount that holds it counts."""
    path, kind = os.path.realpath(folder), ""
    longest = -1
    for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines():
        _, place, found, *_ = line.split(" ")
        place = place.encode().decode("unicode_escape")
        within = path == place or path.startswith(place.rstrip("/") + "/")
        if within and len(place) >= longest:
            longest, kind = len(place), found
    return kind in IN_MEMORY
