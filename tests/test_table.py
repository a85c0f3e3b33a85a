"""A table takes what it asks for, and nothing else passes in silence."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum

import pytest

from overt.errors import DeploymentError, InputError
from overt.table import Table


class Fruit(StrEnum):
    APPLE = "apple"
    PEAR = "pear"


def table(content: dict[str, object]) -> Table:
    return Table(content, file="a.toml", error=DeploymentError, path="top.")


Take = Callable[[Table], object]
TAKES: dict[str, Take] = {
    "text": lambda t: t.text("k"),
    "pattern": lambda t: t.text("k", pattern=r"[a-z]+", want="small letters"),
    "integer": lambda t: t.integer("k", low=1, high=9),
    "number": lambda t: t.number("k", low=0, high=1),
    "numbers": lambda t: t.numbers("k", low=0, high=1),
    "texts": lambda t: t.texts("k"),
    "texts or none": lambda t: t.texts("k", least=0),
    "choice": lambda t: t.choice("k", Fruit),
    "table": lambda t: t.table("k"),
    "tables": lambda t: t.tables("k"),
    "points": lambda t: t.points("k", low=0, high=1),
    "flag": lambda t: t.flag("k"),
    "time": lambda t: t.time("k"),
    "iso time": lambda t: t.iso_time("k"),
}
UTC_TIME = datetime(2026, 3, 1, 10, tzinfo=UTC)

GOOD: list[tuple[str, object, object]] = [
    ("text", "some\ntext", "some\ntext"),
    ("pattern", "abc", "abc"),
    ("integer", 1, 1),
    ("integer", 9, 9),
    ("number", 1, 1.0),
    ("number", 0.25, 0.25),
    ("numbers", [0, 0.5], (0.0, 0.5)),
    ("numbers", [], ()),
    ("texts", ["a", "b"], ("a", "b")),
    ("texts or none", [], ()),
    ("choice", "pear", Fruit.PEAR),
    ("points", [[0, 1], [0.5, 0.5]], ((0.0, 1.0), (0.5, 0.5))),
    ("points", [], ()),
    ("flag", False, False),
    ("time", UTC_TIME, UTC_TIME),
    ("iso time", "2026-03-01T11:00:00+01:00", UTC_TIME),
]
BAD: list[tuple[str, object]] = [
    ("text", ""),
    ("text", " \n "),
    ("text", 3),
    ("pattern", "abc1"),
    ("pattern", "abc\n"),
    ("integer", 0),
    ("integer", 10),
    ("integer", 1.0),
    ("integer", True),
    ("integer", "1"),
    ("number", -0.01),
    ("number", 1.01),
    ("number", math.nan),
    ("number", math.inf),
    ("number", True),
    ("number", "0.5"),
    ("numbers", 0.5),
    ("numbers", [0.5, 2]),
    ("numbers", [0.5, "0.5"]),
    ("texts", []),
    ("texts", "abc"),
    ("texts", ["a", " "]),
    ("texts", ["a", 1]),
    ("texts or none", [""]),
    ("choice", "plum"),
    ("choice", "APPLE"),
    ("choice", 1),
    ("table", "abc"),
    ("table", []),
    ("tables", {}),
    ("tables", []),
    ("tables", [{}, 1]),
    ("points", [0, 1]),
    ("points", [[0, 1, 0]]),
    ("points", [[0, 2]]),
    ("points", {"x": 1}),
    ("flag", 1),
    ("flag", "true"),
    ("time", UTC_TIME.replace(tzinfo=None)),
    ("time", "2026-03-01T10:00:00Z"),
    ("iso time", "2026-03-01T10:00:00"),
    ("iso time", "tomorrow"),
    ("iso time", UTC_TIME),
]


@pytest.mark.parametrize(("kind", "value", "want"), GOOD)
def test_what_it_asks_for_is_given(kind: str, value: object, want: object) -> None:
    content = table({"k": value})
    assert TAKES[kind](content) == want
    content.done()


@pytest.mark.parametrize(("kind", "value"), BAD)
def test_what_is_wrong_is_named(kind: str, value: object) -> None:
    with pytest.raises(DeploymentError, match=r"(?s)a\.toml: top\.k.*: got .*, want "):
        TAKES[kind](table({"k": value}))


@pytest.mark.parametrize("kind", list(TAKES))
def test_what_is_missing_is_named(kind: str) -> None:
    with pytest.raises(DeploymentError, match=r"a\.toml: top\.k: got nothing, want a value"):
        TAKES[kind](table({"other": 1}))


@pytest.mark.parametrize("kind", list(TAKES))
def test_each_is_taken_once(kind: str) -> None:
    empty: dict[str, object] = {}
    otherwise: object = empty if kind == "table" else [empty]
    value = next((good for name, good, _ in GOOD if name == kind), otherwise)
    content = table({"k": value})
    TAKES[kind](content)
    assert not content.has("k")
    with pytest.raises(DeploymentError, match="got nothing"):
        TAKES[kind](content)


def test_what_is_left_over_is_named() -> None:
    content = table({"b": 1, "a": 2, "k": "x"})
    content.text("k")
    with pytest.raises(DeploymentError, match=r"a\.toml: got unknown keys top\.a, top\.b, want"):
        content.done()


def test_tables_within_know_where_they_are() -> None:
    content = table({"one": {"x": 1}, "many": [{"x": 1}, {"x": 2}]})
    with pytest.raises(DeploymentError, match=r"top\.one\.x: got 1, want text"):
        content.table("one").text("x")
    second = content.tables("many")[1]
    with pytest.raises(DeploymentError, match=r"got unknown keys top\.many\[1\]\.x"):
        second.done()


def test_a_long_value_is_shortened_and_the_error_is_of_its_kind() -> None:
    with pytest.raises(InputError) as refused:
        Table({"k": "x" * 500}, file="f", error=InputError).flag("k")
    assert len(str(refused.value)) < 150
    assert type(refused.value) is InputError


def test_the_content_handed_in_is_left_alone() -> None:
    content: dict[str, object] = {"k": "x"}
    table(content).text("k")
    assert content == {"k": "x"}
