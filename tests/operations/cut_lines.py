"""A line to a PostgreSQL server that breaks after so many bytes."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

NAME = ".s.PGSQL.5432"


class CutLine:
    """Passes on what comes through a socket of its own; `left` bytes to the server, then none."""

    def __init__(self, folder: Path, address: str) -> None:
        url = make_url(address)
        self._server = str(url.query["host"])
        there = url.update_query_dict({"host": str(folder)})
        self.address = there.render_as_string(hide_password=False)
        self.left: int | None = None  # None: as many as come
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / NAME))
        self._listening.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                ours, _ = self._listening.accept()
            except OSError:
                return
            theirs = socket.socket(socket.AF_UNIX)
            theirs.connect(str(Path(self._server) / NAME))
            for start, end, counted in ((ours, theirs, True), (theirs, ours, False)):
                threading.Thread(
                    target=self._pass, args=(start, end), kwargs={"counted": counted}, daemon=True
                ).start()

    def _pass(self, start: socket.socket, end: socket.socket, *, counted: bool) -> None:
        with contextlib.suppress(OSError):
            while data := start.recv(4096):
                if counted and self.left is not None:
                    data = data[: self.left]
                    self.left -= len(data)
                end.sendall(data)
                if counted and self.left == 0:
                    break
        for one in (start, end):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


@contextmanager
def cut_line(folder: Path, address: str) -> Generator[CutLine]:
    """Open a line to the server of an address."""
    line = CutLine(folder, address)
    try:
        yield line
    finally:
        line.close()
