"""`overt verify`: check a published export, offline."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from overt.cli.extras import needs_extra
from overt.cli.files import read_file
from overt.errors import InputError
from overt.ledger.keys import VerifierKey
from overt.ledger.note import Note
from overt.ledger.verify import Verified, verify_export
from overt.ledger.witness import Witnesses
from overt.report.document.written import read_report_file

__all__ = ["verify"]


def verify(
    path: Annotated[Path, typer.Argument(help="the export")],
    *,
    key: Annotated[
        list[str], typer.Option(help="the log's public key, got by another way than the export")
    ],
    against: Annotated[
        Path | None, typer.Option(help="a checkpoint kept from before: must be a beginning")
    ] = None,
    witness: Annotated[
        list[str] | None, typer.Option(help="a witness's public key; all given must have signed")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="a report.json: compute it again from the export")
    ] = None,
    others: Annotated[
        list[Path] | None,
        typer.Option(
            "--with", help="with a report on several forces: another's export; repeat it, and --key"
        ),
    ] = None,
    timestamp: Annotated[
        Path | None, typer.Option(help="an authority's response (.tsr) on one of its checkpoints")
    ] = None,
    timestamp_root: Annotated[
        Path | None, typer.Option(help="root certificates of that authority, PEM")
    ] = None,
) -> None:
    """Prove that an export is whole: nothing was altered, dropped, added or moved.

    With a report, prove too that each of its figures follows from the export. Needs no network
    and no other file of overt's. Exit code 1, and exactly what fails, if not.
    """
    if (timestamp is None) != (timestamp_root is None):
        raise InputError("got one of --timestamp and --timestamp-root, want both or neither")
    witnesses = tuple(VerifierKey.parse(text) for text in witness or ())
    verified = verify_export(
        path,
        keys=tuple(VerifierKey.parse(text) for text in key),
        against=None if against is None else Note.parse(read_file(against, want="a checkpoint")),
        witnesses=Witnesses(witnesses, len(witnesses)) if witnesses else None,
    )
    stamped = ""
    if timestamp is not None and timestamp_root is not None:
        stamped = _stamped(verified, timestamp, root=timestamp_root)
    print(f"ok: {verified.origin}, {verified.size} events, root {verified.root.hex()}")
    for earlier in verified.earlier:
        print(f"ok: goes on from the checkpoint of {earlier.size} events")
    if against is not None:
        print(f"ok: goes on from {against}")
    for cosignature in verified.cosignatures:
        print(f"ok: witnessed by {cosignature.key.name}")
    if stamped:
        print(f"ok: {stamped}")
    if report is not None:
        keys = tuple(VerifierKey.parse(text) for text in key)
        _verify_report(report, [path, *(others or ())], keys=keys)


def _verify_report(path: Path, exports: list[Path], *, keys: tuple[VerifierKey, ...]) -> None:
    with needs_extra("report"):
        from overt.report.verifying import verify_report
    published = read_report_file(path)
    differences = verify_report(published, exports, keys=keys)
    for difference in differences:
        print(f"{difference.id}: published {difference.published}")
        print(f"{difference.id}: the log says {difference.computed}")
    if differences:
        raise typer.Exit(1)
    print(f"ok: {len(published.figures())} figures of {path} follow from the log")


def _stamped(verified: Verified, response: Path, *, root: Path) -> str:
    # Only who asks needs the extra `timestamp`.
    from overt.ledger.timestamp import find_stamped

    checkpoint, at = find_stamped(
        (*verified.earlier, verified.checkpoint),
        read_file(response, want="a timestamp"),
        roots=read_file(root, want="certificates"),
    )
    size, told = checkpoint.size, at.isoformat(timespec="seconds")
    return f"the checkpoint of {size} events existed at {told}, by a timestamp"
