"""`overt evaluate passages`: recognition at real deployments, from known passages of volunteers."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.table import Table

from overt.cli.evaluate import Margin, Out
from overt.cli.extras import needs_extra
from overt.cli.files import write_file
from overt.cli.plain import plain_console
from overt.clock import SystemClock
from overt.errors import InputError
from overt.evaluation.walked import AboutWalked, WalkedPassage, evaluate_walked
from overt.evaluation.written import percent
from overt.inference.evaluation_file import write_record
from overt.ledger.keys import VerifierKey
from overt.text import printable
from overt.values.demographics import AgeBand, EthnicityGroup, Gender
from overt.values.evaluation import Record
from overt.values.walked import Log

if TYPE_CHECKING:
    from overt.facts.facts import Facts

__all__ = ["walked"]

UNKNOWN: Final = frozenset(
    {
        EthnicityGroup.UNKNOWN.value,
        Gender.NOT_STATED.value,
        Gender.NOT_RECORDED.value,
        AgeBand.NOT_RECORDED.value,
    }
)


def walked(
    exports: Annotated[list[Path], typer.Argument(metavar="EXPORT...", help="exports of logs")],
    *,
    key: Annotated[
        list[str] | None, typer.Option("--key", help="the public key of one of the logs")
    ] = None,
    data: Annotated[str, typer.Option(help="who walked, in words")] = "not described",
    margin: Margin = 1.25,
    suppress_below: Annotated[
        int, typer.Option(min=0, help="leave groups of fewer volunteers out")
    ] = 5,
    out: Out = Path("evaluation.json"),
) -> None:
    """Evaluate known passages of volunteers: TPIR by threshold, deployment, camera and group.

    Each export is verified first. Passages come into it by `overt passages record`.
    """
    with needs_extra("report"):
        from overt.report.recorded import facts_of_export
    if not key:
        raise InputError(
            "passages: got no --key, want the public key of each log",
            hint="its publisher gives it in another way than the export: `overt ledger key`",
        )
    keys = tuple(VerifierKey.parse(text) for text in key)
    logs: list[Log] = []
    found: list[WalkedPassage] = []
    console = plain_console(stderr=True)
    for path in exports:
        with console.status(f"verifying {printable(path.name)}"):
            counted = facts_of_export(path, keys=keys)
        source = counted.source
        if source.force in {log.origin for log in logs}:
            raise InputError(f"{printable(path.name)}: got {source.force} again, want it once")
        logs.append(Log(source.force, source.events, source.root))
        found += _passages(counted.facts)
    record = evaluate_walked(
        found,
        about=AboutWalked(
            made=SystemClock().now(),
            software=f"overt {version('overt')}",
            data=data,
            logs=tuple(logs),
            margin=margin,
            suppress_below=suppress_below,
        ),
    )
    write_file(out, write_record(record))
    _print(record)
    print(out)


def _passages(facts: Facts) -> Iterator[WalkedPassage]:
    """Give each known passage, with what is recorded of its deployment."""
    deployments: dict[str, dict[str, Any]] = {
        str(row["deployment"]): row for row in facts.deployments.collect().iter_rows(named=True)
    }
    for row in facts.passages.collect().iter_rows(named=True):
        at = deployments[str(row["deployment"])]
        told = (str(row["group"]), str(row["gender"]), str(row["age"]))
        yield WalkedPassage(
            deployment=str(row["deployment"]),
            place=str(at["place"]),
            camera=str(row["camera"]),
            trial=bool(at["trial"]),
            listed=int(at["listed"]),
            bundle=str(at["bundle"]),
            threshold=float(row["threshold"]),
            volunteer=f"{row['force']}\n{row['volunteer']}",
            recognised=bool(row["recognised"]),
            groups=tuple("" if each in UNKNOWN else each for each in told),
        )


def _print(record: Record) -> None:
    console = plain_console(stderr=False)
    rows = record.walked.rows if record.walked else ()
    table = Table(box=None, padding=(0, 2, 0, 0))
    for head in ("threshold", "deployment", "camera", "recognised (TPIR)", "volunteers"):
        table.add_column(head)
    for row in rows:
        people = str(row.tpir.people) if row.tpir else "0"
        place = printable(row.place) or "all"
        camera = printable(row.camera) or "all"
        table.add_row(f"{row.threshold:.2f}", place, camera, percent(row.tpir), people)
    console.print(table)
    groups = Table(box=None, padding=(0, 2, 0, 0))
    for head in ("threshold", "by", "group", "recognised (TPIR)"):
        groups.add_column(head)
    for each in record.groups:
        groups.add_row(f"{each.threshold:.2f}", each.column, each.group, percent(each.tpir))
    console.print(groups)
