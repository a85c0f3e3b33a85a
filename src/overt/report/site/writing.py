"""Files of a site: written whole or not at all, and only where they change."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from overt.errors import ReportError

__all__ = ["VERSIONS", "Writer", "files_in"]

VERSIONS: Final = "versions"


class Writer:
    """Writes into one folder, and keeps count of what changed."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; make it where it is not there."""
        self.folder = folder
        self.changed: list[str] = []
        with self._told():
            folder.mkdir(parents=True, exist_ok=True)

    def put(self, name: str, data: bytes) -> None:
        """Write a file, unless it is there and says the same.

        Raises:
            ReportError: it cannot be written.
        """
        path = self.folder / name
        with self._told():
            if path.is_file() and path.read_bytes() == data:
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_name(f".{path.name}.new")
            beside.write_bytes(data)
            beside.replace(path)
        self.changed.append(name)

    def move(self, source: Path, name: str) -> None:
        """Put a file that was written in the scratch folder into its place.

        Raises:
            ReportError: it cannot be written.
        """
        path = self.folder / name
        with self._told():
            path.parent.mkdir(parents=True, exist_ok=True)
            source.replace(path)
        self.changed.append(name)

    def keep_version(self, name: str, number: int) -> None:
        """Copy what is published in a folder beside it, before a correction replaces it.

        Raises:
            ReportError: it cannot be written.
        """
        current, kept = self.folder / name, self.folder / name / VERSIONS / str(number)
        with self._told():
            if kept.exists():
                return
            beside = kept.with_name(f".{number}.new")
            shutil.rmtree(beside, ignore_errors=True)
            shutil.copytree(current, beside, ignore=shutil.ignore_patterns(VERSIONS, ".*"))
            beside.replace(kept)
        self.changed.append(f"{name}/{VERSIONS}/{number}")

    def scratch(self) -> Path:
        """Give an empty folder in the same file system, for what is not whole yet."""
        path = self.folder / ".new"
        with self._told():
            shutil.rmtree(path, ignore_errors=True)
            path.mkdir()
        return path

    def clean(self) -> None:
        """Remove the scratch folder."""
        shutil.rmtree(self.folder / ".new", ignore_errors=True)

    def _told(self) -> Told:
        return Told(self.folder)


class Told:
    """Turns an error of the disk into one that names the site."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            raise ReportError(
                f"{self._folder}: got {error.strerror or error}, want a folder that can be written",
                hint="name another folder, or make room",
            ) from error


def files_in(folder: Path) -> Iterator[Path]:
    """Give every file under a folder, by name."""
    yield from sorted(path for path in folder.rglob("*") if path.is_file())
