"""Networks that compute with fewer digits, made of those in float32.

int8: each convolution multiplies whole numbers, 0 to 255 by -64 to 63. Weights have 7 bits and not
8: processors without VNNI add two products in 16 bits, which overflow without a word with 8, and
the same file would answer otherwise on another machine. What a number of 8 bits stands for is
taken of pictures: from the smallest to the largest value that any of them brought about. The last
convolutions, and all that comes after a picture was made larger, stay in float32: there is little
to compute, and boxes and landmarks are read from it.

float16: every number has 16 bits, for GPUs. Inputs and outputs stay float32 in both.
"""

# onnx and ONNX Runtime's tools have no types for half of what is used here.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportAttributeAccessIssue=false

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final

import onnx
import onnxruntime as ort
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.quant_utils import add_pre_process_metadata
from onnxruntime.transformers.float16 import convert_float_to_float16

from overt.arrays import F32
from overt.errors import WeightsError
from overt.inference.session import CPU, ERRORS_ONLY, ORT_ERRORS, Session

__all__ = ["TOOL", "kept_whole", "to_float16", "to_int8"]

OPERATOR_SET: Final = 13  # the first that has a scale for each channel
# What is done with whole numbers: products, and what may stand between two of them.
WHOLE: Final = ("Conv", "Relu", "Clip", "Add", "Concat", "MaxPool", "AveragePool", "Pad")
PRODUCTS: Final = frozenset({"Conv", "ConvTranspose", "Gemm", "MatMul"})
LARGER: Final = frozenset({"ConvTranspose", "Resize", "Upsample"})
ONNX_ERRORS: Final[tuple[type[Exception], ...]] = (
    *ORT_ERRORS,  # RuntimeError and ValueError among them
    onnx.checker.ValidationError,
    onnx.shape_inference.InferenceError,
    onnx.version_converter.ConvertError,
    KeyError,  # the tools look tensors up by name
)
TOOL: Final = ", ".join(f"{name} {version(name)}" for name in ("overt", "onnxruntime", "onnx"))


class _Pictures(CalibrationDataReader):
    """Hands inputs out one by one, as the runtime's tool wants them."""

    def __init__(self, name: str, inputs: Iterator[F32]) -> None:
        self._name = name
        self._inputs = inputs

    def get_next(self) -> dict[str, F32] | None:  # pyright: ignore[reportIncompatibleMethodOverride]: None ends it
        picture = next(self._inputs, None)
        return None if picture is None else {self._name: picture}


def to_int8(network: Path, inputs: Iterator[F32]) -> bytes:
    """Give a network whose convolutions compute with whole numbers of 8 bits.

    Args:
        network: an ONNX file in float32, with its weights inside.
        inputs: what it is given, made of pictures; each is taken once, at least one.

    Raises:
        WeightsError: the file is no network, or one that cannot be changed so.
        BundleError: its inputs or outputs are not float32.
    """
    with tempfile.TemporaryDirectory(prefix="overt-int8-") as folder:
        made = Path(folder) / "int8.onnx"
        try:
            model = _simplified(network, Path(folder) / "simple.onnx")
            quantize_static(
                model,
                made,
                _Pictures(model.graph.input[0].name, inputs),
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=list(WHOLE),
                nodes_to_exclude=sorted(kept_whole(model.graph)),
                per_channel=True,
                reduce_range=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
            )
        except ONNX_ERRORS as error:
            raise _cannot(network, error) from error
        return made.read_bytes()


def to_float16(network: Path) -> bytes:
    """Give a network that computes with numbers of 16 bits.

    Raises:
        WeightsError: the file is no network, or one that cannot be changed so.
        BundleError: its inputs or outputs are not float32.
    """
    with tempfile.TemporaryDirectory(prefix="overt-float16-") as folder, warnings.catch_warnings():
        # It tells of each weight that is too small for 16 bits.
        warnings.simplefilter("ignore", UserWarning)
        try:
            model = _simplified(network, Path(folder) / "simple.onnx")
            return convert_float_to_float16(model, keep_io_types=True).SerializeToString()
        except ONNX_ERRORS as error:
            raise _cannot(network, error) from error


def kept_whole(graph: onnx.GraphProto) -> set[str]:
    """Name the nodes that stay in float32: after a picture was made larger, and at the end."""
    users: dict[str, list[onnx.NodeProto]] = {}
    makers: dict[str, onnx.NodeProto] = {}
    for node in graph.node:
        makers.update(dict.fromkeys(node.output, node))
        for name in node.input:
            users.setdefault(name, []).append(node)
    larger = [node for node in graph.node if node.op_type in LARGER]
    after = _reached(larger, lambda node: [each for o in node.output for each in users.get(o, [])])
    ends = [makers[output.name] for output in graph.output if output.name in makers]
    last = _reached(
        ends,
        lambda node: (
            [] if node.op_type in PRODUCTS else [makers[i] for i in node.input if i in makers]
        ),
    )
    return after | last


def _reached(
    start: Sequence[onnx.NodeProto], onward: Callable[[onnx.NodeProto], list[onnx.NodeProto]]
) -> set[str]:
    """Name the nodes that can be reached, those at the start included."""
    waiting, found = list(start), set[str]()
    while waiting:
        node = waiting.pop()
        if node.name not in found:
            found.add(node.name)
            waiting.extend(onward(node))
    return found


def _simplified(network: Path, room: Path) -> onnx.ModelProto:
    """Fold constants and normalisations in, in a set of operators that is new enough."""
    Session(network, providers=(CPU,))  # says best what is no network, or not in float32
    model = onnx.load(network)
    if next(each.version for each in model.opset_import if not each.domain) < OPERATOR_SET:
        model = onnx.version_converter.convert_version(model, OPERATOR_SET)
    options = ort.SessionOptions()
    options.log_severity_level = ERRORS_ONLY
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(room)
    ort.InferenceSession(model.SerializeToString(), options, providers=[CPU])
    model = onnx.load(room)
    used = {node.domain for node in model.graph.node}
    kept = [each for each in model.opset_import if not each.domain or each.domain in used]
    del model.opset_import[:]
    model.opset_import.extend(kept)
    for number, node in enumerate(model.graph.node):
        node.name = f"{node.op_type}_{number}"  # names may be missing or the same
    add_pre_process_metadata(model)  # else the tool asks for what was just done
    return model


def _cannot(network: Path, error: Exception) -> WeightsError:
    return WeightsError(
        f"{network.name}: got {error}, want a network in float32 that can be changed"
    )
