"""A provider that gives other answers than those that were calibrated is refused."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from overt.arrays import F32
from overt.errors import BundleError
from overt.inference import agreement
from overt.inference.agreement import (
    MADE_TOLERANCE,
    ROUNDED_TOLERANCE,
    TOLERANCE,
    Agreement,
    agreements,
    apart,
    require_agreement,
)
from overt.inference.bundle import FewerDigits, Network
from overt.inference.onnx_file import Graph, Node, Port, encode
from overt.inference.opened import OpenedBundle
from overt.inference.session import CPU, Session, available_providers
from overt.settings import read_settings
from overt.values.digits import Precision
from overt.wiring import open_bundle_here

OTHER = "AzureExecutionProvider"  # in every package for processors; it leaves the work to the CPU


def weighing(path: Path, weight: float) -> Session:
    """Give a network that multiplies by a weight, as one with fewer digits would by a near one."""
    graph = Graph(
        "weighing",
        (Node("Mul", ("x", "w"), "y"),),
        (("w", np.full(3, weight, np.float32)),),
        (Port("x", ("n", 3)),),
        (Port("y", ("n", 3)),),
    )
    path.write_bytes(encode(graph))
    return Session(path, providers=(CPU,))


@pytest.mark.parametrize(("weight", "same"), [(1.0, True), (1.0005, True), (1.002, False)])
def test_answers_are_the_same_within_the_tolerance(
    tmp_path: Path,
    weight: float,
    same: bool,  # noqa: FBT001 - a parameter of the table above
) -> None:
    feeds = {"x": np.array([[0.3, -2.0, 5.0]], np.float32)}
    far = apart(
        weighing(tmp_path / "a", weight).run(feeds), weighing(tmp_path / "b", 1.0).run(feeds)
    )
    assert far == pytest.approx(weight - 1.0, abs=1e-6)
    assert Agreement("a", "some provider", far).holds is same


def test_the_output_that_is_furthest_counts_and_no_number_is_never_the_same() -> None:
    near, far = np.array([1.0, 1.0], np.float32), np.array([1.0, 0.0], np.float32)
    assert apart((near, far), (near, near)) == pytest.approx(math.sqrt(0.5))
    broken: F32 = np.array([math.nan, 1.0], np.float32)
    assert not Agreement("a", "some provider", apart((broken,), (near,))).holds


@pytest.fixture(scope="module")
def default() -> OpenedBundle:
    return open_bundle_here("default", read_settings())


@pytest.mark.skipif(OTHER not in available_providers(), reason=f"needs {OTHER}")
def test_another_provider_is_asked_and_one_that_differs_is_refused(
    default: OpenedBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = default.on((OTHER, CPU))
    found = agreements(other)
    assert [each.provider for each in found] == [OTHER, OTHER]
    assert all(each.apart <= 1e-5 for each in found)
    require_agreement(other)
    monkeypatch.setattr(agreement, "TOLERANCE", -1.0)  # as if nothing were near enough
    with pytest.raises(BundleError, match=rf"apart on {OTHER}, want"):
        require_agreement(other)
    require_agreement(default)  # the reference is what is agreed with


def test_the_networks_answer_to_the_made_picture(default: OpenedBundle) -> None:
    detector, recogniser = agreements(default)
    assert (detector.network, recogniser.network) == (
        default.detector.name,
        default.recogniser.name,
    )
    assert detector.apart == recogniser.apart == 0.0
    assert 0 < TOLERANCE < 0.01


@pytest.mark.parametrize(
    ("precision", "network", "tolerances"),
    [
        (Precision.FLOAT16, Network.DETECTOR, (ROUNDED_TOLERANCE, TOLERANCE)),
        (Precision.FLOAT16, Network.RECOGNISER, (TOLERANCE, ROUNDED_TOLERANCE)),
        (Precision.INT8, Network.DETECTOR, (TOLERANCE, TOLERANCE)),
    ],
)
def test_what_a_gpu_rounds_at_each_step_has_a_tolerance_of_its_own(
    default: OpenedBundle,
    precision: Precision,
    network: Network,
    tolerances: tuple[float, float],
) -> None:
    made = FewerDigits(precision, (network,), "m", "0", "t", 0, "0", Path("none"), "0")
    marked = replace(default, bundle=replace(default.bundle, fewer_digits=made))
    assert tuple(each.tolerance for each in agreements(marked)) == tolerances
    assert TOLERANCE < ROUNDED_TOLERANCE < MADE_TOLERANCE < 0.1
