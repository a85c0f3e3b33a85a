"""What a backup holds, as a file of JSON beside it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, Final, cast

from overt.errors import BackupError

__all__ = [
    "MANIFEST",
    "RECORD",
    "SETTINGS",
    "Held",
    "Manifest",
    "read_manifest",
    "written",
]

FORMAT: Final = "overt-backup-1"
MANIFEST: Final = "manifest.json"
RECORD: Final = "record/events.sqlite"
TOPS: Final = frozenset(
    {
        "record",
        "ledger",
        "evidence",
        "disclosure",
        "deployments",
        "bundles",
        "comparisons",
        "keys",
    }
)
SETTINGS: Final = "settings.json"


@dataclass(frozen=True, slots=True)
class Held:
    """A file of a backup."""

    path: str  # in the backup, with slashes
    size: int  # bytes
    sha256: str

    def __post_init__(self) -> None:
        """Check that it leads nowhere else.

        Raises:
            BackupError: it does.
        """
        parts = PurePosixPath(self.path).parts
        known = self.path == SETTINGS or (len(parts) > 1 and parts[0] in TOPS)
        if not known or ".." in parts or PurePosixPath(self.path).as_posix() != self.path:
            raise BackupError(f"{MANIFEST}: got the path {self.path!r}, want one of a backup's own")
        if self.path.startswith("keys/") and self.path != "keys/ledger.key":
            raise BackupError(
                f"{MANIFEST}: got {self.path!r}, want no key of anybody's data",
                hint="it was not made by `overt backup`: what was deleted would come back with it",
            )


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds."""

    made: datetime  # UTC
    software: str
    events: int
    root: str  # of the events, RFC 9162: 64 hexadecimal digits
    files: tuple[Held, ...]


def written(manifest: Manifest) -> bytes:
    """Write it."""
    tree = {"format": FORMAT, **asdict(manifest), "made": manifest.made.isoformat()}
    return json.dumps(tree, indent=1).encode() + b"\n"


def read_manifest(content: bytes) -> Manifest:
    """Read it.

    Raises:
        BackupError: it is none, or is of a newer overt.
    """
    try:
        tree = cast("dict[str, Any]", json.loads(content))
        if tree.pop("format") != FORMAT:
            raise BackupError(f"{MANIFEST}: got another form, want {FORMAT}")
        files = tuple(Held(**cast("dict[str, Any]", each)) for each in tree.pop("files"))
        made = datetime.fromisoformat(tree.pop("made"))
        manifest = Manifest(made=made, files=files, **tree)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BackupError(f"{MANIFEST}: got no manifest of a backup, want one") from error
    if RECORD not in {each.path for each in manifest.files}:
        raise BackupError(f"{MANIFEST}: got no {RECORD}, want the record")
    return manifest
