"""What holds of a cluster before anything runs on it: room, nodes, sealing, how a node begins."""

from __future__ import annotations

import json
import os
import socket
import ssl
import stat
import threading
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import pytest
from certificates import make_certificate

from overt.cli.cluster import READ_THERE
from overt.engine.cluster import Envelope, Node, Wants, node_check, reaching, starting
from overt.engine.cluster.bounded import within
from overt.engine.cluster.node_check import NodeFacts, require_fit
from overt.engine.cluster.reaching import answers_tls, connected, is_there
from overt.engine.cluster.room import AVOIDED_S, Room
from overt.engine.cluster.starting import node_start, token_there
from overt.errors import ClusterError
from overt.vault.sealed import KEY_BYTES
from overt.wiring.clustered import make_camera_there

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
FIT = NodeFacts(version("overt"), NOW, encrypted=True, authenticated=True, on_disk=())


def node(name: str, cpus: float, *, free: float | None = None, gpus: float = 0) -> Node:
    return Node(name, name, cpus, gpus, cpus if free is None else free, gpus)


class Watch:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def seated(room: Room, *cameras: str) -> list[str]:
    nodes = [room.sit(camera) for camera in cameras]
    return [each.id if each else "" for each in nodes]


def test_cameras_are_spread_by_what_nodes_have() -> None:
    room = Room(Wants(1))
    room.update([node("a", 1), node("b", 2), node("c", 4)])
    assert room.fits == 7
    assert sorted(seated(room, *"1234567")) == list("abbcccc")
    assert seated(room, "8") == [""]
    room.leave("3")
    assert room.fits == 1


def test_what_others_take_and_gpus_are_counted() -> None:
    room = Room(Wants(2, gpus=0.25))
    room.update([node("a", 8, gpus=1), node("b", 8, free=3, gpus=1), node("c", 8)])
    assert room.fits == 4 + 1
    assert sorted(seated(room, *"12345")) == list("aaaab")


def test_what_another_run_leaves_is_found() -> None:
    room = Room(Wants(1))
    room.update([node("a", 2, free=1)])
    assert seated(room, "1", "2") == ["a", ""]
    room.update([node("a", 2, free=0)])  # the other's and ours
    assert room.fits == 0
    room.update([node("a", 2, free=1)])  # ours alone
    assert seated(room, "2") == ["a"]


def test_where_a_camera_was_lost_none_goes_for_a_while_unless_nothing_else_has_room() -> None:
    watch = Watch()
    room = Room(Wants(1), monotonic=watch)
    room.update([node("a", 4), node("b", 1)])
    assert seated(room, "1") == ["a"]
    room.leave("1", lost=True)
    assert seated(room, "1", "2") == ["b", "a"]
    room.leave("1")
    room.leave("2")
    watch.now += AVOIDED_S + 1
    assert seated(room, "1", "2") == ["a", "a"] or seated(room, "1") == ["a"]


def test_a_node_that_is_gone_has_no_room_and_one_that_joins_has() -> None:
    room = Room(Wants(1))
    room.update([node("a", 1)])
    assert seated(room, "1", "2") == ["a", ""]
    room.update([])
    assert seated(room, "1") == [""]
    room.update([node("b", 2)])
    assert seated(room, "1", "2") == ["b", "b"]


def test_a_camera_that_wants_more_than_any_node_has_fits_nowhere() -> None:
    room = Room(Wants(4))
    room.update([node("a", 2), node("b", 3.9)])
    assert room.fits == 0


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        (replace(FIT, overt="0.0.9"), "got overt 0.0.9, want"),
        (replace(FIT, now=NOW + timedelta(seconds=5)), "a window must end everywhere at once"),
        (replace(FIT, now=NOW - timedelta(seconds=5)), "a window must end everywhere at once"),
        (replace(FIT, on_disk=("/tmp/ray",)), "got /tmp/ray for what memory cannot hold"),  # noqa: S108
        (replace(FIT, encrypted=False), "want TLS and a token"),
        (replace(FIT, authenticated=False), "want TLS and a token"),
    ],
)
def test_a_node_that_is_not_fit_is_refused_by_name(facts: NodeFacts, text: str) -> None:
    with pytest.raises(ClusterError, match=text) as caught:
        require_fit(facts, node="10.0.0.7", trial=False, sent=NOW, received=NOW)
    assert "node 10.0.0.7" in str(caught.value)


def test_a_trial_may_run_on_an_open_cluster() -> None:
    open_one = replace(FIT, encrypted=False, authenticated=False)
    require_fit(open_one, node="n", trial=True, sent=NOW, received=NOW)
    require_fit(FIT, node="n", trial=False, sent=NOW, received=NOW)


def test_memory_is_told_from_disk(tmp_path: Path) -> None:
    assert node_check._in_memory("/dev/shm")  # noqa: S108  # pyright: ignore[reportPrivateUsage]
    assert not node_check._in_memory("/usr")  # pyright: ignore[reportPrivateUsage]
    link = tmp_path / "shm"
    link.symlink_to("/usr")
    assert not node_check._in_memory(str(link))  # pyright: ignore[reportPrivateUsage]


def test_what_is_sealed_opens_for_its_purpose_and_key_only() -> None:
    key = os.urandom(KEY_BYTES)
    sealed = Envelope(key).sealed(["Eileen Collins"], purpose="list")
    assert b"Collins" not in sealed
    assert Envelope(key).opened(sealed, purpose="list") == ["Eileen Collins"]
    for envelope, purpose in ((Envelope(key), "report"), (Envelope(os.urandom(KEY_BYTES)), "list")):
        with pytest.raises(ClusterError, match="got something altered"):
            envelope.opened(sealed, purpose=purpose)


def test_a_node_is_private_quiet_and_keeps_nothing_on_a_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = tmp_path / "memory"
    memory.mkdir()
    monkeypatch.setattr(starting, "MEMORY", memory)
    monkeypatch.setattr(starting.tempfile, "gettempdir", lambda: str(tmp_path))
    start = node_start(
        head=None,
        host="10.0.0.1",
        cpus=3,
        gpus=None,
        settings={**READ_THERE, "OVERT_DATA_DIR": "/srv/overt"},
        environment={"OVERT_RECORDS": "postgresql://me:hunter2@db", "PATH": "/bin"},
        store_mb=1,
    )
    assert start.environment["OVERT_DATA_DIR"] == "/srv/overt"
    assert "hunter2" not in str(start)
    assert start.environment["RAY_USAGE_STATS_ENABLED"] == "0"
    assert start.environment["RAY_AUTH_MODE"] == "token"
    assert start.environment["RAY_preload_python_modules"] == make_camera_there.__module__
    assert {"--head", "--include-dashboard=false", "--disable-usage-stats"} <= set(start.command)
    assert {"--num-cpus=3", "--node-ip-address=10.0.0.1"} <= set(start.command)
    options = dict(word.split("=", 1) for word in start.command if "=" in word)
    assert json.loads(options["--system-config"])["automatic_object_spilling_enabled"] is False
    spills = Path(options["--object-spilling-directory"])
    for folder in (spills, Path(options["--temp-dir"]).parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    spills.chmod(0o755)
    with pytest.raises(ClusterError, match="others may enter"):
        starting.private_folder(memory)


def test_a_token_is_made_once_for_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert not token_there({}, make=False)
    assert token_there({}, make=True)
    path = tmp_path / ".ray" / "auth_token"
    token = path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert token_there({}, make=True)
    assert path.read_text() == token
    assert token_there({"RAY_AUTH_TOKEN": "x"}, make=False)
    assert not token_there({"RAY_AUTH_TOKEN_PATH": str(tmp_path / "none")}, make=False)


def test_nothing_there_is_said_at_once() -> None:
    pytest.importorskip("ray", reason="no Ray here: install overt[cluster]")
    assert not is_there("127.0.0.1:1", wait_s=1)
    assert not is_there("nonsense", wait_s=1)
    with pytest.raises(ClusterError, match="got no answer, want that of its head"):
        connected("127.0.0.1:1")


def test_a_call_that_does_not_come_back_is_left() -> None:
    assert within(60, lambda: 3) == 3
    with pytest.raises(ZeroDivisionError):
        within(60, lambda: 1 // 0)
    never = threading.Event()
    with pytest.raises(TimeoutError):
        within(0.01, never.wait)
    never.set()


def listening(answer: Callable[[socket.socket], None]) -> Generator[str]:
    """Give the address of what answers one connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):  # who asked may be gone
                line, _ = server.accept()
                with line:
                    answer(line)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        thread.join()


def in_plain(line: socket.socket) -> None:
    line.recv(1024)
    line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def in_tls(folder: Path, *, asks: bool) -> Callable[[socket.socket], None]:
    certificate = make_certificate(
        folder, "head", start=NOW - timedelta(days=1), end=NOW + timedelta(days=9999)
    )
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(certificate, certificate.with_suffix(".key"))
    if asks:
        own.verify_mode = ssl.CERT_REQUIRED
        own.load_verify_locations(certificate)
    return lambda line: own.wrap_socket(line, server_side=True).close()


def test_what_speaks_tls_is_told_from_what_does_not(tmp_path: Path) -> None:
    cases = (in_plain, False), (socket.socket.close, False)
    ciphered = ((in_tls(tmp_path, asks=asks), True) for asks in (False, True))
    for answer, told in (*cases, *ciphered):
        for address in listening(answer):
            assert answers_tls(address, wait_s=60.0) is told


def there(address: str, *, wait_s: float) -> bool:
    return bool(address and wait_s)


def test_one_side_alone_with_tls_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reaching, "is_there", there)
    monkeypatch.delenv("RAY_USE_TLS", raising=False)
    for address in listening(in_tls(tmp_path, asks=True)):
        with pytest.raises(ClusterError, match="got none here and TLS at its head"):
            connected(address)
    monkeypatch.setenv("RAY_USE_TLS", "1")
    for address in listening(in_plain):
        with pytest.raises(ClusterError, match="got TLS here and none at its head"):
            connected(address)
