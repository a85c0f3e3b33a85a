"""An operational bundle, written from a trial one: the same files, and what it rests on."""

from __future__ import annotations

import hashlib
import re
import tempfile
from pathlib import Path
from typing import Final

from overt.errors import BundleError
from overt.inference.bundle import Bundle, IntendedUse
from overt.inference.manifest import read_manifest
from overt.inference.opened import MANIFEST, copy_bundle, require_evaluated

__all__ = ["RECORD_FILE", "write_qualified"]

RECORD_FILE: Final = "evaluation.json"
USE: Final = re.compile(r"""(?m)^[ \t]*intended_use[ \t]*=[ \t]*["']trial["']""")


def write_qualified(manifest: Path, record: bytes, *, out: Path) -> Bundle:
    """Write a folder with the bundle, its record, and a manifest that calls it operational.

    The manifest's text stays as people wrote it, but for its use and the lines of the evaluation.
    Whether the record meets a policy is asked before (`governance.qualifying`).

    Args:
        manifest: of the trial bundle.
        record: the file of its evaluation.
        out: a new folder.

    Raises:
        BundleError: it is no trial bundle, the record is of another, or `out` is there.
        WeightsError: a file is missing, or is not the one that the manifest names.
    """
    bundle = read_manifest(manifest)
    if bundle.intended_use is not IntendedUse.TRIAL:
        raise BundleError(
            f"bundle {bundle.name}: got one that is {bundle.intended_use}, want the trial bundle "
            "that it was made of"
        )
    if out.exists():
        raise BundleError(f"{out}: got a folder that is there, want a new one")
    text, times = USE.subn(
        f'intended_use = "{IntendedUse.OPERATIONAL}"', manifest.read_text(encoding="utf-8")
    )
    if times != 1:
        raise BundleError(
            f'{manifest}: got {times} lines intended_use = "trial", want one, on a line of its own'
        )
    lines = (
        "",
        "[evaluation]",
        f'file = "{RECORD_FILE}"',
        f'sha256 = "{hashlib.sha256(record).hexdigest()}"',
        "",
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".qualifying-", dir=out.parent) as name:
        whole = Path(name) / "bundle"
        copy_bundle(bundle, origin=manifest.parent.resolve(), target=whole)
        (whole / RECORD_FILE).write_bytes(record)
        (whole / MANIFEST).write_text(text.rstrip() + "\n" + "\n".join(lines), encoding="utf-8")
        made = read_manifest(whole / MANIFEST)
        if made.evaluated != bundle.digest:
            raise BundleError(f"{manifest}: got a manifest that says something else once qualified")
        require_evaluated(made)
        whole.rename(out)
    return read_manifest(out / MANIFEST)
