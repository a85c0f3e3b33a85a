"""The folders and files that only overt's user may open, and the file system below them."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from overt.operations.doctor.finding import Family, Finding, cannot_tell, fails, holds
from overt.settings import Settings

__all__ = ["check_folders", "file_system_of"]

MOUNTS: Final = Path("/proc/self/mountinfo")
# SQLite's locks are not kept, or not kept for sure, on these (sqlite.org/lockingv3.html, 6.0).
NETWORK: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "gpfs"}
    | {"ocfs2", "gfs2", "vboxsf", "prl_fs"}
    | {"fuse.sshfs", "fuse.glusterfs", "fuse.s3fs", "fuse.rclone"}
)


def check_folders(settings: Settings, *, mounts: Path = MOUNTS) -> Iterator[Finding]:
    """Look at permissions and owners, and at the file system that the record lies on."""
    data = settings.data_dir
    if not data.exists():
        yield cannot_tell(
            Family.FOLDERS, str(data), "not there yet", "the first command that needs it makes it"
        )
    else:
        private = (
            data,
            settings.keys_dir,
            settings.keys_dir / "keys",
            settings.evidence_dir,
            settings.disclosure_dir,
            settings.ledger_dir,
        )
        yield from (_private(path, want=0o700) for path in private if path.exists())
    secrets = (settings.web_key, settings.web_hooks_key, settings.web_metrics_token)
    for path in secrets:
        if path is not None and path.exists():
            yield _private(path, want=0o600)
    if "://" not in settings.records:
        yield _local(Path(settings.record_address), mounts=mounts)


def _private(path: Path, *, want: int) -> Finding:
    """See that only its owner, who runs this, can get into it."""
    status = path.stat()
    mode = stat.S_IMODE(status.st_mode)
    if mode & 0o077:
        return fails(
            Family.FOLDERS,
            str(path),
            f"got permissions {mode:04o}, want {want:04o}",
            f"find out who could read it, then `chmod {want:o} {path}`",
        )
    if status.st_uid != os.geteuid():
        return fails(
            Family.FOLDERS,
            str(path),
            f"got the owner {status.st_uid}, want {os.geteuid()}, who runs this",
            "run overt and its timers as one user, or give the folder to that user",
        )
    return holds(Family.FOLDERS, str(path), f"{mode:04o}, its owner alone")


def _local(record: Path, *, mounts: Path) -> Finding:
    about = "file system of the record"
    kind = file_system_of(record, mounts=mounts)
    if kind is None:
        return cannot_tell(Family.FOLDERS, about, f"no {mounts} to tell by")
    if kind in NETWORK:
        return fails(
            Family.FOLDERS,
            about,
            f"got {kind}, want a disk of this machine: SQLite's locks may not hold there",
            "move the data folder to a local disk, or set records to a PostgreSQL server",
        )
    return holds(Family.FOLDERS, about, kind)


def file_system_of(path: Path, *, mounts: Path = MOUNTS) -> str | None:
    """Name the kind of file system that a path lies on (proc(5), mountinfo); None: not known."""
    try:
        lines = mounts.read_text(errors="replace").splitlines()
    except OSError:
        return None
    real = path.resolve()
    best, kind = -1, None
    for line in lines:
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) < 5 or not after:
            continue
        where = Path(re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), fields[4]))
        # Of two mounts at one place the later one is seen.
        if real.is_relative_to(where) and len(where.parts) >= best:
            best, kind = len(where.parts), after.split(" ")[0]
    return kind
