"""The ground truth of a recording as a file: CSV, one line for each face in each frame."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from overt.arrays import F64
from overt.errors import InputError
from overt.text import printable
from overt.values.truth import Truth

__all__ = ["COLUMNS", "REQUIRED", "read_truth", "write_truth"]

REQUIRED: Final = (
    "frame", "t_s", "track", "identity", "in_watchlist", "x", "y", "w", "h", "visible",
)  # fmt: skip
COMPOSED: Final = ("blur_px", "gain", "phase")  # known of a clip that was composed
COLUMNS: Final = (*REQUIRED, *COMPOSED)
ABOUT_1: Final = 1.1  # a share that was counted in pixels comes out a little over 1 now and then
HINT: Final = "docs/guides/evaluate.md says what each column holds"


def write_truth(truth: Truth, path: Path) -> None:
    """Write the rows with the columns `COLUMNS`."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_row(truth, i) for i in range(len(truth)))


def read_truth(path: Path, *, groups: Sequence[str] = ()) -> Truth:
    """Read a truth, its lines in any order; passages are numbered anew, in their own order.

    Args:
        path: of the file.
        groups: columns to read beside the others, as people gave them.

    Raises:
        InputError: it cannot be read, lacks a column, or a line is wrong; it names the line.
    """
    shown = printable(path.name)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            names = tuple(rows.fieldnames or ())
            _require_columns(shown, names, (*REQUIRED, *groups))
            reader = _Lines(shown, tuple(groups))
            for row in rows:
                reader.add(row, rows.line_num)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"{shown}: got {error}, want the clip's truth (CSV, UTF-8)", hint=HINT
        ) from error
    return reader.truth()


def _require_columns(shown: str, names: Sequence[str], wanted: Sequence[str]) -> None:
    missing = [name for name in wanted if name not in names]
    if missing:
        raise InputError(
            f"{shown}: got no column {', '.join(missing)}, want {', '.join(wanted)}", hint=HINT
        )


@dataclass(frozen=True, slots=True)
class _Walk:
    """What every line of a passage says alike."""

    name: str
    listed: bool
    groups: tuple[str, ...]


class _Lines:
    """Takes the lines in, each checked against those before."""

    def __init__(self, shown: str, columns: tuple[str, ...]) -> None:
        self._shown = shown
        self._columns = columns
        self._rows: list[tuple[float, ...]] = []
        self._walks: dict[int, _Walk] = {}
        self._there: set[tuple[int, int]] = set()  # (frame, passage)

    def add(self, row: Mapping[str | None, str | None], line: int) -> None:
        """Take a line.

        Raises:
            InputError: it is wrong, or contradicts an earlier one.
        """
        where = f"{self._shown}, line {line}"
        if None in row or None in row.values():
            raise InputError(f"{where}: got another number of cells than columns", hint=HINT)
        cell = {str(name): str(text).strip() for name, text in row.items()}
        number, frame = _whole(cell, "track", where), _whole(cell, "frame", where)
        self._rows.append(
            (
                float(frame),
                _number(cell, "t_s", where, lambda value: value >= 0, "0 or more"),
                float(number),
                *(_number(cell, name, where, math.isfinite, "a number") for name in ("x", "y")),
                *(_number(cell, n, where, lambda v: v > 0, "more than 0") for n in ("w", "h")),
                min(_number(cell, "visible", where, lambda v: 0 <= v <= ABOUT_1, "0 to 1"), 1.0),
                *(_known(cell, name, where) for name in COMPOSED),
            )
        )
        self._check(number, frame, self._walk(cell, where), where)

    def _walk(self, cell: Mapping[str, str], where: str) -> _Walk:
        if not cell["identity"] or cell["in_watchlist"] not in {"0", "1"}:
            raise InputError(
                f"{where}: got identity {cell['identity']!r} and in_watchlist "
                f"{cell['in_watchlist']!r}, want a name, and 0 or 1",
                hint=HINT,
            )
        groups = tuple(cell[column] for column in self._columns)
        return _Walk(cell["identity"], cell["in_watchlist"] == "1", groups)

    def _check(self, number: int, frame: int, walk: _Walk, where: str) -> None:
        if self._walks.setdefault(number, walk) != walk:
            raise InputError(
                f"{where}: got another identity, in_watchlist or group of track {number} than "
                "before, want one person a track",
                hint="each passage of a person has a track of its own",
            )
        if (frame, number) in self._there:
            raise InputError(f"{where}: got track {number} twice in frame {frame}, want it once")
        self._there.add((frame, number))

    def truth(self) -> Truth:
        """Give what was taken.

        Raises:
            InputError: there was no line.
        """
        if not self._rows:
            raise InputError(f"{self._shown}: got no face, want one a line", hint=HINT)
        numbers = sorted(self._walks)
        places = {number: place for place, number in enumerate(numbers)}
        walks = [self._walks[number] for number in numbers]
        table: F64 = np.array(self._rows, np.float64)
        table = table[np.argsort(table[:, 0], kind="stable")]
        return Truth(
            frames=table[:, 0].astype(np.int64),
            times_s=table[:, 1],
            tracks=np.array([places[int(each)] for each in table[:, 2]], np.int64),
            boxes=table[:, 3:7],
            visible=table[:, 7],
            blur_px=table[:, 8],
            gain=table[:, 9],
            phase=table[:, 10],
            names=tuple(walk.name for walk in walks),
            listed=tuple(walk.listed for walk in walks),
            columns=self._columns,
            groups=tuple(walk.groups for walk in walks),
        )


def _whole(cell: Mapping[str, str], name: str, where: str) -> int:
    try:
        value = int(cell[name])
    except ValueError:
        value = -1
    if value < 0:
        raise InputError(f"{where}: got {name} {cell[name]!r}, want a whole number from 0")
    return value


def _number(
    cell: Mapping[str, str], name: str, where: str, holds: Callable[[float], bool], want: str
) -> float:
    try:
        value = float(cell[name])
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and holds(value)):
        raise InputError(f"{where}: got {name} {cell[name]!r}, want {want}", hint=HINT)
    return value


def _known(cell: Mapping[str, str], name: str, where: str) -> float:
    """Read what is known of a composed clip alone; nan where it is not."""
    if not cell.get(name):
        return math.nan
    return _number(cell, name, where, math.isfinite, "a number, or nothing")


def _row(truth: Truth, i: int) -> tuple[str, ...]:
    track = int(truth.tracks[i])
    return (
        str(int(truth.frames[i])),
        f"{truth.times_s[i]:.3f}",
        str(track),
        truth.names[track].replace(" ", "_"),
        str(int(truth.listed[track])),
        *(f"{value:.1f}" for value in truth.boxes[i]),
        f"{truth.visible[i]:.3f}",
        f"{truth.blur_px[i]:.1f}",
        f"{truth.gain[i]:.2f}",
        f"{truth.phase[i]:.3f}",
    )
