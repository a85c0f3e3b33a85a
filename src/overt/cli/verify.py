"""`overt verify`: check a published export, offline."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from overt.errors import InputError
from overt.ledger.keys import VerifierKey
from overt.ledger.note import Note
from overt.ledger.verify import verify_export
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
) -> None:
    """Prove that an export is whole: nothing was altered, dropped, added or moved.

    Needs no network and no other file of overt's. Exit code 1, and exactly what fails, if not.
    """
    witnesses = tuple(VerifierKey.parse(text) for text in witness or ())
    verified = verify_export(
        path,
        keys=tuple(VerifierKey.parse(text) for text in key),
        against=None if against is None else Note.parse(_read(against)),
        witnesses=Witnesses(witnesses, len(witnesses)) if witnesses else None,
    )
    print(f"ok: {verified.origin}, {verified.size} events, root {verified.root.hex()}")
    for earlier in verified.earlier:
        print(f"ok: goes on from the checkpoint of {earlier.size} events")
    if against is not None:
        print(f"ok: goes on from {against}")
    for cosignature in verified.cosignatures:
        print(f"ok: witnessed by {cosignature.key.name}")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: got {error.strerror}, want a checkpoint") from error
