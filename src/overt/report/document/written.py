"""A report as JSON, and back: what is published beside the page, and what verifying reads.

Each value says its kind, so that a reader in any language can tell a rate from a count:

    {"id": "false-alerts.per-face", "label": ..., "value": {"kind": "rate", "events": 10, ...}}

What has no limit is written as the text "Infinity": JSON has no number for it.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeAlias, cast, get_args

from pydantic import TypeAdapter, ValidationError

from overt.errors import ReportError
from overt.report.document.charts import Chart
from overt.report.document.figures import Value
from overt.report.document.report import Report

__all__ = ["FORMAT", "read_report", "read_report_file", "write_report"]

FORMAT: Final = "overt-report-1"
Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"


def kind_of(one: type) -> str:
    """Write a class's name in small letters with hyphens.

    >>> kind_of(ReportError)
    'report-error'
    """
    spaced = "".join(f"-{c.lower()}" if c.isupper() else c for c in one.__name__)
    return spaced.removeprefix("-")


def kinds_of(*unions: object) -> Mapping[str, type]:
    """Name each class of some unions."""
    classes = [one for union in unions for one in cast("tuple[type, ...]", get_args(union))]
    return MappingProxyType({kind_of(one): one for one in classes})


KINDS: Final = kinds_of(Value, Chart)


def write_report(report: Report) -> bytes:
    """Write a report; equal reports give equal bytes."""
    tree = {"format": FORMAT, **cast("dict[str, Json]", plain(report))}
    return json.dumps(tree, ensure_ascii=False, indent=1, allow_nan=False).encode() + b"\n"


def read_report(data: bytes) -> Report:
    """Read a report.

    Raises:
        ReportError: it is none, or of another version; it names what is wrong.
    """
    try:
        tree: object = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ReportError(f"report: got no JSON ({error}), want a report.json") from error
    found = cast("dict[str, object]", tree) if isinstance(tree, dict) else {}
    got = found.pop("format", None)
    if got != FORMAT:
        raise ReportError(f"report: got format {got!r}, want {FORMAT}")
    try:
        return adapter(Report).validate_python(typed(found))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ReportError(f"report, {where}: got {first['msg']}, want a report.json") from error
    except ValueError as error:
        raise ReportError(f"report: got {error}") from error


def read_report_file(path: Path) -> Report:
    """Read a report's file.

    Raises:
        ReportError: it cannot be read, or is no report.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ReportError(f"{path}: got {error.strerror}, want a report.json") from error
    return read_report(data)


def plain(value: object) -> Json:
    """Take a value of a report apart into what JSON has."""
    match value:
        case StrEnum():
            return str(value)
        case float() if not math.isfinite(value):
            return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
        case None | bool() | int() | float() | str():
            return value
        case tuple():
            return [plain(item) for item in cast("tuple[object, ...]", value)]
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            names = [field.name for field in dataclasses.fields(value)]
            body = {name: plain(getattr(value, name)) for name in names}
            kind = kind_of(type(value))
            return {"kind": kind, **body} if KINDS.get(kind) is type(value) else body
        case _:
            raise TypeError(f"report: got {type(value).__name__}, want what a report is made of")


def typed(tree: object) -> object:
    """Make what says its kind into a value of it; the rest is left as JSON has it."""
    if isinstance(tree, list):
        return [typed(item) for item in cast("list[object]", tree)]
    if not isinstance(tree, dict):
        return tree
    body = {name: typed(item) for name, item in cast("dict[str, object]", tree).items()}
    kind = body.pop("kind", None)
    if kind is None:
        return body
    made = KINDS.get(str(kind))
    if made is None:
        raise ReportError(f"report: got a value of kind {kind!r}, want one of {sorted(KINDS)}")
    return adapter(made).validate_python(body)


@cache
def adapter(kind: type) -> TypeAdapter[Any]:
    """Give what makes a class of JSON's types."""
    return TypeAdapter(kind)
