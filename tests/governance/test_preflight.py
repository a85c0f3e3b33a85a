"""A camera's check: what is bad is found, what was not seen is never taken for good."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import camera_clips
import numpy as np
import pytest
from builders import make_frame, make_quality, noise
from hypothesis import given
from hypothesis import strategies as st

from overt.arrays import F64, Rgb
from overt.clock import ForwardClock, SystemClock
from overt.colour import Colour
from overt.detect.heads import detector_for
from overt.detect.picture import Scaling
from overt.errors import SourceError
from overt.governance.preflight import (
    Check,
    FaceSeen,
    GoNoGo,
    Preflight,
    as_json,
    overall,
    zone_as_toml,
)
from overt.governance.preflight_judge import Wanted, judge
from overt.governance.preflight_scene import BLACK, WHITE, Light, picture_focus
from overt.governance.preflight_watch import Watched
from overt.governance.preflight_zone import (
    DIRECTIONS,
    LEAST_PASSAGES,
    MARGIN,
    MOST_LOOKS,
    TRIMMED,
    suggest_zone,
)
from overt.inference.opened import OpenedBundle
from overt.report.preflight_picture import draw_preflight, write_preflight
from overt.select.zone import Zone, in_zone
from overt.sources.video import VideoFile
from overt.values.deployment import Camera
from overt.values.frame import Frame
from overt.wiring import camera_watcher

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
Watch = Callable[..., Watched]
GO, NO_GO, CANNOT_TELL = GoNoGo.GO, GoNoGo.NO_GO, GoNoGo.CANNOT_TELL


@dataclass
class StepClock:
    """A clock that is set by hand."""

    time: datetime = START

    def now(self) -> datetime:
        return self.time


class LiveCamera:
    """A live source that gives prepared frames, and then falls silent."""

    live, length = True, None

    def __init__(self, frames: Iterator[Frame], *, dropped: int = 0, camera: str = "c") -> None:
        self.camera, self.dropped, self.closed = camera, dropped, False
        self._frames = frames

    def frames(self) -> Iterator[Frame]:
        yield from self._frames

    def close(self) -> None:
        self.closed = True


class Clips:
    """Clips of each kind, each written when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getitem__(self, kind: str) -> Path:
        path = self._folder / f"{kind}.mp4"
        if not path.exists():
            self._write(kind, path)
        return path

    def _write(self, kind: str, path: Path) -> None:
        near = camera_clips.walkers(50, 78)
        match kind:
            case "good":
                camera_clips.write(path, near)
            case "slow":
                camera_clips.write(path, near, fps=4, seconds=2.5)
            case "tiny":
                camera_clips.write(path, camera_clips.walkers(24, 28))
            case "two":
                camera_clips.write(path, near[::3])
            case "empty":
                camera_clips.write(path, [], seconds=1)
            case "empty blurred":
                camera_clips.write(path, [], camera_clips.blurred, seconds=1)
            case _:
                camera_clips.write(path, near, getattr(camera_clips, kind))


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Clips:
    return Clips(tmp_path_factory.mktemp("clips"))


@pytest.fixture(scope="module")
def watch(default_bundle: OpenedBundle) -> Watch:
    """Give what watches a clip."""

    def of(clip: Path, *, zone: Zone = (), smallest: float = 40, seconds: float = 20) -> Watched:
        clock = SystemClock()
        watcher = camera_watcher(default_bundle, min_face_px=smallest, zone=zone, clock=clock)
        source = VideoFile(clip, camera="gate", started=START)
        return watcher.watch(source, seconds=seconds, on_look=print)

    return of


@pytest.fixture(scope="module")
def good(watch: Watch, clips: Clips) -> Watched:
    return watch(clips["good"])


def verdicts(watched: Watched) -> dict[str, GoNoGo]:
    return {check.name: check.verdict for check in judge(watched, Wanted()).checks}


def test_a_good_camera_is_go(good: Watched) -> None:
    preflight = judge(good, Wanted())
    assert set(verdicts(good).values()) == {GO}
    assert preflight.verdict is GO
    assert len(preflight.faces) == 6
    assert preflight.size == camera_clips.SIZE
    assert 3 <= len(preflight.zone) <= 8


@pytest.mark.parametrize(
    ("kind", "bad"),
    [
        ("dark", {"fit to compare", "light on faces", "light of the picture"}),
        ("glaring", {"fit to compare", "light on faces", "light of the picture"}),
        ("blurred", {"sharpness of faces"}),
        ("tiny", {"fit to compare", "size of faces"}),
        ("slow", {"frame rate"}),
        ("empty blurred", {"sharpness of the picture"}),
    ],
)
def test_what_is_bad_is_named_and_is_no_go(
    kind: str, bad: set[str], watch: Watch, clips: Clips
) -> None:
    watched = watch(clips[kind], smallest=20 if kind == "tiny" else 40)
    found = verdicts(watched)
    # What is black or white has no detail: that the light says it, too, is no mistake.
    follows = {"sharpness of faces"} if "light on faces" in bad else set[str]()
    assert bad <= {name for name, verdict in found.items() if verdict is NO_GO} <= bad | follows
    preflight = judge(watched, Wanted())
    assert preflight.verdict is NO_GO
    assert all(check.advice for check in preflight.checks if check.verdict is NO_GO)


@pytest.mark.parametrize("kind", ["empty", "two"])
def test_too_few_faces_are_no_go_and_no_fault(kind: str, watch: Watch, clips: Clips) -> None:
    watched = watch(clips[kind])
    found = verdicts(watched)
    assert judge(watched, Wanted()).verdict is CANNOT_TELL
    assert NO_GO not in found.values()
    for name in ("faces looked at", "size of faces", "view angle", "sharpness of faces"):
        assert found[name] is CANNOT_TELL
    # Where faces came, a soft background is no fault.
    assert found.get("sharpness of the picture") is (GO if kind == "empty" else None)
    assert judge(watched, Wanted()).zone == ()


def test_faces_outside_the_zone_are_not_judged(watch: Watch, clips: Clips) -> None:
    left = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
    watched = watch(clips["good"], zone=left)
    assert (len(watched.faces), watched.outside) == (3, 3)
    assert all(face.x <= 0.5 for face in watched.faces)
    assert judge(watched, Wanted()).verdict is CANNOT_TELL
    # What is suggested does not depend on what is set.
    assert judge(watched, Wanted()).zone == judge(watch(clips["good"]), Wanted()).zone


def test_only_so_many_seconds_are_watched(watch: Watch, clips: Clips) -> None:
    watched = watch(clips["good"], seconds=1)
    assert 1 <= watched.span_s < 1.2
    assert judge(watched, Wanted()).verdict is GO


def test_a_recording_of_the_street(watch: Watch, shared: Path) -> None:
    preflight = judge(watch(shared / "clips-dev" / "walk1.mp4", seconds=6), Wanted())
    assert len(preflight.faces) >= 4
    assert NO_GO not in {check.verdict for check in preflight.checks}


def turned(watched: Watched, *, yaw: float, pitch: float) -> Watched:
    faces = tuple(
        replace(face, best=replace(face.best, yaw=yaw, pitch=pitch)) for face in watched.faces
    )
    return replace(watched, faces=faces)


@pytest.mark.parametrize(("yaw", "pitch"), [(35.0, 0.0), (-35.0, 0.0), (0.0, 30.0), (0.0, -30.0)])
def test_a_camera_too_far_aside_or_too_high(yaw: float, pitch: float, good: Watched) -> None:
    (check,) = (
        each
        for each in judge(turned(good, yaw=yaw, pitch=pitch), Wanted()).checks
        if each.name == "view angle"
    )
    assert check.verdict is NO_GO
    assert ("higher" in check.advice) == (pitch < 0)


def live_frames(clock: StepClock, *, every_s: float, late_s: float, count: int) -> Iterator[Frame]:
    picture = noise(96, 160)
    for index in range(count):
        at = START + timedelta(seconds=index * every_s)
        clock.time = at + timedelta(seconds=late_s)
        yield make_frame(picture, index=index, time=at, media_s=index * every_s)


def watch_live(
    default_bundle: OpenedBundle,
    *,
    dropped: int = 0,
    every_s: float = 0.1,
    late_s: float = 0.05,
    count: int = 40,
    silence_s: float = 0.0,
    seconds: float = 3,
) -> Watched:
    clock = StepClock()

    def frames() -> Iterator[Frame]:
        yield from live_frames(clock, every_s=every_s, late_s=late_s, count=count)
        clock.time += timedelta(seconds=silence_s)

    source = LiveCamera(frames(), dropped=dropped)
    watcher = camera_watcher(default_bundle, min_face_px=40, zone=(), clock=ForwardClock(clock))
    watched = watcher.watch(source, seconds=seconds, on_look=print)
    assert source.closed
    return watched


def test_a_live_camera_that_keeps_up(default_bundle: OpenedBundle) -> None:
    found = verdicts(watch_live(default_bundle, dropped=5))
    for name in ("frame rate", "steadiness", "dropped frames", "latency"):
        assert found[name] is GO, name
    assert found["faces looked at"] is CANNOT_TELL


@pytest.mark.parametrize(
    ("trouble", "bad"),
    [
        ({"dropped": 30}, {"dropped frames"}),
        ({"late_s": 1.5}, {"latency"}),
        ({"every_s": 0.3}, {"frame rate", "steadiness"}),
        (
            {"count": 20, "silence_s": 10},
            {"frame rate"},
        ),  # the silence counts, though no frame tells of it
    ],
)
def test_what_a_live_camera_can_lack(
    trouble: dict[str, float], bad: set[str], default_bundle: OpenedBundle
) -> None:
    found = verdicts(watch_live(default_bundle, **trouble))  # pyright: ignore[reportArgumentType]: its own keywords
    assert {name for name, verdict in found.items() if verdict is NO_GO} == bad


def test_a_source_without_a_picture_is_told(default_bundle: OpenedBundle) -> None:
    with pytest.raises(SourceError, match="got no picture"):
        watch_live(default_bundle, count=0)


def test_what_is_kept_of_people_is_numbers(good: Watched) -> None:
    for face in good.faces:
        assert all(isinstance(value, int | float) for value in (face.x, face.focus, face.looks))
    assert set(as_json(judge(good, Wanted()))) == {
        "camera", "at", "verdict", "size", "checks", "zone", "faces",
    }  # fmt: skip


def test_nobody_can_be_found_in_the_picture(
    good: Watched,
    default_bundle: OpenedBundle,
    tmp_path: Path,
    as_frame: Callable[[Rgb], Frame],
) -> None:
    preflight = judge(good, Wanted())
    detector = detector_for(default_bundle, scaling=Scaling(20))
    assert len(detector.detect(as_frame(good.view))) == 0
    sheet = draw_preflight(preflight, good.view, zone=preflight.zone)
    assert len(detector.detect(as_frame(np.asarray(sheet)))) == 0
    path = tmp_path / "gate.png"
    write_preflight(preflight, good.view, zone=(), path=path)
    assert [file.name for file in tmp_path.iterdir()] == ["gate.png"]


def test_a_dot_lies_where_the_face_was_and_tells_its_size() -> None:
    view = np.full((90, 160, 3), 128, np.uint8)
    sizes = {"few": 10.0, "some": 20.0, "many": 40.0}
    colours: list[tuple[int, ...]] = []
    for eyes_px in sizes.values():
        face = FaceSeen(0.5, 0.5, make_quality(eyes_px=eyes_px), 0.3, looks=4, fit=2)
        preflight = Preflight("gate", START, (160, 90), (), (), (face,))
        sheet = draw_preflight(preflight, view, zone=())
        middle = sheet.getpixel((640, 116 + 684 // 2))
        assert isinstance(middle, tuple)
        colours.append(middle)
    assert len(set(colours)) == 3
    assert (128, 128, 128) not in colours


def reference_light(frame: Frame) -> tuple[float, float]:
    """Count black and white pixels one by one."""
    full = frame.colour in (Colour.BT601_FULL, Colour.BT709_FULL)
    levels = [v / 255 if full else (v - 16) / 219 for v in frame.luma.ravel().tolist()]
    black = sum(level <= BLACK for level in levels)
    white = sum(level >= WHITE for level in levels)
    return black / len(levels), white / len(levels)


@pytest.mark.parametrize("colour", [Colour.BT709, Colour.BT709_FULL])
def test_light_is_as_counted(colour: Colour) -> None:
    picture = noise(90, 160)
    picture[:, :30] = 0
    picture[:, 30:50] = 255
    frame = make_frame(picture, colour=colour)
    light = Light()
    light.add(frame)
    assert light.clipped(()) == pytest.approx(reference_light(frame))
    right = ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0))
    half = replace(frame, luma=frame.luma[:, 80:], blue=frame.blue[:, 40:], red=frame.red[:, 40:])
    assert light.clipped(right) == pytest.approx(reference_light(half))


def test_a_flat_picture_tells_nothing_of_the_lens() -> None:
    assert picture_focus(np.full((360, 640), 90, np.uint8)) is None
    assert picture_focus(np.full((20, 20), 90, np.uint8)) is None


checks = st.builds(
    Check,
    st.just("a"),
    st.just("b"),
    st.just("c"),
    st.sampled_from(GoNoGo),
    essential=st.booleans(),
)


@given(st.lists(checks, max_size=6).map(tuple))
def test_never_go_by_silence(found: tuple[Check, ...]) -> None:
    verdict = overall(found)
    bad = [check for check in found if check.verdict is NO_GO]
    unknown = [check for check in found if check.essential and check.verdict is CANNOT_TELL]
    known = [check for check in found if check.essential and check.verdict is GO]
    assert (verdict is NO_GO) == bool(bad)
    assert (verdict is GO) == (bool(known) and not bad and not unknown)


def as_places(places: list[tuple[float, float]]) -> F64:
    return np.array(places, np.float64)


share = st.floats(0, 1)
walks = st.lists(
    st.lists(st.tuples(share, share), min_size=1, max_size=30).map(as_places),
    min_size=LEAST_PASSAGES,
    max_size=8,
)


def thinned(places: F64) -> list[tuple[float, float]]:
    count = min(len(places), MOST_LOOKS)
    rows = {round(i * (len(places) - 1) / max(count - 1, 1)) for i in range(count)}
    return [(float(places[row, 0]), float(places[row, 1])) for row in sorted(rows)]


def within_reach(point: tuple[float, float], places: list[tuple[float, float]]) -> float:
    """Give by how much a point lies within the nearest of the eight edges; under 0: outside."""
    left: list[float] = []
    for turn in range(DIRECTIONS):
        angle = 2 * np.pi * turn / DIRECTIONS
        along = [x * np.cos(angle) + y * np.sin(angle) for x, y in places]
        reach = np.quantile(along, 1 - TRIMMED) + MARGIN
        left.append(float(reach - point[0] * np.cos(angle) - point[1] * np.sin(angle)))
    return min(left)


@given(walks, st.lists(st.tuples(share, share), max_size=20))
def test_the_zone_is_what_lies_within_eight_edges(
    passages: list[F64], points: list[tuple[float, float]]
) -> None:
    zone = suggest_zone(passages)
    assert 3 <= len(zone) <= DIRECTIONS
    assert all(0 <= value <= 1 for point in zone for value in point)
    Camera("gate", "/dev/video0", zone)  # a deployment takes it
    places = [place for each in passages for place in thinned(each)]
    for x, y in points:
        reach = within_reach((x, y), places)
        if abs(reach) > 0.003 and min(x, y) > 0.002 and max(x, y) < 0.998:
            box = np.array([[x, y, x, y]], np.float32)
            assert bool(in_zone(box, zone, width=1, height=1)[0]) == (reach > 0)


@given(walks)
def test_most_fit_looks_lie_in_the_zone(passages: list[F64]) -> None:
    zone = suggest_zone(passages)
    places = np.array([place for each in passages for place in thinned(each)], np.float32)
    kept = in_zone(np.hstack([places, places]), zone, width=1, height=1)
    inner = (places.min(axis=1) > 0.002) & (places.max(axis=1) < 0.998)
    assert kept[inner].sum() >= inner.sum() - DIRECTIONS * np.ceil(TRIMMED * len(places))


def test_a_stray_face_does_not_draw_the_zone() -> None:
    walk = np.column_stack([np.linspace(0.4, 0.6, 16), np.linspace(0.4, 0.6, 16)])
    zone = suggest_zone([walk, walk, walk, np.array([[0.95, 0.05]])])
    assert max(x for x, _ in zone) < 0.7


def test_few_passages_suggest_nothing() -> None:
    walk = np.array([[0.5, 0.5]])
    assert suggest_zone([walk] * (LEAST_PASSAGES - 1) + [np.empty((0, 2))] * 5) == ()
    assert suggest_zone([walk] * LEAST_PASSAGES) != ()


@given(walks)
def test_a_zone_can_be_pasted(passages: list[F64]) -> None:
    zone = suggest_zone(passages)
    read = tomllib.loads(zone_as_toml(zone))["zone"]
    assert read == [list(point) for point in zone]
