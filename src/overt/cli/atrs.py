"""`overt report atrs`: a record of the UK Algorithmic Transparency Recording Standard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from overt.cli.extras import needs_extra
from overt.cli.files import write_file
from overt.cli.plain import plain_console
from overt.cli.recording import opened_record
from overt.clock import SystemClock
from overt.errors import ReportError
from overt.governance.policy_file import open_policy
from overt.inference.manifest import read_manifest
from overt.inference.opened import find_manifest
from overt.ledger.keys import VerifierKey
from overt.settings import read_settings
from overt.wiring import make_log

if TYPE_CHECKING:
    from overt.report.recorded import Counted

__all__ = ["atrs"]


def atrs(
    file: Annotated[Path, typer.Argument(help="the file to write: .json or .csv")],
    *,
    bundle: Annotated[str, typer.Option(help="the model bundle that deployments run with")],
    export: Annotated[
        Path | None, typer.Option(help="count this export, in place of this record")
    ] = None,
    key: Annotated[
        list[str] | None, typer.Option("--key", help="the public key of the export's log")
    ] = None,
) -> None:
    """Write a record of the UK Algorithmic Transparency Recording Standard, version 3.0.

    Filled in from the policy, the bundle and the record. What a person must answer for stays
    open: it is listed here, and says so in the file.
    """
    with needs_extra("report"):
        from overt.report.atrs import as_csv, as_json, fill
    if file.suffix not in {".json", ".csv"}:
        raise ReportError(f"{file}: got the ending {file.suffix!r}, want .json or .csv")
    settings = read_settings()
    counted = _counted(export, key or [])
    filled = fill(
        policy=open_policy(settings.policy),
        bundle=read_manifest(find_manifest(bundle, folder=settings.bundles_dir)),
        facts=counted.facts,
        source=counted.source,
    )
    csv = file.suffix == ".csv"
    write_file(file, as_csv(filled) if csv else as_json(filled, made=SystemClock().now()))
    console = plain_console(stderr=True)
    for one in filled:
        if not one.value:
            console.print(f"open: {one.field.reference} {one.field.name}")
    print(file)


def _counted(export: Path | None, keys: list[str]) -> Counted:
    from overt.report.recorded import facts_of_export, facts_of_record

    if export is not None:
        if not keys:
            raise ReportError(
                "export: got no --key, want the public key of its log",
                hint="its publisher gives it in another way than the export: `overt ledger key`",
            )
        return facts_of_export(export, keys=tuple(VerifierKey.parse(text) for text in keys))
    with opened_record() as (settings, store):
        log = make_log(settings, store=store)
        name = log.first_key().name if log.is_there else "this machine"
        return facts_of_record(store, force=name)
