"""A running deployment lets consoles on its machine look: over a socket of its own, beside it.

The socket lies in a folder that is its owner's alone, and is named by the deployment. Cameras never
wait for who looks: they leave their newest view where a thread of this server takes it.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import stat
import threading
import time
from collections.abc import Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from overt.engine.live import Watched
from overt.engine.live_wire import (
    ANSWER_S,
    ASK_AT_MOST,
    ENDING,
    Asked,
    Shown,
    Told,
    address_in,
    asked,
    pack,
    require_private,
)
from overt.errors import SettingsError

__all__ = ["named", "serving"]

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
WAITING: Final = 16  # consoles that may wait to be answered
AT_ONCE: Final = 4  # that are answered at a time: a slow one holds up no other
LOOK_S: Final = 0.25


def named(deployment: str) -> str | None:
    """Give the name of a deployment's socket; None where it can have none."""
    return f"{deployment}{ENDING}" if NAME.fullmatch(deployment) else None


@contextmanager
def serving(folder: Path, deployment: str, views: Mapping[str, Watched]) -> Generator[None]:
    """Let consoles look at a deployment's views, until it is over.

    Raises:
        SettingsError: the folder or its content is not what this process made there.
    """
    name = named(deployment)
    if name is None:
        raise SettingsError(f"live view: got a deployment {deployment!r}, want a plain id")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        require_private(folder)
        _sweep(folder)
        listening = _listen(folder, name)
    except OSError as error:
        raise SettingsError(
            f"live view: got {error.strerror or error}, want a socket in {str(folder)!r}",
            hint="give that folder to who runs overt, alone (mode 0700), and remove what is no "
            "socket of overt's",
        ) from error
    ours = (folder / name).lstat().st_ino
    ended = threading.Event()
    thread = threading.Thread(target=_answer_all, args=(listening, views, ended), name="live view")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        listening.close()
        with contextlib.suppress(OSError):
            if (folder / name).lstat().st_ino == ours:
                (folder / name).unlink()


def _sweep(folder: Path) -> None:
    """Remove the sockets of processes that were killed: nobody listens there any more."""
    for path in folder.glob(f"*{ENDING}"):
        if stat.S_ISSOCK(path.lstat().st_mode) and not _is_heard(folder, path.name):
            path.unlink(missing_ok=True)


def _is_heard(folder: Path, name: str) -> bool:
    with (
        address_in(folder, name) as address,
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking,
    ):
        asking.settimeout(ANSWER_S)
        try:
            asking.connect(address)
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:  # full, or slow: somebody is there
            return True
    return True


def _listen(folder: Path, name: str) -> socket.socket:
    """Take a socket of its final name only once it is heard: else a sweep could remove it.

    Raises:
        OSError: another process has it, or what lies there is no socket.
    """
    if (folder / name).is_symlink() or (folder / name).exists():
        raise FileExistsError(None, f"{name} is there already")
    beside = f".{os.getpid()}.new"
    (folder / beside).unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with address_in(folder, beside) as address:
            listening.bind(address)
        (folder / beside).chmod(0o600)
        listening.listen(WAITING)
        listening.settimeout(LOOK_S)
        (folder / beside).rename(folder / name)
    except BaseException:
        listening.close()
        (folder / beside).unlink(missing_ok=True)
        raise
    return listening


def _answer_all(
    listening: socket.socket, views: Mapping[str, Watched], ended: threading.Event
) -> None:
    """Answer who asks; of more than can be answered at once, the last are let go."""
    free = threading.BoundedSemaphore(AT_ONCE)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="live view") as pool:
        while not ended.is_set():
            try:
                peer, _ = listening.accept()
            except OSError:  # nobody, or no descriptor is left: asked again
                if ended.wait(0.01):
                    break
                continue
            if not free.acquire(timeout=ANSWER_S):
                peer.close()
                continue
            pool.submit(_answer, peer, views).add_done_callback(lambda _: free.release())


def _answer(peer: socket.socket, views: Mapping[str, Watched]) -> None:
    """Answer one question. Whatever goes wrong with who asks, recognition goes on."""
    with peer, contextlib.suppress(OSError, ValueError):
        line = _line(peer, until=time.monotonic() + ANSWER_S)
        answer = _answer_to(asked(line), views)
        peer.settimeout(ANSWER_S)  # for all of it: a reader that is slower is let go
        peer.sendall(answer)


def _line(peer: socket.socket, *, until: float) -> bytes:
    got = b""
    while not got.endswith(b"\n"):
        left = until - time.monotonic()
        if left <= 0 or len(got) >= ASK_AT_MOST:
            raise TimeoutError
        peer.settimeout(left)
        part = peer.recv(ASK_AT_MOST - len(got))
        if not part:
            raise ConnectionResetError
        got += part
    return got


def _answer_to(question: Asked, views: Mapping[str, Watched]) -> bytes:
    if not question.camera:
        shown = (Shown(view.camera.zone, view.health()) for view in views.values())
        return pack(Told(cameras=tuple(shown)))
    view = views.get(question.camera)
    picture = view.picture() if view is not None else None
    if picture is None:
        return pack(Told())
    return pack(Told(number=picture.number, time=picture.time), picture.content)
