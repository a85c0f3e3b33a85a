"""A picture is gone from memory once it was read: most of those in it are not listed."""

from __future__ import annotations

import gc
from datetime import UTC, datetime
from pathlib import Path

import av
from compose_media import clip, walk

from overt.sources.planes import turn_in
from overt.sources.video import VideoFile

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
COUNT = 40


def alive() -> int:
    return sum(isinstance(thing, av.VideoFrame) for thing in gc.get_objects())


def test_pictures_are_let_go_without_the_garbage_collector(tmp_path: Path) -> None:
    path = tmp_path / "walk.mp4"
    clip(path, walk(count=COUNT))
    gc.collect()
    before = alive()
    gc.disable()
    try:
        read = sum(1 for _ in VideoFile(path, camera="gate", started=NOON).frames())
        left = alive() - before
    finally:
        gc.enable()
    assert read == COUNT
    assert left <= 0, f"got {left} of {read} pictures still in memory"


def test_pictures_whose_side_data_is_read_stay(tmp_path: Path) -> None:
    """What the test above guards against: if it no longer holds, read every matrix again."""
    path = tmp_path / "walk.mp4"
    clip(path, walk(count=COUNT))
    gc.collect()
    before = alive()
    gc.disable()
    try:
        with av.open(str(path)) as container:
            for picture in container.decode(video=0):
                turn_in(picture)
        left = alive() - before
    finally:
        gc.enable()
    assert left >= COUNT - 1
