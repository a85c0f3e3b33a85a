"""Counts what a network computes: multiplications with additions, of its products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from pathlib import Path

import onnx

__all__ = ["gflop"]

Shape = tuple[int, ...]


def gflop(path: Path, *, shape: Sequence[int]) -> float:
    """Give the GFLOP of one run on an input of `shape`, a multiply-add counted as two.

    Convolutions and matrix products only: all else is read and written once, and small.

    Raises:
        ValueError: a shape that is needed cannot be inferred.
    """
    model = onnx.load(str(path))
    for place, length in zip(model.graph.input[0].type.tensor_type.shape.dim, shape, strict=True):
        place.dim_value = length
    for value in model.graph.output:  # written down for another input
        value.type.tensor_type.ClearField("shape")
    del model.graph.value_info[:]
    graph = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True).graph
    shapes: dict[str, Shape] = {item.name: tuple(item.dims) for item in graph.initializer}
    for value in (*graph.input, *graph.value_info, *graph.output):
        dims = value.type.tensor_type.shape.dim
        if all(dim.HasField("dim_value") for dim in dims):
            shapes[value.name] = tuple(dim.dim_value for dim in dims)
    return 2 * sum(_multiplications(node, shapes) for node in graph.node) / 1e9


def _multiplications(node: onnx.NodeProto, shapes: Mapping[str, Shape]) -> int:
    """Count a node's multiplications (ONNX operator specification: Conv, Gemm, MatMul)."""
    match node.op_type:
        case "Conv":  # weights (out, in / groups, kernel...): each output point sums in x kernel
            return prod(_shape(node.output[0], shapes)) * prod(_shape(node.input[1], shapes)[1:])
        case "ConvTranspose":  # weights (in, out / groups, kernel...): each input point is spread
            return prod(_shape(node.input[0], shapes)) * prod(_shape(node.input[1], shapes)[1:])
        case "MatMul":
            return prod(_shape(node.output[0], shapes)) * _shape(node.input[0], shapes)[-1]
        case "Gemm":
            turned = any(a.name == "transA" and a.i for a in node.attribute)
            inner = _shape(node.input[0], shapes)[0 if turned else 1]
            return prod(_shape(node.output[0], shapes)) * inner
        case _:
            return 0


def _shape(name: str, shapes: Mapping[str, Shape]) -> Shape:
    if name not in shapes:
        raise ValueError(f"{name}: got no shape by inference, want one")
    return shapes[name]
