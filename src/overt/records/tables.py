"""The tables of a record, the same in SQLite and PostgreSQL, as the newest migration leaves them.

Events are the record. Openings may be erased. All others are projections: made of the events, and
made anew from them at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import (
    REAL,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)

__all__ = ["PROJECTIONS", "REBUILT", "events", "metadata", "openings"]

metadata: Final = MetaData()

# SQLite gives a primary key its own fast place only when it is called INTEGER, and its strict
# tables know no names of types but their own.
WHOLE: Final = BigInteger().with_variant(Integer, "sqlite")
NUMBER: Final = Double[float]().with_variant(REAL, "sqlite")
TRUTH: Final = Boolean().with_variant(Integer, "sqlite")

events: Final = Table(
    "events",
    metadata,
    Column("seq", WHOLE, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("deployment", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", Text, nullable=False),  # RFC 3339 UTC, microseconds: sorts as text
    Column("canonical", LargeBinary, nullable=False),  # the whole event: RFC 8785 bytes
    Index("events_by_deployment", "deployment", "seq"),
    Index("events_by_kind", "kind", "seq"),
    sqlite_strict=True,  # a column holds its own type, whoever writes it
)

openings: Final = Table(
    "openings",
    metadata,
    Column("seq", WHOLE, ForeignKey("events.seq"), primary_key=True, autoincrement=False),
    Column("canonical", LargeBinary, nullable=False),  # of one event: RFC 8785 bytes
    sqlite_strict=True,
)


def keys(*names: str) -> list[Column[Any]]:
    """Make the columns that a row is found by."""
    return [Column(name, Text, primary_key=True) for name in names]


def texts(*names: str) -> list[Column[Any]]:
    """Make columns of text, times too: as in `events.at`. What did not happen yet is NULL."""
    return [Column(name, Text) for name in names]


def sums(*names: str) -> list[Column[Any]]:
    """Make columns that are added to."""
    return [Column(name, WHOLE, nullable=False, server_default=text("0")) for name in names]


def truths(*names: str) -> list[Column[Any]]:
    return [Column(name, TRUTH) for name in names]


def columns(name: str) -> list[Column[Any]]:
    """Make the columns of a projection. None of them holds private text."""
    match name:
        case "deployments":
            return [
                *keys("deployment"),
                *texts("name", "place", "purpose", "watchlist", "bundle", "policy", "software"),
                *truths("trial", "urgent", "upheld"),
                Column("threshold", NUMBER),
                Column("listed", WHOLE),
                *texts("window_start", "window_end", "drafted", "submitted", "authorised"),
                *texts("reviewed", "briefed", "started", "paused", "resumed", "stopped"),
                *texts("stop_ordered", "stop_reason", "closed", "list_destroyed"),
                *sums("threshold_changes", "failed_deletions", "complaints"),
            ]
        case "alerts":
            return [
                *keys("deployment", "alert"),
                *texts("camera", "raised", "category"),
                *truths("decoy"),
                *(Column(each, NUMBER) for each in ("similarity", "threshold", "predicted_rate")),
                *texts("claimed", "decided", "decision", "reject_reason", "second_decision"),
                *texts("engaged", "engagement_ended", "finding", "false_reason"),
                *texts("disposal", "arrest", "follow_up"),
                *truths("violence_against_women_and_girls"),
                *texts("held_until", "evidence_deleted"),
                *sums("views", "force", "complaints"),
            ]
        case "counts":
            return [
                *keys("deployment", "camera", "minute"),
                *sums("frames", "dropped", "seen", "compared", "brief", "alerts"),
            ]
        case "unfit":
            return [*keys("deployment", "camera", "minute", "reason"), *sums("faces")]
        case _:
            raise ValueError(f"got the projection {name}, want one of {NAMES}")


NAMES: Final = ("deployments", "alerts", "counts", "unfit")


def projections(into: MetaData, prefix: str, **options: Any) -> Mapping[str, Table]:
    """Make the tables of all projections, by name."""
    return MappingProxyType(
        {
            name: Table(f"{prefix}{name}", into, *columns(name), sqlite_strict=True, **options)
            for name in NAMES
        }
    )


PROJECTIONS: Final = projections(metadata, "")
# The same, of one connection: what the projections should be.
REBUILT: Final = projections(MetaData(), "rebuilt_", prefixes=["TEMPORARY"])
