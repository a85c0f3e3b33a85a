"""Evaluations, comparisons and forecasts as files (JSON), named by their hash and held to it."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import rfc8785
from pydantic import TypeAdapter, ValidationError

from overt.errors import EvaluationError
from overt.text import printable
from overt.values.comparison import COMPARISON, Comparison
from overt.values.digits import DIGITS, Beside
from overt.values.evaluation import SCHEMA, Record
from overt.values.forecast import FORECAST, Forecast

__all__ = [
    "beside_from",
    "comparison_from",
    "read_forecast",
    "read_record",
    "record_from",
    "schema",
    "write_record",
]

KEPT: Final = 4  # records: a console reads the same manifests for every page
Written = TypeVar("Written", Record, Comparison, Forecast, Beside)


def write_record(record: Record | Comparison | Forecast | Beside) -> bytes:
    """Write the canonical form, with its hash."""
    return rfc8785.dumps({**record.plain(), "sha256": record.sha256}) + b"\n"


def read_record(path: Path) -> Record:
    """Read an evaluation, and hold it to its hash.

    Raises:
        EvaluationError: it is none, or was altered.
    """
    return record_from(_bytes(path, want="an evaluation"), shown=printable(str(path)))


def read_forecast(path: Path) -> Forecast:
    """Read a forecast, and hold it to its hash.

    Raises:
        EvaluationError: it is none, or was altered.
    """
    content, shown = _bytes(path, want="a forecast"), printable(str(path))
    return _held(content, Forecast, FORECAST, shown=shown, want="a forecast")


@lru_cache(maxsize=KEPT)
def record_from(content: bytes, *, shown: str) -> Record:
    """Read an evaluation from the bytes of its file; `shown` names it in messages.

    Raises:
        EvaluationError: it is none, or was altered.
    """
    return _held(content, Record, SCHEMA, shown=shown, want="an evaluation")


def comparison_from(content: bytes, *, shown: str) -> Comparison:
    """Read a comparison from the bytes of its file; `shown` names it in messages.

    Raises:
        EvaluationError: it is none, or was altered.
    """
    return _held(content, Comparison, COMPARISON, shown=shown, want="a comparison")


def beside_from(content: bytes, *, shown: str) -> Beside:
    """Read what two bundles made of the same pictures; `shown` names the file in messages.

    Raises:
        EvaluationError: it is none, or was altered.
    """
    return _held(content, Beside, DIGITS, shown=shown, want="a comparison of detections")


def schema() -> dict[str, Any]:
    """Give the JSON schema of an evaluation."""
    return TypeAdapter(Record).json_schema()


def _bytes(path: Path, *, want: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise EvaluationError(f"{printable(str(path))}: got {error}, want {want} (JSON)") from error


def _held(content: bytes, kind: type[Written], schema: str, *, shown: str, want: str) -> Written:
    try:
        parsed: object = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise EvaluationError(f"{shown}: got {error}, want {want} (JSON)") from error
    given = cast("dict[str, object]", parsed) if isinstance(parsed, dict) else {}
    if given.get("schema") != schema:
        raise EvaluationError(f"{shown}: got schema {given.get('schema')!r}, want {schema!r}")
    sha256 = given.pop("sha256", None)
    try:
        found = TypeAdapter(kind).validate_json(json.dumps(given))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise EvaluationError(f"{shown}: got {where} wrong: {first['msg']}") from error
    if found.sha256 != sha256:
        raise EvaluationError(
            f"{shown}: got content of sha256 {found.sha256}, want {sha256} as it says"
        )
    return found
