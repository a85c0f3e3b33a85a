"""Makes a record as the first schema had it, with events of every kind that there was.

Written down once and never changed: records of that time look like this.
"""

from __future__ import annotations

from typing import Any

import rfc8785
from record_places import Place
from sqlalchemy import create_engine

OFFICER = "Superintendent A. Example"
AT = "2026-03-01T12:00:00.000000Z"

TABLES = """
    CREATE TABLE events (
        seq {whole} NOT NULL, id TEXT NOT NULL, deployment TEXT NOT NULL, kind TEXT NOT NULL,
        version INTEGER NOT NULL, at TEXT NOT NULL, canonical {bytes} NOT NULL,
        PRIMARY KEY (seq), UNIQUE (id)
    ) {strict};
    CREATE INDEX events_by_deployment ON events (deployment, seq);
    CREATE INDEX events_by_kind ON events (kind, seq);
    CREATE TABLE schema_version (version INTEGER NOT NULL, PRIMARY KEY (version));
    INSERT INTO schema_version VALUES (1)
"""

SQLITE_GUARDS = (
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

POSTGRES_GUARDS = (
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


def bodies() -> list[tuple[str, dict[str, Any]]]:
    """A deployment's run, from its authority to the end of its list."""
    counts = {"camera": "north", "minute": AT, "frames": 9, "dropped": 1, "seen": 3, "compared": 1}
    return [
        (
            "deployment-authorised",
            {
                "place": "High Street",
                "purpose": "locate people wanted by the courts",
                "trial": False,
                "start": AT,
                "end": AT,
                "cameras": ["north"],
                "threshold": 0.64,
                "watchlist": "11" * 32,
                "listed": 1000,
                "bundle": "22" * 32,
                "officer": OFFICER,
                "rank": "superintendent",
                "given": AT,
                "reference": "ref 7",
                "necessity": "é",
                "proportionality": "-",
                "urgent": False,
            },
        ),
        (
            "deployment-started",
            {"software": "0.1.0", "predicted_rate": 1e-7, "extrapolated": False},
        ),
        ("faces-counted", {"counts": {**counts, "unfit": {"blurred": 2}, "brief": 4, "alerts": 1}}),
        (
            "alert-raised",
            {
                "alert": "a1",
                "camera": "north",
                "time": AT,
                "category": "wanted by the courts",
                "score": 0.5,
                "similarity": 0.65,
                "threshold": 0.64,
                "listed": 1000,
                "predicted_rate": 1e-7,
                "extrapolated": False,
                "shots": 3,
                "flags": [],
                "commitment": "00ff",
            },
        ),
        ("deployment-stopped", {"reason": "the sources ended"}),
        ("watchlist-destroyed", {"watchlist": "11" * 32, "listed": 1000}),
    ]


def make_first(place: Place, *, deployments: int) -> None:
    """Make the record, with as many runs."""
    sqlite = place.engine.startswith("sqlite")
    kinds = {"whole": "INTEGER", "bytes": "BLOB", "strict": "STRICT"}
    if not sqlite:
        kinds = {"whole": "BIGINT", "bytes": "BYTEA", "strict": ""}
    mark = "?" if sqlite else "%s"
    engine = create_engine(place.engine)
    with engine.begin() as connection:
        for statement in TABLES.format(**kinds).split(";"):
            connection.exec_driver_sql(statement)
        for guard in SQLITE_GUARDS if sqlite else POSTGRES_GUARDS:
            connection.exec_driver_sql(guard)
        rows = [(f"d{n}", kind, body) for n in range(deployments) for kind, body in bodies()]
        for number, (deployment, kind, body) in enumerate(rows, start=1):
            event = {"at": AT, "body": body, "deployment": deployment, "id": f"e{number}"}
            canonical = rfc8785.dumps({**event, "kind": kind, "version": 1})
            connection.exec_driver_sql(
                f"INSERT INTO events VALUES ({', '.join([mark] * 7)})",  # noqa: S608
                (number, f"e{number}", deployment, kind, 1, AT, canonical),
            )
    engine.dispose()
