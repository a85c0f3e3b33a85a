"""What a running deployment and a console say to each other: one question, one answer, bounded.

    question   one line of JSON                {"camera": ""} or {"camera": "gate"}
    answer     two lengths (4 bytes each), then JSON and bytes of these lengths

No camera's name: how every camera does. A name: its newest masked view, if there is one of now.
"""

from __future__ import annotations

import os
import socket
import stat
import struct
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from overt.engine.live import Health

__all__ = [
    "ANSWER_S",
    "ASK_AT_MOST",
    "ENDING",
    "Asked",
    "Gone",
    "Shown",
    "Told",
    "address_in",
    "asked",
    "pack",
    "receive",
    "require_private",
    "unpack_from",
]

ENDING: Final = ".sock"
ASK_AT_MOST: Final = 1024  # bytes of a question
HEAD_AT_MOST: Final = 256 * 1024  # bytes: of a hundred cameras
VIEW_AT_MOST: Final = 512 * 1024  # bytes: of a view of 480 px
ANSWER_S: Final = 2.0  # a question and its answer; whoever is slower is let go
LENGTHS: Final = struct.Struct("!II")
PATH_AT_MOST: Final = 90  # bytes of a socket's path that every system takes


class Gone(Exception):  # noqa: N818 - it is no failure: a deployment that is not there
    """Nobody answers as a running deployment does."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for."""

    camera: str = ""  # "": how every camera does


@dataclass(frozen=True, slots=True)
class Shown:
    """A camera, for the page that shows it."""

    zone: tuple[tuple[float, float], ...]  # of recognition, shares; (): the whole view
    health: Health


@dataclass(frozen=True, slots=True)
class Told:
    """What is answered."""

    cameras: tuple[Shown, ...] = ()
    number: int = 0  # of the view; 0: there is none of now
    time: datetime | None = None  # UTC, of the view's frame


ASKED: Final = TypeAdapter(Asked)
TOLD: Final = TypeAdapter(Told)


def asked(line: bytes) -> Asked:
    """Read a question.

    Raises:
        ValueError: it is none.
    """
    return ASKED.validate_json(line, strict=True)


def pack(told: Told, view: bytes = b"") -> bytes:
    """Write an answer.

    Raises:
        ValueError: it is larger than whoever asks takes.
    """
    head = TOLD.dump_json(told)
    if len(head) > HEAD_AT_MOST or len(view) > VIEW_AT_MOST:
        raise ValueError(f"answer: got {len(head)} and {len(view)} bytes, want fewer")
    return LENGTHS.pack(len(head), len(view)) + head + view


def unpack_from(peer: socket.socket, question: Asked, *, until: float) -> tuple[Told, bytes]:
    """Ask, and read the answer.

    Args:
        peer: who is asked.
        question: what is asked.
        until: by `time.monotonic`; who is slower is taken for gone.

    Raises:
        Gone: there is no answer, or it is none.
    """
    try:
        peer.sendall(ASKED.dump_json(question) + b"\n")
        head, view = LENGTHS.unpack(receive(peer, LENGTHS.size, until=until))
        if head > HEAD_AT_MOST or view > VIEW_AT_MOST:
            raise Gone
        told = TOLD.validate_json(receive(peer, head, until=until))
        return told, receive(peer, view, until=until)
    except (OSError, ValueError) as error:
        raise Gone from error


def receive(peer: socket.socket, size: int, *, until: float) -> bytes:
    """Read so many bytes.

    Raises:
        OSError: they do not come, or not in time.
    """
    got = bytearray()
    while len(got) < size:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        peer.settimeout(left)
        part = peer.recv(min(size - len(got), 65536))
        if not part:
            raise ConnectionResetError
        got += part
    return bytes(got)


def require_private(folder: Path) -> None:
    """Refuse a folder that others could put a socket into.

    Raises:
        OSError: it is not there, is a link, or is not its owner's alone.
    """
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise PermissionError(f"{folder}: got a folder that others may use, want its owner's alone")


@contextmanager
def address_in(folder: Path, name: str) -> Generator[str]:
    """Give an address for a socket's file, also where its path is longer than sockets take."""
    path = str(folder / name)
    if len(os.fsencode(path)) <= PATH_AT_MOST:
        yield path
        return
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{held}/{name}"
    finally:
        os.close(held)
