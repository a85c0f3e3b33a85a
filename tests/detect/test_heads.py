"""Each head reads its network's outputs as the paper says, cell by cell."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overt.arrays import F32, Rgb
from overt.detect.centerface import CenterFace, decode_centerface
from overt.detect.decode import grid
from overt.detect.heads import detector_for
from overt.detect.picture import Scaling
from overt.detect.scrfd import Scrfd, decode_scrfd_level
from overt.detect.yunet import YuNet, decode_yunet_level
from overt.errors import BundleError
from overt.inference.bundle import Channels, DetectorEntry, Head, Normalisation
from overt.inference.opened import OpenedBundle
from overt.inference.session import Session
from overt.values.frame import Frame

CPU = ("CPUExecutionProvider",)
SEEDS = st.integers(0, 2**32 - 1)


def small(rng: np.random.Generator, *shape: int) -> F32:
    return rng.normal(0, 0.5, shape).astype(np.float32)


@given(SEEDS, st.integers(1, 5), st.integers(1, 5))
def test_centerface_cell_by_cell(seed: int, rows: int, columns: int) -> None:
    rng = np.random.default_rng(seed)
    heat = rng.uniform(0, 1, (rows, columns)).astype(np.float32)
    size, offset, marks = (small(rng, n, rows, columns) for n in (2, 2, 10))
    got = decode_centerface(heat, size, offset, marks, threshold=0.5)
    at = 0
    for i in range(rows):
        for j in range(columns):
            if heat[i, j] < 0.5:
                continue
            height, width = 4 * math.exp(size[0, i, j]), 4 * math.exp(size[1, i, j])
            x = 4 * (j + offset[1, i, j] + 0.5) - width / 2
            y = 4 * (i + offset[0, i, j] + 0.5) - height / 2
            assert got.boxes[at] == pytest.approx([x, y, x + width, y + height], abs=1e-3)
            for k in range(5):
                point = [x + marks[2 * k + 1, i, j] * width, y + marks[2 * k, i, j] * height]
                assert got.landmarks[at, k] == pytest.approx(point, abs=1e-3)
            assert got.scores[at] == heat[i, j]
            at += 1
    assert len(got.scores) == at


@given(SEEDS, st.integers(1, 4), st.integers(1, 4), st.sampled_from([8, 16, 32]))
def test_yunet_cell_by_cell(seed: int, rows: int, columns: int, step: int) -> None:
    rng = np.random.default_rng(seed)
    n = rows * columns
    classes, objects = (rng.uniform(0, 1, (n, 1)).astype(np.float32) for _ in range(2))
    boxes, marks = small(rng, n, 4), small(rng, n, 10)
    cells = grid(rows, columns)
    got = decode_yunet_level(classes, objects, boxes, marks, cells, step=step, threshold=0.5)
    at = 0
    for cell in range(n):
        i, j = divmod(cell, columns)
        score = math.sqrt(classes[cell, 0] * objects[cell, 0])
        if abs(score - 0.5) < 1e-6 or score < 0.5:
            continue
        x, y = (j + boxes[cell, 0]) * step, (i + boxes[cell, 1]) * step
        width, height = step * math.exp(boxes[cell, 2]), step * math.exp(boxes[cell, 3])
        want = [x - width / 2, y - height / 2, x + width / 2, y + height / 2]
        assert got.boxes[at] == pytest.approx(want, abs=1e-2)
        nose = [(j + marks[cell, 4]) * step, (i + marks[cell, 5]) * step]
        assert got.landmarks[at, 2] == pytest.approx(nose, abs=1e-2)
        assert got.scores[at] == pytest.approx(score, abs=1e-5)
        at += 1
    assert len(got.scores) == at


def test_another_number_of_cells_is_refused() -> None:
    four = np.zeros((4, 1), np.float32)
    boxes, marks = np.zeros((4, 4), np.float32), np.zeros((4, 10), np.float32)
    with pytest.raises(BundleError, match="step 8: got 4 cells, want 6"):
        decode_yunet_level(four, four, boxes, marks, grid(2, 3), step=8, threshold=0.5)
    with pytest.raises(BundleError, match="step 8: got 4 anchors, want 6"):
        decode_scrfd_level(four, boxes, marks, grid(2, 3), step=8, threshold=0.5)


def scrfd_network(path: Path, *, batched: bool, landmarks: bool = True) -> Path:
    """Write a network with SCRFD's outputs whose first anchor scores how bright its cell is.

    The second anchor scores half of it. Boxes reach 1, 2, 3, 4 steps from the first anchor to the
    left, up, right, down; landmark k of the first lies k steps right and down of it.
    """
    helper, kind = onnx.helper, onnx.TensorProto.FLOAT
    first_marks = [float(k // 2) for k in range(10)]
    outputs = {
        "score": (1, [0.0, 0.0]),
        "box": (4, [1.0, 2.0, 3.0, 4.0, 1.0, 1.0, 1.0, 1.0]),
        "marks": (10, first_marks + [9.0] * 10),
    }
    if not landmarks:
        del outputs["marks"]
    nodes: list[onnx.NodeProto] = []
    constants: list[onnx.TensorProto] = []
    ports: list[onnx.ValueInfoProto] = []
    for number, (what, (columns, bias)) in enumerate(outputs.items()):
        for step in (8, 16, 32):
            name = str(400 + 10 * number + step)  # as published: numbers that mean nothing
            weights = np.zeros((len(bias), 3, step, step), np.float32)
            if what == "score":
                weights[0], weights[1] = 1 / (3 * step**2), 0.5 / (3 * step**2)
            rows = [1, -1, columns] if batched else [-1, columns]
            constants += [
                onnx.numpy_helper.from_array(weights, f"w{name}"),
                onnx.numpy_helper.from_array(np.array(bias, np.float32), f"b{name}"),
                onnx.numpy_helper.from_array(np.array(rows, np.int64), f"r{name}"),
            ]
            nodes += [
                helper.make_node(
                    "Conv", ["x", f"w{name}", f"b{name}"], [f"c{name}"], strides=[step, step]
                ),
                helper.make_node("Transpose", [f"c{name}"], [f"t{name}"], perm=[0, 2, 3, 1]),
                helper.make_node("Reshape", [f"t{name}", f"r{name}"], [name]),
            ]
            shape = [1, "n", columns] if batched else ["n", columns]
            ports.append(helper.make_tensor_value_info(name, kind, shape))
    x = helper.make_tensor_value_info("x", kind, [1, 3, "h", "w"])
    graph = helper.make_graph(nodes, "scrfd", [x], ports, constants)
    opset = helper.make_opsetid("", 13)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=7)
    path.write_bytes(model.SerializeToString())
    return path


def entry_for(opened: OpenedBundle, head: Head) -> DetectorEntry:
    """Give the manifest's entry for another head; its file is not looked at here."""
    normalisation = {
        Head.SCRFD: Normalisation(Channels.RGB, (127.5, 127.5, 127.5), 1 / 128),
        Head.YUNET: Normalisation(Channels.BGR, (0.0, 0.0, 0.0), 1.0),
        Head.CENTERFACE: opened.bundle.detector.normalisation,
    }[head]
    return replace(opened.bundle.detector, head=head, normalisation=normalisation, min_face_px=12.0)


@pytest.mark.parametrize("batched", [False, True])
@pytest.mark.parametrize("factor", [1, 2])
def test_scrfd_finds_the_bright_cell(
    tmp_path: Path,
    default_bundle: OpenedBundle,
    as_frame: Callable[[Rgb], Frame],
    batched: bool,  # noqa: FBT001 (given by pytest)
    factor: int,
) -> None:
    picture = np.zeros((90 * factor, 150 * factor, 3), np.uint8)
    picture[24 * factor : 32 * factor, 40 * factor : 48 * factor] = 255  # row 3, column 5
    picture[32 * factor : 64 * factor, 96 * factor : 128 * factor] = 255  # and one of 32 x 32
    session = Session(scrfd_network(tmp_path / "scrfd.onnx", batched=batched), providers=CPU)
    scaling = Scaling(12.0 * factor)
    detector = Scrfd(session, entry=entry_for(default_bundle, Head.SCRFD), scaling=scaling)
    faces = detector.detect(as_frame(picture))
    small_one = faces[
        np.flatnonzero(np.all(faces.landmarks[:, 0] == [40 * factor, 24 * factor], axis=1))
    ]
    assert len(small_one) == 1
    want = np.array([40 - 8, 24 - 16, 40 + 24, 24 + 32]) * factor
    np.testing.assert_allclose(small_one.boxes[0], want, atol=1e-3)
    points = np.array([[40 + 8 * k, 24 + 8 * k] for k in range(5)]) * factor
    np.testing.assert_allclose(small_one.landmarks[0], points, atol=1e-3)
    assert small_one.scores[0] == pytest.approx(127.5 / 128, abs=1e-3)
    steps = {float(box[2] - box[0]) / factor / 4 for box in faces.boxes}
    assert 32.0 in steps  # the large one is found on the third level too


def test_scrfd_without_landmarks_is_refused(tmp_path: Path, default_bundle: OpenedBundle) -> None:
    path = scrfd_network(tmp_path / "scrfd.onnx", batched=True, landmarks=False)
    session = Session(path, providers=CPU)
    with pytest.raises(BundleError, match=r"got \(3, 3, 0\) outputs .* want \(3, 3, 3\)"):
        Scrfd(session, entry=entry_for(default_bundle, Head.SCRFD), scaling=Scaling(12.0))


def test_a_network_of_another_head_is_refused(tmp_path: Path, default_bundle: OpenedBundle) -> None:
    scaling, entry = Scaling(20.0), default_bundle.bundle.detector
    scrfd = Session(scrfd_network(tmp_path / "scrfd.onnx", batched=True), providers=CPU)
    with pytest.raises(BundleError, match=r"got channels .*, want \(1, 2, 2, 10\)"):
        CenterFace(scrfd, entry=entry, scaling=scaling)
    with pytest.raises(BundleError, match=r"want \['bbox_16', "):
        YuNet(scrfd, entry=entry, scaling=scaling)
    for head in (Head.YUNET, Head.SCRFD):
        named = replace(default_bundle.bundle, detector=entry_for(default_bundle, head))
        with pytest.raises(BundleError, match="got"):
            detector_for(replace(default_bundle, bundle=named), scaling=scaling)
