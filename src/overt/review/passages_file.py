"""Known passages of volunteers as an organiser writes them down: a CSV, one line a passage."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from overt.errors import InputError
from overt.values.demographics import AgeBand, Demographics, Ethnicity, Gender
from overt.values.events import KnownPassage

__all__ = ["COLUMNS", "read_passages"]

COLUMNS: Final = (
    "passage", "camera", "volunteer", "time", "alert", "ethnicity", "gender", "age",
)  # fmt: skip


def read_passages(path: Path) -> tuple[KnownPassage, ...]:
    """Read all passages, or none.

    Raises:
        InputError: it cannot be read, has other columns, or a line is wrong; it names the line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            if tuple(rows.fieldnames or ()) != COLUMNS:
                raise InputError(
                    f"{path}: got columns {list(rows.fieldnames or ())}, want {list(COLUMNS)}"
                )
            found = [
                (rows.line_num, _passage(row, f"{path}, line {rows.line_num}")) for row in rows
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: got {error}, want a CSV in UTF-8") from error
    if not found:
        raise InputError(f"{path}: got no passage, want one a line")
    _require_consistent(path, found)
    return tuple(passage for _, passage in found)


def _passage(row: Mapping[str | None, str | None], where: str) -> KnownPassage:
    if None in row or None in row.values():
        raise InputError(f"{where}: got another number of cells, want {len(COLUMNS)}")
    cell = {str(name): str(text).strip() for name, text in row.items()}
    if missing := [name for name in ("passage", "camera", "volunteer") if not cell[name]]:
        raise InputError(f"{where}: got no {', '.join(missing)}, want one")
    return KnownPassage(
        passage=cell["passage"],
        camera=cell["camera"],
        volunteer=cell["volunteer"],
        time=_time(cell["time"], where),
        recognised=bool(cell["alert"]),
        alert=cell["alert"],
        demographics=_demographics(cell, where),
    )


def _time(text: str, where: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        raise InputError(
            f"{where}: got time {text!r}, want one with its zone, 2026-03-01T10:00:00Z"
        )
    return time.astimezone(UTC)


def _demographics(cell: Mapping[str, str], where: str) -> Demographics:
    """Read what the volunteer says; an empty cell is not recorded."""
    codes = [one.name for one in Ethnicity]
    if cell["ethnicity"] and cell["ethnicity"] not in codes:
        raise InputError(f"{where}: got ethnicity {cell['ethnicity']!r}, want one of {codes}")
    try:
        gender = Gender(cell["gender"] or Gender.NOT_RECORDED)
        age = AgeBand(cell["age"] or AgeBand.NOT_RECORDED)
    except ValueError as error:
        raise InputError(
            f"{where}: got {error}, want a gender of {[str(one) for one in Gender]}, an age of "
            f"{[str(one) for one in AgeBand]}"
        ) from error
    ethnicity = Ethnicity[cell["ethnicity"]] if cell["ethnicity"] else Ethnicity.NR
    return Demographics(self_defined=ethnicity, gender=gender, age=age)


def _require_consistent(path: Path, found: list[tuple[int, KnownPassage]]) -> None:
    """Refuse what two lines contradict each other in."""
    numbers: set[str] = set()
    alerts: set[str] = set()
    people: dict[str, Demographics] = {}
    for line, one in found:
        said = people.setdefault(one.volunteer, one.demographics)
        wrong = (
            f"passage {one.passage} again"
            if one.passage in numbers
            else f"alert {one.alert} again"
            if one.alert in alerts
            else f"another ethnicity, gender or age of volunteer {one.volunteer} than before"
            if said != one.demographics
            else ""
        )
        if wrong:
            raise InputError(f"{path}, line {line}: got {wrong}, want each passage and alert once")
        numbers.add(one.passage)
        alerts.update({one.alert} - {""})
