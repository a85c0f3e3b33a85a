"""Small valid values to test with: each function makes one, and takes what the test is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
from made_records import evaluation_of, make_record

from overt.arrays import F32, Boxes, Rgb
from overt.colour import Colour, rgb_matrix
from overt.inference.bundle import (
    Alignment,
    Bundle,
    Channels,
    Conversion,
    DetectorEntry,
    Head,
    IntendedUse,
    ModelFile,
    Normalisation,
    RecogniserEntry,
    Unread,
)
from overt.values.alert import Alert
from overt.values.calibration import Calibration, Tail
from overt.values.crop import Crop
from overt.values.deployment import (
    Camera,
    Deployment,
    Purpose,
    Rank,
    Recognition,
    Statement,
    Window,
)
from overt.values.embeddings import Embeddings, Probes
from overt.values.evaluation import Record
from overt.values.events import AlertRaised
from overt.values.faces import Faces
from overt.values.frame import Frame
from overt.values.metric import Metric
from overt.values.operating import OperatingPoint
from overt.values.quality import Quality
from overt.values.shots import Shots
from overt.values.tracks import Tracks
from overt.values.watchlist import Category, Entry, Watchlist

NOON: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
BUNDLE_DIGEST: Final = "b" * 64
LIST_DIGEST: Final = "1" * 64

# Five points of a face looking ahead, as shares of its box.
FACE_POINTS: Final = ((0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.78), (0.65, 0.78))


def make_frame(
    rgb: Rgb,
    *,
    camera: str = "gate",
    index: int = 0,
    time: datetime = NOON,
    media_s: float = 0.0,
    colour: Colour = Colour.BT709_FULL,
) -> Frame:
    """Make a frame of a picture (h, w, 3): its colours in 4:2:0."""
    matrix = rgb_matrix(colour).astype(np.float64)
    planes = (rgb.astype(np.float64) - matrix[:, 3]) @ np.linalg.inv(matrix[:, :3]).T
    luma, blue, red = (np.clip(np.rint(planes[..., i]), 0, 255) for i in range(3))
    halves = [np.rint(_halved(plane)).astype(np.uint8) for plane in (blue.astype(np.float64), red)]
    return Frame(camera, index, time, media_s, luma.astype(np.uint8), halves[0], halves[1], colour)


def _halved(plane: np.ndarray) -> np.ndarray:
    height, width = plane.shape
    padded = np.pad(plane, ((0, height % 2), (0, width % 2)), mode="edge")
    return padded.reshape((height + 1) // 2, 2, (width + 1) // 2, 2).mean(axis=(1, 3))


def noise(height: int, width: int, *, seed: int = 0) -> Rgb:
    """Make a picture (h, w, 3) in which no two neighbours are alike."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def make_boxes(*boxes: Sequence[float]) -> Boxes:
    """Make (n, 4) boxes x1 y1 x2 y2."""
    return np.array(boxes, np.float32).reshape(-1, 4)


def make_faces(*boxes: Sequence[float], scores: Sequence[float] | None = None) -> Faces:
    """Make faces that look ahead in these boxes."""
    corners = make_boxes(*boxes)
    points = np.array(FACE_POINTS, np.float32)
    sides = corners[:, None, 2:] - corners[:, None, :2]
    return Faces(
        corners,
        (corners[:, None, :2] + points * sides).astype(np.float32),
        np.array([0.9] * len(corners) if scores is None else scores, np.float32),
    )


def make_tracks(*boxes: Sequence[float], ids: Sequence[int] | None = None) -> Tracks:
    """Make tracks 1, 2, ... of faces in these boxes."""
    faces = make_faces(*boxes)
    return Tracks(np.array(range(1, len(faces) + 1) if ids is None else ids, np.int64), faces)


def make_quality(
    *,
    eyes_px: float = 40.0,
    sharpness: float = 0.8,
    brightness: float = 0.5,
    yaw: float = 0.0,
    pitch: float = 0.0,
    covered: float = 0.0,
    score: float = 0.8,
) -> Quality:
    """Measure a good face."""
    return Quality(eyes_px, sharpness, brightness, yaw, pitch, 0.0, 1.0, covered, score)


def make_shots(
    *boxes: Sequence[float],
    ids: Sequence[int] | None = None,
    scores: Sequence[float] | None = None,
) -> Shots:
    """Choose the faces in these boxes, with these quality scores."""
    tracks = make_tracks(*boxes, ids=ids)
    of = [0.8] * len(tracks) if scores is None else scores
    return Shots(tracks.ids, tracks.faces, tuple(make_quality(score=score) for score in of))


def unit(vectors: F32) -> F32:
    """Scale (n, d) templates to length 1."""
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True).astype(np.float32)


def make_vectors(count: int, *, dimensions: int = 16, seed: int = 0) -> F32:
    """Make (n, d) templates of length 1."""
    drawn = np.random.default_rng(seed).normal(size=(count, dimensions)).astype(np.float32)
    return unit(drawn)


def make_probes(vectors: F32, *, shots: int = 3) -> Probes:
    """Make probes of tracks 1, 2, ..."""
    n = len(vectors)
    return Probes(
        np.arange(1, n + 1, dtype=np.int64), Embeddings(vectors), np.full(n, shots, np.int64)
    )


def make_entry(
    reference: str = "R-1",
    *,
    name: str = "Ada Example",
    expires: datetime | None = None,
    warnings: tuple[str, ...] = (),
) -> Entry:
    """List somebody."""
    return Entry(
        reference=reference,
        name=name,
        category=Category.COURTS,
        source="custody photograph",
        lawful_basis="warrant 12",
        reviewer="DS Reviewer",
        image_date=None,
        expires=expires,
        photo_sha256="a" * 64,
        warnings=warnings,
    )


def make_watchlist(
    vectors: F32,
    *,
    entries: tuple[Entry, ...] | None = None,
    built: datetime = NOON - timedelta(hours=1),
    bundle: str = BUNDLE_DIGEST,
) -> Watchlist:
    """List as many people as there are templates (n, d), as R-1, R-2, ..."""
    usual = tuple(make_entry(f"R-{row + 1}") for row in range(len(vectors)))
    return Watchlist(
        "list",
        built,
        bundle,
        usual if entries is None else entries,
        Embeddings(vectors),
        LIST_DIGEST,
    )


def make_calibration(
    *,
    scores: tuple[float, ...] = (-0.9, -0.6, -0.45, -0.3),
    log10_fmr: tuple[float, ...] = (-0.01, -2.0, -4.5, -8.5),
    extrapolated_above: float = -0.45,
) -> Calibration:
    """Make a calibration of made-up figures."""
    return Calibration(
        script="none: made up for tests",
        datasets=("none",),
        group="none",
        pairs=1000,
        scores=scores,
        log10_fmr=log10_fmr,
        extrapolated_above=extrapolated_above,
        tail=Tail(threshold=-0.5, shape=-0.1, scale=0.03, rate=1e-4),
    )


def make_bundle(
    *,
    intended_use: IntendedUse = IntendedUse.OPERATIONAL,
    calibration: Calibration | None = None,
    calibrated: bool = True,
    digest: str = BUNDLE_DIGEST,
    record: Record | Unread | None = None,
) -> Bundle:
    """Describe a bundle whose files are nowhere."""
    file = ModelFile(Path("/nowhere/model.onnx"), Conversion.NONE, "f" * 64)
    usual = Normalisation(Channels.RGB, (0.0, 0.0, 0.0), 1.0)
    points = tuple((112 * x, 112 * y) for x, y in FACE_POINTS)
    return Bundle(
        name="made-up",
        version="1",
        intended_use=intended_use,
        licence="none",
        source="none",
        description="for tests",
        detector=DetectorEntry(file, Head.CENTERFACE, usual, 20.0, 0.5, 0.3, 32),
        recogniser=RecogniserEntry(file, 112, usual, 16, Metric.COSINE, Alignment(112, points)),
        cohort=None,
        calibration=(calibration or make_calibration()) if calibrated else None,
        digest=digest,
        evaluated=digest,
        evaluation=evaluation_of(record or make_record(digest=digest))
        if intended_use is IntendedUse.OPERATIONAL
        else None,
        fewer_digits=None,
    )


def make_statement(
    *,
    officer: str = "A. Officer",
    rank: Rank = Rank.SUPERINTENDENT,
    given: datetime = NOON - timedelta(hours=3),
    reference: str = "REG/12",
    necessity: str = "two people are wanted for violence and are thought to come here",
    proportionality: str = "four hours, one street, 20 listed",
    urgent: bool = False,
) -> Statement:
    """Write an authority down."""
    return Statement(officer, rank, given, reference, necessity, proportionality, urgent)


def make_deployment(
    *,
    window: Window | None = None,
    threshold: float = 0.64,
    cameras: tuple[Camera, ...] = (Camera("gate", "rtsp://camera.example/1"),),
    statement: Statement | None = None,
    recognition: Recognition | None = None,
    trial: bool = False,
) -> Deployment:
    """Draft a deployment that keeps every rule at noon."""
    hours = timedelta(hours=2)
    return Deployment(
        name="high street",
        place="High Street, Exampleton",
        purpose=Purpose.HOTSPOT,
        window=window or Window(NOON - hours, NOON + hours),
        threshold=threshold,
        bundle="made-up",
        watchlist=Path("list"),
        cameras=cameras,
        statement=statement or make_statement(),
        recognition=recognition or Recognition(confirm_shots=2),
        trial=trial,
    )


def make_point(*, threshold: float = 0.64, score: float = 0.5, listed: int = 20) -> OperatingPoint:
    """Promise something for a list."""
    return OperatingPoint(threshold, score, listed, predicted_rate=5e-7, extrapolated=True)


def make_crop(pixels: Rgb, *, track: int = 1, origin: tuple[int, int] = (0, 0)) -> Crop:
    """Cut a good face out."""
    return Crop(track, NOON, pixels, origin, make_quality())


def make_alert(
    *,
    crops: tuple[Crop, ...] | None = None,
    scene: Rgb | None = None,
    entry: Entry | None = None,
    flags: tuple[str, ...] = ("small face",),
    camera: str = "gate",
) -> Alert:
    """Raise an alert."""
    return Alert(
        id="alert-1",
        camera=camera,
        track=1,
        time=NOON,
        entry=entry or make_entry(),
        score=0.7,
        similarity=0.687,
        point=make_point(),
        shots=3,
        flags=flags,
        crops=crops or (make_crop(noise(90, 80)),),
        scene=noise(54, 96) if scene is None else scene,
    )


def make_alert_raised(alert: str, time: datetime = NOON) -> AlertRaised:
    """Record an alert, as the engine does."""
    return AlertRaised(
        alert=alert,
        camera="gate",
        time=time,
        category=Category.COURTS,
        score=0.5,
        similarity=0.66,
        threshold=0.64,
        listed=20,
        predicted_rate=1e-6,
        extrapolated=False,
        shots=3,
        flags=(),
        commitment="c" * 64,
    )
