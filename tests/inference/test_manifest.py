"""Manifests: complete or refused, with file, key, got and want."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from overt.errors import BundleError
from overt.inference.bundle import (
    Channels,
    CohortEntry,
    Conversion,
    Evaluation,
    Head,
    IntendedUse,
    PackagedFile,
    Unread,
)
from overt.inference.manifest import read_manifest
from overt.inference.opened import find_manifest
from overt.values.metric import Metric

DIGITS = "0123456789abcdef" * 4
MANIFEST = f"""
name = "street-1"
version = "2026.1"
intended_use = "operational"
licence = "MIT"
source = "trained by us"
description = "a test"

[detector]
file = "detector.onnx"
sha256 = "{DIGITS}"
head = "scrfd"
channels = "rgb"
mean = [127.5, 127.5, 127.5]
scale = 0.0078125
min_face_px = 12
score_threshold = 0.5
nms_iou = 0.4
stride = 32

[recogniser]
file = "nets/recogniser.onnx"
sha256 = "{DIGITS}"
input_size = 112
channels = "bgr"
mean = [127.5, 127.5, 127.5]
scale = 0.0078125
dimensions = 512
metric = "cosine"

[recogniser.alignment]
size = 112

[recogniser.alignment.template]
left_eye = [38.3, 51.7]
right_eye = [73.5, 51.5]
nose = [56.0, 71.7]
left_mouth = [41.5, 92.4]
right_mouth = [70.7, 92.2]

[evaluation]
file = "evaluation.json"
sha256 = "{DIGITS}"
"""
COHORT = f"""
[cohort]
file = "nets/cohort.npz"
sha256 = "{DIGITS}"
size = 6000
seed = 0
top = 100
script = "overt models calibrate"
datasets = ["three"]
photographs = 871
"""
CALIBRATION = """
[calibration]
script = "overt models calibrate"
datasets = ["one", "two"]
group = "East Asian women"
pairs = 11175
scores = [0.1, 0.2, 0.3]
log10_fmr = [-1.0, -2.5, -2.75]
extrapolated_above = 0.3

[calibration.tail]
threshold = 0.2
shape = -0.1
scale = 0.05
rate = 0.01
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "bundle.toml"
    path.write_text(text)
    return path


def test_everything_is_read(tmp_path: Path) -> None:
    bundle = read_manifest(write(tmp_path, MANIFEST + COHORT + CALIBRATION))
    assert (bundle.name, bundle.version) == ("street-1", "2026.1")
    assert bundle.intended_use is IntendedUse.OPERATIONAL
    assert bundle.evaluation == Evaluation(
        tmp_path / "evaluation.json",
        DIGITS,
        Unread("evaluation.json: got No such file or directory, want the evaluation record"),
    )
    assert bundle.record is None
    assert bundle.detector.head is Head.SCRFD
    assert bundle.detector.file.source == tmp_path / "detector.onnx"
    assert bundle.detector.file.conversion is Conversion.NONE
    assert bundle.detector.min_face_px == 12.0
    assert bundle.recogniser.metric is Metric.COSINE
    assert bundle.recogniser.normalisation.channels is Channels.BGR
    assert bundle.recogniser.alignment.points().shape == (5, 2)
    assert bundle.recogniser.alignment.points()[3].tolist() == pytest.approx([41.5, 92.4])
    assert bundle.cohort == CohortEntry(
        file=tmp_path / "nets" / "cohort.npz",
        sha256=DIGITS,
        size=6000,
        seed=0,
        top=100,
        script="overt models calibrate",
        datasets=("three",),
        photographs=871,
    )
    assert bundle.calibration is not None
    assert bundle.calibration.log10_fmr == (-1.0, -2.5, -2.75)
    assert bundle.calibration.tail.rate == 0.01


def test_a_bundle_may_lack_cohort_and_calibration(tmp_path: Path) -> None:
    bundle = read_manifest(write(tmp_path, MANIFEST))
    assert bundle.cohort is None
    assert bundle.calibration is None


def test_the_default_bundle_is_for_trial_and_from_packages() -> None:
    bundle = read_manifest(find_manifest("default", folder=Path("nowhere")))
    assert bundle.name == "default"
    assert bundle.intended_use is IntendedUse.TRIAL
    for file in (bundle.detector.file, bundle.recogniser.file):
        assert isinstance(file.source, PackagedFile)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('version = "2026.1"\n', "", "version: got nothing, want"),
        ('version = "2026.1"', "version = 1", "version: got 1, want text"),
        ('version = "2026.1"', 'version = " "', "version: got ' ', want text"),
        ('"street-1"', '"Street 1"', "name: got 'Street 1', want small letters"),
        ('"operational"', '"test"', "intended_use: got 'test', want one of trial, operational"),
        ("nms_iou", "nms_io", "detector.nms_iou: got nothing"),
        ("stride = 32", "stride = 32\nthreads = 4", "unknown keys detector.threads, want none"),
        ("stride = 32", "stride = 32.0", "detector.stride: got 32.0, want a whole number"),
        ("stride = 32", "stride = true", "detector.stride: got True, want a whole number"),
        ("min_face_px = 12", "min_face_px = nan", "detector.min_face_px: got nan"),
        ("threshold = 0.5", "threshold = 1.5", "detector.score_threshold: got 1.5, want a number"),
        ('"scrfd"', '"retinaface"', "detector.head: got 'retinaface', want one of centerface"),
        ('"detector.onnx"', '"../detector.onnx"', "detector.file: got '../detector.onnx'"),
        ('"detector.onnx"', '"/detector.onnx"', "detector.file: got '/detector.onnx'"),
        (DIGITS, DIGITS[:-1], "detector.sha256: got"),
        (DIGITS, DIGITS.upper(), "detector.sha256: got"),
        ("[127.5, 127.5, 127.5]", "[127.5]", "detector.mean: got [127.5], want 3 numbers"),
        ("[127.5, 127.5, 127.5]", "127.5", "detector.mean: got 127.5, want a list"),
        ("[127.5, 127.5, 127.5]", '["a", 1, 1]', "detector.mean[0]: got 'a', want a number"),
        ("size = 112\n\n", "size = 150\n\n", "alignment.size: got 150, want input_size, 112"),
        ("nose = [56.0, 71.7]", "nose = [56.0]", "alignment.template.nose: got [56.0], want x"),
        ("nose = [56.0, 71.7]\n", "", "alignment.template.nose: got nothing"),
        ("left_eye = [38.3", "left_eye = [98.3", "left of right_eye"),
        ('"nets/cohort.npz"', '"../cohort.npz"', "cohort.file: got '../cohort.npz', want a path"),
        ('"nets/cohort.npz"', '"/cohort.npz"', "cohort.file: got '/cohort.npz', want a path"),
        ("size = 6000", "size = 99", "cohort.size: got 99, want a whole number"),
        ("size = 6000\n", "", "cohort.size: got nothing"),
        ("seed = 0", "seed = 4294967296", "cohort.seed: got 4294967296"),
        ("seed = 0", "seed = -1", "cohort.seed: got -1"),
        ("top = 100", "top = 9", "cohort.top: got 9"),
        ("top = 100", "top = 6001", "cohort.top: got 6001, want size, 6000, or fewer"),
        ("photographs = 871", "photographs = 12", "cohort.photographs: got 12"),
        ("photographs = 871", "photographs = 871\nof = 1", "unknown keys cohort.of, want none"),
        ('datasets = ["three"]', "datasets = []", "cohort.datasets: got [], want a list of 1"),
        ("[0.1, 0.2, 0.3]", "[0.1, 0.3, 0.2]", "calibration.scores: got"),
        ("[0.1, 0.2, 0.3]", "[0.1]", "calibration.scores: got [0.1], want two or more"),
        ("[-1.0, -2.5, -2.75]", "[-1.0, -2.5, -2.5]", "calibration.log10_fmr: got"),
        ("[-1.0, -2.5, -2.75]", "[-1.0, -2.5]", "calibration.log10_fmr: got"),
        ("[-1.0, -2.5, -2.75]", "[1.0, -2.5, -2.75]", "calibration.log10_fmr[0]: got 1.0"),
        ("rate = 0.01", "rate = 0", "calibration.tail.rate: got 0, want"),
        ('["one", "two"]', "[]", "calibration.datasets: got [], want a list of 1 texts"),
        ('["one", "two"]', '["one", 2]', "calibration.datasets: got"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = MANIFEST + COHORT + CALIBRATION
    assert old in text
    path = write(tmp_path, text.replace(old, new, 1))
    with pytest.raises(BundleError, match=re.escape(message)) as caught:
        read_manifest(path)
    assert str(path) in str(caught.value)


def test_what_is_no_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="got No such file or directory, want a manifest"):
        read_manifest(tmp_path / "none.toml")
    with pytest.raises(BundleError, match="want TOML"):
        read_manifest(write(tmp_path, "name = "))
    (tmp_path / "bundle.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BundleError, match="want TOML"):
        read_manifest(tmp_path / "bundle.toml")


def test_the_digest_is_of_what_is_said_not_of_how(tmp_path: Path) -> None:
    plain = read_manifest(write(tmp_path, MANIFEST)).digest
    spaced = MANIFEST.replace("stride = 32", "stride   =   32  # a comment")
    assert read_manifest(write(tmp_path, spaced)).digest == plain
    for old, new in (("stride = 32", "stride = 16"), ("0.5", "0.51"), ("a test", "A test")):
        changed = read_manifest(write(tmp_path, MANIFEST.replace(old, new, 1))).digest
        assert changed != plain
    assert re.fullmatch(r"[0-9a-f]{64}", plain)
    assert read_manifest(write(tmp_path, MANIFEST + CALIBRATION)).digest != plain
