"""What is checked before a backup is put in place: that nothing is there, and that it is sound."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from overt.errors import BackupError, RecordsError
from overt.governance.transparency import CHECKPOINTS, FIRST, ROTATIONS, SUFFIX
from overt.ledger.checkpoint import Checkpoint
from overt.ledger.keys import VerifierKey
from overt.ledger.note import Note
from overt.ledger.rotation import KeyChain
from overt.ledger.tree import Tree
from overt.operations.manifest import Manifest
from overt.records.inspecting import inspect_record
from overt.records.store import is_server, open_store
from overt.settings import Settings

__all__ = ["require_empty", "require_sound"]

HINT = "a restored machine is never mixed with another: name an empty data folder and record"


def require_empty(settings: Settings) -> None:
    """Refuse to write over a record or data. Keys may be there: they are not in a backup.

    Raises:
        BackupError: something is there.
        RecordsError: the server's record cannot be looked at.
    """
    address = settings.record_address
    if isinstance(address, str) and is_server(address):
        found = inspect_record(address)
        if found.events:
            raise BackupError(
                f"{found.where}: got {found.events:,} events, want an empty database", hint=HINT
            )
    elif Path(address).exists():
        raise BackupError(f"{address}: got a record that is there, want none", hint=HINT)
    for folder in (
        settings.ledger_dir,
        settings.evidence_dir,
        settings.disclosure_dir,
        settings.deployments_dir,
        settings.bundles_dir,
        settings.comparisons_dir,
    ):
        if folder.exists() and any(folder.iterdir()):
            raise BackupError(f"{folder}: got files that are there, want none", hint=HINT)


def require_sound(record: Path, ledger: Path, manifest: Manifest) -> None:
    """Read the record whole: its events, its tables, and every checkpoint of its log.

    Raises:
        BackupError: it is not what was written, or not what its log signed.
        RecordsError: it is damaged, or of a newer overt.
        LedgerError: the log's files are malformed, or not signed by its key.
    """
    signed = {each.size: each for each in _checkpoints(ledger)}
    tree = Tree()
    with closing(open_store(record)) as store:
        for leaf in store.leaves():
            tree.append(leaf)
            at = signed.pop(tree.size, None)
            if at is not None and at.root != tree.root():
                raise BackupError(
                    f"log {at.origin!r}, {at.size} events: got root {tree.root().hex()}, want "
                    f"{at.root.hex()} as signed",
                    hint="keep this backup as it is and tell the auditor; use another one",
                )
        wrong = store.check()
    if (tree.size, tree.root().hex()) != (manifest.events, manifest.root):
        raise BackupError(
            f"record: got {tree.size} events with root {tree.root().hex()}, want "
            f"{manifest.events} with {manifest.root}"
        )
    if signed:
        raise BackupError(
            f"record: got {tree.size} events, want {max(signed)} or more, as the log signed"
        )
    if wrong:
        tables = ", ".join(each.projection for each in wrong)
        raise RecordsError(
            f"record: got tables that are not what its events say: {tables}",
            hint="use another backup, and ask who changed them",
        )


def _checkpoints(ledger: Path) -> tuple[Checkpoint, ...]:
    """Read the log's checkpoints, each signed by the key of its size."""
    first = ledger / FIRST
    if not first.is_file():
        return ()
    chain = KeyChain.follow(
        VerifierKey.parse(first.read_text().strip()), _notes(ledger / ROTATIONS)
    )
    return tuple(chain.open(note) for note in _notes(ledger / CHECKPOINTS))


def _notes(folder: Path) -> tuple[Note, ...]:
    return tuple(Note.parse(path.read_bytes()) for path in sorted(folder.glob(f"*{SUFFIX}")))
