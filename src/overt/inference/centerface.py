"""CenterFace with a free input size.

The published file (Star-Clouds, 2019, MIT) fixes its input at 10 pictures of 32 x 32 pixels and
lists its weights as inputs, which keeps a runtime from folding them together. The network itself
is convolutions only, so any height and width that are multiples of 32 work once the declared
shapes say so. Nothing but the declarations is changed: every node and weight keeps its bytes.
"""

from __future__ import annotations

from typing import Final

from overt.errors import WeightsError
from overt.inference.onnx_file import Port, encode_port
from overt.inference.wire import block, parse

__all__ = ["to_dynamic"]

GRAPH: Final = 7  # field of ModelProto
GRAPH_INPUT: Final = 11  # fields of GraphProto
GRAPH_OUTPUT: Final = 12
NAME: Final = 1  # field of ValueInfoProto

INPUT: Final = Port("input.1", (1, 3, "height", "width"))
OUTPUTS: Final = (
    Port("537", (1, 1, "rows", "columns")),  # heat map
    Port("538", (1, 2, "rows", "columns")),  # logarithm of height and width
    Port("539", (1, 2, "rows", "columns")),  # offset of the centre
    Port("540", (1, 10, "rows", "columns")),  # landmarks
)


def to_dynamic(data: bytes, *, name: str) -> bytes:
    """Give the same network with height and width free; `name` is the file's, for messages.

    Raises:
        WeightsError: the file is not ONNX, or is not CenterFace.
    """
    graphs = [field.content for field in parse(data) if field.number == GRAPH]
    if len(graphs) != 1:
        raise WeightsError(f"{name}: got {len(graphs)} graphs, want 1")
    graph = _declare(graphs[0], name=name)
    return b"".join(
        block(GRAPH, graph) if field.number == GRAPH else field.raw for field in parse(data)
    )


def _declare(graph: bytes, *, name: str) -> bytes:
    kept: list[bytes] = []
    inputs: list[str] = []
    outputs: list[str] = []
    for field in parse(graph):
        if field.number == GRAPH_INPUT:
            inputs.append(_name_of(field.content))
        elif field.number == GRAPH_OUTPUT:
            outputs.append(_name_of(field.content))
        else:
            kept.append(field.raw)
    if inputs[:1] != [INPUT.name]:
        raise WeightsError(f"{name}: got inputs {inputs[:1]}, want {[INPUT.name]}")
    want = [port.name for port in OUTPUTS]
    if outputs != want:
        raise WeightsError(f"{name}: got outputs {outputs}, want {want}")
    kept.append(block(GRAPH_INPUT, encode_port(INPUT)))
    kept.extend(block(GRAPH_OUTPUT, encode_port(port)) for port in OUTPUTS)
    return b"".join(kept)


def _name_of(value: bytes) -> str:
    return next(
        (
            field.content.decode("utf-8", "replace")
            for field in parse(value)
            if field.number == NAME
        ),
        "",
    )
