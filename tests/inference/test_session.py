"""Sessions: typed in and out, one thread, and errors that say got and want."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import pytest

from overt.arrays import F32
from overt.errors import BundleError, ShapeError, WeightsError
from overt.inference.onnx_file import Graph, Node, Port, encode
from overt.inference.session import Feed, Session, available_providers, cores

CPU = ("CPUExecutionProvider",)


@pytest.fixture
def adder(tmp_path: Path) -> Path:
    """Write a network that adds 1, 2, 3 to each row."""
    path = tmp_path / "adder.onnx"
    path.write_bytes(
        encode(
            Graph(
                "adder",
                (Node("Add", ("x", "c"), "y"),),
                (("c", np.array([1, 2, 3], dtype=np.float32)),),
                (Port("x", ("n", 3)),),
                (Port("y", ("n", 3)),),
            )
        )
    )
    return path


def test_it_runs_and_says_its_shapes(adder: Path) -> None:
    session = Session(adder, providers=CPU)
    assert session.inputs == (Feed("x", (None, 3)),)
    assert session.outputs == (Feed("y", (None, 3)),)
    assert session.providers == CPU
    (answer,) = session.run({"x": np.zeros((2, 3), dtype=np.float32)})
    np.testing.assert_array_equal(answer, [[1, 2, 3], [1, 2, 3]])


def test_the_bytes_that_are_loaded_are_those_that_are_checked(adder: Path) -> None:
    right = hashlib.sha256(adder.read_bytes()).hexdigest()
    assert Session(adder, providers=CPU, sha256=right).name == "adder.onnx"
    with pytest.raises(WeightsError, match=f"got sha256 {right}, want {'0' * 64}"):
        Session(adder, providers=CPU, sha256="0" * 64)


@pytest.mark.parametrize(
    ("feeds", "message"),
    [
        ({"x": np.zeros((2, 4), np.float32)}, r"x: got shape \(2, 4\), want \(None, 3\)"),
        ({"x": np.zeros(3, np.float32)}, r"x: got shape \(3,\), want \(None, 3\)"),
        ({"x": np.zeros((2, 3), np.float64)}, "x: got float64, want float32"),
        ({"z": np.zeros((2, 3), np.float32)}, r"got inputs \['z'\], want \['x'\]"),
        ({}, r"got inputs \[\], want \['x'\]"),
    ],
)
def test_wrong_inputs_are_refused(adder: Path, feeds: dict[str, F32], message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        Session(adder, providers=CPU).run(feeds)


def test_a_shape_that_only_the_runtime_can_refuse(tmp_path: Path) -> None:
    graph = Graph(
        "sum", (Node("Add", ("a", "b"), "y"),), (), (Port("a", ("n",)), Port("b", ("m",))),
        (Port("y", ("k",)),),
    )  # fmt: skip
    path = tmp_path / "sum.onnx"
    path.write_bytes(encode(graph))
    session = Session(path, providers=CPU)
    for _ in range(cores() + 1):  # one that fails gives its core back
        with pytest.raises((ShapeError, WeightsError), match=r"sum\.onnx"):
            session.run({"a": np.zeros(2, np.float32), "b": np.zeros(3, np.float32)})


def test_what_is_no_network_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "not.onnx"
    with pytest.raises(WeightsError, match="want a model file"):
        Session(path, providers=CPU)
    for content in (b"", b"\x00\x01\x02", b"GIF89a" * 20):
        path.write_bytes(content)
        with pytest.raises(WeightsError, match="want an ONNX network"):
            Session(path, providers=CPU)


def test_a_network_of_other_numbers_is_refused(tmp_path: Path) -> None:
    kind = onnx.TensorProto.INT64
    port = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("Identity", ["x"], ["y"])],
        "whole",
        [port("x", kind, [1])],
        [port("y", kind, [1])],
    )
    opset = onnx.helper.make_opsetid("", 13)
    model = onnx.helper.make_model(graph, opset_imports=[opset], ir_version=7)
    path = tmp_path / "whole.onnx"
    path.write_bytes(model.SerializeToString())
    with pytest.raises(BundleError, match=r"x: got tensor\(int64\), want tensor\(float\)"):
        Session(path, providers=CPU)


def test_a_provider_that_is_not_there_is_refused(adder: Path) -> None:
    with pytest.raises(BundleError, match=r"got \['NoSuchProvider'\], want some of \["):
        Session(adder, providers=("NoSuchProvider", *CPU))
    with pytest.raises(BundleError, match=r"providers: got \[\]"):
        Session(adder, providers=())
    assert CPU[0] in available_providers()


def test_as_many_run_at_once_as_there_are_cores(
    adder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("overt.inference.session.cores", lambda: 2)
    session = Session(adder, providers=CPU)
    turns = session._turns  # pyright: ignore[reportPrivateUsage]
    feeds = {"x": np.zeros((1, 3), np.float32)}
    with ThreadPoolExecutor(1) as pool, turns:
        pool.submit(session.run, feeds).result(10)  # one core is free
        with turns:
            waits = pool.submit(session.run, feeds)
            with pytest.raises(TimeoutError):
                waits.result(0.05)
        assert waits.result(10)[0][0, 0] == 1
