"""Starting a node: the command and the environment under which Ray is safe by default."""

from __future__ import annotations

import json
import os
import secrets
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from overt.engine.cluster.ray_package import QUIET
from overt.errors import ClusterError

__all__ = ["NodeStart", "node_start", "token_there"]

PORT: Final = 6379
STORE_MB: Final = 1024  # of memory for what is on its way: alerts and their pictures, a list
MEMORY: Final = Path("/dev/shm")  # noqa: S108 - it is memory, and the folder in it is private
SYSTEM: Final = {
    "automatic_object_spilling_enabled": False,
    # Reports go from process to process: what Ray keeps for all is the list, and that is sealed.
    "max_direct_call_object_size": 64 << 20,
    "health_check_period_ms": 1000,
    "health_check_timeout_ms": 3000,
    "health_check_failure_threshold": 10,
}
MAIN: Final = "import sys; from ray.scripts.scripts import main; sys.exit(main())"


@dataclass(frozen=True, slots=True)
class NodeStart:
    """What is run to be a node: until it ends, the machine is one."""

    command: tuple[str, ...]
    environment: Mapping[str, str]


def node_start(
    *,
    head: str | None,
    host: str | None,
    port: int = PORT,
    cpus: float | None,
    gpus: float | None,
    settings: Mapping[str, str],
    environment: Mapping[str, str],
    store_mb: int = STORE_MB,
) -> NodeStart:
    """Give what makes this machine a node.

    Args:
        head: address of the head to join; None: it becomes the head.
        host: own address by which the others reach it; None: Ray finds one.
        port: where a head listens.
        cpus: cores that it lends; None: all.
        gpus: GPUs that it lends; None: all.
        settings: variables that its processes are to have; no other of overt's reaches them.
        environment: of this process.
        store_mb: memory for what is on its way.

    Raises:
        ClusterError: its folders are not private, or memory is too small.
    """
    memory, files = private_folder(MEMORY), private_folder(Path(tempfile.gettempdir()))
    _require_memory(store_mb)
    words = [
        "start",
        "--block",
        "--disable-usage-stats",
        "--log-style=record",
        "--log-color=false",
        "--include-log-monitor=false",  # it follows every log, to print it where a deployment runs
        f"--temp-dir={files / 'ray'}",  # which Ray opens to everybody: what it is in is closed
        f"--object-spilling-directory={memory}",
        f"--object-store-memory={store_mb << 20}",
    ]
    if head is None:
        words += ["--head", f"--port={port}", "--include-dashboard=false"]
        words.append(f"--system-config={json.dumps(SYSTEM)}")
    else:
        words.append(f"--address={head}")
    for option, value in (("node-ip-address", host), ("num-cpus", cpus), ("num-gpus", gpus)):
        if value is not None:
            words.append(f"--{option}={value if isinstance(value, str) else f'{value:g}'}")
    others = {name: value for name, value in environment.items() if not _is_ours(name)}
    return NodeStart((sys.executable, "-c", MAIN, *words), {**QUIET, **others, **settings})


def token_there(environment: Mapping[str, str], *, make: bool) -> bool:
    """Tell whether there is a token that the nodes know each other by; make one if asked to.

    It is where Ray looks for it, readable by its owner alone.
    """
    if environment.get("RAY_AUTH_TOKEN"):
        return True
    named = environment.get("RAY_AUTH_TOKEN_PATH")
    path = Path(named) if named else Path.home() / ".ray" / "auth_token"
    if path.is_file():
        return True
    if make:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
    return make


def private_folder(parent: Path) -> Path:
    """Make a folder that nobody else on this machine may enter.

    Raises:
        ClusterError: somebody else made it.
    """
    folder = parent / f"overt-ray-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
    except OSError as error:
        raise ClusterError(f"folder {folder}: got {error.strerror}, want a folder") from error
    if folder.is_symlink() or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise ClusterError(
            f"folder {folder}: got one that others may enter, want one of one's own",
            hint="remove it, after asking who made it",
        )
    return folder


def _require_memory(store_mb: int) -> None:
    status = os.statvfs(MEMORY)
    free_mb = status.f_bavail * status.f_frsize >> 20
    if free_mb < store_mb:
        raise ClusterError(
            f"{MEMORY}: got {free_mb} MiB free, want {store_mb}: else Ray would use a disk",
            hint="make it larger (in a container: --shm-size)",
        )


def _is_ours(name: str) -> bool:
    return name.upper().startswith("OVERT_")
