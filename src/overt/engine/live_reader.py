"""Looks at what runs on this machine, for a console: by each deployment's own socket.

Many may watch: what was read is theirs for a moment, so that a deployment is asked as often for a
hundred of them as for one.
"""

from __future__ import annotations

import os
import socket
import stat
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from overt.engine.live import APART_S, Picture
from overt.engine.live_server import named
from overt.engine.live_wire import (
    ANSWER_S,
    ENDING,
    Asked,
    Gone,
    Shown,
    Told,
    address_in,
    require_private,
    unpack_from,
)

__all__ = ["LiveReader"]

HEALTH_S: Final = 0.5  # as long what was told of the cameras is told again
VIEW_S: Final = APART_S / 2
KEPT: Final = 256  # answers; beyond that the oldest are forgotten


@dataclass(slots=True)
class _Kept:
    """The last answer to a question, and who asks it now."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    at: float = float("-inf")
    told: tuple[Told, bytes] | None = None


class LiveReader:
    """Finds the deployments that run on this machine, and asks them. Threads may share it."""

    def __init__(self, folder: Path, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], _Kept] = {}

    def running(self) -> tuple[str, ...]:
        """Name the deployments that may run on this machine: those that have a socket here."""
        return tuple(sorted(path.stem for path in self._folder.glob(f"*{ENDING}")))

    def cameras(self, deployment: str) -> tuple[Shown, ...]:
        """Tell how a deployment's cameras do; nothing where none of it runs on this machine."""
        answer = self._asked(deployment, "", fresh_s=HEALTH_S)
        return answer[0].cameras if answer is not None else ()

    def picture(self, deployment: str, camera: str) -> Picture | None:
        """Give a camera's newest masked view; None: there is none of now."""
        answer = self._asked(deployment, camera, fresh_s=VIEW_S)
        if answer is None or not answer[1] or answer[0].time is None:
            return None
        told, content = answer
        return Picture(told.number, answer[0].time, content)

    def _asked(self, deployment: str, camera: str, *, fresh_s: float) -> tuple[Told, bytes] | None:
        kept = self._place(deployment, camera)
        with kept.lock:
            if self._monotonic() - kept.at > fresh_s:
                try:
                    kept.told = self._ask(deployment, Asked(camera))
                except Gone:
                    kept.told = None
                kept.at = self._monotonic()
            return kept.told

    def _place(self, deployment: str, camera: str) -> _Kept:
        with self._lock:
            kept = self._kept.pop((deployment, camera), None) or _Kept()
            self._kept[deployment, camera] = kept
            while len(self._kept) > KEPT:
                del self._kept[next(iter(self._kept))]
            return kept

    def _ask(self, deployment: str, question: Asked) -> tuple[Told, bytes]:
        """Ask a running deployment.

        Raises:
            Gone: there is none here, or what lies in its place is not its socket.
        """
        name = named(deployment)
        if name is None:
            raise Gone
        try:
            require_private(self._folder)
            found = (self._folder / name).lstat()
            if not stat.S_ISSOCK(found.st_mode) or found.st_uid != os.geteuid():
                raise Gone
            with (
                address_in(self._folder, name) as address,
                socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer,
            ):
                until = time.monotonic() + ANSWER_S
                peer.settimeout(ANSWER_S)
                peer.connect(address)
                return unpack_from(peer, question, until=until)
        except OSError as error:
            raise Gone from error
