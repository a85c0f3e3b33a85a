"""Processes that are killed at a moment of the test's choosing, however slow the machine is."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Callable
from multiprocessing.context import ForkServerContext

PATIENCE_S = 180.0


def starting() -> ForkServerContext:
    """Give the way to start processes that have loaded overt already."""
    return multiprocessing.get_context("forkserver")


def kill_when(
    worker: Callable[..., None], *arguments: object, holds: Callable[[], bool], drawn: random.Random
) -> bool:
    """Start a worker, and kill it a little after something holds; tell whether it held in time."""
    process = starting().Process(target=worker, args=arguments, daemon=True)
    process.start()
    end = time.monotonic() + PATIENCE_S
    held = False
    while process.is_alive() and time.monotonic() < end:
        if held := holds():
            time.sleep(drawn.uniform(0, 0.03))
            break
        time.sleep(0.001)
    process.kill()
    process.join()
    return held
