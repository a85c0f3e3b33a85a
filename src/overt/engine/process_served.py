"""What a camera's own process does: it runs the camera, and answers the runner that began it.

It ends with the runner, however that ends: the pipe between them breaks, and nothing of a face is
looked at any more.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import TypeVar

from overt.engine.lease import GONE_S
from overt.engine.line import Orders, Report
from overt.engine.parts import Parts
from overt.engine.pipeline import Progress
from overt.engine.timing import StageTimes
from overt.engine.worker import Worker
from overt.errors import FaultError, OvertError

__all__ = ["Ask", "carried", "failed", "serve"]

Task = TypeVar("Task")


@dataclass(frozen=True, slots=True)
class Ask:
    """The runner asks for a report."""

    acknowledged: int
    wait_s: float


def serve(peer: Connection, make: Callable[[Task], Parts], task: Task, life: str) -> None:
    """Run one camera until the runner is gone; the process ends with this."""
    # Ctrl-C and a service's stop reach every process of a group: the runner decides what ends.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    try:
        worker = Worker(make(task), life=life)
    except BaseException as error:  # noqa: BLE001 - the worker loop; the runner raises it
        report = failed(life, error)
        _answer_each(peer, lambda _: report)
    else:
        _serve(peer, worker)
    # Without waiting for threads or for anything to be put in order: nothing here is to be kept.
    os._exit(0)


def failed(life: str, error: BaseException) -> Report:
    """Report that a camera could not be put together."""
    return Report(
        life=life,
        outcomes=(),
        running=None,
        progress=Progress(),
        seen=0,
        live=False,
        length=None,
        dropped=0,
        times=StageTimes(),
        ended=True,
        error=carried(error),
    )


def carried(error: BaseException | None) -> BaseException | None:
    """Give an error that can be carried to another process, and says what the first one said."""
    if error is None or isinstance(error, OvertError):
        return error
    # The text of a foreign error may hold anything; where it happened holds nothing of a person.
    told = FaultError(f"got {type(error).__name__} in a process of a camera, want it to go on")
    told.add_note("".join(traceback.format_tb(error.__traceback__)))
    return told


def _serve(peer: Connection, worker: Worker) -> None:
    begun = False

    def obey(orders: Orders) -> None:
        nonlocal begun
        worker.obey(orders)
        if not begun:
            begun = True
            worker.begin()

    def report(ask: Ask) -> Report:
        told = worker.report(acknowledged=ask.acknowledged, wait_s=ask.wait_s)
        return replace(told, error=carried(told.error))

    _answer_each(peer, report, obey)


def _answer_each(
    peer: Connection,
    report: Callable[[Ask], Report],
    obey: Callable[[Orders], None] = lambda _: None,
) -> None:
    """Answer in a second thread, so that orders are obeyed while somebody waits for news."""
    asked: queue.SimpleQueue[Ask] = queue.SimpleQueue()
    answering = threading.Thread(target=_answer, args=(peer, asked, report), daemon=True)
    answering.start()
    with contextlib.suppress(EOFError, OSError):
        while peer.poll(GONE_S):
            match peer.recv():
                case Orders() as orders:
                    obey(orders)
                case Ask() as ask:
                    asked.put(ask)
                case other:
                    raise TypeError(f"got {type(other).__name__}, want orders or a question")


def _answer(
    peer: Connection, asked: queue.SimpleQueue[Ask], report: Callable[[Ask], Report]
) -> None:
    with contextlib.suppress(OSError):
        while True:
            peer.send(report(asked.get()))
