"""The wire format and the ONNX files made with it, held to the reference implementation."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overt.errors import WeightsError
from overt.inference.onnx_file import Graph, Node, Port, encode
from overt.inference.wire import block, integer, parse, text, varint


@given(st.integers(0, 2**63 - 1))
def test_a_number_reads_back_in_the_reference(value: int) -> None:
    version = onnx.OperatorSetIdProto()
    version.ParseFromString(text(1, "") + integer(2, value))
    assert version.version == value


@given(st.lists(st.tuples(st.integers(1, 2000), st.binary(max_size=200)), max_size=8))
def test_blocks_read_back(fields: list[tuple[int, bytes]]) -> None:
    message = b"".join(block(number, content) for number, content in fields)
    read = list(parse(message))
    assert [(field.number, field.content) for field in read] == fields
    assert b"".join(field.raw for field in read) == message


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(message: bytes) -> None:
    try:
        fields = list(parse(message))
    except WeightsError:
        return
    assert b"".join(field.raw for field in fields) == message


@given(st.binary(min_size=1, max_size=50), st.data())
def test_a_cut_message_is_refused(content: bytes, data: st.DataObject) -> None:
    whole = block(7, content)
    cut = data.draw(st.integers(1, len(whole) - 1))
    with pytest.raises(WeightsError, match=r"got|want"):
        list(parse(whole[:cut]))


def test_varint_of_the_documentation() -> None:
    assert varint(150) == b"\x96\x01"  # "Encoding", the first example


def test_an_encoded_graph_is_what_the_reference_makes_of_it() -> None:
    weights = np.arange(36, dtype=np.float32).reshape(4, 1, 3, 3)
    ends = np.array([0, 0, 0, 0, 0, 2, 0, 0], dtype=np.int64)
    graph = Graph(
        "small",
        (
            Node("Conv", ("x", "w"), "c", (("strides", (2, 2)), ("pads", (1, 1, 1, 1)))),
            Node("Pad", ("c", "e"), "y"),
        ),
        (("w", weights), ("e", ends)),
        (Port("x", ("n", 1, 8, 8)),),
        (Port("y", ("n", 6, 4, 4)),),
    )
    model = onnx.load_from_string(encode(graph))
    onnx.checker.check_model(model, full_check=True)
    assert [node.op_type for node in model.graph.node] == ["Conv", "Pad"]
    constants = {t.name: onnx.numpy_helper.to_array(t) for t in model.graph.initializer}
    np.testing.assert_array_equal(constants["w"], weights)
    np.testing.assert_array_equal(constants["e"], ends)
    attributes = {a.name: onnx.helper.get_attribute_value(a) for a in model.graph.node[0].attribute}
    assert attributes == {"strides": [2, 2], "pads": [1, 1, 1, 1]}
    assert model.SerializeToString(deterministic=True) == encode(graph)
