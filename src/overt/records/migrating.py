"""Brings a record's tables to the newest schema, step by step, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext, MigrationStep, RevisionStep
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from overt.records.projecting import rebuild_now
from overt.records.schema import FIRST_VERSION_TABLE, VERSION_TABLE

__all__ = ["migrate"]


def migrate(connection: Connection, where: str, *, found: str | None) -> None:
    """Take all steps that are missing, then make the projections anew.

    Args:
        connection: in a transaction that nobody else appends in; the caller commits it.
        where: the database, in errors.
        found: the schema version that is there; None: no table at all.

    Raises:
        RecordsError: an event cannot be read.
    """
    script = ScriptDirectory(str(files("overt.records") / "migrations"))

    def steps(_heads: object, _context: object) -> Iterable[RevisionStep]:
        missing = reversed(list(script.iterate_revisions("head", found or "base")))
        return [MigrationStep.upgrade_from_script(script.revision_map, step) for step in missing]

    options: dict[str, Any] = {"version_table": VERSION_TABLE, "fn": steps}
    context = MigrationContext.configure(connection, opts=options)
    operations = Operations(context)
    if inspect(connection).has_table(FIRST_VERSION_TABLE):
        operations.drop_table(FIRST_VERSION_TABLE)
        context.stamp(script, "0001")
    context.run_migrations(operations=operations)
    rebuild_now(connection, where)
