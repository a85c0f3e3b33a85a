"""`overt cluster`: the machines that cameras are run on together."""

from __future__ import annotations

import json
import os
import re
from typing import Annotated, Final

import typer
from rich.table import Table

from overt.cli.plain import plain_console
from overt.errors import ClusterError
from overt.settings import Settings, read_settings
from overt.text import printable

__all__ = ["cluster"]

cluster = typer.Typer(help="Machines that cameras are run on together.", no_args_is_help=True)
# A node's processes read all that a camera needs before there is one for them: it begins at once.
READ_THERE: Final = {"RAY_preload_python_modules": "overt.wiring.clustered"}
ADDRESS: Final = re.compile(r"[^:/\s]+:\d+")

Host = Annotated[
    str | None, typer.Option(help="address of this machine that the others reach it by")
]
Cpus = Annotated[float | None, typer.Option(help="cores that it lends; if not given, all")]
Gpus = Annotated[float | None, typer.Option(help="GPUs that it lends; if not given, all")]


@cluster.command()
def head(
    *,
    host: Host = None,
    port: Annotated[int, typer.Option(help="port that the others join at")] = 6379,
    cpus: Cpus = None,
    gpus: Gpus = None,
) -> None:
    """Make this machine the head of a cluster, until it is ended; deployments are run from here.

    A token that the nodes know each other by is made where there is none. TLS is spoken where
    RAY_USE_TLS says so: outside a trial it is wanted.
    """
    _become(None, host=host, port=port, cpus=cpus, gpus=gpus)


@cluster.command()
def node(
    address: Annotated[str, typer.Argument(help="of the head, HOST:PORT")],
    *,
    host: Host = None,
    cpus: Cpus = None,
    gpus: Gpus = None,
) -> None:
    """Let this machine join a cluster, until it is ended: cameras are run on it.

    It needs the head's token, the same overt, and the bundle that a deployment names.
    """
    _become(_address(address), host=host, port=0, cpus=cpus, gpus=gpus)


@cluster.command()
def status(
    address: Annotated[str, typer.Argument(help="of the head, HOST:PORT")],
) -> int:
    """Show a cluster's nodes, their room, and the cameras on them; 1 where a node is not fit."""
    from overt.engine.cluster import Wants
    from overt.engine.cluster.looking import look

    settings = read_settings()
    wants = Wants(settings.cluster_cpus, settings.cluster_gpus)
    with plain_console(stderr=True).status("asking the nodes"):
        found = look(_address(address), wants=wants)
    table = Table("node", "overt", "cores free", "GPUs free", "room for", "closed", "cameras")
    for each in found:
        node = each.node
        table.add_row(
            node.name,
            each.facts.overt if each.facts else "-",
            f"{node.free_cpus:g} of {node.cpus:g}",
            f"{node.free_gpus:g} of {node.gpus:g}",
            str(each.room),
            "yes" if each.facts and each.facts.closed else "no",
            ", ".join(printable(camera.camera) for camera in each.cameras) or "none",
        )
    output = plain_console(stderr=False)
    output.print(table)
    for each in found:
        for size in sorted({camera.listed_bytes for camera in each.cameras}):
            output.print(f"{each.node.name}: holds a sealed list of {size:,} bytes")
        if each.wrong:
            output.print(f"{each.node.name}: {printable(each.wrong)}", soft_wrap=True)
    return 1 if any(each.wrong for each in found) else 0


def _become(
    head: str | None, *, host: str | None, port: int, cpus: float | None, gpus: float | None
) -> None:
    """Become a node: this process turns into it."""
    from overt.engine.cluster import require_ray
    from overt.engine.cluster.starting import node_start, token_there

    require_ray()
    settings = read_settings()
    settings.make_data_dir()
    start = node_start(
        head=head,
        host=host,
        port=port,
        cpus=cpus,
        gpus=gpus,
        settings={**READ_THERE, **_carried(settings)},
        environment=os.environ,
    )
    wants_token = start.environment.get("RAY_AUTH_MODE", "").lower() == "token"
    if wants_token and not token_there(start.environment, make=head is None):
        raise ClusterError(
            "token: got none, want the head's",
            hint="copy ~/.ray/auth_token of the head to this machine, readable by its owner alone",
        )
    os.execve(start.command[0], start.command, start.environment)  # noqa: S606 - this interpreter


def _carried(settings: Settings) -> dict[str, str]:
    """Give the settings that a node's cameras have, as variables; ways to a record are none."""
    return {
        "OVERT_DATA_DIR": str(settings.data_dir.absolute()),
        "OVERT_CACHE_DIR": str(settings.cache_dir.absolute()),
        "OVERT_PROVIDERS": json.dumps(settings.providers),
        "OVERT_DECODE_THREADS": str(settings.decode_threads),
    }


def _address(address: str) -> str:
    if not ADDRESS.fullmatch(address):
        raise ClusterError(f"cluster: got {printable(address)!r}, want HOST:PORT of its head")
    return address
