"""Small servers on 127.0.0.1 that behave as cameras do, well and badly."""

from __future__ import annotations

import io
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import cast

import av
import numpy as np
from av.buffer import Buffer
from compose_media import clip, walk
from PIL import Image


class Peer(socketserver.ThreadingTCPServer):
    """Answers each connection with `answer(socket, number)`, number counted from 0."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, answer: Callable[[socket.socket, int], None]) -> None:
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)
        self.answer = answer
        self.connections = 0
        self.stopped = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def finish_request(self, request: object, client_address: object) -> None:  # noqa: ARG002
        assert isinstance(request, socket.socket)
        number, self.connections = self.connections, self.connections + 1
        try:
            self.answer(request, number)
        except OSError:  # the client went away: as it may
            return


@contextmanager
def peer(answer: Callable[[socket.socket, int], None]) -> Generator[Peer]:
    server = Peer(answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.stopped.set()
        server.shutdown()
        thread.join()
        server.socket.close()


def head_of(connection: socket.socket) -> bytes:
    """Read a request's head."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(4096)
        if not more:
            break
        data += more
    return data


def transport_stream(*, count: int = 50, size: tuple[int, int] = (160, 120)) -> bytes:
    buffer = io.BytesIO()
    clip(
        buffer,
        walk(*size, count=count),
        container="mpegts",
        options={"g": "10", "bf": "0", "tune": "zerolatency"},
    )
    return buffer.getvalue()


def send_stream(
    connection: socket.socket, data: bytes, *, kind: str = "video/mp2t", over_s: float = 0.5
) -> None:
    """Send a body of unknown length, spread evenly over `over_s` seconds."""
    head_of(connection)
    connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n".encode())
    parts = 20
    step = -(-len(data) // parts)
    for at in range(0, len(data), step):
        connection.sendall(data[at : at + step])
        time.sleep(over_s / parts)


def jpeg(level: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.full((48, 64, 3), level, np.uint8)).save(buffer, "JPEG")
    return buffer.getvalue()


def send_jpegs(connection: socket.socket, *, count: int, pause_s: float) -> None:
    """Send pictures as cameras' web pages do (multipart/x-mixed-replace)."""
    head_of(connection)
    connection.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=edge\r\n\r\n"
    )
    for index in range(count):
        data = jpeg(index * 5 % 256)
        head = f"--edge\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
        connection.sendall(head.encode() + data + b"\r\n")
        time.sleep(pause_s)


def annex_b_units(count: int) -> tuple[list[bytes], list[list[bytes]]]:
    """Encode H.264: parameter sets, then the units of each picture, without start codes."""
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt, encoder.framerate = 160, 120, "yuv420p", 25  # pyright: ignore[reportAttributeAccessIssue]
    encoder.options = {
        "g": "10",
        "bf": "0",
        "tune": "zerolatency",
        "x264-params": "repeat-headers=1",
    }
    pictures: list[list[bytes]] = []
    for rgb in walk(160, 120, count=count):
        for packet in cast(
            "list[Buffer]", encoder.encode(av.VideoFrame.from_ndarray(rgb, format="rgb24"))
        ):
            data = bytes(packet).replace(b"\x00\x00\x00\x01", b"\x00\x00\x01")
            pictures.append([unit for unit in data.split(b"\x00\x00\x01") if unit])
    headers = [unit for unit in pictures[0] if unit[0] & 31 in (7, 8)]
    return headers, pictures
