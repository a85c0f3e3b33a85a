"""Processes that work on the record of a test."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess

import pytest
from record_places import Start


@pytest.fixture(scope="session")
def processes() -> ForkServerContext:
    """Give the way to start processes that have loaded overt already: quick, and no fork of us."""
    return multiprocessing.get_context("forkserver")


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
