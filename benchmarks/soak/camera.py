"""A live camera on this machine that can be made to fail in the ways that cameras fail."""

from __future__ import annotations

import random
import socket
import socketserver
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Final

from benchmarks.stream import clip_seconds, transport_stream

__all__ = ["Mood", "SoakCamera", "camera_of"]

TIMES: Final = 40  # so often on one connection; then it ends, as a camera does that restarts
STEP_S: Final = 0.02
HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp2t\r\n\r\n"
SPOILT: Final = 0.0005  # share of the bytes that are wrong where packets are corrupted


class Mood(StrEnum):
    """What the camera does."""

    WELL = "well"
    REFUSING = "refusing"  # a connection ends at once
    SILENT = "silent"  # connections stay, and nothing comes
    SPOILING = "spoiling"  # bytes are wrong


class SoakCamera(socketserver.ThreadingTCPServer):
    """Sends a clip again and again, at the pace at which it was taken, to whoever connects."""

    daemon_threads = True

    def __init__(self, clip: Path, *, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)
        self._data = transport_stream(clip, times=TIMES)
        self.lasts_s = clip_seconds(clip)
        self._rate = len(self._data) / (TIMES * self.lasts_s)  # bytes a second
        self._chance = random.Random(seed)  # noqa: S311 - no secret
        self._cuts = 0
        self.mood = Mood.WELL
        self.sent_s = 0.0  # of video, undisturbed, to all connections together
        self.ended = threading.Event()

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_address[1]}/live"

    def cut(self) -> None:
        """Break off every connection."""
        self._cuts += 1

    def finish_request(self, request: object, client_address: object) -> None:
        """Serve one connection until it is broken off."""
        del client_address
        if not isinstance(request, socket.socket):
            raise TypeError(f"request: got {type(request)}, want a socket")
        try:
            request.settimeout(30.0)
            request.recv(4096)
            request.sendall(HEAD)
            self._send(request, self._cuts)
        except OSError:  # whoever looked went away, or was killed
            return

    def _send(self, to: socket.socket, cuts: int) -> None:
        sent, due, last = 0, 0.0, time.monotonic()
        while sent < len(self._data) and not self.ended.wait(STEP_S):
            now = time.monotonic()
            passed, last = now - last, now
            if self.mood is Mood.REFUSING or self._cuts != cuts:
                return
            if self.mood is Mood.SILENT:
                continue
            due += self._rate * passed
            piece = self._data[sent : int(due)]
            sent += len(piece)
            if self.mood is Mood.SPOILING:
                piece = self._spoilt(piece)
            else:
                self.sent_s += len(piece) / self._rate
            to.sendall(piece)

    def _spoilt(self, piece: bytes) -> bytes:
        wrong = bytearray(piece)
        for _ in range(int(len(wrong) * SPOILT) + 1 if wrong else 0):
            wrong[self._chance.randrange(len(wrong))] = self._chance.randrange(256)
        return bytes(wrong)


@contextmanager
def camera_of(clip: Path, *, seed: int) -> Generator[SoakCamera]:
    """Run a camera of a clip."""
    with SoakCamera(clip, seed=seed) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.ended.set()
            server.shutdown()
            thread.join()
