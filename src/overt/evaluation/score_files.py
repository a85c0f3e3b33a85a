"""Scores of other tools, read from their files, and the error rates that follow.

Two layouts are read. pyeer's: two columns, `genuine impostor`, separated by blanks, tabs or commas,
the shorter one ending in empty cells; or one file of each. Plain CSV: a head with `score` and
`same` (1 where both templates are of one person, 0 where not).
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from overt.arrays import F64
from overt.errors import EvaluationError
from overt.text import printable

__all__ = ["Scored", "read_scores"]

SAME: Final = {"1": True, "true": True, "genuine": True, "mated": True}
DIFFERENT: Final = {"0": False, "false": False, "impostor": False, "nonmated": False}
LABELS: Final = SAME | DIFFERENT


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Scores of comparisons; more is more alike."""

    same: F64  # of one person
    different: F64  # of two people
    sha256: str  # of the file


def read_scores(path: Path, *, distances: bool) -> Scored:
    """Read a file of scores.

    Args:
        path: of the file.
        distances: less is more alike; the scores are taken with the sign turned.

    Raises:
        EvaluationError: it holds something else, or no score of one of the two kinds.
    """
    shown = printable(str(path))
    try:
        content = path.read_bytes()
        lines = content.decode("utf-8-sig").splitlines()
    except (OSError, UnicodeError) as error:
        raise EvaluationError(f"{shown}: got {error}, want a file of scores") from error
    labelled = bool(lines) and {"score", "same"} <= {cell.strip() for cell in lines[0].split(",")}
    rows = _labelled(lines, shown) if labelled else _two_columns(lines, shown)
    found: tuple[list[float], list[float]] = ([], [])
    for same, score in rows:
        found[0 if same else 1].append(score)
    if not found[0] or not found[1]:
        raise EvaluationError(
            f"{shown}: got {len(found[0])} scores of one person and {len(found[1])} of two, "
            "want some of each"
        )
    turned = -1.0 if distances else 1.0
    same, different = (turned * np.array(each, np.float64) for each in found)
    return Scored(same, different, hashlib.sha256(content).hexdigest())


def _labelled(lines: list[str], shown: str) -> Iterator[tuple[bool, float]]:
    for number, row in enumerate(csv.DictReader(lines, skipinitialspace=True), start=2):
        label = (row["same"] or "").strip().lower()
        if label not in LABELS:
            raise EvaluationError(f"{shown}, line {number}: got same = {label!r}, want 1 or 0")
        yield LABELS[label], _number(row["score"], shown, number)


def _two_columns(lines: list[str], shown: str) -> Iterator[tuple[bool, float]]:
    for number, line in enumerate(lines, start=1):
        cells = line.split(",") if "," in line else re.split(r"\t| +", line.rstrip())
        if number == 1 and cells[0].strip().lower() in ("genuine", "gen", "mated"):
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > 2:
            raise EvaluationError(f"{shown}, line {number}: got {len(cells)} columns, want two")
        for same, cell in zip((True, False), cells, strict=False):
            if cell.strip():
                yield same, _number(cell, shown, number)


def _number(cell: str | None, shown: str, number: int) -> float:
    try:
        value = float(cell or "")
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise EvaluationError(f"{shown}, line {number}: got {cell!r}, want a finite number")
    return float(value)
