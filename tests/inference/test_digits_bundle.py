"""A bundle with fewer digits says what it was made of, and is held to its comparison."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from test_opened import CPU, mean_network, small_mixture, write_bundle

from overt.errors import BundleError, EvaluationError
from overt.inference.agreement import require_near
from overt.inference.bundle import Bundle, IntendedUse, Network
from overt.inference.digits_bundle import Making, networks_of, with_networks, write_made
from overt.inference.manifest import read_manifest
from overt.inference.opened import OpenedBundle, add_bundle, open_bundle
from overt.values.digits import Beside, OfHeight, Precision

TOOL = "a test"


@pytest.fixture
def mother(tmp_path: Path, model_cache: Path) -> OpenedBundle:
    manifest = write_bundle(tmp_path / "mother", cohort=small_mixture())
    text = manifest.read_text().replace('licence = "', 'licence = "\\"free\\" \\u00e9\\u007f ')
    manifest.write_text(text)
    return open_bundle(manifest, folder=tmp_path / "none", cache=model_cache, providers=CPU)


def beside(mother: OpenedBundle, made: OpenedBundle) -> Beside:
    return Beside(
        made="2026-06-01T12:00:00+00:00",
        software=TOOL,
        precision=Precision.INT8,
        mother=mother.bundle.digest,
        before=networks_of(mother.bundle),
        after=networks_of(made.bundle),
        pictures=20,
        pictures_sha256="b" * 64,
        sure=0.5,
        overlapping=0.5,
        heights=(OfHeight(0.0, None, None, None, None, None, 0),),
        alike=None,
    )


def written(mother: OpenedBundle, tmp_path: Path) -> Bundle:
    """Write a bundle with another recogniser, as if it had fewer digits."""
    network = tmp_path / "other.onnx"
    network.write_bytes(mean_network(dimensions=8) + b"\x1a\x00")  # and an empty domain
    made = with_networks(mother, {Network.RECOGNISER: network})
    making = Making(mother.bundle, "mine-int8", TOOL, 30, "a" * 64)
    return write_made(making, made, beside(mother, made), out=tmp_path / "made")


def test_all_that_was_not_measured_anew_is_the_mothers_or_gone(
    mother: OpenedBundle, tmp_path: Path, model_cache: Path
) -> None:
    bundle = written(mother, tmp_path)
    assert (bundle.name, bundle.intended_use) == ("mine-int8", IntendedUse.TRIAL)
    assert mother.bundle.cohort is not None
    assert (bundle.cohort, bundle.calibration, bundle.evaluation) == (None, None, None)
    assert bundle.licence == mother.bundle.licence
    assert bundle.detector == mother.bundle.detector
    file = bundle.recogniser.file
    assert replace(bundle.recogniser, file=mother.bundle.recogniser.file) == (
        mother.bundle.recogniser
    )
    assert file.source == (tmp_path / "made" / "recogniser.onnx").resolve()
    digits = bundle.fewer_digits
    assert digits is not None
    assert digits.networks == (Network.RECOGNISER,)
    assert (digits.mother, digits.mother_digest) == ("mine 1", mother.bundle.digest)
    assert (digits.tool, digits.pictures, digits.pictures_sha256) == (TOOL, 30, "a" * 64)
    opened = open_bundle(tmp_path / "made", folder=tmp_path, cache=model_cache, providers=CPU)
    assert opened.bundle == bundle
    assert add_bundle(tmp_path / "made", folder=tmp_path / "bundles").digest == bundle.digest
    with pytest.raises(BundleError, match="got a folder that is there, want a new one"):
        written(mother, tmp_path)


def altered(folder: Path) -> None:
    compared = folder / "compared.json"
    compared.write_bytes(compared.read_bytes().replace(b'"pictures":20', b'"pictures":90'))


def missing(folder: Path) -> None:
    (folder / "compared.json").unlink()


def of_another(folder: Path) -> None:
    edit(folder, 'mother_digest = "', f'mother_digest = "{"0" * 64}" # ')


def edit(folder: Path, old: str, new: str) -> None:
    manifest = folder / "bundle.toml"
    text = manifest.read_text()
    assert old in text
    manifest.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (altered, "got sha256"),
        (missing, "want a model file"),
        (of_another, "got a comparison of"),
    ],
)
def test_without_its_own_comparison_it_is_refused_by_whatever_opens_it(
    mother: OpenedBundle,
    tmp_path: Path,
    model_cache: Path,
    change: Callable[[Path], None],
    said: str,
) -> None:
    written(mother, tmp_path)
    change(tmp_path / "made")
    with pytest.raises(BundleError, match=said):
        open_bundle(tmp_path / "made", folder=tmp_path, cache=model_cache, providers=CPU)
    with pytest.raises(BundleError, match=said):
        add_bundle(tmp_path / "made", folder=tmp_path / "bundles")


def test_a_manifest_that_leaves_something_out_is_refused(
    mother: OpenedBundle, tmp_path: Path
) -> None:
    written(mother, tmp_path)
    edit(tmp_path / "made", '["recogniser"]', '["recogniser", "recogniser"]')
    with pytest.raises(BundleError, match="want each once, of detector, recogniser"):
        read_manifest(tmp_path / "made" / "bundle.toml")


def test_a_comparison_of_the_same_networks_is_none(mother: OpenedBundle) -> None:
    with pytest.raises(EvaluationError, match="want other networks"):
        beside(mother, mother)


@pytest.mark.parametrize(("times", "near"), [(1.01, True), (1.1, False)])
def test_a_network_that_answers_otherwise_is_not_near(
    mother: OpenedBundle,
    tmp_path: Path,
    times: float,
    near: bool,  # noqa: FBT001 - a parameter of the table above
) -> None:
    model = onnx.load_from_string(mean_network(dimensions=8))
    (matrix,) = model.graph.initializer
    more = numpy_helper.to_array(matrix) * np.float32(times)
    matrix.CopyFrom(numpy_helper.from_array(more, matrix.name))
    other = tmp_path / "other.onnx"
    other.write_bytes(model.SerializeToString())
    made = with_networks(mother, {Network.RECOGNISER: other})
    if near:
        require_near(made, mother)
        return
    with pytest.raises(BundleError, match=r"other\.onnx: got answers .* apart"):
        require_near(made, mother)
