"""One load from beginning to end: console, writer, viewers, and a kill in the middle."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, Final

from benchmarks.load.plan import Plan, add_accounts
from benchmarks.load.seen import Told
from benchmarks.load.served import Life, serving
from benchmarks.load.viewers import view
from benchmarks.load.writer import Written, write

__all__ = ["Ran", "run"]

PATIENCE_S: Final = 300.0


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a load, beside the record."""

    plan: Plan
    deployment: str
    written: Written
    told: Told
    lives: list[Life]
    killed: float  # time.time()
    again: float  # when the console answered again


def run(plan: Plan, *, say: Callable[[str], None]) -> Ran:
    """Run a load.

    Raises:
        RuntimeError: a part of it failed.
    """
    add_accounts(plan)
    with _beside(write, plan) as writer:
        deployment: str = received(writer)
        with serving(plan) as served, _beside(view, plan, deployment) as viewers:
            say(f"{plan.viewers} viewers log in")
            received(viewers)
            say(f"{plan.rate:g} alerts a second for {plan.seconds:g} s")
            writer.send("begin")
            time.sleep(plan.seconds / 2)
            killed = served.kill()
            served.start()
            again = time.time()
            say(f"killed, and answers again after {again - killed:.1f} s")
            written: Written = received(writer, plan.seconds)
            viewers.send(written.alerts)
            told: Told = received(viewers)
            writer.send("end")
    return Ran(plan, deployment, written, told, served.lives, killed, again)


def received(process: Connection, seconds: float = 0.0) -> Any:
    """Take what a process tells.

    Raises:
        RuntimeError: it tells nothing.
    """
    if not process.poll(PATIENCE_S + seconds):
        raise RuntimeError("got nothing from a process of the load, want it to go on")
    try:
        return process.recv()
    except EOFError as error:
        raise RuntimeError("a process of the load ended; see what it printed") from error


@contextmanager
def _beside(does: Callable[..., None], *given: object) -> Generator[Connection]:
    """Run something in a process of its own, and end it."""
    ours, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=does, args=(*given, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours
        process.join(PATIENCE_S)
    finally:
        process.kill()
        process.join()
