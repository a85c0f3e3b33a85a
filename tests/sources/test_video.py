"""Video files: every frame, in every shape that files come in."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest
from compose_media import clip, corners, set_display_matrix, smooth, sound, walk

from overt.arrays import Rgb
from overt.colour import Colour, to_rgb
from overt.errors import SourceError
from overt.sources.video import Looped, VideoFile
from overt.values.frame import Frame

STARTED = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def source(path: Path, *, threads: int = 1) -> VideoFile:
    return VideoFile(path, camera="east", started=STARTED, threads=threads)


def rgb_of(frame: Frame) -> Rgb:
    blue, red = (
        np.repeat(np.repeat(plane, 2, 0), 2, 1)[: frame.height, : frame.width]
        for plane in (frame.blue, frame.red)
    )
    return to_rgb(frame.luma, blue, red, frame.colour)


def error_between(a: Rgb, b: Rgb) -> float:
    return float(np.abs(a.astype(int) - b.astype(int)).mean())


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    clip(path, walk(), options={"g": "5", "bf": "2"})
    return path


def transposed(picture: Rgb) -> Rgb:
    return np.transpose(picture, (1, 0, 2))


def frames_until_broken(video: VideoFile) -> tuple[list[Frame], str]:
    frames: list[Frame] = []
    with pytest.raises(SourceError) as caught:
        frames.extend(video.frames())
    return frames, str(caught.value)


def test_gives_every_frame_with_its_time(film: Path) -> None:
    video = source(film)
    frames = list(video.frames())
    assert video.length == len(frames) == 25
    assert [frame.index for frame in frames] == list(range(25))
    assert [frame.media_s for frame in frames] == pytest.approx([i / 25 for i in range(25)])
    assert frames[-1].time == STARTED + timedelta(seconds=24 / 25)
    brightness = [float(frame.luma.mean()) for frame in frames]
    assert brightness == sorted(brightness)
    assert {frame.camera for frame in frames} == {"east"}
    assert (video.dropped, video.corrupt, video.live) == (0, 0, False)


@pytest.mark.parametrize("threads", [1, 2])
def test_gives_the_same_at_every_reading(film: Path, threads: int) -> None:
    once, video = list(source(film).frames()), source(film, threads=threads)
    for _ in range(2):
        again = list(video.frames())
        assert [f.media_s for f in again] == [f.media_s for f in once]
        assert all(np.array_equal(a.luma, b.luma) for a, b in zip(once, again, strict=True))
        assert all(np.array_equal(a.red, b.red) for a, b in zip(once, again, strict=True))


def test_frames_own_their_memory(film: Path) -> None:
    frames = list(source(film).frames())
    assert all(f.luma.flags.owndata and f.luma.flags.c_contiguous for f in frames)
    assert not np.shares_memory(frames[0].luma, frames[1].luma)


def test_the_development_clip_is_whole() -> None:
    path = Path(__file__).parents[3] / "shared/data/clips-dev/walk1.mp4"
    if not path.exists():
        pytest.skip("needs the shared development clips")
    video = source(path)
    frames = [frame.media_s for frame in video.frames()]
    assert (len(frames), video.length, video.corrupt) == (300, 300, 0)
    assert frames[-1] == pytest.approx(11.96)


@pytest.mark.parametrize("size", [(97, 63), (98, 63), (97, 64), (18, 322)])
@pytest.mark.parametrize("turned", [False, True])
def test_odd_sizes(tmp_path: Path, size: tuple[int, int], turned: bool) -> None:  # noqa: FBT001
    path = tmp_path / "odd.mp4"
    picture = smooth(*size)
    clip(path, [picture] * 2, pixels="yuv444p", options={"crf": "1"})
    if turned:
        set_display_matrix(path, (0, 1, -1, 0))
        picture = np.rot90(picture, 3)
    frame = next(source(path).frames())
    assert frame.luma.shape == picture.shape[:2]
    assert error_between(rgb_of(frame), picture) < 4


TURNS: list[tuple[tuple[int, int, int, int], Callable[[Rgb], Rgb]]] = [
    ((1, 0, 0, 1), np.copy),
    ((0, 1, -1, 0), partial(np.rot90, k=-1)),
    ((-1, 0, 0, -1), partial(np.rot90, k=2)),
    ((0, -1, 1, 0), partial(np.rot90, k=1)),
    ((-1, 0, 0, 1), np.fliplr),
    ((1, 0, 0, -1), np.flipud),
    ((0, 1, 1, 0), transposed),
]


@pytest.mark.parametrize(("matrix", "see"), TURNS)
def test_turned_as_the_container_says(
    tmp_path: Path, matrix: tuple[int, int, int, int], see: Callable[[Rgb], Rgb]
) -> None:
    path, picture = tmp_path / "turned.mp4", corners(96, 64)
    clip(path, [picture] * 2, options={"crf": "1"})
    set_display_matrix(path, matrix)
    frame = next(source(path).frames())
    assert error_between(rgb_of(frame), see(picture)) < 8  # chroma is soft at the quarters' edges
    assert frame.luma.flags.c_contiguous


# H.273 names: matrix 1 is BT.709, 5 is BT.601; x264 writes them into the stream.
@pytest.mark.parametrize(
    ("height", "said", "colour_range", "want"),
    [
        (64, "", 0, Colour.BT601),
        (718, "", 0, Colour.BT601),
        (720, "", 0, Colour.BT709),
        (64, "colormatrix=bt709", 0, Colour.BT709),
        (720, "colormatrix=bt470bg", 0, Colour.BT601),
        (64, "colormatrix=bt709", 2, Colour.BT709_FULL),
        (64, "", 2, Colour.BT601_FULL),
        (64, "colormatrix=bt2020nc", 0, Colour.BT709),
    ],
)
def test_colour_is_what_the_stream_says(
    tmp_path: Path, height: int, said: str, colour_range: int, want: str
) -> None:
    path = tmp_path / "said.mkv"
    clip(
        path,
        [smooth(64, height)],
        colour_range=colour_range,
        options={"x264-params": said} if said else {},
    )
    assert next(source(path).frames()).colour == want


@pytest.mark.parametrize(
    ("codec", "pixels", "container", "tolerance"),
    [
        ("libx264", "yuv422p", "mkv", 3),
        ("libx264", "yuv444p10le", "mkv", 3),
        ("libx264", "nv12", "mkv", 3),
        ("libx264rgb", "bgr24", "mkv", 3),
        ("ffv1", "yuv420p", "mkv", 3),
        ("ffv1", "bgr0", "mkv", 3),
        ("mjpeg", "yuvj422p", "avi", 4),
        ("mjpeg", "yuvj444p", "avi", 4),
        ("mpeg4", "yuv420p", "avi", 6),
        ("rawvideo", "bgr24", "avi", 3),
        ("libx265", "yuv420p", "mp4", 5),
    ],
)
def test_every_pixel_format_shows_the_same_picture(
    tmp_path: Path, codec: str, pixels: str, container: str, tolerance: float
) -> None:
    path, picture = tmp_path / f"pixels.{container}", smooth(130, 90)
    quiet = {"x265-params": "log-level=none:pools=none"} if codec == "libx265" else {}
    options = {"qscale": "2"} if codec in ("mjpeg", "mpeg4") else {"crf": "4"}
    clip(path, [picture] * 3, codec=codec, pixels=pixels, options={**options, **quiet})
    frames = list(source(path).frames())
    assert len(frames) == 3
    assert error_between(rgb_of(frames[0]), picture) < tolerance


def test_full_range_stays_full(tmp_path: Path) -> None:
    path = tmp_path / "full.avi"
    clip(path, [np.full((64, 64, 3), 255, np.uint8)] * 2, codec="mjpeg", pixels="yuvj422p")
    frame = next(source(path).frames())
    assert frame.colour is Colour.BT601_FULL
    assert frame.luma.min() >= 253


def test_grey_video(tmp_path: Path) -> None:
    path, grey = tmp_path / "grey.mkv", np.repeat(smooth(80, 60)[..., :1], 3, axis=2)
    clip(path, [grey] * 2, codec="ffv1", pixels="gray")
    frame = next(source(path).frames())
    assert set(np.unique(frame.blue)) == {128}
    assert frame.luma.std() > 10


def test_a_size_that_changes_midway(tmp_path: Path) -> None:
    path, joined = tmp_path / "joined.ts", b""
    for size in ((160, 120), (96, 64), (162, 122)):
        part = io.BytesIO()
        clip(part, [smooth(*size)] * 5, container="mpegts", options={"bf": "0"})
        joined += part.getvalue()
    path.write_bytes(joined)
    video = source(path)
    frames = list(video.frames())
    sizes = list(dict.fromkeys((f.width, f.height) for f in frames))
    assert sizes == [(160, 120), (96, 64), (162, 122)]
    assert all(b.media_s > a.media_s for a, b in pairwise(frames))
    # The last packet before a seam is marked as damaged by the demuxer: it counts a gap there.
    assert len(frames) + video.corrupt == 15


def test_uneven_time_stamps_are_kept(tmp_path: Path) -> None:
    path, stamps = tmp_path / "uneven.mkv", [5, 6, 9, 20, 21]
    clip(path, walk(count=5), stamps=stamps, options={"bf": "0"})
    got = [frame.media_s for frame in source(path).frames()]
    assert got == pytest.approx([(s - 5) / 25 for s in stamps], abs=0.001)


def test_interlaced_video_is_read(tmp_path: Path) -> None:
    path = tmp_path / "interlaced.ts"
    clip(path, walk(count=5), options={"x264-params": "tff=1"})
    assert len(list(source(path).frames())) == 5


# --- what cannot be read ------------------------------------------------------------------------


def test_missing_folder_device_empty(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    os.mkfifo(tmp_path / "pipe.mp4")
    for name, want in [
        ("none.mp4", "no such file"),
        (".", "a folder"),
        ("empty.mp4", "an empty file"),
        ("pipe.mp4", "a device, pipe or socket"),
        ("zero\0byte.mp4", "cannot be opened"),
        ("x" * 300, "cannot be opened"),
    ]:
        with pytest.raises(SourceError, match=want) as caught:
            list(source(tmp_path / name).frames())
        assert caught.value.hint
        with pytest.raises(SourceError, match=want):
            _ = source(tmp_path / name).length


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(film: Path) -> None:
    film.chmod(0)
    with pytest.raises(SourceError, match="Permission denied"):
        list(source(film).frames())


@pytest.mark.parametrize(
    "content",
    [
        b"hello\n" * 500,
        b"%PDF-1.7\n" + bytes(2000),
        bytes(5000),
        os.urandom(5000),
        b"ffconcat version 1.0\nfile film.mp4\n",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfilm.mp4\n#EXT-X-ENDLIST\n",
        b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n",
    ],
    ids=["text", "pdf", "zeros", "noise", "concat", "playlist", "sdp"],
)
def test_what_is_not_a_video(film: Path, content: bytes) -> None:
    path = film.with_name("what.mp4")
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"not a video|no picture|without a moving picture"):
        list(source(path).frames())


def test_sound_only(tmp_path: Path) -> None:
    for name in ("sound.mp4", "sound.mkv"):
        sound(tmp_path / name)
        with pytest.raises(SourceError, match="audio without a moving picture"):
            list(source(tmp_path / name).frames())


def test_time_without_zone_is_refused(film: Path) -> None:
    with pytest.raises(SourceError, match="without a time zone"):
        VideoFile(film, camera="c", started=datetime(2026, 3, 1))  # noqa: DTZ001


def test_cut_short_with_its_index_in_front(tmp_path: Path) -> None:
    path = tmp_path / "front.mp4"
    noise = np.random.default_rng(1).integers(0, 255, (25, 120, 160, 3)).astype(np.uint8)
    clip(path, list(noise), container_options={"movflags": "faststart"}, options={"bf": "0"})
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    frames, message = frames_until_broken(source(path))
    assert 10 <= len(frames) <= 16
    assert f"after {len(frames)} frames, at second {frames[-1].media_s:.2f}" in message


def test_cut_short_without_its_index(film: Path) -> None:
    film.write_bytes(film.read_bytes()[:-600])
    frames, message = frames_until_broken(source(film))
    assert not frames
    assert "index is missing" in message


def test_cut_short_matroska(tmp_path: Path) -> None:
    path = tmp_path / "cut.mkv"
    noise = np.random.default_rng(1).integers(0, 255, (25, 120, 160, 3)).astype(np.uint8)
    clip(path, list(noise), options={"bf": "0"})
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    frames, message = frames_until_broken(source(path))
    assert 10 <= len(frames) <= 16
    assert f"after {len(frames)} frames" in message


@pytest.mark.parametrize("container", ["mp4", "ts", "mkv"])
def test_damage_in_the_middle_is_passed_over(tmp_path: Path, container: str) -> None:
    path = tmp_path / f"hurt.{container}"
    rng = np.random.default_rng(3)
    noise = rng.integers(0, 255, (40, 120, 160, 3)).astype(np.uint8)
    clip(path, list(noise), options={"g": "5", "bf": "0"})
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = rng.bytes(3000)
    path.write_bytes(data)
    video = source(path)
    frames = list(video.frames())
    assert 30 <= len(frames) <= 40
    assert frames[-1].media_s == pytest.approx(39 / 25, abs=0.05)
    # What a demuxer passes over to find its way again, it does not tell.
    assert container != "mp4" or video.corrupt >= 1


@pytest.mark.parametrize(
    "name",
    [
        "-i",
        "a'b\"c.mp4",
        "two\nlines.mp4",
        "concat:a.mp4|b.mp4",
        "file:film.mp4",
        "pipe:0",
        "http:__x.mp4",
        "%03d.mp4",
        "*.mp4",
        "视频 Überwachung 🎥.mp4",
        os.fsdecode(b"\xff\xfe.mp4"),
    ],
)
def test_any_name_is_a_file(film: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(film.parent)
    with pytest.raises(SourceError, match="no such file"):
        list(source(Path(name)).frames())
    film.rename(name)
    assert len(list(source(Path(name)).frames())) == 25


# --- ending and repeating -------------------------------------------------------------------------


def test_close_ends_it(film: Path) -> None:
    video = source(film)
    frames = video.frames()
    next(frames)
    thread = threading.Thread(target=video.close)
    thread.start()
    thread.join()
    video.close()
    assert list(frames) == []
    assert list(video.frames()) == []


def test_looped_goes_on_in_time(film: Path) -> None:
    looped = Looped(source(film))
    frames = list(islice(looped.frames(), 60))
    assert [frame.index for frame in frames] == list(range(60))
    assert [f.media_s for f in frames] == pytest.approx([i / 25 for i in range(60)])
    assert frames[59].time == STARTED + timedelta(seconds=59 / 25)
    assert np.array_equal(frames[3].luma, frames[53].luma)
    assert looped.length is None
    looped.close()
    assert list(looped.frames()) == []


def test_looped_gives_the_errors_of_its_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        next(Looped(source(tmp_path / "none.mp4")).frames())
