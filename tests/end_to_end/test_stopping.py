"""A deployment that somebody stops, or whose window ends, closes cleanly."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from commands import PATIENCE_S, Commands
from live_camera import camera_on
from serve_media import head_of, peer, send_stream
from street import FRAMES, GROUNDS, RATE, Street, deployment_file
from test_try import events_of

from benchmarks.stream import transport_stream
from overt.engine.live_reader import LiveReader
from overt.values.events import (
    AlertRaised,
    DeploymentStopped,
    FacesCounted,
    WatchlistDestroyed,
)


@pytest.fixture(scope="session")
def long_clip(street: Street, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a clip of two minutes: the same people pass again and again."""
    path = tmp_path_factory.mktemp("long") / "long.ts"
    path.write_bytes(transport_stream(street.clip, times=40))
    return path


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_trial_with_its_summary(
    number: signal.Signals, overt: Commands, street: Street, long_clip: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    running = overt.start("try", long_clip, "--listed", street.listed, "--out", out, home=tmp_path)
    running.until(lambda: "for a person to judge" in running.err)
    running.send(number)
    done = running.wait()
    assert done.code == 0, done.err
    assert f"stopped by {number.name}" in done.out
    assert "contact sheet: " in done.out
    bodies = [event.body for event in events_of(out / "data")]
    assert bodies[-2] == DeploymentStopped(f"stopped by {number.name}")
    assert isinstance(bodies[-1], WatchlistDestroyed)
    assert any(isinstance(body, FacesCounted) for body in bodies)
    assert not (out / "data" / "list").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_before_the_run_leaves_no_list(
    number: signal.Signals, overt: Commands, street: Street, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    listed = tmp_path / "many"
    listed.mkdir()
    photo = next(street.listed.iterdir()).read_bytes()
    for index in range(120):  # so many that they are not all looked at before the signal
        (listed / f"{index}.png").write_bytes(photo + bytes([index]))
    running = overt.start("try", street.clip, "--listed", listed, "--out", out, home=tmp_path)
    running.until((out / "data" / "keys" / "master.key").exists)
    running.send(number)
    done = running.wait()
    assert done.code == 130, done.err
    assert "Traceback" not in done.err
    assert not (out / "data" / "list").exists()


def build(overt: Commands, street: Street, home: Path) -> Path:
    """Build a list through the command line."""
    done = overt.run(
        "watchlist", "build", street.listed, "--out", home / "list", "--category",
        GROUNDS.category, "--source", GROUNDS.source, "--lawful-basis", GROUNDS.lawful_basis,
        "--reviewer", GROUNDS.reviewer, home=home,
    )  # fmt: skip
    assert done.code == 0, done.err
    return home / "list"


def test_a_live_camera_runs_until_it_is_stopped_and_counts_what_it_drops(
    overt: Commands, street: Street, tmp_path: Path
) -> None:
    # At the pace at which it was taken: of one that is faster a busy machine looks at too little.
    with camera_on(street.clip, lasts_s=FRAMES / RATE) as camera:
        build(overt, street, tmp_path)
        address = f"{camera.replace('//', '//user:pass-word@')}?key=hidden"
        file = deployment_file(tmp_path / "d.toml", address, now=datetime.now(UTC))
        running = overt.start("run", file, home=tmp_path)
        running.until(lambda: "for a person to judge" in running.err)
        running.send(signal.SIGTERM)
        done = running.wait()
    assert done.code == 0, done.err
    assert "stopped by SIGTERM" in done.out
    bodies = [event.body for event in events_of(tmp_path / "data")]
    counts = [body.counts for body in bodies if isinstance(body, FacesCounted)]
    assert sum(each.frames for each in counts) > 5
    assert any(isinstance(body, AlertRaised) for body in bodies)
    assert bodies[-2:] == [DeploymentStopped("stopped by SIGTERM"), bodies[-1]]
    assert not (tmp_path / "list").exists()
    for path in tmp_path.rglob("*"):
        if path.is_file() and path != file:
            content = path.read_bytes()
            assert b"pass-word" not in content, path
            assert b"hidden" not in content, path


def nothing(connection: socket.socket, _: int) -> None:
    """Take the request, and never answer."""
    head_of(connection)
    connection.settimeout(PATIENCE_S)
    connection.recv(1)


def still(data: bytes) -> Callable[[socket.socket, int], None]:
    """Send some pictures, then fall silent with the connection open."""

    def answer(connection: socket.socket, _: int) -> None:
        send_stream(connection, data, over_s=0.2)
        connection.settimeout(PATIENCE_S)
        connection.recv(1)

    return answer


def fast(data: bytes) -> Callable[[socket.socket, int], None]:
    """Send pictures much faster than they were taken."""
    return lambda connection, _: send_stream(connection, data, over_s=0.02)


def shows(live: Path) -> bool:
    """Tell whether the second camera gave frames, and the third more than can be looked at."""
    reader = LiveReader(live)
    shown = (each.health for found in reader.running() for each in reader.cameras(found))
    counts = {each.camera: each.counts for each in shown if each.counts is not None}
    return "b" in counts and "c" in counts and counts["b"].frames > 0 < counts["c"].dropped


def test_cameras_that_fall_silent_do_not_outlast_the_window(
    overt: Commands, street: Street, tmp_path: Path
) -> None:
    answers = nothing, still(transport_stream(street.clip)), fast(transport_stream(street.clip))
    with ExitStack() as stack:
        cameras = [stack.enter_context(peer(answer)) for answer in answers]
        build(overt, street, tmp_path)
        lasts, later = timedelta(hours=1), tmp_path / "later"
        file = deployment_file(
            tmp_path / "d.toml",
            *(f"http://127.0.0.1:{camera.port}/live" for camera in cameras),
            now=datetime.now(UTC),
            lasts=lasts,
        )
        # In this process, whose clock is moved: a busy machine needs long for what comes before.
        running = overt.start(
            "run", file, home=tmp_path, later=later, OVERT_CAMERA_PROCESSES="never"
        )
        running.until(lambda: shows(tmp_path / "data" / "live"))
        before = time.monotonic()
        (tmp_path / "beside").write_text(f"{lasts.total_seconds()}")
        (tmp_path / "beside").rename(later)
        done = running.wait()
        took_s = time.monotonic() - before
    assert done.code == 0, done.err
    assert took_s < PATIENCE_S / 2  # a second for each that is silent, where nothing else runs
    events = events_of(tmp_path / "data")
    assert events[-2].body == DeploymentStopped("the authorised window ended")
    assert isinstance(events[-1].body, WatchlistDestroyed)
    counts = [event.body.counts for event in events if isinstance(event.body, FacesCounted)]
    frames = {name: sum(each.frames for each in counts if each.camera == name) for name in "abc"}
    assert frames["a"] == 0
    assert frames["b"] > 0
    assert frames["c"] > 0
    assert sum(each.dropped for each in counts if each.camera == "c") > 0
