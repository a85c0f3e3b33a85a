"""Projections: tables made of the events. They are filled when all steps are done."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from alembic.operations import Operations

revision: Final = "0003"
down_revision: Final = "0002"

WHOLE: Final = sa.BigInteger().with_variant(sa.Integer, "sqlite")
NUMBER: Final = sa.Double[float]().with_variant(sa.REAL, "sqlite")
TRUTH: Final = sa.Boolean().with_variant(sa.Integer, "sqlite")


def upgrade(operations: Operations) -> None:
    """Make the tables."""
    make(
        operations,
        "deployments",
        *keys("deployment"),
        *texts("name place purpose watchlist bundle policy software"),
        *(sa.Column(name, TRUTH) for name in ("trial", "urgent", "upheld")),
        sa.Column("threshold", NUMBER),
        sa.Column("listed", WHOLE),
        *texts("window_start window_end drafted submitted authorised reviewed briefed started"),
        *texts("paused resumed stopped stop_ordered stop_reason closed list_destroyed"),
        *sums("threshold_changes failed_deletions complaints"),
    )
    make(
        operations,
        "alerts",
        *keys("deployment alert"),
        *texts("camera raised category"),
        sa.Column("decoy", TRUTH),
        *(sa.Column(name, NUMBER) for name in ("similarity", "threshold", "predicted_rate")),
        *texts("claimed decided decision reject_reason second_decision engaged"),
        *texts("engagement_ended finding false_reason disposal arrest follow_up"),
        sa.Column("violence_against_women_and_girls", TRUTH),
        *texts("held_until evidence_deleted"),
        *sums("views force complaints"),
    )
    make(
        operations,
        "counts",
        *keys("deployment camera minute"),
        *sums("frames dropped seen compared brief alerts"),
    )
    make(operations, "unfit", *keys("deployment camera minute reason"), *sums("faces"))


def make(operations: Operations, name: str, *columns: sa.Column[Any]) -> None:
    """Make a table whose columns hold their own types."""
    operations.create_table(name, *columns, sqlite_strict=True)


def keys(names: str) -> list[sa.Column[Any]]:
    """Make the columns that a row is found by."""
    return [sa.Column(name, sa.Text, primary_key=True) for name in names.split()]


def texts(names: str) -> list[sa.Column[Any]]:
    """Make columns of text, times too."""
    return [sa.Column(name, sa.Text) for name in names.split()]


def sums(names: str) -> list[sa.Column[Any]]:
    """Make columns that are added to."""
    zero = sa.text("0")
    return [sa.Column(name, WHOLE, nullable=False, server_default=zero) for name in names.split()]
