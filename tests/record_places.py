"""Where the tests keep a record, and how they reach it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from typing import TypeAlias

from sqlalchemy import create_engine

from overt.records.base import Store
from overt.records.store import open_store

Start: TypeAlias = Callable[..., tuple[ForkServerProcess, Connection]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record is, or will be."""

    address: str
    engine: str  # as SQLAlchemy wants it

    @contextmanager
    def store(self, *, busy_timeout_s: float = 60) -> Generator[Store]:
        """Open the record, and close it at the end."""
        store = open_store(self.address, busy_timeout_s=busy_timeout_s)
        try:
            yield store
        finally:
            store.close()

    def execute(self, statement: str) -> None:
        """Do what overt would not."""
        engine = create_engine(self.engine)
        try:
            with engine.begin() as connection:
                connection.exec_driver_sql(statement)
        finally:
            engine.dispose()
