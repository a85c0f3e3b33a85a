"""What is wrong is refused where a value is made, with got and want."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from builders import (
    NOON,
    make_boxes,
    make_calibration,
    make_crop,
    make_deployment,
    make_entry,
    make_faces,
    make_frame,
    make_quality,
    make_shots,
    make_tracks,
    make_vectors,
    make_watchlist,
    noise,
)
from hypothesis import given
from hypothesis import strategies as st

from overt.errors import BundleError, DeploymentError, OvertError, ShapeError, WatchlistError
from overt.sources.address import is_live as is_live_source
from overt.values.counts import FaceCounts
from overt.values.deployment import Camera, Recognition, Window, is_live
from overt.values.embeddings import Embeddings, Probes
from overt.values.faces import Faces
from overt.values.frame import Frame
from overt.values.quality import Reason
from overt.values.shots import Shots
from overt.values.tracks import EndedTrack, Tracks
from overt.values.watchlist import Entry, Watchlist

F32 = np.float32
U8 = np.uint8
Make = Callable[[], object]


def planes(luma: tuple[int, ...], half: tuple[int, ...], dtype: type[np.generic] = U8) -> Frame:
    frame = make_frame(noise(4, 4))
    made = np.zeros(luma, dtype), np.zeros(half, dtype), np.zeros(half, dtype)
    return replace(frame, luma=made[0], blue=made[1], red=made[2])


def of_faces(*, boxes: int = 2, points: int = 2, scores: int = 2) -> Faces:
    return Faces(np.zeros((boxes, 4), F32), np.zeros((points, 5, 2), F32), np.zeros(scores, F32))


def ids(count: int) -> np.ndarray:
    return np.arange(count, dtype=np.int64)


WRONG: dict[str, tuple[type[OvertError], Make]] = {
    "luma of three dimensions": (ShapeError, lambda: planes((4, 4, 3), (2, 2))),
    "luma of another type": (ShapeError, lambda: planes((4, 4), (2, 2), np.float32)),
    "chroma as large as luma": (ShapeError, lambda: planes((4, 4), (4, 4))),
    "chroma rounded down": (ShapeError, lambda: planes((5, 5), (2, 2))),
    "a frame of one column": (ShapeError, lambda: planes((4, 1), (2, 1))),
    "an empty frame": (ShapeError, lambda: planes((0, 0), (0, 0))),
    "fewer boxes than faces": (ShapeError, lambda: of_faces(boxes=1)),
    "fewer points than faces": (ShapeError, lambda: of_faces(points=1)),
    "fewer scores than faces": (ShapeError, lambda: of_faces(scores=1)),
    "boxes of doubles": (
        ShapeError,
        lambda: replace(of_faces(), boxes=np.zeros((2, 4), np.float64)),
    ),
    "fewer ids than faces": (ShapeError, lambda: Tracks(ids(1), of_faces())),
    "ids of doubles": (ShapeError, lambda: Tracks(np.zeros(2, np.float64), of_faces())),  # pyright: ignore[reportArgumentType]: what is tested
    "fewer tracks than shots": (
        ShapeError,
        lambda: Shots(ids(1), of_faces(), (make_quality(), make_quality())),
    ),
    "fewer qualities than shots": (
        ShapeError,
        lambda: Shots(ids(2), of_faces(), (make_quality(),)),
    ),
    "one template without its row": (ShapeError, lambda: Embeddings(np.zeros(8, F32))),
    "a template that is not finite": (ShapeError, lambda: Embeddings(np.full((1, 8), np.nan, F32))),
    "an infinite template": (ShapeError, lambda: Embeddings(np.full((1, 8), np.inf, F32))),
    "templates of doubles": (ShapeError, lambda: Embeddings(np.zeros((1, 8)))),  # pyright: ignore[reportArgumentType]: what is tested
    "fewer tracks than probes": (
        ShapeError,
        lambda: Probes(ids(1), Embeddings(np.zeros((2, 8), F32)), ids(2)),
    ),
    "fewer shot counts than probes": (
        ShapeError,
        lambda: Probes(ids(2), Embeddings(np.zeros((2, 8), F32)), ids(1)),
    ),
    "a grey crop": (ShapeError, lambda: make_crop(np.zeros((4, 4), U8))),
    "an empty list": (WatchlistError, lambda: make_watchlist(np.zeros((0, 8), F32))),
    "fewer entries than templates": (
        WatchlistError,
        lambda: make_watchlist(make_vectors(2), entries=(make_entry(),)),
    ),
    "a reference twice": (
        WatchlistError,
        lambda: make_watchlist(make_vectors(2), entries=(make_entry(), make_entry())),
    ),
    "an expiry without a zone": (
        WatchlistError,
        lambda: make_entry(expires=datetime(2026, 3, 1)),  # noqa: DTZ001 - what is tested
    ),
    "an end before the start": (DeploymentError, lambda: Window(NOON, NOON - timedelta(hours=1))),
    "a window without length": (DeploymentError, lambda: Window(NOON, NOON)),
    "a start without a zone": (DeploymentError, lambda: Window(NOON.replace(tzinfo=None), NOON)),
    "an end without a zone": (DeploymentError, lambda: Window(NOON, NOON.replace(tzinfo=None))),
    "a zone of two points": (DeploymentError, lambda: Camera("a", "b", ((0, 0), (1, 1)))),
    "a zone outside": (DeploymentError, lambda: Camera("a", "b", ((0, 0), (1, 1), (0, 2)))),
    "a zone that is no number": (
        DeploymentError,
        lambda: Camera("a", "b", ((0, 0), (1, 1), (0, float("nan")))),
    ),
    "no camera": (DeploymentError, lambda: make_deployment(cameras=())),
    "two cameras of a name": (
        DeploymentError,
        lambda: make_deployment(cameras=(Camera("a", "x"), Camera("a", "y"))),
    ),
    "a threshold of 0": (DeploymentError, lambda: make_deployment(threshold=0)),
    "a threshold of 1": (DeploymentError, lambda: make_deployment(threshold=1)),
    "a threshold that is no number": (
        DeploymentError,
        lambda: make_deployment(threshold=float("nan")),
    ),
    "no place": (DeploymentError, lambda: replace(make_deployment(), place=" ")),
    "no name": (DeploymentError, lambda: replace(make_deployment(), name="")),
    "one calibrated score": (
        BundleError,
        lambda: make_calibration(scores=(0.1,), log10_fmr=(-1.0,)),
    ),
    "scores that stand still": (
        BundleError,
        lambda: make_calibration(scores=(0.1, 0.1), log10_fmr=(-1.0, -2.0)),
    ),
    "rates that rise": (
        BundleError,
        lambda: make_calibration(scores=(0.1, 0.2), log10_fmr=(-2.0, -1.0)),
    ),
    "a rate above 1": (
        BundleError,
        lambda: make_calibration(scores=(0.1, 0.2), log10_fmr=(0.5, -1.0)),
    ),
    "fewer rates than scores": (
        BundleError,
        lambda: make_calibration(scores=(0.1, 0.2), log10_fmr=(-1.0,)),
    ),
    "a score that is no number": (
        BundleError,
        lambda: make_calibration(scores=(0.1, float("nan")), log10_fmr=(-1.0, -2.0)),
    ),
}


@pytest.mark.parametrize("name", list(WRONG))
def test_what_is_wrong_is_refused(name: str) -> None:
    error, make = WRONG[name]
    with pytest.raises(error, match=r"(?s)got .*want|got no \w+, want"):
        make()


@pytest.mark.parametrize("field", ["reference", "name", "source", "lawful_basis", "reviewer"])
def test_an_entry_has_every_field(field: str) -> None:
    with pytest.raises(WatchlistError, match=f"got no {field}, want one"):
        replace(make_entry(), **{field: " "})


LIMITS = {
    "confirm_shots": (0, 5),
    "min_face_px": (11, 1001),
    "min_eyes_px": (3.9, 501.0),
    "detect_interval_s": (-0.1, 0.51),
    "best_shots": (0, 17),
    "max_shots": (3, 101),
}


@pytest.mark.parametrize(("field", "value"), [(f, v) for f, vs in LIMITS.items() for v in vs])
def test_recognition_keeps_its_limits(field: str, value: float) -> None:
    # best_shots also bounds the two others, so which of them is named may differ.
    with pytest.raises(DeploymentError, match=r"recognition \w+: got .*, want .* to "):
        replace(Recognition(confirm_shots=2), **{field: value})


def test_values_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        make_entry().name = "x"  # pyright: ignore[reportAttributeAccessIssue]: what is tested
    with pytest.raises(FrozenInstanceError):
        make_frame(noise(4, 4)).index = 2  # pyright: ignore[reportAttributeAccessIssue]: what is tested


def test_a_frame_of_odd_sides() -> None:
    frame = make_frame(noise(5, 7))
    assert (frame.width, frame.height) == (7, 5)
    assert frame.blue.shape == frame.red.shape == (3, 4)


rows = st.one_of(
    st.slices(6),
    st.lists(st.booleans(), min_size=6, max_size=6).map(lambda m: np.array(m, np.bool_)),
    st.lists(st.integers(0, 5), max_size=8).map(lambda i: np.array(i, np.int64)),
)


@given(rows)
def test_faces_and_tracks_are_indexed_alike(which: slice | np.ndarray) -> None:
    made = make_tracks(*[(i, i, i + 10, i + 12) for i in range(6)], ids=[9, 8, 7, 6, 5, 4])
    ended = (EndedTrack(1, 2, NOON, NOON),)
    tracks = replace(made, ended=ended)
    want = list(np.arange(6)[which])
    got = tracks[which]
    assert got.ids.tolist() == [made.ids[i] for i in want]
    assert len(got) == len(got.faces) == len(want)
    assert got.faces.boxes.tolist() == [made.faces.boxes[i].tolist() for i in want]
    assert got.faces.landmarks.tolist() == [made.faces.landmarks[i].tolist() for i in want]
    assert got.ended == ended
    templates = make_vectors(6)
    assert Embeddings(templates)[which].vectors.tolist() == templates[which].tolist()


def test_no_face_is_a_value() -> None:
    assert len(Faces.none()) == 0
    assert len(make_faces()) == 0
    assert len(make_shots()) == 0


def test_a_crop_moves_boxes_to_the_frame() -> None:
    crop = make_crop(noise(20, 20), origin=(100, 50))
    moved = crop.to_frame(make_boxes((1, 2, 3, 4)))
    assert moved.tolist() == [[101, 52, 103, 54]]
    assert moved.dtype == np.float32


def test_a_window_holds_its_start_and_not_its_end() -> None:
    window = Window(NOON, NOON + timedelta(hours=1))
    assert window.holds(NOON)
    assert window.holds(NOON + timedelta(minutes=59, seconds=59))
    assert not window.holds(NOON + timedelta(hours=1))
    assert not window.holds(NOON - timedelta(microseconds=1))


def test_an_entry_may_be_undated() -> None:
    assert make_entry().image_date is None
    assert replace(make_entry(), image_date=date(2020, 1, 2)).image_date == date(2020, 1, 2)


@pytest.mark.parametrize(
    ("source", "live"),
    [
        ("rtsp://a/b", True),
        ("RTSPS://a/b", True),
        ("https://a/b", True),
        ("/dev/video0", True),
        ("/dev/video12", True),
        ("/dev/video/../../home/old.mp4", False),
        ("/dev/video0/../../home/old.mp4", False),
        ("/dev/videotape.mp4", False),
        ("/dev/video0\n", False),
        ("file:///old.mp4", False),
        ("old.mp4", False),
        ("http/old.mp4", False),
        ("", False),
    ],
)
def test_what_is_live(source: str, *, live: bool) -> None:
    assert is_live(source) is live
    assert is_live_source(source) is live


@given(st.text(alphabet="rtsph:/devi02.@ ", max_size=20))
def test_a_rule_and_a_source_mean_the_same_by_live(source: str) -> None:
    assert is_live(source) is is_live_source(source)


number = st.integers(0, 1000)


@st.composite
def tallies(draw: st.DrawFn) -> FaceCounts:
    unfit = draw(st.dictionaries(st.sampled_from(Reason), number))
    compared = draw(number)
    return FaceCounts(
        "gate",
        NOON,
        frames=draw(number),
        dropped=draw(number),
        seen=compared + sum(unfit.values()),
        compared=compared,
        unfit=unfit,
        brief=draw(number),
        alerts=draw(number),
    )


@given(tallies(), tallies(), tallies())
def test_counts_add_up_in_any_order(a: FaceCounts, b: FaceCounts, c: FaceCounts) -> None:
    assert a.plus(b).plus(c) == a.plus(b.plus(c))
    assert a.plus(b).plus(c) == a.plus(c).plus(b)
    assert a.plus(b).seen == a.seen + b.seen == a.plus(b).compared + sum(a.plus(b).unfit.values())


@given(tallies())
def test_adding_nothing_changes_nothing(a: FaceCounts) -> None:
    assert a.plus(FaceCounts("other", NOON + timedelta(days=1))) == a


def test_faces_seen_are_compared_or_unfit() -> None:
    with pytest.raises(ValueError, match="got 1, want 2, the faces seen"):
        FaceCounts("gate", NOON, seen=2, compared=1)
    with pytest.raises(ValueError, match="got 3, want 2, the faces seen"):
        FaceCounts("gate", NOON, seen=2, compared=1, unfit={Reason.TOO_SMALL: 2})


@pytest.mark.parametrize("field", ["frames", "dropped", "brief", "alerts"])
def test_no_count_is_below_zero(field: str) -> None:
    with pytest.raises(ValueError, match=f"{field}: got -1, want 0 or more"):
        replace(FaceCounts("gate", NOON), **{field: -1})


def test_a_count_below_zero_does_not_hide_in_a_sum() -> None:
    with pytest.raises(ValueError, match="got -1, want 0 or more"):
        FaceCounts("gate", NOON, seen=0, compared=1, unfit={Reason.BLURRED: -1})


def test_watchlist_has_a_length() -> None:
    made: Watchlist = make_watchlist(make_vectors(3))
    assert len(made) == 3
    assert all(isinstance(entry, Entry) for entry in made.entries)
