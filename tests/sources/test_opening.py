"""From what a person wrote to a source."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from compose_media import clip, walk
from PIL import Image

from overt.clock import SystemClock
from overt.errors import SourceError
from overt.sources.base import Source
from overt.sources.live import Live
from overt.sources.opening import is_live, open_source
from overt.sources.stills import Stills
from overt.sources.video import Looped, VideoFile

STARTED = datetime(2026, 3, 1, tzinfo=UTC)


def opened(text: str, *, repeat: bool = False) -> Source:
    return open_source(text, camera="east", clock=SystemClock(), started=STARTED, repeat=repeat)


def test_each_kind(tmp_path: Path) -> None:
    clip(tmp_path / "a.mp4", walk(count=3))
    Image.new("RGB", (8, 8)).save(tmp_path / "b.png")
    film = str(tmp_path / "a.mp4")
    assert isinstance(opened(film), VideoFile)
    assert isinstance(opened(film, repeat=True), Looped)
    assert isinstance(opened(str(tmp_path)), Stills)
    assert isinstance(opened("rtsp://cam/1"), Live)
    assert isinstance(opened("https://cam/1"), Live)
    assert isinstance(opened("/dev/video3"), Live)
    assert [len(list(opened(text).frames())) for text in (film, str(tmp_path))] == [3, 1]
    assert opened(film).camera == "east"


@pytest.mark.parametrize(
    "text", ["ftp://cam/1", "file:///etc/passwd", "srt://cam", "", "none.mp4", "x" * 5000, "a\0b"]
)
def test_what_nothing_can_be_made_of(text: str) -> None:
    with pytest.raises(SourceError, match="source: got") as caught:
        opened(text)
    assert "rtsp://" in caught.value.hint


def test_no_login_in_errors() -> None:
    for text in ("ftp://admin:s3cret@cam/1", "admin:s3cret@cam/1"):
        with pytest.raises(SourceError) as caught:
            opened(text)
        assert "s3cret" not in str(caught.value)


def test_a_stream_is_not_repeated() -> None:
    with pytest.raises(SourceError, match="to repeat"):
        opened("rtsp://cam/1", repeat=True)


def test_is_live() -> None:
    assert is_live("rtsp://cam/1")
    assert not is_live("clip.mp4")
