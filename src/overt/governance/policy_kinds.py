"""What the value of a rule can be: how it is written, read, and which way it is stricter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Protocol, TypeAlias, TypeVar

from overt.table import Table

__all__ = [
    "Always",
    "Bound",
    "Cap",
    "Caps",
    "Duration",
    "Figures",
    "Kind",
    "Number",
    "Parts",
    "Rate",
    "Some",
    "Value",
    "said_duration",
    "written_duration",
]

YEAR: Final = timedelta(days=365.25)
UNITS: Final[Mapping[str, timedelta]] = MappingProxyType(
    {
        "d": timedelta(days=1),
        "h": timedelta(hours=1),
        "min": timedelta(minutes=1),
        "s": timedelta(seconds=1),
    }
)
DURATION: Final = re.compile(r"([0-9]{1,6}) (d|h|min|s)")
RATE: Final = re.compile(r"1 in ([0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2})")
SHARE: Final = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,2})?) %")


class Bound(StrEnum):
    """On which side of the value a deployment must stay; that side is the stricter one."""

    FLOOR = "or more"
    CEILING = "or less"


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many entries: a share of the list in [0, 1], or a count."""

    most: float
    is_share: bool

    def __str__(self) -> str:
        return f"{100 * self.most:g} %" if self.is_share else f"{self.most:g}"


@dataclass(frozen=True, slots=True)
class Figures:
    """Several figures that a rule needs together, each by its name."""

    of: Mapping[str, float]

    def __getitem__(self, name: str) -> float:
        return self.of[name]


Value: TypeAlias = float | timedelta | tuple[str, ...] | Mapping[str, Cap] | Figures | None
V = TypeVar("V")


class Kind(Protocol[V]):
    """One way for a rule to have a value."""

    def read(self, table: Table, key: str, /) -> V:
        """Take the value from a policy's table; raises what the table raises."""
        ...

    def write(self, value: V, /) -> str:
        """Say what the value asks for, to people."""
        ...

    def is_strict(self, value: V, reference: V, /) -> bool:
        """Tell whether the value is as strict as the reference's, or stricter."""
        ...


@dataclass(frozen=True, slots=True)
class Always:
    """A rule without a figure: it is kept, whole. In the file its value is true."""

    def read(self, table: Table, key: str, /) -> None:
        if not table.flag(key):
            table.wrong(key, got=False, want="true: this rule cannot be switched off")

    def write(self, _value: None, /) -> str:
        return "always"

    def is_strict(self, _value: None, _reference: None, /) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Number:
    """A number from `low` to `high`."""

    bound: Bound
    low: float
    high: float

    def read(self, table: Table, key: str, /) -> float:
        return table.number(key, low=self.low, high=self.high)

    def write(self, value: float, /) -> str:
        return f"{value:g} {self.bound}"

    def is_strict(self, value: float, reference: float, /) -> bool:
        return value >= reference if self.bound is Bound.FLOOR else value <= reference


@dataclass(frozen=True, slots=True)
class Duration:
    """The longest time that something may take: "24 h", "31 d", "90 min", "30 s"."""

    def read(self, table: Table, key: str, /) -> timedelta:
        text = table.take(key)
        found = DURATION.fullmatch(text) if isinstance(text, str) else None
        if found is None:
            table.wrong(key, text, 'a time such as "24 h" (s, min, h or d)')
        return int(found[1]) * UNITS[found[2]]

    def write(self, value: timedelta, /) -> str:
        return f"{said_duration(value)} {Bound.CEILING}"

    def is_strict(self, value: timedelta, reference: timedelta, /) -> bool:
        return value <= reference


@dataclass(frozen=True, slots=True)
class Rate:
    """The highest rate of something: "1 in 1000"."""

    def read(self, table: Table, key: str, /) -> float:
        text = table.take(key)
        found = RATE.fullmatch(text) if isinstance(text, str) else None
        if found is None or int(found[1].replace(",", "")) == 0:
            table.wrong(key, text, 'a rate such as "1 in 1000"')
        return 1 / int(found[1].replace(",", ""))

    def write(self, value: float, /) -> str:
        return f"1 in {1 / value:,.0f} {Bound.CEILING}"

    def is_strict(self, value: float, reference: float, /) -> bool:
        return value <= reference


@dataclass(frozen=True, slots=True)
class Some:
    """What is allowed, of a list of choices; an empty list allows nothing."""

    choices: tuple[str, ...]

    def read(self, table: Table, key: str, /) -> tuple[str, ...]:
        got = table.texts(key, least=0)
        if len(set(got)) < len(got) or not set(got) <= set(self.choices):
            table.wrong(key, list(got), "some of " + ", ".join(self.choices) + ", each once")
        return tuple(choice for choice in self.choices if choice in got)

    def write(self, value: tuple[str, ...], /) -> str:
        return ", ".join(value) if value else "none"

    def is_strict(self, value: tuple[str, ...], reference: tuple[str, ...], /) -> bool:
        return set(value) <= set(reference)


@dataclass(frozen=True, slots=True)
class Caps:
    """How many entries of each kind a list may have: { kind = "10 %" } or { kind = 50 }."""

    choices: tuple[str, ...]

    def read(self, table: Table, key: str, /) -> Mapping[str, Cap]:
        inner = table.table(key)
        found = {choice: _cap(inner, choice) for choice in self.choices if inner.has(choice)}
        inner.done()
        return MappingProxyType(found)

    def write(self, value: Mapping[str, Cap], /) -> str:
        caps = ", ".join(f"{name} {cap} {Bound.CEILING}" for name, cap in value.items())
        return caps or "no cap"

    def is_strict(self, value: Mapping[str, Cap], reference: Mapping[str, Cap], /) -> bool:
        """Tell; a count is never as strict as a share or the other way: lists differ in length."""
        return all(
            name in value and value[name].is_share == cap.is_share and value[name].most <= cap.most
            for name, cap in reference.items()
        )


@dataclass(frozen=True, slots=True)
class Parts:
    """Several figures, { ratio = 5, at = "1 in 1000" }: stricter where each is, or is the same."""

    kinds: tuple[tuple[str, Number | Rate], ...]

    def read(self, table: Table, key: str, /) -> Figures:
        inner = table.table(key)
        found = Figures(
            MappingProxyType({name: kind.read(inner, name) for name, kind in self.kinds})
        )
        inner.done()
        return found

    def write(self, value: Figures, /) -> str:
        return ", ".join(f"{name} {kind.write(value[name])}" for name, kind in self.kinds)

    def is_strict(self, value: Figures, reference: Figures, /) -> bool:
        return all(kind.is_strict(value[name], reference[name]) for name, kind in self.kinds)


def written_duration(value: timedelta) -> str:
    """Write a time in the largest unit up to hours that gives a whole number; days from two on."""
    if value % UNITS["d"] == timedelta(0) and value >= 2 * UNITS["d"]:
        return f"{value // UNITS['d']} d"
    for name in ("h", "min"):
        if value and value % UNITS[name] == timedelta(0):
            return f"{value // UNITS[name]} {name}"
    return f"{value.total_seconds():g} s"


def said_duration(value: timedelta) -> str:
    """Write a time for people: whole years, with their leap days, as years.

    >>> said_duration(timedelta(days=3652)), said_duration(timedelta(days=31))
    ('10 years', '31 d')
    """
    years = round(value / YEAR)
    is_years = years >= 2 and abs(value - years * YEAR) < timedelta(days=1)
    return f"{years} years" if is_years else written_duration(value)


def _cap(table: Table, key: str) -> Cap:
    value = table.take(key)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10**9:
        return Cap(value, is_share=False)
    found = SHARE.fullmatch(value) if isinstance(value, str) else None
    if found is None or float(found[1]) > 100:
        table.wrong(key, value, 'a share such as "10 %", or a count such as 50')
    return Cap(float(found[1]) / 100, is_share=True)
