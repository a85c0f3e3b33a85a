"""What goes wrong: each fault is inflicted from outside, lasts, and is taken away again."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.soak.camera import Mood, SoakCamera
from benchmarks.soak.machine import Recognising

__all__ = ["FAULTS", "Fault", "Scene"]

PIECE: Final = 1 << 22  # bytes


@dataclass(frozen=True, slots=True)
class Scene:
    """What can be hurt."""

    camera: SoakCamera
    machine: Recognising
    record: Path  # SQLite file
    disk: Path | None  # a small file system that holds the data folder; None: none could be made


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong."""

    name: str
    tells: str  # what happens, in words
    inflict: Callable[[Scene, float], None]  # for so many seconds
    lasts_s: float
    weight: float = 1.0  # how often, against the others


def _mood(mood: Mood) -> Callable[[Scene, float], None]:
    def inflict(scene: Scene, seconds: float) -> None:
        scene.camera.mood = mood
        try:
            time.sleep(seconds)
        finally:
            scene.camera.mood = Mood.WELL

    return inflict


def _cut(scene: Scene, seconds: float) -> None:
    scene.camera.cut()
    time.sleep(seconds)


def _kill(scene: Scene, seconds: float) -> None:
    scene.machine.send(signal.SIGKILL)
    time.sleep(seconds)


def _freeze(scene: Scene, seconds: float) -> None:
    scene.machine.send(signal.SIGSTOP)
    try:
        time.sleep(seconds)
    finally:
        scene.machine.send(signal.SIGCONT)


def _lock(scene: Scene, seconds: float) -> None:
    with closing(sqlite3.connect(scene.record, timeout=30.0, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        other.execute("ROLLBACK")


def _fill(scene: Scene, seconds: float) -> None:
    if scene.disk is None:
        return
    filler, end = scene.disk / "filler", time.monotonic() + seconds
    try:
        with filler.open("wb", buffering=0) as file:
            while time.monotonic() < end:  # what others give back is taken too
                with suppress(OSError):
                    file.write(bytes(PIECE))
                time.sleep(0.001 if _room(scene.disk) > PIECE else 0.1)
    finally:
        filler.unlink(missing_ok=True)


def _room(folder: Path) -> int:
    room = os.statvfs(folder)
    return room.f_bavail * room.f_frsize


FAULTS: Final = (
    Fault("camera cut", "every connection breaks off at once", _cut, 1.0),
    Fault("camera away", "the camera refuses connections", _mood(Mood.REFUSING), 15.0),
    Fault("camera silent", "connections stay, nothing comes", _mood(Mood.SILENT), 15.0),
    Fault("packets spoilt", "1 byte in 2,000 is wrong", _mood(Mood.SPOILING), 15.0),
    Fault("process frozen", "SIGSTOP, then SIGCONT", _freeze, 6.0),
    Fault("record locked", "another holds the SQLite file's write lock", _lock, 1.5),
    Fault("record locked long", "the same, longer than is waited", _lock, 20.0, 0.3),
    Fault("process killed", "SIGKILL", _kill, 1.0, 0.3),
    Fault("disk full", "not a byte is left on the data folder's disk", _fill, 30.0, 0.3),
)
