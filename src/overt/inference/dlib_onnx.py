"""dlib's face recognition network as ONNX, answering as dlib does.

Two conventions of dlib need care. A sum of tensors of different lengths fills the shorter with
zeros at its end, in channels, rows and columns alike. And rows and columns that a step does not
reach are left out, by convolutions and means alike.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from overt.arrays import F32
from overt.inference.dlib_reader import SIDE_PX, Block, Convolution, FaceNetwork
from overt.inference.onnx_file import Constant, Graph, Node, Port, encode

__all__ = ["to_onnx"]

POOL_SIDE: Final = 3
POOL_STEP: Final = 2


class _Builder:
    """A graph that grows at its end; knows the shape of what it ends in."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.constants: list[tuple[str, Constant]] = []

    def add(
        self, kind: str, *inputs: str, whole: tuple[tuple[str, tuple[int, ...]], ...] = ()
    ) -> str:
        """Append an operation and give the name of its output."""
        output = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(Node(kind, inputs, output, whole))
        return output

    def constant(self, array: Constant) -> str:
        """Append a constant and give its name."""
        name = f"constant_{len(self.constants)}"
        self.constants.append((name, array))
        return name


def to_onnx(network: FaceNetwork) -> bytes:
    """Give the ONNX file.

    Input `chips` (n, 3, 150, 150): red, green, blue, less the mean and divided by 256.
    Output `embeddings` (n, 128): as dlib gives them, not brought to length 1.
    """
    build = _Builder()
    at = build.add("Relu", _convolution(build, "chips", network.stem))
    pool = (("kernel_shape", (POOL_SIDE,) * 2), ("strides", (POOL_STEP,) * 2))
    at = build.add("MaxPool", at, whole=pool)
    side = _side_after(network.stem, SIDE_PX)
    side = (side - POOL_SIDE) // POOL_STEP + 1
    for block in network.blocks:
        at, side = _block(build, at, block, side=side)
    at = build.add("Flatten", build.add("GlobalAveragePool", at))
    at = build.add("MatMul", at, build.constant(network.projection))
    build.nodes.append(Node("Identity", (at,), "embeddings"))
    chips = Port("chips", ("n", 3, SIDE_PX, SIDE_PX))
    embeddings = Port("embeddings", ("n", network.projection.shape[1]))
    return encode(
        Graph(
            "dlib_face_recognition_resnet_model_v1",
            tuple(build.nodes),
            tuple(build.constants),
            (chips,),
            (embeddings,),
        )
    )


def _block(build: _Builder, start: str, block: Block, *, side: int) -> tuple[str, int]:
    """Append a residual block on a picture of `side` pixels; give its end and its side."""
    inner = build.add("Relu", _convolution(build, start, block.first))
    inner = _convolution(build, inner, block.second)
    inner_side = _side_after(block.first, side)
    short, short_side = start, side
    if block.halves:
        mean = (("kernel_shape", (2, 2)), ("strides", (2, 2)))
        short, short_side = build.add("AveragePool", start, whole=mean), side // 2
    wider = max(inner_side, short_side)
    channels = block.second.weights.shape[0]
    missing = channels - block.first.weights.shape[1]
    inner = _fill(build, inner, channels=0, pixels=wider - inner_side)
    short = _fill(build, short, channels=missing, pixels=wider - short_side)
    return build.add("Relu", build.add("Add", inner, short)), wider


def _fill(build: _Builder, start: str, *, channels: int, pixels: int) -> str:
    """Append zeros after the last channel, row and column."""
    if not channels and not pixels:
        return start
    ends = np.array([0, 0, 0, 0, 0, channels, pixels, pixels], dtype=np.int64)
    return build.add("Pad", start, build.constant(ends))


def _convolution(build: _Builder, start: str, convolution: Convolution) -> str:
    weights, biases = _with_gain(convolution)
    step, padding = convolution.step, convolution.padding
    return build.add(
        "Conv",
        start,
        build.constant(weights),
        build.constant(biases),
        whole=(("strides", (step, step)), ("pads", (padding,) * 4)),
    )


def _with_gain(convolution: Convolution) -> tuple[F32, F32]:
    """Fold the gain and offset into the weights and biases; in double, rounded once."""
    gains = convolution.gains.astype(np.float64)
    weights = convolution.weights * gains[:, None, None, None]
    biases = convolution.biases * gains + convolution.offsets
    return weights.astype(np.float32), biases.astype(np.float32)


def _side_after(convolution: Convolution, side: int) -> int:
    reach = side + 2 * convolution.padding - convolution.weights.shape[-1]
    return reach // convolution.step + 1
