"""What is told about the tables where they are published: Table Schema and JSON Schema.

Table Schema is that of the Frictionless Data specifications, version 1; JSON Schema is 2020-12.
Both are made of `facts.schema`, as the tables are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeAlias

from overt.facts.schema import DEPLOYMENT, FORCE, TABLES, Column, Kind, Table

__all__ = ["HOURS", "Json", "json_schema", "may_be_empty", "table_schema", "withheld_columns"]

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"

MINUTES: Final = TABLES["minutes"]
SUMMED: Final = ("frames", "dropped", "thinned", "partial", "seen", "compared", "brief", "alerts")
HOURS: Final = Table(
    "hours",
    "What one camera saw in one hour at one threshold: `minutes`, added up.",
    ("force", "deployment", "camera", "threshold", "hour"),
    (
        FORCE,
        DEPLOYMENT,
        MINUTES.column("camera"),
        MINUTES.column("threshold"),
        Column("hour", Kind.TIME, "its first second"),
        Column("minutes", Kind.WHOLE, "minutes of this hour that were counted"),
        *(MINUTES.column(name) for name in SUMMED),
    ),
)
# What is said of one person, or of few of a list; a row of few people could point at somebody.
DEMOGRAPHICS: Final = frozenset(
    {"ethnicity", "group", "self_defined", "gender", "age", "under_18", "vulnerable"}
)
WITHHELD: Final = "withheld: groups of few people could point at somebody"
TYPES: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        Kind.NAME: "string",
        Kind.TEXT: "string",
        Kind.WHOLE: "integer",
        Kind.NUMBER: "number",
        Kind.TRUTH: "boolean",
        Kind.TIME: "datetime",
    }
)
TIME_FORMAT: Final = "%Y-%m-%dT%H:%M:%S.%fZ"
# Not RFC 3339 in general: always UTC, always microseconds, as it is written.
TIME_PATTERN: Final = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$"
ALERT_KEY: Final = ("force", "alert")
DEPLOYMENT_KEY: Final = ("force", "deployment")


def withheld_columns(table: Table) -> frozenset[str]:
    """Give the columns that say something of one person, or of few."""
    return DEMOGRAPHICS & {column.name for column in table.columns}


def may_be_empty(table: Table, column: Column) -> bool:
    """Tell whether a cell can be empty: not known, did not happen, or a text without a letter."""
    is_free = column.kind is Kind.TEXT and not column.among
    return column.optional or (is_free and column.name not in table.key)


def table_schema(table: Table, *, withheld: Collection[str]) -> Json:
    """Describe a table for a Tabular Data Package.

    Args:
        table: which.
        withheld: columns that are left empty.
    """
    keys = [
        {"fields": list(key), "reference": {"resource": to, "fields": list(key)}}
        for to, key in (("deployments", DEPLOYMENT_KEY), ("alerts", ALERT_KEY))
        if to != table.name and set(key) <= {column.name for column in table.columns}
    ]
    made: dict[str, Json] = {
        "fields": [_field(table, column, withheld) for column in table.columns],
        "missingValues": [""],
        "primaryKey": list(table.key),
    }
    return {**made, "foreignKeys": keys} if keys else made


def json_schema(table: Table, *, withheld: Collection[str]) -> Json:
    """Describe one row of a table, as JSON Schema; a cell that is empty is null.

    Args:
        table: which.
        withheld: columns that are left empty.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": table.name,
        "description": table.about,
        "type": "object",
        "properties": {column.name: _property(table, column, withheld) for column in table.columns},
        "required": [column.name for column in table.columns],
        "additionalProperties": False,
    }


def _field(table: Table, column: Column, withheld: Collection[str]) -> Json:
    field: dict[str, Json] = {
        "name": column.name,
        "type": TYPES[column.kind],
        "description": _about(column, withheld),
    }
    if column.kind is Kind.TIME:
        field["format"] = TIME_FORMAT
    required = column.name not in withheld and not may_be_empty(table, column)
    constraints: dict[str, Json] = {"required": required}
    if column.among:
        constraints["enum"] = list(column.among)
    if column.kind is Kind.WHOLE:
        constraints["minimum"] = 0
    return {**field, "constraints": constraints}


def _property(table: Table, column: Column, withheld: Collection[str]) -> Json:
    about = _about(column, withheld)
    if column.name in withheld:
        return {"description": about, "type": "null"}
    kind = "string" if column.kind is Kind.TIME else TYPES[column.kind]
    empty = may_be_empty(table, column)
    made: dict[str, Json] = {"description": about, "type": [kind, "null"] if empty else kind}
    if column.kind is Kind.TIME:
        made["pattern"] = TIME_PATTERN
    if column.kind is Kind.WHOLE:
        made["minimum"] = 0
    if column.among:
        made["enum"] = [*column.among, *([None] if empty else [])]
    return made


def _about(column: Column, withheld: Collection[str]) -> str:
    return f"{column.about} ({WITHHELD})" if column.name in withheld else column.about
