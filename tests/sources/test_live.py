"""Live sources against servers that stop, hang, lie and come back."""

from __future__ import annotations

# ruff: noqa: SIM117 -- a server, then what is connected to it, read better one in the other
import logging
import socket
import threading
import time
import traceback
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path

import pytest
from compose_media import clip, walk
from serve_media import head_of, peer, send_jpegs, send_stream, transport_stream
from serve_rtsp import RtspCamera

from overt.clock import ForwardClock, SystemClock
from overt.errors import ClockError, SettingsError, SourceError
from overt.sources.live import Live, LiveOptions, back_off_s

QUICK = LiveOptions(
    open_timeout_s=20.0,
    read_timeout_s=20.0,
    first_wait_s=0.05,
    longest_wait_s=0.2,
    first_attempts=2,
)
PATIENCE_S = 120.0  # a busy machine is slow, not wrong
SECRET = "s3cretPass"  # noqa: S105


def until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


@contextmanager
def camera(url: str, options: LiveOptions = QUICK) -> Generator[Live]:
    with closing(Live(url, camera="east", clock=SystemClock(), options=options)) as live:
        yield live


def test_the_newest_frame_wins_and_drops_are_counted() -> None:
    data = transport_stream(count=50)
    with peer(lambda link, _: send_stream(link, data, over_s=0.6)) as server:
        with camera(f"http://127.0.0.1:{server.port}/live") as live:
            frames = live.frames()
            first = next(frames)
            until(lambda: live.dropped >= 20)  # a slow consumer
            before, later, after = live.dropped, next(frames), live.dropped
            assert later.index > 20
            assert before <= later.index - 1 <= after  # of all before it, one was taken
            assert later.media_s > first.media_s
            assert later.time > first.time
            assert (live.live, live.length, first.camera) == (True, None, "east")


def test_reconnects_when_the_stream_ends() -> None:
    data = transport_stream(count=20)

    def answer(link: socket.socket, number: int) -> None:
        part = data[: len(data) * 6 // 10] if number == 0 else data
        if number != 1:  # the second time it refuses
            send_stream(link, part, over_s=0.2)

    with peer(answer) as server, camera(f"http://127.0.0.1:{server.port}/") as live:
        frames: list[float] = []
        times: list[datetime] = []
        for frame in live.frames():
            frames.append(frame.media_s)
            times.append(frame.time)
            if live.reconnects >= 3 and len(frames) > 20:
                break
        assert server.connections >= 4
        assert all(b > a for a, b in pairwise(frames))
        assert times == sorted(times)
        assert frames[-1] == pytest.approx((times[-1] - times[0]).total_seconds(), abs=5)


def test_pictures_of_a_web_page_camera() -> None:
    with peer(lambda link, _: send_jpegs(link, count=30, pause_s=0.03)) as server:
        with camera(f"http://127.0.0.1:{server.port}/mjpg") as live:
            frames = list(islice(live.frames(), 12))
    assert frames[0].luma.shape == (48, 64)
    spans = (frames[-1].time - frames[0].time).total_seconds()
    assert frames[-1].media_s - frames[0].media_s == pytest.approx(spans, abs=0.1)


def hang_at_once(link: socket.socket, _: int) -> None:
    head_of(link)
    link.recv(1)  # until the other end is closed


def hang_midway(link: socket.socket, _: int) -> None:
    send_stream(link, transport_stream(count=20), over_s=0.1)
    link.recv(1)


@pytest.mark.parametrize("answer", [hang_at_once, hang_midway])
def test_close_returns_though_the_peer_hangs(answer: object) -> None:
    patient = replace(QUICK, open_timeout_s=PATIENCE_S, read_timeout_s=PATIENCE_S)
    with peer(answer) as server:  # pyright: ignore[reportArgumentType]
        live = Live(
            f"http://127.0.0.1:{server.port}/", camera="c", clock=SystemClock(), options=patient
        )
        ended = threading.Event()

        def consume() -> None:
            list(live.frames())
            ended.set()

        thread = threading.Thread(target=consume)
        thread.start()
        until(lambda: server.connections)
        time.sleep(0.3)  # by now it waits for what does not come
        before = time.monotonic()
        live.close()
        assert ended.wait(PATIENCE_S)
        assert time.monotonic() - before < PATIENCE_S / 2
        thread.join()
        live.close()
        assert list(live.frames()) == []


def test_a_peer_that_hangs_is_left_and_tried_again() -> None:
    data = transport_stream(count=20)

    def answer(link: socket.socket, number: int) -> None:
        send_stream(link, data, over_s=0.1)
        if number == 0:
            link.recv(1)  # until the other end is closed

    impatient = replace(QUICK, read_timeout_s=1.0)
    with peer(answer) as server:
        with camera(f"http://127.0.0.1:{server.port}/", impatient) as live:
            before = time.monotonic()
            for _ in live.frames():
                if live.reconnects:
                    break
            assert time.monotonic() - before > 0.8


def everything_said(live: Live, error: BaseException, log: str) -> str:
    texts = [repr(live), str(error), repr(error), log, live.trouble, getattr(error, "hint", "")]
    return "\n".join([*texts, *traceback.format_exception(error)])


@pytest.mark.parametrize(
    "address",
    [
        "rtsp://admin:{secret}@127.0.0.1:{port}/ch1?token={secret}",
        "http://admin:{secret}@127.0.0.1:{port}/ch1?token={secret}",
        "rtsp://127.0.0.1:{port}/user=admin&password={secret}&channel=1",
        "http://admin:{secret}@no-such-host.invalid/ch1",
    ],
)
@pytest.mark.parametrize("refuse", [True, False])
def test_no_secret_in_any_message(
    address: str,
    refuse: object,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)

    def answer(link: socket.socket, _: int) -> None:
        request = head_of(link)
        if not refuse:
            number = b"CSeq: 1\r\n" if b"CSeq" in request else b""
            name = b"RTSP/1.0" if number else b"HTTP/1.1"
            link.sendall(name + b" 404 Not Found\r\n" + number + b"Content-Length: 0\r\n\r\n")

    with peer(answer) as server:
        live = Live(
            address.format(secret=SECRET, port=server.port),
            camera="c",
            clock=SystemClock(),
            options=QUICK,
        )
        with pytest.raises(SourceError, match="got no picture in 2 attempts") as caught:
            list(live.frames())
    said = everything_said(live, caught.value, caplog.text + "".join(capfd.readouterr()))
    assert SECRET not in said
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert live.trouble


def test_a_recording_on_a_server_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    clip(path, walk(), container_options={"movflags": "faststart"})
    data = path.read_bytes()
    with peer(lambda link, _: send_stream(link, data, kind="video/mp4")) as server:
        with camera(f"http://127.0.0.1:{server.port}/a.mp4") as live:
            with pytest.raises(SourceError, match="a recording with an end, want a live stream"):
                list(live.frames())


def test_a_playlist_cannot_open_files(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("private") / "private.ts"
    path.write_bytes(transport_stream(count=10))
    text = f"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile://{path}\n"

    once = replace(QUICK, open_timeout_s=1.0, first_attempts=1)

    def answer(link: socket.socket, _: int) -> None:
        send_stream(link, text.encode(), kind="application/vnd.apple.mpegurl", over_s=0.02)

    with (
        peer(answer) as server,
        camera(f"http://127.0.0.1:{server.port}/a.m3u8", once) as live,
    ):
        with pytest.raises(SourceError, match="got no picture"):
            list(live.frames())


class Backwards:
    """A clock that goes back an hour at its 30th reading."""

    def __init__(self) -> None:
        self._now = datetime(2026, 3, 1, tzinfo=UTC)
        self._readings = 0

    def now(self) -> datetime:
        self._readings += 1
        return self._now + timedelta(seconds=self._readings) * (1 if self._readings < 30 else -1)


def test_a_clock_that_goes_back_ends_it() -> None:
    data = transport_stream(count=50)
    with peer(lambda link, _: send_stream(link, data)) as server:
        live = Live(f"http://127.0.0.1:{server.port}/", camera="c", clock=ForwardClock(Backwards()))
        with closing(live), pytest.raises(ClockError):
            list(live.frames())


def test_rtsp_over_tcp() -> None:
    camera_peer = RtspCamera(login=f"admin:{SECRET}", count=120)
    with peer(camera_peer) as server:
        with camera(f"rtsp://admin:{SECRET}@127.0.0.1:{server.port}/ch1") as live:
            arriving = live.frames()
            frames = list(islice(arriving, 15))
            assert live.connected
    assert frames[0].luma.shape == (120, 160)
    assert frames[-1].luma.mean() > frames[0].luma.mean()
    assert camera_peer.transports
    assert all(text.startswith("RTP/AVP/TCP") for text in camera_peer.transports)
    # FFmpeg may leave out a stamp or give one twice before it is in step with the sender.
    span = (frames[-1].index - frames[0].index) * 0.04
    assert frames[-1].media_s - frames[0].media_s == pytest.approx(span, abs=0.05)
    assert all(b.media_s > a.media_s for a, b in pairwise(frames))


def test_rtsp_with_a_wrong_login() -> None:
    with peer(RtspCamera(login="admin:right")) as server:
        with camera(f"rtsp://admin:{SECRET}@127.0.0.1:{server.port}/ch1") as live:
            with pytest.raises(SourceError, match="401 Unauthorized") as caught:
                list(live.frames())
            assert SECRET not in everything_said(live, caught.value, "")


def test_rtsp_that_stops_is_connected_again() -> None:
    with peer(RtspCamera(count=20, pause_s=0.01)) as server:
        with camera(f"rtsp://127.0.0.1:{server.port}/ch1") as live:
            media = [f.media_s for f in live.frames() if live.reconnects < 2 or live.close()]
            assert live.reconnects >= 2
            assert all(b > a for a, b in pairwise(media))
            assert not live.connected


def test_a_webcam_that_is_not_there() -> None:
    with camera("/dev/video99", replace(QUICK, first_attempts=1)) as live:
        with pytest.raises(SourceError, match=r"/dev/video99.*No such file"):
            list(live.frames())


@pytest.mark.parametrize(
    "address", ["clip.mp4", "file:///etc/passwd", "udp://1.2.3.4:5", "/dev/sda"]
)
def test_what_is_not_live_is_refused(address: str) -> None:
    with pytest.raises(SourceError, match="got an address that is not live"):
        Live(address, camera="c", clock=SystemClock())


def test_back_off_doubles_to_its_cap_with_jitter() -> None:
    options = LiveOptions(first_wait_s=0.5, longest_wait_s=30, jitter=lambda: 1.0)
    waits = [back_off_s(failures, options) for failures in range(9)]
    assert waits == pytest.approx([0.5, 1, 2, 4, 8, 16, 30, 30, 30])
    least = replace(options, jitter=lambda: 0.0)
    assert back_off_s(3, least) == pytest.approx(2)
    assert back_off_s(10_000, options) == 30


def test_options_must_be_sensible() -> None:
    with pytest.raises(SettingsError):
        LiveOptions(read_timeout_s=0)
