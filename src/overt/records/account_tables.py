"""The tables of accounts. They are no events: what they hold is changed and deleted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Boolean, Column, ForeignKey, Integer, LargeBinary, MetaData, Table, Text

__all__ = [
    "ACCOUNT_SCHEMA",
    "PLACE",
    "accounts",
    "invitations",
    "metadata",
    "sessions",
    "stamp",
    "tries",
    "version",
]

ACCOUNT_SCHEMA: Final = 1
# On a server they lie beside the record, in a schema of their own; in SQLite in their own file.
PLACE: Final = "overt_accounts"

metadata: Final = MetaData(schema=PLACE)
TRUTH: Final = Boolean().with_variant(Integer, "sqlite")

version: Final = Table(
    "version",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    sqlite_strict=True,
)
accounts: Final = Table(
    "accounts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("login", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, unique=True),  # one person, one account
    Column("role", Text, nullable=False),
    Column("rank", Text, nullable=False),
    Column("made", Text, nullable=False),  # RFC 3339 UTC, microseconds: sorts as text
    Column("password", Text, nullable=False),  # Argon2id, with its salt and cost
    Column("must_change", TRUTH, nullable=False),
    Column("closed", TRUTH, nullable=False),
    Column("code_secret", LargeBinary),  # of one-time codes, sealed; NULL: none is asked for
    Column("code_used", Integer, nullable=False),  # the last period whose code was taken
    sqlite_strict=True,
)
sessions: Final = Table(
    "sessions",
    metadata,
    Column("token", Text, primary_key=True),  # sha256: who reads the table cannot log in
    Column("id", Text, nullable=False, unique=True),
    Column("account", Text, ForeignKey(f"{PLACE}.accounts.id"), nullable=False, index=True),
    Column("begun", Text, nullable=False),
    Column("seen", Text, nullable=False),
    Column("flash", Text, nullable=False),  # told once, on the next page
    sqlite_strict=True,
)
tries: Final = Table(
    "tries",
    metadata,
    Column("subject", Text, primary_key=True),  # sha256 of a login or an address
    Column("failures", Integer, nullable=False),
    Column("last", Text, nullable=False),
    Column("until", Text, nullable=False),  # no try is looked at before
    sqlite_strict=True,
)
invitations: Final = Table(
    "invitations",
    metadata,
    Column("token", Text, primary_key=True),  # sha256
    Column("until", Text, nullable=False),
    sqlite_strict=True,
)


def stamp(time: datetime) -> str:
    """Write a time so that it sorts as text."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")
