"""The record as it began: events, guarded by triggers."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic.operations import Operations

revision: Final = "0001"
down_revision: Final = None

# INSERT OR REPLACE would remove a row without a DELETE: so an insert is guarded as well.
SQLITE_GUARDS: Final = (
    """
    CREATE TRIGGER events_update BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'events are appended, never changed'); END
    """,
    """
    CREATE TRIGGER events_delete BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'events are appended, never changed'); END
    """,
    """
    CREATE TRIGGER events_insert BEFORE INSERT ON events
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM events)
    BEGIN SELECT RAISE(ABORT, 'events are numbered without a gap'); END
    """,
    """
    CREATE TRIGGER events_once BEFORE INSERT ON events
    WHEN EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'events are recorded once: this id is there'); END
    """,
)

POSTGRES_GUARDS: Final = (
    """
    CREATE FUNCTION events_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'events are appended, never changed'; END $$
    """,
    """
    CREATE FUNCTION events_number() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.seq IS DISTINCT FROM (SELECT coalesce(max(seq), 0) + 1 FROM events) THEN
            RAISE EXCEPTION 'events are numbered without a gap';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER events_update BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION events_refuse()
    """,
    """
    CREATE TRIGGER events_insert BEFORE INSERT ON events
    FOR EACH ROW EXECUTE FUNCTION events_number()
    """,
)


def upgrade(operations: Operations) -> None:
    """Make the table of events and its guards."""
    connection = operations.get_bind()
    operations.create_table(
        "events",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("deployment", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("canonical", sa.LargeBinary, nullable=False),
        sqlite_strict=True,
    )
    operations.create_index("events_by_deployment", "events", ["deployment", "seq"])
    operations.create_index("events_by_kind", "events", ["kind", "seq"])
    for guard in SQLITE_GUARDS if connection.dialect.name == "sqlite" else POSTGRES_GUARDS:
        connection.exec_driver_sql(guard)
