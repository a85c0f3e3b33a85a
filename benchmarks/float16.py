"""How far a network in float16 is from float32: weights alone rounded, and every step.

    python -m benchmarks.float16 [--write]

A processor computes such a network in float32, with rounded weights; a GPU rounds the outcome of
each step too. Here a processor does that: after each step its numbers are made 16 bits wide, and
32 again. The picture is that of the check of providers (`overt.inference.agreement`). Sums within a
step are in float32, as a GPU's usually are.
"""

# onnx and ONNX Runtime have no types for half of what is used here.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

from benchmarks.machine import describe
from benchmarks.printing import output_console
from overt.arrays import F32
from overt.inference.agreement import STRIDES, apart, made_picture
from overt.inference.fewer_digits import to_float16
from overt.inference.session import CPU, Session
from overt.settings import read_settings
from overt.wiring import open_bundle_here

RESULTS: Final = Path(__file__).resolve().parent / "results"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, write JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write JSON to benchmarks/results")
    given = parser.parse_args(arguments)
    output, machine = output_console(), describe()
    report = {"machine": asdict(machine), "float16": list(measured())}
    output.print_json(json.dumps(report["float16"]))
    if given.write:
        path = RESULTS / f"{datetime.now(UTC).date()}-{machine.slug}-float16.json"
        path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        output.print(f"written to {path}", soft_wrap=True)


def measured() -> Iterator[dict[str, Any]]:
    """Measure both networks of the default bundle."""
    opened = open_bundle_here("default", read_settings()).on((CPU,))
    detector, recogniser = opened.bundle.detector, opened.bundle.recogniser
    high, side = detector.stride * STRIDES, recogniser.input_size
    for name, path, picture in (
        ("detector", opened.detector, made_picture(high, 2 * high, detector.normalisation)),
        ("recogniser", opened.recogniser, made_picture(side, side, recogniser.normalisation)),
    ):
        with tempfile.TemporaryDirectory(prefix="overt-float16-") as folder:
            made = Path(folder) / "float16.onnx"
            made.write_bytes(to_float16(path))
            before, after = _answers(path, picture), _answers(made, picture)
            rounded = _rounded(made, picture)
        yield {
            "network": name,
            "weights rounded, from float32": apart(after, before),
            "all rounded, from weights rounded": apart(rounded, after),
            "all rounded, from float32": apart(rounded, before),
        }


def _answers(network: Path, picture: F32) -> tuple[F32, ...]:
    session = Session(network, providers=(CPU,))
    return session.run({session.inputs[0].name: picture})


def _rounded(network: Path, picture: F32) -> tuple[F32, ...]:
    """Run a network in float16 so that the outcome of each step is rounded."""
    session = ort.InferenceSession(_rounding(onnx.load(network)), _plain(), providers=[CPU])
    outputs: list[Any] = list(session.run(None, {session.get_inputs()[0].name: picture}))
    return tuple(np.asarray(each, np.float32) for each in outputs)


def _rounding(model: onnx.ModelProto) -> bytes:
    """Give a network in float32 that rounds after each step, of one in float16."""
    graph = model.graph
    for tensor in graph.initializer:
        if tensor.data_type == TensorProto.FLOAT16:
            whole = numpy_helper.to_array(tensor).astype(np.float32)
            tensor.CopyFrom(numpy_helper.from_array(whole, tensor.name))
    nodes: list[onnx.NodeProto] = []
    outputs = {each.name for each in graph.output}
    for node in graph.node:
        if node.op_type == "Cast":  # at the ends: nothing is left to change there
            node.CopyFrom(helper.make_node("Identity", list(node.input), list(node.output)))
        made = list(node.output)
        node.output[:] = [f"{each}_long" for each in made]
        nodes.append(node)
        for each in made:
            short, kept = f"{each}_short", f"{each}_kept"
            nodes += [
                helper.make_node("Cast", [f"{each}_long"], [short], to=TensorProto.FLOAT16),
                # Between two casts, or the runtime takes both for one that does nothing.
                helper.make_node("Identity", [short], [kept]),
                helper.make_node("Cast", [kept], [each], to=TensorProto.FLOAT),
            ]
    del graph.node[:], graph.value_info[:]
    graph.node.extend(nodes)
    if not outputs <= {name for node in nodes for name in node.output}:
        raise ValueError(f"network: got no step that makes {outputs}, want one")
    return model.SerializeToString()


def _plain() -> ort.SessionOptions:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    return options


if __name__ == "__main__":
    main()
