"""A camera on this machine: it sends a clip again and again, at the pace at which it was taken."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.stream import transport_stream

__all__ = ["camera_on"]

TIMES = 100  # so often on one connection; then it is to be connected to anew
STEP_S = 0.02
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp2t\r\n\r\n"


class Camera(socketserver.ThreadingTCPServer):
    """Answers each connection with the clip."""

    daemon_threads = True

    def __init__(self, clip: Path, *, lasts_s: float) -> None:
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)
        self._data = transport_stream(clip, times=TIMES)
        self._rate = len(self._data) / (TIMES * lasts_s)  # bytes a second
        self.ended = threading.Event()

    def finish_request(self, request: object, client_address: object) -> None:  # noqa: ARG002
        assert isinstance(request, socket.socket)
        try:
            request.recv(4096)
            request.sendall(HEAD)
            self._send(request)
        except OSError:  # whoever looked went away: as they may
            return

    def _send(self, to: socket.socket) -> None:
        begun, sent = time.monotonic(), 0
        while sent < len(self._data) and not self.ended.wait(STEP_S):
            due = int(self._rate * (time.monotonic() - begun))
            to.sendall(self._data[sent:due])
            sent = due


@contextmanager
def camera_on(clip: Path, *, lasts_s: float) -> Generator[str]:
    """Give the address of a camera that sends a clip of so many seconds."""
    with Camera(clip, lasts_s=lasts_s) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/live"
        finally:
            server.ended.set()
            server.shutdown()
            thread.join()
