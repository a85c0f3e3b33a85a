"""Processor time of processes and threads, as the kernel counts it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Final

__all__ = ["cpu_s", "thread_cpu_s"]

NS: Final = 1e-9


def cpu_s(pid: int | str = "self") -> float:
    """Give the processor time of all threads of a process, those that ended left out; seconds."""
    total = 0.0
    for task in Path(f"/proc/{pid}/task").iterdir():
        total += _spent_s(task)
    return total


def thread_cpu_s() -> dict[str, float]:
    """Give the processor time of each Python thread that runs here, by its name; seconds."""
    spent: dict[str, float] = {}
    for thread in threading.enumerate():
        task = Path(f"/proc/self/task/{thread.native_id}")
        spent[thread.name] = spent.get(thread.name, 0.0) + _spent_s(task)
    return spent


def _spent_s(task: Path) -> float:
    try:
        return int((task / "schedstat").read_text(encoding="ascii").split()[0]) * NS
    except FileNotFoundError:  # it ended meanwhile
        return 0.0
