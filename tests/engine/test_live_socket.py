"""A console looks at what runs beside it: nothing is slowed down, kept or taken from strangers."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

import pytest
from builders import NOON, make_boxes, make_frame, noise

from overt.clock import SystemClock
from overt.engine import live_reader, live_server
from overt.engine.live import CameraView
from overt.engine.live_reader import LiveReader
from overt.engine.live_server import serving
from overt.engine.live_wire import ASK_AT_MOST, HEAD_AT_MOST, Gone, Told, pack
from overt.errors import SettingsError
from overt.values.counts import FaceCounts
from overt.values.deployment import Camera
from overt.values.quality import Reason

ID = "0198-d1"
PATIENCE_S = 60.0  # a busy machine is slow, not wrong
ZONE = ((0.0, 0.1), (1.0, 0.1), (1.0, 1.0))
COUNTS = FaceCounts(
    "gate", NOON, frames=9, dropped=4, seen=3, compared=2, unfit={Reason.TOO_DARK: 1}
)


def views() -> dict[str, CameraView]:
    cameras = (Camera("gate", "rtsp://user:secret@camera/1", ZONE), Camera("yard", "rtsp://b"))
    # Seconds pass by their number, not by the clock: on a busy machine a view would be of before.
    ticks = count()
    return {
        each.name: CameraView(each, clock=SystemClock(), monotonic=lambda: next(ticks) / 100)
        for each in cameras
    }


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]: used by pytest
    """Let go of nobody who is slow because the machine is busy."""
    for module in (live_reader, live_server):
        monkeypatch.setattr(module, "ANSWER_S", PATIENCE_S)


def look(view: CameraView) -> None:
    frame = make_frame(noise(180, 320))
    view.came(frame)
    view.looked(frame, make_boxes(), COUNTS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "live"


@pytest.fixture
def shown(folder: Path) -> Generator[Mapping[str, CameraView]]:
    made = views()
    with serving(folder, ID, made):
        yield made


def reader(folder: Path) -> LiveReader:
    """Give a console that keeps nothing: each question is asked."""
    ticks = iter(range(10**9))
    return LiveReader(folder, monotonic=lambda: float(next(ticks) * 10))


def test_what_runs_is_told_and_shown(folder: Path, shown: Mapping[str, CameraView]) -> None:
    console = reader(folder)
    assert console.picture(ID, "gate") is None  # from now on somebody watches
    look(shown["gate"])
    gate, yard = console.cameras(ID)
    assert (gate.zone, gate.health.camera, gate.health.counts) == (ZONE, "gate", COUNTS)
    assert (yard.health.camera, yard.health.counts, yard.health.silent_s) == ("yard", None, None)
    assert gate.health.fps > 0
    picture = console.picture(ID, "gate")
    assert picture is not None
    assert (picture.number, picture.time, picture.content[:2]) == (1, NOON, b"\xff\xd8")
    assert console.picture(ID, "yard") is None
    assert console.picture(ID, "no such\ncamera") is None
    assert console.cameras("0198-d2") == ()
    assert console.cameras("../live/" + ID) == ()


def test_no_view_is_made_unless_somebody_watches(
    folder: Path, shown: Mapping[str, CameraView]
) -> None:
    reader(folder).cameras(ID)  # numbers are no look
    look(shown["gate"])
    assert vars(shown["gate"])["_picture"] is None


def test_the_folder_and_the_socket_are_their_owner_s_alone_and_go(folder: Path) -> None:
    with serving(folder, ID, views()):
        assert folder.stat().st_mode & 0o777 == 0o700
        assert (folder / f"{ID}.sock").stat().st_mode & 0o777 == 0o600
        assert [path.name for path in folder.iterdir()] == [f"{ID}.sock"]
    assert list(folder.iterdir()) == []
    assert reader(folder).cameras(ID) == ()


def test_a_folder_with_a_long_path(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30) / "live"
    folder.parent.mkdir()
    with serving(folder, ID, views()):
        assert len(reader(folder).cameras(ID)) == 2


KILLED = """
import os, sys
from pathlib import Path
from overt.engine.live_server import serving
with serving(Path(sys.argv[1]), sys.argv[2], {}):
    os.kill(os.getpid(), 9)
"""


def test_sockets_of_killed_processes_are_cleared(folder: Path) -> None:
    for name in (ID, "0198-d2"):
        subprocess.run([sys.executable, "-c", KILLED, folder, name], check=False)  # noqa: S603
    assert len(list(folder.iterdir())) == 1, "the second one has cleared the first"
    assert reader(folder).cameras("0198-d2") == ()
    with serving(folder, ID, views()):
        assert [path.name for path in folder.iterdir()] == [f"{ID}.sock"]


def test_one_that_lives_is_not_cleared(folder: Path, shown: object) -> None:  # noqa: ARG001
    with serving(folder, "0198-d2", {}), pytest.raises(SettingsError), serving(folder, ID, {}):
        pass
    assert len(reader(folder).cameras(ID)) == 2


def test_a_link_or_a_file_in_its_place_is_refused_and_left(folder: Path, tmp_path: Path) -> None:
    folder.mkdir(mode=0o700)
    place = folder / f"{ID}.sock"
    elsewhere = tmp_path / "elsewhere"
    with serving(elsewhere, ID, views()):
        place.symlink_to(elsewhere / place.name)
        assert reader(folder).cameras(ID) == (), "a link is not followed"
        with pytest.raises(SettingsError, match="is there already"):
            begin(folder)
    place.unlink()
    place.write_text("kept")
    assert reader(folder).cameras(ID) == ()
    with pytest.raises(SettingsError):
        begin(folder)
    assert place.read_text() == "kept"


def begin(folder: Path, name: str = ID) -> None:
    with serving(folder, name, {}):
        pass


def test_a_folder_that_others_may_use_is_refused(folder: Path, tmp_path: Path) -> None:
    with serving(folder, ID, views()):
        folder.chmod(0o755)
        assert reader(folder).cameras(ID) == ()
        with pytest.raises(SettingsError, match="others may use"):
            begin(folder, "0198-d2")
        folder.chmod(0o700)
        (tmp_path / "link").symlink_to(folder)
        assert reader(tmp_path / "link").cameras(ID) == ()
    with pytest.raises(SettingsError, match="want a plain id"):
        begin(folder, "../d1")


@contextmanager
def asking(folder: Path) -> Generator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
        os.chdir(folder)
        peer.connect(f"{ID}.sock")
        yield peer


@pytest.fixture
def _back() -> Generator[None]:
    before = Path.cwd()
    yield
    os.chdir(before)


@pytest.mark.usefixtures("_back")
@pytest.mark.parametrize("said", [b"", b"{}", b"no JSON\n", b'{"camera": 3}\n', b"x" * ASK_AT_MOST])
def test_who_asks_nonsense_is_let_go(
    folder: Path, shown: Mapping[str, CameraView], said: bytes
) -> None:
    with asking(folder) as peer:
        peer.sendall(said)
        peer.shutdown(socket.SHUT_WR)
        assert peer.recv(1) == b""
    assert len(reader(folder).cameras(ID)) == len(shown)


@pytest.mark.usefixtures("_back")
def test_who_asks_and_does_not_read_holds_up_nobody(
    folder: Path, shown: Mapping[str, CameraView]
) -> None:
    with ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(asking(folder)).sendall(b'{"camera": "gate"}\n')
            stack.enter_context(asking(folder))  # asks nothing
        begun = time.monotonic()
        for _ in range(5):
            look(shown["gate"])
        assert time.monotonic() - begun < PATIENCE_S  # as long one of them would hold it up
        assert len(reader(folder).cameras(ID)) == 2


@contextmanager
def liar(folder: Path, answer: bytes) -> Generator[None]:
    """Answer in a deployment's place."""
    folder.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(str(folder / f"{ID}.sock"))
        listening.listen()

        def lie() -> None:
            peer, _ = listening.accept()
            with peer:
                peer.recv(ASK_AT_MOST)
                peer.sendall(answer)

        thread = threading.Thread(target=lie)
        thread.start()
        yield
        thread.join()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\0" * 7,
        struct.pack("!II", HEAD_AT_MOST + 1, 0) + b"{}",
        struct.pack("!II", 2, 2**32 - 1) + b"{}",
        struct.pack("!II", 2, 9) + b"{}short",
        struct.pack("!II", 2, 0) + b"[]",
    ],
)
def test_an_answer_that_is_none_is_nobody(tmp_path: Path, answer: bytes) -> None:
    with liar(tmp_path / "l", answer):
        assert reader(tmp_path / "l").cameras(ID) == ()


def test_an_answer_that_is_too_large_is_not_made() -> None:
    with pytest.raises(ValueError, match="want fewer"):
        pack(Told(), b"x" * 600_000)
    assert issubclass(Gone, Exception)


def test_many_who_watch_ask_once(folder: Path, shown: Mapping[str, CameraView]) -> None:
    console = LiveReader(folder, monotonic=lambda: 5.0)
    console.cameras(ID)
    look(shown["gate"])
    assert console.cameras(ID)[0].health.counts is None, "what was told a moment ago"
