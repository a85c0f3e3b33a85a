"""A live camera in a process of its own: every picture is sent when it is due, over loopback.

What the process takes up is told apart: a camera's own work is done in the camera.
"""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from benchmarks.processes import cpu_s
from benchmarks.stream import Piece, clip_seconds, pieces

__all__ = ["LiveCamera", "live_camera"]

TIMES: Final = 30  # so often on one connection: then it ends, as a camera does that restarts
HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp2t\r\n\r\n"


class _Server(socketserver.ThreadingTCPServer):
    """Sends the pieces to whoever connects, from the first one on."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, clip: Path) -> None:
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)
        self._lasts_s = clip_seconds(clip)
        self._pieces = tuple(pieces(clip, times=TIMES))

    def finish_request(self, request: object, client_address: object) -> None:
        """Serve one connection."""
        del client_address
        if not isinstance(request, socket.socket):
            raise TypeError(f"request: got {type(request)}, want a socket")
        try:
            request.settimeout(30.0)
            request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            request.recv(4096)
            request.sendall(HEAD)
            _send(request, self._pieces)
        except OSError:  # whoever looked went away
            return


def _send(to: socket.socket, sent: tuple[Piece, ...]) -> None:
    begun = time.monotonic()
    for piece in sent:
        time.sleep(max(0.0, begun + piece.due_s - time.monotonic()))
        to.sendall(piece.content)


@dataclass(frozen=True, slots=True)
class LiveCamera:
    """Where it is, and in which process."""

    address: str
    pid: int

    @property
    def cpu_s(self) -> float:
        """Processor time that it took so far."""
        return cpu_s(self.pid)


def _serve(told: Connection, clip: Path) -> None:
    with _Server(clip) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        told.send(server.server_address[1])
        told.recv()  # until it is to end, or whoever began it has ended


@contextmanager
def live_camera(clip: Path) -> Generator[LiveCamera]:
    """Run a camera of a clip; each connection gets a stream of its own."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, clip), daemon=True)
    process.start()
    try:
        port = ours.recv()
        yield LiveCamera(f"http://127.0.0.1:{port}/live", process.pid or 0)
    finally:
        process.kill()
        process.join()
