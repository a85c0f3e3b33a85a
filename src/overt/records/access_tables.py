"""The tables of how people are let in: logins by another service, and who is known there as what.

They lie beside the accounts, and are made where they are not there yet.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKey, Table, Text, UniqueConstraint

from overt.records.account_tables import PLACE
from overt.records.api_tables import metadata

__all__ = ["grants", "links", "logouts", "metadata", "service_sessions", "sign_ins"]

sign_ins: Final = Table(
    "sign_ins",
    metadata,
    Column("browser", Text, primary_key=True),  # sha256 of what the browser's cookie holds
    Column("state", Text, nullable=False),  # sha256 of what comes back in the address
    Column("nonce", Text, nullable=False),
    Column("verifier", Text, nullable=False),
    Column("until", Text, nullable=False),
    sqlite_strict=True,
)
service_sessions: Final = Table(  # which sessions a service has begun
    "service_sessions",
    metadata,
    Column(
        "session",
        Text,
        ForeignKey(f"{PLACE}.sessions.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("issuer", Text, nullable=False),
    Column("sid", Text, nullable=False),  # sha256 of the service's id of it; "": it told none
    sqlite_strict=True,
)
logouts: Final = Table(  # what a service has said ended, so that it is said once
    "logouts",
    metadata,
    Column("token", Text, primary_key=True),  # sha256 of the token's id
    Column("sid", Text, nullable=False),  # as above; "": all of the account
    Column("account", Text, nullable=False),  # "": the session alone was named
    Column("at", Text, nullable=False),
    Column("until", Text, nullable=False),
    sqlite_strict=True,
)
grants: Final = Table(
    "grants",
    metadata,
    Column("account", Text, ForeignKey(f"{PLACE}.accounts.id"), primary_key=True),
    Column("grant", Text, nullable=False, unique=True),
    Column("by", Text, ForeignKey(f"{PLACE}.accounts.id"), nullable=False),
    Column("granted", Text, nullable=False),
    Column("works_from", Text),  # NULL: it wants another person
    Column("given", Text),  # a password's Argon2id hash; NULL: it is a link
    Column("issuer", Text),
    Column("subject", Text),
    Column("known_as", Text),
    sqlite_strict=True,
)
links: Final = Table(
    "links",
    metadata,
    Column("account", Text, ForeignKey(f"{PLACE}.accounts.id"), primary_key=True),
    Column("issuer", Text, nullable=False),
    Column("subject", Text),  # NULL: linked by login, and not come in yet
    Column("login", Text),  # NULL: linked by subject
    UniqueConstraint("issuer", "subject"),
    UniqueConstraint("issuer", "login"),
    sqlite_strict=True,
)
