"""Comparisons that show what a change does: kept in one folder, each under its own hash."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from overt.errors import EvaluationError, WeightsError
from overt.governance.rules_subject import Subject
from overt.inference.bundle import Bundle, Unread
from overt.inference.evaluation_file import comparison_from, write_record
from overt.inference.store import write_whole
from overt.values.comparison import Comparison
from overt.values.deployment import Deployment
from overt.values.watchlist import Watchlist

__all__ = [
    "comparisons_in",
    "find_comparison",
    "keep_comparison",
    "latest_comparison",
    "subject_of",
]


def subject_of(
    deployment: Deployment, watchlist: Watchlist, bundle: Bundle, *, comparisons: Path
) -> Subject:
    """Put together what rules are checked on, with the comparison that the draft names."""
    found = find_comparison(deployment.comparison, folder=comparisons)
    return Subject(deployment, watchlist, bundle, comparison=found)


def find_comparison(sha256: str, *, folder: Path) -> Comparison | Unread | None:
    """Read a comparison by its hash; None where none is named."""
    if not sha256:
        return None
    file = _file(folder, sha256)
    try:
        found = comparison_from(file.read_bytes(), shown=file.name)
    except OSError as error:
        return Unread(f"{file.name}: got {error.strerror}, want it in {folder}")
    except EvaluationError as error:
        return Unread(str(error))
    if found.sha256 != sha256:
        return Unread(f"{file.name}: got the comparison {found.sha256}, want {sha256}")
    return found


def comparisons_in(folder: Path) -> tuple[Comparison, ...]:
    """Read all that are kept; a file that cannot be read is passed over."""
    found = (find_comparison(file.stem, folder=folder) for file in folder.glob("*.json"))
    return tuple(each for each in found if isinstance(each, Comparison))


def latest_comparison(
    kept: Iterable[Comparison], *, bundle: str, before: float, after: float
) -> Comparison | None:
    """Give the comparison of one threshold with another that was made last; None: there is none.

    Whatever an earlier one showed, nobody chooses among them.

    Args:
        kept: what there is.
        bundle: digest of the one that both are of.
        before: threshold.
        after: threshold.
    """
    wanted = [(bundle, before), (bundle, after)]
    found = [
        each
        for each in kept
        if [(used.bundle, used.threshold) for used in (each.before, each.after)] == wanted
    ]
    return max(found, key=lambda each: (each.made, each.sha256), default=None)


def keep_comparison(comparison: Comparison, *, folder: Path) -> Path:
    """Keep a comparison where drafts find it, and give its file.

    Raises:
        EvaluationError: it cannot be written.
    """
    file = _file(folder, comparison.sha256)
    try:
        write_whole(file, write_record(comparison))
    except WeightsError as error:
        raise EvaluationError(str(error)) from error
    return file


def _file(folder: Path, sha256: str) -> Path:
    return folder / f"{sha256}.json"
