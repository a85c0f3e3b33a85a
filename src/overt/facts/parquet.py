"""Tables as Parquet files: a folder a force, a file a table; read lazily, many forces together."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import polars as pl

from overt.errors import FactsError
from overt.facts.facts import Facts, check_columns
from overt.facts.schema import TABLES

__all__ = ["scan_facts", "write_facts"]

SUFFIX: Final = ".parquet"
AGAIN: Final = "write the folder anew, or copy it whole from where it was made"
ROOM: Final = "make room, or choose another folder; none of this one's tables were left behind"


def write_facts(folder: Path, facts: Facts) -> None:
    """Write every table, all or none, as `folder/NAME.parquet` (zstd).

    Raises:
        FactsError: the folder is there already, or cannot be written.
    """
    if folder.exists():
        raise FactsError(
            f"{folder}: got a folder that is there, want a new one", hint="choose another name"
        )
    beside = folder.with_name(f".{folder.name}.new")
    try:
        shutil.rmtree(beside, ignore_errors=True)  # of a process that was killed
        beside.mkdir(parents=True)
        for name, table in facts.tables().items():
            path = beside / f"{name}{SUFFIX}"
            # Whole in memory: a force's minutes are some ten megabytes a year.
            table.collect().write_parquet(path, compression="zstd")
            sync(path)
        beside.replace(folder)
    except OSError as error:
        raise unwritten(folder, error.strerror or str(error)) from error
    except pl.exceptions.PolarsError as error:
        raise unwritten(folder, str(error)) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def scan_facts(folder: Path) -> Facts:
    """Open the tables of a folder, or of all force folders in it; rows are read when asked for.

    Raises:
        FactsError: no tables, a table that is missing or cut short, or one of other columns.
    """
    folders = force_folders(folder)
    return Facts(
        **{name: pl.scan_parquet([checked(one, name) for one in folders]) for name in TABLES}
    )


def force_folders(folder: Path) -> Sequence[Path]:
    """Find the folders that hold tables: this one, or those in it."""
    try:
        inner = sorted(path for path in folder.iterdir() if path.is_dir())
        inner = [path for path in inner if not path.name.startswith(".")]
        here = any(folder.glob(f"*{SUFFIX}"))
    except OSError as error:
        raise FactsError(
            f"{folder}: got {error.strerror or error}, want a folder of tables",
            hint="check the path and its permissions",
        ) from error
    if here:
        return [folder]
    found = [path for path in inner if any(path.glob(f"*{SUFFIX}"))]
    if not found:
        raise FactsError(f"{folder}: got no table, want {', '.join(TABLES)}", hint=AGAIN)
    return found


def checked(folder: Path, name: str) -> Path:
    """Hold one file to the schema; its end says what it holds, so a file cut short has none."""
    path = folder / f"{name}{SUFFIX}"
    if not path.is_file():
        raise FactsError(f"{path}: got no such file, want table {name}", hint=AGAIN)
    try:
        got = pl.scan_parquet(path).collect_schema()
    except (OSError, pl.exceptions.PolarsError) as error:
        first = str(error).partition("\n")[0]
        raise FactsError(f"{path}: got {first}, want a whole Parquet file", hint=AGAIN) from error
    try:
        check_columns(TABLES[name], got)
    except FactsError as error:
        raise FactsError(f"{path}: {error}") from error
    return path


def sync(path: Path) -> None:
    """Have a file's bytes on the disk before its folder gets its name."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def unwritten(folder: Path, got: str) -> FactsError:
    """Say that a folder cannot be written."""
    return FactsError(f"{folder}: got {got}, want to write tables", hint=ROOM)
