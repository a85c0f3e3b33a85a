"""Writing ONNX files: nodes, constants, inputs and outputs as bytes.

Field numbers: onnx.proto, version IR 7 with operator set 13 (ONNX 1.8, 2020), which every
runtime still in use reads.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from overt.inference.wire import block, integer, text

__all__ = ["Constant", "Graph", "Node", "Port", "encode", "encode_port"]

IR_VERSION: Final = 7
OPERATOR_SET: Final = 13
FLOAT: Final = 1  # TensorProto.DataType
INT64: Final = 7
ATTRIBUTE_INTS: Final = 7  # AttributeProto.AttributeType

Constant: TypeAlias = NDArray[np.float32] | NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Node:
    """One operation."""

    kind: str
    inputs: tuple[str, ...]
    output: str
    whole: tuple[tuple[str, tuple[int, ...]], ...] = ()  # attributes that are lists of numbers


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output of float32; a length given by name is free."""

    name: str
    shape: tuple[int | str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """A network: operations in the order in which they can run, and their constants."""

    name: str
    nodes: tuple[Node, ...]
    constants: tuple[tuple[str, Constant], ...]
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]


def encode(graph: Graph) -> bytes:
    """Give the ONNX file of a graph; the same graph always gives the same bytes."""
    body = b"".join(
        [
            *(block(1, _node(node)) for node in graph.nodes),
            text(2, graph.name),
            *(block(5, _tensor(name, array)) for name, array in graph.constants),
            *(block(11, encode_port(port)) for port in graph.inputs),
            *(block(12, encode_port(port)) for port in graph.outputs),
        ]
    )
    return (
        integer(1, IR_VERSION)
        + text(2, "overt")
        + block(7, body)
        + block(8, text(1, "") + integer(2, OPERATOR_SET))
    )


def encode_port(port: Port) -> bytes:
    """Give a ValueInfoProto of float32."""
    lengths = b"".join(
        block(1, text(2, length) if isinstance(length, str) else integer(1, length))
        for length in port.shape
    )
    tensor_type = integer(1, FLOAT) + block(2, lengths)
    return text(1, port.name) + block(2, block(1, tensor_type))


def _node(node: Node) -> bytes:
    return b"".join(
        [
            *(text(1, name) for name in node.inputs),
            text(2, node.output),
            text(3, node.output),
            text(4, node.kind),
            *(block(5, _whole_numbers(name, values)) for name, values in node.whole),
        ]
    )


def _whole_numbers(name: str, values: Iterable[int]) -> bytes:
    listed = b"".join(integer(8, value) for value in values)
    return text(1, name) + listed + integer(20, ATTRIBUTE_INTS)


def _tensor(name: str, array: Constant) -> bytes:
    kind = FLOAT if array.dtype == np.float32 else INT64
    little_endian = array.astype(array.dtype.newbyteorder("<"))
    lengths = b"".join(integer(1, length) for length in array.shape)
    return lengths + integer(2, kind) + text(8, name) + block(9, little_endian.tobytes())
