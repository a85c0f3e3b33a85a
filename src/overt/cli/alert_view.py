"""`overt alert view`: look at an alert's pictures before judging it; that is recorded."""

from __future__ import annotations

import io
from pathlib import Path

from overt.errors import InputError
from overt.report.contact_sheet import draw_evidence
from overt.report.evidence import unpack
from overt.review.desk import Desk
from overt.review.unjudged import Unjudged
from overt.vault.private import write_first

__all__ = ["write_view"]


def write_view(desk: Desk, alert: str, *, by: str, purpose: str, path: Path) -> None:
    """Record that somebody looks, then write the contact sheet (PNG, mode 0600) to a new file.

    Raises:
        InputError: nobody is named, the file is there already, or its folder is not.
        RefusedError: there is no such alert, no purpose is given, or its evidence was deleted.
        VaultError: the evidence cannot be opened, or the file not written.
    """
    if path.exists() or path.is_symlink() or not path.parent.is_dir():
        raise InputError(
            f"view {str(path)!r}: got one that is there, or no folder, want a new file"
        )
    seen = desk.to_judge(alert)
    evidence = unpack(desk.view(alert, by=by, purpose=purpose))
    sheet = draw_evidence(evidence, time=seen.time, camera=seen.camera, figures=_figures(seen))
    written = io.BytesIO()
    sheet.save(written, "PNG")
    if not write_first(path, written.getvalue()):
        raise InputError(f"view {str(path)!r}: got a file that is there, want a new one")


def _figures(seen: Unjudged) -> tuple[str, ...]:
    return (
        f"Similarity {seen.similarity:.3f}, {seen.shots} shots compared as one",
        f"Look twice: {'; '.join(seen.flags) or 'no quality flag'}",
    )
