"""Private texts become commitments, and their openings lie apart, where they can be erased.

Up to here one kind of event held private text: the officer of `deployment-authorised`. It gains the
policy's digest and name at the same time; what was authorised before had none.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any, Final

import rfc8785
import sqlalchemy as sa
from alembic.operations import Operations

revision: Final = "0002"
down_revision: Final = "0001"

KIND: Final = "deployment-authorised"

SQLITE_GUARDS: Final = (
    """
    CREATE TRIGGER openings_update BEFORE UPDATE ON openings
    BEGIN SELECT RAISE(ABORT, 'openings are erased, never changed'); END
    """,
    """
    CREATE TRIGGER openings_once BEFORE INSERT ON openings
    WHEN EXISTS (SELECT 1 FROM openings WHERE seq = NEW.seq)
    OR NOT EXISTS (SELECT 1 FROM events WHERE seq = NEW.seq)
    BEGIN SELECT RAISE(ABORT, 'openings are erased, never changed'); END
    """,
)

POSTGRES_GUARDS: Final = (
    """
    CREATE FUNCTION openings_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'openings are erased, never changed'; END $$
    """,
    """
    CREATE TRIGGER openings_update BEFORE UPDATE OR TRUNCATE ON openings
    FOR EACH STATEMENT EXECUTE FUNCTION openings_refuse()
    """,
)

# While the officers are sealed, events are changed: the one time that they are.
SQLITE_UNGUARD: Final = ("DROP TRIGGER events_update",)
SQLITE_GUARD: Final = (
    """
    CREATE TRIGGER events_update BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'events are appended, never changed'); END
    """,
)
POSTGRES_UNGUARD: Final = ("ALTER TABLE events DISABLE TRIGGER events_update",)
POSTGRES_GUARD: Final = ("ALTER TABLE events ENABLE TRIGGER events_update",)


def upgrade(operations: Operations) -> None:
    """Make the table of openings, and seal what events hold in plain."""
    connection = operations.get_bind()
    sqlite = connection.dialect.name == "sqlite"
    whole = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    operations.create_table(
        "openings",
        sa.Column("seq", whole, sa.ForeignKey("events.seq"), primary_key=True, autoincrement=False),
        sa.Column("canonical", sa.LargeBinary, nullable=False),
        sqlite_strict=True,
    )
    run(connection, SQLITE_UNGUARD if sqlite else POSTGRES_UNGUARD)
    seal_officers(connection)
    run(connection, SQLITE_GUARD if sqlite else POSTGRES_GUARD)
    run(connection, SQLITE_GUARDS if sqlite else POSTGRES_GUARDS)


def run(connection: sa.Connection, statements: tuple[str, ...]) -> None:
    """Execute statements in order."""
    for statement in statements:
        connection.exec_driver_sql(statement)


def seal_officers(connection: sa.Connection) -> None:
    """Exchange each officer's name for a commitment; a deployment has one such event."""
    events = sa.table("events", sa.column("seq"), sa.column("kind"), sa.column("canonical"))
    openings = sa.table("openings", sa.column("seq"), sa.column("canonical"))
    query = sa.select(events.c.seq, events.c.canonical).where(events.c.kind == KIND)
    for sequence, canonical in connection.execute(query.order_by(events.c.seq)).all():
        sealed, opening = seal(json.loads(canonical))
        connection.execute(events.update().where(events.c.seq == sequence).values(canonical=sealed))
        connection.execute(openings.insert().values(seq=sequence, canonical=opening))


def seal(event: dict[str, Any]) -> tuple[bytes, bytes]:
    """Give an event's bytes with its officer sealed, and the opening."""
    body = event["body"]
    text, salt = body["officer"], secrets.token_bytes(32)
    body["officer"] = f"sha256:{hashlib.sha256(salt + text.encode()).hexdigest()}"
    body.setdefault("policy", "")
    body.setdefault("policy_name", "")
    opening = [{"path": "officer", "salt": salt.hex(), "text": text}]
    return rfc8785.dumps(event), rfc8785.dumps(opening)
