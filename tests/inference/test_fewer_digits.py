"""Networks with fewer digits: which of their steps, in what numbers, and how near they answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from test_opened import CPU

from overt.arrays import F32
from overt.errors import WeightsError
from overt.inference.agreement import apart
from overt.inference.fewer_digits import kept_whole, to_float16, to_int8
from overt.inference.onnx_file import Graph, Node, Port, encode
from overt.inference.session import Session

SIDE = 16


def small_network(path: Path, *, weight: float = 1.0) -> Path:
    """Write a detector of a kind: down, up again beside what was there before, and a last step."""
    random = np.random.default_rng(3)

    def drawn(*shape: int) -> F32:
        return (weight * random.normal(0, 0.3, shape)).astype(np.float32)

    half = (("strides", (2, 2)), ("pads", (1, 1, 1, 1)))
    graph = Graph(
        "small",
        (
            Node("Conv", ("x", "w0"), "first", half),
            Node("Relu", ("first",), "first_relu"),
            Node("Conv", ("first_relu", "w1"), "second", half),
            Node("Relu", ("second",), "second_relu"),
            Node("ConvTranspose", ("second_relu", "w2"), "up", (("strides", (2, 2)),)),
            Node("Conv", ("first_relu", "w3"), "side"),
            Node("Add", ("up", "side"), "both"),
            Node("Conv", ("both", "w4"), "after"),
            Node("Conv", ("side", "w5"), "last"),
            Node("Sigmoid", ("last",), "y"),
            Node("Sigmoid", ("after",), "z"),
        ),
        (
            ("w0", drawn(8, 3, 3, 3)),
            ("w1", drawn(8, 8, 3, 3)),
            ("w2", drawn(8, 8, 2, 2)),
            ("w3", drawn(8, 8, 1, 1)),
            ("w4", drawn(2, 8, 1, 1)),
            ("w5", drawn(2, 8, 1, 1)),
        ),
        (Port("x", ("n", 3, "h", "w")),),
        (Port("y", ("n", 2, "rows", "columns")), Port("z", ("n", 2, "rows", "columns"))),
    )
    path.write_bytes(encode(graph))
    return path


def pictures(count: int) -> list[F32]:
    random = np.random.default_rng(4)
    return [random.uniform(0, 1, (1, 3, SIDE, SIDE)).astype(np.float32) for _ in range(count)]


def answers(network: Path, picture: F32) -> tuple[F32, ...]:
    return Session(network, providers=CPU).run({"x": picture})


def convolutions(content: bytes) -> dict[str, Any]:
    """Give for each convolution what its weights come from: whole numbers, or None."""
    graph = onnx.load_from_string(content).graph
    stored = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    whole = {
        node.output[0]: stored.get(node.input[0])
        for node in graph.node
        if node.op_type == "DequantizeLinear"
    }
    return {
        node.output[0]: whole.get(node.input[1]) for node in graph.node if node.op_type == "Conv"
    }


def test_what_comes_after_a_larger_picture_and_the_last_steps_stay_whole(tmp_path: Path) -> None:
    graph = onnx.load(small_network(tmp_path / "n.onnx")).graph
    assert kept_whole(graph) == {"up", "both", "after", "z", "last", "y"}


def test_convolutions_compute_with_weights_of_seven_bits(tmp_path: Path) -> None:
    network = small_network(tmp_path / "n.onnx")
    content = to_int8(network, iter(pictures(8)))
    made = tmp_path / "int8.onnx"
    made.write_bytes(content)
    found = convolutions(content)
    of_whole_numbers = [weights for weights in found.values() if weights is not None]
    assert len(found) == 5
    assert len(of_whole_numbers) == 3
    for weights in of_whole_numbers:
        assert weights.dtype == np.int8
        # Each channel uses its whole range, and no product of two fills 16 bits.
        assert np.abs(weights.reshape(len(weights), -1)).max(axis=1).tolist() == [64] * len(weights)
    picture = pictures(9)[-1]  # none of those that set the ranges
    far = apart(answers(made, picture), answers(network, picture))
    assert 0 < far < 0.02
    assert Session(made, providers=CPU).inputs == Session(network, providers=CPU).inputs


def test_numbers_of_16_bits_are_inside_alone(tmp_path: Path) -> None:
    network, made = small_network(tmp_path / "n.onnx"), tmp_path / "float16.onnx"
    made.write_bytes(to_float16(network))
    kinds = {each.data_type for each in onnx.load(made).graph.initializer}
    assert kinds == {onnx.TensorProto.FLOAT16}
    assert Session(made, providers=CPU).outputs == Session(network, providers=CPU).outputs
    picture = pictures(1)[0]
    assert 0 < apart(answers(made, picture), answers(network, picture)) < 1e-3


@pytest.mark.parametrize("content", [b"", b"none", encode(Graph("empty", (), (), (), ()))])
def test_what_is_no_network_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "wrong.onnx"
    path.write_bytes(content)
    for make in (lambda: to_int8(path, iter(pictures(2))), lambda: to_float16(path)):
        with pytest.raises(WeightsError, match=r"(?s)wrong\.onnx: got .*, want an ONNX network"):
            make()


def test_without_a_picture_there_is_no_range(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="want a network in float32"):
        to_int8(small_network(tmp_path / "n.onnx"), iter(()))
