"""Composed clips: what the truth says is in the pictures."""

from __future__ import annotations

import csv
import importlib.metadata
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overt.arrays import Rgb
from overt.errors import ShapeError, SourceError
from overt.simulation import (
    Portrait,
    Spot,
    Truth,
    Walker,
    astronaut,
    bench_scene,
    compose,
    crowd,
    demo_scene,
    grace_hopper,
    write_demo_inputs,
)
from overt.simulation.portraits import ASTRONAUT, CROWD, read
from overt.sources.truth_file import COLUMNS, write_truth

WIDTH, HEIGHT, FPS = 320, 240, 10
POSITION = st.floats(-0.2, 1.2)
SIZE = st.floats(5, 200)


def disc(tone: tuple[int, int, int]) -> Portrait:
    """Make a plain face, which needs no other package."""
    pixels = np.full((80, 60, 3), tone, np.uint8)
    pixels[40:60] = 90  # the cheeks give neck and hands their tone: not the face's here
    outline = ((10.0, 5.0), (50.0, 5.0), (55.0, 40.0), (30.0, 78.0), (5.0, 40.0))
    return Portrait(
        "A Disc", pixels, "none needed", "made here", (8, 8, 52, 76), outline, whole=True
    )


def walker(x: float, face_px: float, *, portrait: Portrait | None, until_s: float = 10) -> Walker:
    spot = Spot(x, 0.4, face_px)
    return Walker(portrait, -1, until_s, (spot, replace(spot, face_px=face_px * 1.01)))


def film(path: Path, *walkers: Walker, seconds: float = 0.3, seed: int = 3) -> Truth:
    return compose(path, walkers, width=WIDTH, height=HEIGHT, fps=FPS, seconds=seconds, seed=seed)


def pictures(path: Path) -> list[Rgb]:
    with av.open(str(path)) as container:
        return [
            frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)
            for frame in container.decode(video=0)
        ]


def test_the_face_is_where_the_truth_says(tmp_path: Path) -> None:
    truth = film(tmp_path / "a.mp4", walker(0.5, 60, portrait=disc((250, 30, 30))))
    frames = pictures(tmp_path / "a.mp4")
    assert len(truth) == len(frames) == 3
    for i, picture in enumerate(frames):
        red = picture[..., 0].astype(int) - picture[..., 1] > 120
        rows, columns = np.nonzero(red)
        x, y, w, h = truth.boxes[i]
        assert abs(columns.mean() - (x + w / 2)) < 3
        assert rows.min() == pytest.approx(y - 3 / 68 * h, abs=4)  # the cut reaches 3 px over
        assert rows.max() == pytest.approx(y + h + 2 / 68 * h, abs=4)
        assert h == pytest.approx(60, abs=1)


def test_same_seed_same_bytes_other_seed_other_bytes(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        film(tmp_path / name, walker(0.5, 40, portrait=disc((200, 150, 120))), seed=seed)
    a, b, c = ((tmp_path / name).read_bytes() for name in "abc")
    assert a == b
    assert a != c
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "c"]


def test_a_nearer_person_covers_and_the_edge_cuts(tmp_path: Path) -> None:
    behind = walker(0.5, 30, portrait=disc((200, 150, 120)))
    front = walker(0.5, 80, portrait=None)
    cut = walker(0.0, 30, portrait=disc((200, 150, 120)))
    covered = film(tmp_path / "a.mp4", behind, front)
    assert float(covered.visible.max()) < 0.05
    assert set(covered.tracks.tolist()) == {0}  # who is seen from behind has no face
    free = film(tmp_path / "b.mp4", behind, replace(front, layer=-1))
    assert float(free.visible.min()) == 1.0
    assert 0.3 < float(film(tmp_path / "c.mp4", cut).visible.mean()) < 0.7


def test_nobody_is_in_the_truth_before_or_after_the_walk(tmp_path: Path) -> None:
    late = replace(walker(0.5, 30, portrait=disc((200, 150, 120))), enters_s=0.15, leaves_s=0.45)
    truth = film(tmp_path / "a.mp4", late, seconds=1)
    assert truth.frames.tolist() == [2, 3, 4]
    assert truth.phase.tolist() == pytest.approx([1 / 6, 1 / 2, 5 / 6])


def test_truth_is_written_in_the_known_layout(tmp_path: Path) -> None:
    listed = replace(walker(0.5, 30, portrait=disc((200, 150, 120))), listed=True)
    truth = film(tmp_path / "a.mp4", listed)
    write_truth(truth, tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [int(row["frame"]) for row in rows] == truth.frames.tolist()
    assert rows[1]["identity"] == "A_Disc"
    assert rows[1]["in_watchlist"] == "1"
    assert rows[1]["t_s"] == "0.100"
    box = [float(rows[2][name]) for name in "xywh"]
    assert box == pytest.approx(truth.boxes[2].tolist(), abs=0.051)


@given(x0=POSITION, x1=POSITION, small=SIZE, large=SIZE, done=st.floats(0, 1))
def test_a_walk_goes_straight_at_a_steady_pace(
    x0: float, x1: float, small: float, large: float, done: float
) -> None:
    one = Walker(None, 2.0, 6.0, (Spot(x0, 0.3, small), Spot(x1, 0.5, large)))
    spot = one.spot(2.0 + 4.0 * done)
    # Slow and obvious: the distance is 1 / size, and goes evenly from first to last.
    distance = (1 - done) / small + done / large
    assert 1 / spot.face_px == pytest.approx(distance)
    assert min(x0, x1) - 1e-6 <= spot.x <= max(x0, x1) + 1e-6
    assert (spot.x - x0) * 0.2 == pytest.approx((spot.y - 0.3) * (x1 - x0), abs=1e-6)


@pytest.mark.parametrize(("width", "height"), [(321, 240), (320, 241), (32, 32)])
def test_an_odd_frame_is_refused(tmp_path: Path, width: int, height: int) -> None:
    with pytest.raises(ShapeError, match="want even sides"):
        compose(tmp_path / "a.mp4", [], width=width, height=height, fps=10, seconds=1, seed=1)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_a_named_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="want a file that can be written"):
        film(tmp_path / "none" / "a.mp4")


def test_a_walk_backwards_in_time_is_refused() -> None:
    with pytest.raises(ShapeError, match="want time and sizes that are positive"):
        Walker(None, 2, 1, (Spot(0, 0, 10), Spot(1, 1, 20)))


def test_a_missing_package_names_the_extra() -> None:
    with pytest.raises(SourceError) as caught:
        read(replace(ASTRONAUT, package="no-such-package-here"))
    assert 'pip install "overt[demo]"' in caught.value.hint


def installed(package: str) -> bool:
    try:
        importlib.metadata.distribution(package)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


portraits_here = pytest.mark.skipif(
    not (installed("scikit-image") and installed("matplotlib")),
    reason='the portraits lie in packages of "overt[demo]"',
)


@portraits_here
def test_another_file_than_the_pinned_one_is_refused() -> None:
    with pytest.raises(SourceError, match=f"got sha256 {CROWD.sha256}, want 0000"):
        read(replace(CROWD, sha256="0000"))


@portraits_here
def test_every_portrait_names_its_licence_and_source() -> None:
    for portrait in (astronaut(), grace_hopper(), *crowd(range(0, 100, 9))):
        assert portrait.licence
        assert portrait.source
        assert portrait.pixels.std() > 10
    with pytest.raises(SourceError, match="want 0 to 99"):
        crowd([100])


@portraits_here
def test_the_demo_has_one_listed_person_who_comes_near() -> None:
    scene = demo_scene()
    listed = [one for one in scene.walkers if one.listed]
    assert [one.portrait.name for one in listed if one.portrait] == ["Eileen Collins"]
    assert listed[0].path[1].face_px >= 110
    faces = [one for one in scene.walkers if one.portrait is not None]
    assert 8 <= len(faces) <= 10
    assert 12 <= scene.seconds <= 15


@portraits_here
def test_the_demo_inputs_appear_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = replace(demo_scene(), seconds=0.2)
    module = sys.modules["overt.simulation.demo_scene"]  # the function has the same name
    monkeypatch.setattr(module, "demo_scene", lambda: short)
    write_demo_inputs(tmp_path / "new" / "demo")
    made = sorted(path.name for path in (tmp_path / "new" / "demo").iterdir())
    assert made == ["listed", "street.mp4", "street.truth.csv"]
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["demo"]
    with pytest.raises(SourceError, match="want a new folder there"):
        write_demo_inputs(tmp_path / "new" / "demo")


@portraits_here
def test_the_bench_scene_keeps_its_number_of_faces(tmp_path: Path) -> None:
    scene = replace(bench_scene(width=480, height=270, seconds=1.0, faces=5), fps=5)
    truth = scene.write(tmp_path / "a.mp4")
    assert np.bincount(truth.frames).min() >= 4
    assert not any(truth.listed)


@portraits_here
def test_portraits_are_read_without_importing_their_packages() -> None:
    code = (
        "import sys; from overt.simulation import demo_scene; demo_scene();"
        "sys.exit(any(name in sys.modules for name in ('skimage', 'matplotlib', 'cv2')))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=False)  # noqa: S603 - our own code
    assert done.returncode == 0
