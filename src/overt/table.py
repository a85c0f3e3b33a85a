"""A table of TOML, read strictly: every key is known, every value has its type and range."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import NoReturn, TypeVar, cast

from overt.errors import OvertError

__all__ = ["Table", "open_table", "read_toml"]

Choice = TypeVar("Choice", bound=StrEnum)


def read_toml(path: Path, *, want: str, error: type[OvertError]) -> dict[str, object]:
    """Read a file of TOML.

    Args:
        path: of the file.
        want: what the file is to be, for the message: "a manifest".
        error: what is raised.

    Raises:
        OvertError: of the kind handed in: the file cannot be read, or is no TOML.
    """
    try:
        return tomllib.loads(path.read_bytes().decode())
    except OSError as failed:
        raise error(f"{path}: got {failed.strerror}, want {want}") from failed
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failed:
        raise error(f"{path}: got {failed}, want TOML") from failed


def open_table(path: Path, *, want: str, error: type[OvertError]) -> Table:
    """Read a file of TOML as one table; arguments and errors as of `read_toml`."""
    return Table(read_toml(path, want=want, error=error), file=str(path), error=error)


class Table:
    """The keys and values of one table; each is taken once, and none may be left over."""

    def __init__(
        self,
        content: Mapping[str, object],
        *,
        file: str,
        error: type[OvertError],
        path: str = "",
    ) -> None:
        self._content = dict(content)
        self._file = file
        self._path = path
        self._error = error

    def has(self, key: str) -> bool:
        """Say whether a key is there and was not taken yet."""
        return key in self._content

    def take(self, key: str) -> object:
        """Give a value as it is.

        Raises:
            OvertError: of the kind handed in, as for everything here: it is missing, of
                another type or out of range.
        """
        if key not in self._content:
            raise self._error(f"{self._file}: {self._path}{key}: got nothing, want a value")
        return self._content.pop(key)

    def text(self, key: str, *, pattern: str = r"(?s).*\S.*", want: str = "text") -> str:
        """Give text that matches `pattern` whole; `want` describes it for the message."""
        value = self.take(key)
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            self.wrong(key, value, want)
        return value

    def integer(self, key: str, *, low: int, high: int) -> int:
        """Give a whole number from `low` to `high`."""
        value = self.take(key)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self.wrong(key, value, f"a whole number from {low} to {high}")
        return value

    def number(self, key: str, *, low: float, high: float) -> float:
        """Give a number from `low` to `high`."""
        return self._number(key, self.take(key), low=low, high=high)

    def numbers(self, key: str, *, low: float, high: float) -> tuple[float, ...]:
        """Give a list of numbers from `low` to `high`."""
        items = self._items(key, "a list of numbers")
        return tuple(
            self._number(f"{key}[{place}]", item, low=low, high=high)
            for place, item in enumerate(items)
        )

    def texts(self, key: str, *, least: int = 1) -> tuple[str, ...]:
        """Give a list of `least` texts or more."""
        items = self._items(key, f"a list of {least} texts or more")
        if len(items) < least or not all(isinstance(item, str) and item.strip() for item in items):
            self.wrong(key, items, f"a list of {least} texts or more")
        return tuple(str(item) for item in items)

    def choice(self, key: str, kind: type[Choice]) -> Choice:
        """Give one of the values of an enumeration."""
        value = self.take(key)
        members = {member.value: member for member in kind}
        if not isinstance(value, str) or value not in members:
            self.wrong(key, value, "one of " + ", ".join(members))
        return members[value]

    def table(self, key: str) -> Table:
        """Give a table within this one."""
        return self._within(key, self.take(key))

    def tables(self, key: str) -> tuple[Table, ...]:
        """Give a list of tables, at least one."""
        items = self._items(key, f"one or more [[{key}]]")
        if not items:
            self.wrong(key, items, f"one or more [[{key}]]")
        return tuple(self._within(f"{key}[{place}]", item) for place, item in enumerate(items))

    def points(self, key: str, *, low: float, high: float) -> tuple[tuple[float, float], ...]:
        """Give a list of points, each [x, y] from `low` to `high`."""
        points: list[tuple[float, float]] = []
        for item in self._items(key, "a list of points [x, y]"):
            parts = _as_list(item)
            if parts is None or len(parts) != 2:
                self.wrong(key, item, "a point [x, y]")
            x, y = (self._number(key, part, low=low, high=high) for part in parts)
            points.append((x, y))
        return tuple(points)

    def flag(self, key: str) -> bool:
        """Give true or false."""
        value = self.take(key)
        if not isinstance(value, bool):
            self.wrong(key, value, "true or false")
        return value

    def time(self, key: str) -> datetime:
        """Give a time with its zone, in UTC."""
        value = self.take(key)
        if not isinstance(value, datetime) or value.tzinfo is None:
            self.wrong(key, value, "a time with its zone (2026-03-01T10:00:00Z)")
        return value.astimezone(UTC)

    def done(self) -> None:
        """Raise if a key was not taken: a misspelt key must not pass in silence."""
        if self._content:
            unknown = ", ".join(f"{self._path}{key}" for key in sorted(self._content))
            raise self._error(f"{self._file}: got unknown keys {unknown}, want none")

    def wrong(self, key: str, got: object, want: str) -> NoReturn:
        """Raise the error for the value of a key."""
        shown = repr(got)
        shown = shown if len(shown) <= 80 else shown[:77] + "..."
        raise self._error(f"{self._file}: {self._path}{key}: got {shown}, want {want}")

    def iso_time(self, key: str) -> datetime:
        """Give a time written as text of ISO 8601 with its zone, as JSON has it, in UTC."""
        text = self.text(key)
        try:
            value = datetime.fromisoformat(text)
        except ValueError:
            self.wrong(key, text, "a time with its zone (2026-03-01T10:00:00Z)")
        if value.tzinfo is None:
            self.wrong(key, text, "a time with its zone (2026-03-01T10:00:00Z)")
        return value.astimezone(UTC)

    def _items(self, key: str, want: str) -> list[object]:
        value = self.take(key)
        items = _as_list(value)
        if items is None:
            self.wrong(key, value, want)
        return items

    def _within(self, key: str, value: object) -> Table:
        """Give a table below this one: the same file and error, its own path."""
        if not isinstance(value, dict):
            self.wrong(key, value, "a table")
        content = cast("dict[object, object]", value)
        return Table(
            {str(name): item for name, item in content.items()},
            file=self._file,
            error=self._error,
            path=f"{self._path}{key}.",
        )

    def _number(self, key: str, value: object, *, low: float, high: float) -> float:
        number = math.nan
        if isinstance(value, int | float) and not isinstance(value, bool):
            number = float(value)
        if not low <= number <= high:  # not a number is not in any range
            self.wrong(key, value, f"a number from {low:g} to {high:g}")
        return number


def _as_list(value: object) -> list[object] | None:
    return cast("list[object]", value) if isinstance(value, list) else None
