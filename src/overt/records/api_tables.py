"""The tables of the API: tokens, answers that may be asked for again, and how far hooks have come.

They lie beside the accounts, and are made where they are not there yet.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKey, Integer, Table, Text

from overt.records.account_tables import PLACE, metadata

__all__ = ["answers", "hooks", "metadata", "tokens"]

tokens: Final = Table(
    "tokens",
    metadata,
    Column("id", Text, primary_key=True),
    Column("secret", Text, unique=True),  # sha256; NULL: not collected yet
    Column("account", Text, ForeignKey(f"{PLACE}.accounts.id"), nullable=False, index=True),
    Column("label", Text, nullable=False),
    Column("scopes", Text, nullable=False),  # with blanks between
    Column("token_made", Text, nullable=False),
    Column("until", Text, nullable=False),
    Column("used", Text, nullable=False),  # "" never
    sqlite_strict=True,
)
answers: Final = Table(
    "answers",
    metadata,
    Column("account", Text, ForeignKey(f"{PLACE}.accounts.id"), primary_key=True),
    Column("key", Text, primary_key=True),  # sha256 of what the program chose
    Column("request", Text, nullable=False),  # sha256 of the address and the body
    Column("begun", Text, nullable=False),
    Column("status", Integer, nullable=False),  # 0: not answered yet
    Column("content", Text, nullable=False),  # JSON; no name and no free text is in it
    sqlite_strict=True,
)
hooks: Final = Table(
    "hooks",
    metadata,
    Column("address", Text, primary_key=True),  # sha256: an address may hold a secret
    Column("after", Integer, nullable=False),  # the last event that was taken there
    sqlite_strict=True,
)
