"""Processor time of processes and threads, as the kernel counts it."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path
from typing import Final

__all__ = ["cpu_s", "session", "thread_cpu_s", "with_ended_cpu_s"]

NS: Final = 1e-9
TICK: Final = os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int | str = "self") -> float:
    """Give the processor time of all threads of a process, those that ended left out; seconds."""
    total = 0.0
    for task in Path(f"/proc/{pid}/task").iterdir():
        total += _spent_s(task)
    return total


def with_ended_cpu_s(pid: int) -> float:
    """Give the processor time of a process and of its children that have ended; seconds."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return sum(int(field) for field in fields[11:15]) / TICK
    return 0.0


def thread_cpu_s() -> dict[str, float]:
    """Give the processor time of each Python thread that runs here, by its name; seconds."""
    spent: dict[str, float] = {}
    for thread in threading.enumerate():
        task = Path(f"/proc/self/task/{thread.native_id}")
        spent[thread.name] = spent.get(thread.name, 0.0) + _spent_s(task)
    return spent


def session(leader: int) -> list[int]:
    """List the processes of a session."""
    found: list[int] = []
    for pid in _numbers():
        with contextlib.suppress(OSError):  # it has ended meanwhile
            if os.getsid(pid) == leader:
                found.append(pid)
    return found


def _numbers() -> list[int]:
    """List the processes of this machine."""
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def _spent_s(task: Path) -> float:
    try:
        return int((task / "schedstat").read_text(encoding="ascii").split()[0]) * NS
    except FileNotFoundError:  # it ended meanwhile
        return 0.0
