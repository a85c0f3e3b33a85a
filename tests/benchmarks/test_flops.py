"""The counter of operations, against counts by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from benchmarks.flops import gflop


def write(path: Path, kind: str, weights: tuple[int, ...], given: int, **attributes: Any) -> Path:
    """Write a network of one node; its input is free in all but `given` channels."""
    rank = len(weights)
    shape = ["n", given, *["free"] * (rank - 2)][:rank]
    node = helper.make_node(kind, ["x", "w"], ["y"], **attributes)
    graph = helper.make_graph(
        [node],
        "one",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.zeros(weights, np.float32), "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    path.write_bytes(model.SerializeToString())
    return path


@pytest.mark.parametrize(
    ("kind", "weights", "attributes", "shape", "multiplications"),
    [
        # 16 outputs of 3 x 3 x 3 at 8 x 8 places
        ("Conv", (16, 3, 3, 3), {"pads": [1, 1, 1, 1]}, (2, 3, 8, 8), 2 * 16 * 64 * 27),
        # at 4 x 4 places
        ("Conv", (16, 3, 3, 3), {"pads": [1] * 4, "strides": [2, 2]}, (1, 3, 8, 8), 16 * 16 * 27),
        # each channel alone
        ("Conv", (3, 1, 3, 3), {"pads": [1] * 4, "group": 3}, (1, 3, 8, 8), 3 * 64 * 9),
        # each of 3 x 8 x 8 inputs is spread over 5 x 2 x 2
        ("ConvTranspose", (3, 5, 2, 2), {"strides": [2, 2]}, (1, 3, 8, 8), 3 * 64 * 20),
        ("MatMul", (3, 7), {}, (4, 3), 4 * 3 * 7),
        ("Gemm", (7, 3), {"transB": 1}, (4, 3), 4 * 3 * 7),
    ],
)
def test_counts_as_by_hand(
    tmp_path: Path,
    kind: str,
    weights: tuple[int, ...],
    attributes: dict[str, Any],
    shape: tuple[int, ...],
    multiplications: int,
) -> None:
    path = write(tmp_path / "one.onnx", kind, weights, shape[1], **attributes)
    assert gflop(path, shape=shape) == pytest.approx(2 * multiplications / 1e9)
