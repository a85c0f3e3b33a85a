"""How a typed value becomes JSON and comes back, read from its type hints; strict both ways."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from types import MappingProxyType, NoneType, UnionType
from typing import Final, Protocol, TypeAlias, Union, cast, get_args, get_origin, get_type_hints

from overt.errors import OvertError, RecordsError
from overt.values.private import Private

__all__ = ["Json", "Record", "Shape", "as_object", "private_paths", "shape_of", "wrong"]

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"

SAFE_INTEGER: Final = 2**53 - 1  # RFC 8785 3.2.2.3: beyond it a JSON number loses digits
TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def wrong(where: str, got: object, want: str) -> RecordsError:
    """Make the error that says where, what was got and what is wanted."""
    text = repr(got)
    return RecordsError(
        f"{where}: got {text if len(text) <= 80 else text[:77] + '...'}, want {want}"
    )


class Shape(Protocol):
    """One type's way into JSON and back.

    `write` and `read` name the place as `where` when they raise RecordsError.
    """

    def write(self, value: object, where: str, /) -> Json: ...

    def read(self, got: object, where: str, /) -> object: ...


@dataclass(frozen=True, slots=True)
class Text:
    """A text of Unicode characters; half a surrogate pair is none."""

    def write(self, value: object, where: str, /) -> Json:
        if not isinstance(value, str):
            raise wrong(where, value, "a text")
        return self.read(str(value), where)

    def read(self, got: object, where: str, /) -> str:
        if not isinstance(got, str):
            raise wrong(where, got, "a text")
        try:
            got.encode()
        except UnicodeEncodeError as error:
            raise wrong(where, got, "a text without half characters") from error
        return got


@dataclass(frozen=True, slots=True)
class PrivateText:
    """A text about a person. Here it is plain; the codec seals it. No error shows it."""

    def write(self, value: object, where: str, /) -> Json:
        return self.read(value, where)

    def read(self, got: object, where: str, /) -> str:
        if not isinstance(got, str):
            raise wrong(where, type(got).__name__, "a text")
        try:
            got.encode()
        except UnicodeEncodeError:
            raise wrong(where, "half a character", "a text without half characters") from None
        return str(got)


@dataclass(frozen=True, slots=True)
class Truth:
    """True or false."""

    def write(self, value: object, where: str, /) -> Json:
        return self.read(value, where)

    def read(self, got: object, where: str, /) -> bool:
        if not isinstance(got, bool):
            raise wrong(where, got, "true or false")
        return got


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number that JSON can hold."""

    def write(self, value: object, where: str, /) -> Json:
        return self.read(value, where)

    def read(self, got: object, where: str, /) -> int:
        if type(got) is not int or abs(got) > SAFE_INTEGER:
            raise wrong(where, got, "a whole number within 2**53 - 1")
        return got


@dataclass(frozen=True, slots=True)
class Number:
    """A finite number. JSON does not tell 1 from 1.0, nor 0 from -0."""

    def write(self, value: object, where: str, /) -> Json:
        if type(value) is int and abs(value) > SAFE_INTEGER:
            raise wrong(where, value, "a number that a float can hold")
        return self.read(value, where)

    def read(self, got: object, where: str, /) -> float:
        if isinstance(got, bool) or not isinstance(got, int | float):
            raise wrong(where, got, "a number")
        try:
            number = float(got)
        except OverflowError as error:
            raise wrong(where, got, "a finite number") from error
        if not math.isfinite(number):
            raise wrong(where, got, "a finite number")
        return number


@dataclass(frozen=True, slots=True)
class Time:
    """A time that knows its zone, as RFC 3339 in UTC with microseconds and Z."""

    def write(self, value: object, where: str, /) -> Json:
        if not isinstance(value, datetime) or value.utcoffset() is None:
            raise wrong(where, value, "a time with its zone")
        try:
            utc = value.astimezone(UTC)
        except OverflowError as error:
            raise wrong(where, value, "a time within the years 1 to 9999 in UTC") from error
        return utc.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"

    def read(self, got: object, where: str, /) -> datetime:
        if not isinstance(got, str) or not TIME.fullmatch(got):
            raise wrong(where, got, "a UTC time such as 2026-03-01T10:00:00.000000Z")
        try:
            return datetime.fromisoformat(got)
        except ValueError as error:
            raise wrong(where, got, "a time that exists") from error


@dataclass(frozen=True, slots=True)
class Day:
    """A date of the calendar, as RFC 3339 full-date."""

    def write(self, value: object, where: str, /) -> Json:
        if not isinstance(value, date) or isinstance(value, datetime):
            raise wrong(where, value, "a date")
        return value.isoformat()

    def read(self, got: object, where: str, /) -> date:
        if not isinstance(got, str) or not DATE.fullmatch(got):
            raise wrong(where, got, "a date such as 2026-03-01")
        try:
            return date.fromisoformat(got)
        except ValueError as error:
            raise wrong(where, got, "a date that exists") from error


@dataclass(frozen=True, slots=True)
class Choice:
    """One of an enumeration's values."""

    enum: type[StrEnum]

    def write(self, value: object, where: str, /) -> Json:
        if not isinstance(value, self.enum):
            raise wrong(where, value, f"one of {self.enum.__name__}")
        return value.value

    def read(self, got: object, where: str, /) -> StrEnum:
        try:
            return self.enum(got)
        except ValueError as error:
            want = f"one of {[member.value for member in self.enum]}"
            raise wrong(where, got, want) from error


@dataclass(frozen=True, slots=True)
class Maybe:
    """A value or none."""

    inner: Shape

    def write(self, value: object, where: str, /) -> Json:
        return None if value is None else self.inner.write(value, where)

    def read(self, got: object, where: str, /) -> object:
        return None if got is None else self.inner.read(got, where)


@dataclass(frozen=True, slots=True)
class Row:
    """A tuple of any length, all of one type."""

    inner: Shape

    def write(self, value: object, where: str, /) -> Json:
        if not isinstance(value, tuple):
            raise wrong(where, value, "a tuple")
        items = cast("tuple[object, ...]", value)
        return [self.inner.write(item, f"{where}[{i}]") for i, item in enumerate(items)]

    def read(self, got: object, where: str, /) -> tuple[object, ...]:
        if not isinstance(got, list):
            raise wrong(where, got, "an array")
        items = cast("list[object]", got)
        return tuple(self.inner.read(item, f"{where}[{i}]") for i, item in enumerate(items))


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping from texts or an enumeration's values."""

    keys: Text | Choice
    inner: Shape

    def write(self, value: object, where: str, /) -> Json:
        if not isinstance(value, Mapping):
            raise wrong(where, value, "a mapping")
        items = cast("Mapping[object, object]", value)
        return {
            str(self.keys.write(key, where)): self.inner.write(item, f"{where}[{key}]")
            for key, item in items.items()
        }

    def read(self, got: object, where: str, /) -> dict[str, object]:
        return {
            self.keys.read(key, where): self.inner.read(item, f"{where}[{key}]")
            for key, item in as_object(got, where).items()
        }


@dataclass(frozen=True, slots=True)
class Record:
    """A frozen dataclass, field by field: none missing, none more."""

    type: type[object]
    fields: Mapping[str, Shape]

    def write(self, value: object, where: str, /) -> Mapping[str, Json]:
        if type(value) is not self.type:
            raise wrong(where, value, f"a {self.type.__name__}")
        return {
            name: shape.write(getattr(value, name), f"{where}.{name}")
            for name, shape in self.fields.items()
        }

    def read(self, got: object, where: str, /) -> object:
        values = as_object(got, where)
        if values.keys() != self.fields.keys():
            raise wrong(where, sorted(values), f"the keys {sorted(self.fields)}")
        read = {name: s.read(values[name], f"{where}.{name}") for name, s in self.fields.items()}
        try:
            return self.type(**read)
        except (ValueError, OvertError) as error:  # the value's own check, made once, in itself
            raise RecordsError(f"{where}: {error}") from error


def private_paths(shape: Record) -> tuple[tuple[str, ...], ...]:
    """Find the fields that hold private text: names from the record down, in order of fields.

    Raises:
        TypeError: private text in a list or a mapping, or that may be missing: a fault of the
            programmer, for how many there are would not be private.
    """
    found: list[tuple[str, ...]] = []
    for name, inner in shape.fields.items():
        match inner:
            case PrivateText():
                found.append((name,))
            case Record():
                found.extend((name, *path) for path in private_paths(inner))
            case Maybe(part) | Row(part) | Table(_, part):
                if isinstance(part, PrivateText) or (
                    isinstance(part, Record) and private_paths(part)
                ):
                    raise TypeError(f"got private text within {name}, want it in a field")
            case _:
                pass
    return tuple(found)


def as_object(got: object, where: str) -> dict[str, object]:
    """Take a JSON object for one."""
    if not isinstance(got, dict):
        raise wrong(where, got, "an object")
    return cast("dict[str, object]", got)


SIMPLE: Final[Mapping[object, Shape]] = MappingProxyType(
    {
        str: Text(),
        Private: PrivateText(),
        bool: Truth(),
        int: Whole(),
        float: Number(),
        datetime: Time(),
        date: Day(),
    }
)


def shape_of(hint: object) -> Shape:
    """Find the shape of a type hint.

    Raises:
        TypeError: a type that has no place in an event: a fault of the programmer.
    """
    if (simple := SIMPLE.get(hint)) is not None:
        return simple
    arguments = get_args(hint)
    origin = get_origin(hint)
    if origin in (Union, UnionType) and len(arguments) == 2 and NoneType in arguments:
        return Maybe(shape_of(next(part for part in arguments if part is not NoneType)))
    if origin is tuple and len(arguments) == 2 and arguments[1] is ...:
        return Row(shape_of(arguments[0]))
    if origin is Mapping:
        keys = shape_of(arguments[0])
        if isinstance(keys, Text | Choice):
            return Table(keys, shape_of(arguments[1]))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return Choice(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        hints = get_type_hints(hint, include_extras=True)
        return Record(hint, {f.name: shape_of(hints[f.name]) for f in fields(hint) if f.init})
    raise TypeError(f"got {hint!r} in an event, want a type that JSON can hold")
