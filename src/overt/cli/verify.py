"""`overt verify`: check a published export, offline."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from overt.cli.files import read_file
from overt.errors import InputError
from overt.ledger.keys import VerifierKey
from overt.ledger.note import Note
from overt.ledger.verify import Verified, verify_export
from overt.ledger.witness import Witnesses

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
    timestamp: Annotated[
        Path | None, typer.Option(help="an authority's response (.tsr) on one of its checkpoints")
    ] = None,
    timestamp_root: Annotated[
        Path | None, typer.Option(help="root certificates of that authority, PEM")
    ] = None,
) -> None:
    """Prove that an export is whole: nothing was altered, dropped, added or moved.

    Needs no network and no other file of overt's. Exit code 1, and exactly what fails, if not.
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


def _stamped(verified: Verified, response: Path, *, root: Path) -> str:
    # Only who asks needs the extra `timestamp`.
    from overt.ledger.timestamp import find_stamped  # noqa: PLC0415

    checkpoint, at = find_stamped(
        (*verified.earlier, verified.checkpoint),
        read_file(response, want="a timestamp"),
        roots=read_file(root, want="certificates"),
    )
    size, told = checkpoint.size, at.isoformat(timespec="seconds")
    return f"the checkpoint of {size} events existed at {told}, by a timestamp"
