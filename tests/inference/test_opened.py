"""Bundles by name and path; added to a folder whole or not at all."""

from __future__ import annotations

import hashlib
import shutil
from importlib import metadata
from pathlib import Path

import numpy as np
import onnx
import pytest

from overt.errors import BundleError, WeightsError
from overt.inference.centerface import to_dynamic
from overt.inference.mixture import Mixture, read_cohort, written_mixture
from overt.inference.onnx_file import Graph, Node, Port, encode
from overt.inference.opened import OpenedBundle, add_bundle, list_bundles, open_bundle

CPU = ("CPUExecutionProvider",)
SIDE = 16


def mean_network(*, dimensions: int) -> bytes:
    """Give a recogniser of a kind: the mean of each colour, times a matrix."""
    matrix = np.arange(3 * dimensions, dtype=np.float32).reshape(3, dimensions)
    return encode(
        Graph(
            "mean",
            (
                Node("GlobalAveragePool", ("x",), "p"),
                Node("Flatten", ("p",), "f"),
                Node("MatMul", ("f", "m"), "y"),
            ),
            (("m", matrix),),
            (Port("x", ("n", 3, SIDE, SIDE)),),
            (Port("y", ("n", dimensions)),),
        )
    )


def write_bundle(
    folder: Path,
    *,
    name: str = "mine",
    dimensions: int = 8,
    says: int = 8,
    cohort: Mixture | None = None,
) -> Path:
    """Write a bundle with CenterFace from its package and a small recogniser beside it."""
    network = mean_network(dimensions=dimensions)
    default = Path(__file__).parents[2] / "src" / "overt" / "bundles" / "default.toml"
    head, tail = default.read_text().split("[recogniser]")
    _, template = tail.split("[recogniser.alignment]")
    (folder / "nets").mkdir(parents=True)
    (folder / "nets" / "mean.onnx").write_bytes(network)
    path = folder / "bundle.toml"
    entry = ""
    if cohort is not None:
        content = written_mixture(cohort)
        (folder / "nets" / "cohort.npz").write_bytes(content)
        entry = f"""[cohort]
file = "nets/cohort.npz"
sha256 = "{hashlib.sha256(content).hexdigest()}"
size = 200
seed = 4
top = 20
script = "a test"
datasets = ["none"]
photographs = 100
"""
    path.write_text(
        head.replace('name = "default"', f'name = "{name}"')
        + f"""[recogniser]
file = "nets/mean.onnx"
sha256 = "{hashlib.sha256(network).hexdigest()}"
input_size = {SIDE}
channels = "bgr"
mean = [127.5, 127.5, 127.5]
scale = 0.0078125
dimensions = {says}
metric = "cosine"

[recogniser.alignment]
"""
        + template.split("# Every score is held")[0]
        .replace("size = 150", f"size = {SIDE}")
        .replace("[47.24, 46.77]", "[5, 5]")
        .replace("[102.0, 45.82]", "[11, 5]")
        .replace("[74.43, 78.57]", "[8, 8]")
        .replace("[50.65, 104.24]", "[6, 11]")
        .replace("[96.66, 103.05]", "[10, 11]")
        + entry
    )
    return path


def test_the_default_bundle_opens(default_bundle: OpenedBundle) -> None:
    detector, recogniser = default_bundle.detector_session(), default_bundle.recogniser_session()
    (answer,) = recogniser.run({"chips": np.zeros((2, 3, 150, 150), np.float32)})
    assert answer.shape == (2, 128)
    for height, width in ((32, 64), (96, 32)):
        outputs = detector.run({"input.1": np.zeros((1, 3, height, width), np.float32)})
        assert [o.shape[1:] for o in outputs] == [
            (channels, height // 4, width // 4) for channels in (1, 2, 2, 10)
        ]


def test_centerface_keeps_its_answers(default_bundle: OpenedBundle) -> None:
    """Where the published file can answer, at 10 x 32 x 32, the dynamic one says the same."""
    runtime = pytest.importorskip("onnxruntime")
    source = default_bundle.bundle.detector.file.source
    assert not isinstance(source, Path)
    file = next(f for f in metadata.files(source.distribution) or [] if str(f) == source.path)
    options = runtime.SessionOptions()
    options.log_severity_level = 3
    published = runtime.InferenceSession(str(file.locate()), options, providers=list(CPU))
    pictures = np.random.default_rng(7).uniform(0, 255, (10, 3, 32, 32)).astype(np.float32)
    want = published.run(["537", "538", "539", "540"], {"input.1": pictures})
    session = default_bundle.detector_session()
    for index, picture in enumerate(pictures):
        got = session.run({"input.1": picture[None]})
        for ours, theirs in zip(got, want, strict=True):
            np.testing.assert_allclose(ours[0], theirs[index], rtol=1e-3, atol=1e-3)


def test_another_network_is_not_made_dynamic() -> None:
    with pytest.raises(WeightsError, match=r"got inputs \['x'\], want \['input.1'\]"):
        to_dynamic(mean_network(dimensions=3), name="mean")
    with pytest.raises(WeightsError, match="got 0 graphs, want 1"):
        to_dynamic(b"", name="empty")


def test_a_dynamic_network_is_sound(default_bundle: OpenedBundle) -> None:
    onnx.checker.check_model(onnx.load(default_bundle.detector))
    onnx.checker.check_model(onnx.load(default_bundle.recogniser), full_check=True)


def test_a_bundle_is_added_listed_and_opened(tmp_path: Path, model_cache: Path) -> None:
    folder = tmp_path / "bundles"
    added = add_bundle(write_bundle(tmp_path / "source"), folder=folder)
    assert [b.name for b in list_bundles(folder)] == ["default", "mine"]
    opened = open_bundle("mine", folder=folder, cache=model_cache, providers=CPU)
    assert opened.bundle.digest == added.digest
    assert opened.recogniser == folder / "mine" / "nets" / "mean.onnx"
    (answer,) = opened.recogniser_session().run({"x": np.ones((4, 3, SIDE, SIDE), np.float32)})
    np.testing.assert_allclose(answer[0], np.arange(24).reshape(3, 8).sum(axis=0))
    assert sorted(p.name for p in folder.iterdir()) == ["mine"]


@pytest.mark.parametrize("part", ["", "bundle.toml"])
def test_a_bundle_opens_by_path(tmp_path: Path, model_cache: Path, part: str) -> None:
    write_bundle(tmp_path / "source")
    path = tmp_path / "source" / part
    opened = open_bundle(path, folder=tmp_path / "none", cache=model_cache, providers=CPU)
    assert opened.bundle.name == "mine"


def test_a_name_is_taken_once(tmp_path: Path) -> None:
    folder = tmp_path / "bundles"
    path = write_bundle(tmp_path / "source")
    add_bundle(path, folder=folder)
    with pytest.raises(BundleError, match="got the name mine, which is taken"):
        add_bundle(path, folder=folder)
    with pytest.raises(BundleError, match="got the name default, which is taken"):
        add_bundle(write_bundle(tmp_path / "other", name="default"), folder=folder)


def test_a_bundle_with_a_wrong_file_is_not_added(tmp_path: Path) -> None:
    folder = tmp_path / "bundles"
    path = write_bundle(tmp_path / "source")
    (path.parent / "nets" / "mean.onnx").write_bytes(b"other")
    with pytest.raises(WeightsError, match="got sha256"):
        add_bundle(path, folder=folder)
    assert list(folder.iterdir()) == []


def small_mixture() -> Mixture:
    random = np.random.default_rng(2)
    factors = np.tril(random.normal(size=(2, 8, 8)))
    weights = np.array([0.5, 0.5], np.float32)
    means = random.normal(size=(2, 8))
    return Mixture(weights, means.astype(np.float32), factors.astype(np.float32))


def test_a_bundle_is_added_with_its_cohort(tmp_path: Path) -> None:
    path = write_bundle(tmp_path / "source", cohort=small_mixture())
    added = add_bundle(path, folder=tmp_path / "bundles")
    assert added.cohort is not None
    assert added.cohort.file == tmp_path / "bundles" / "mine" / "nets" / "cohort.npz"
    shutil.rmtree(path.parent)
    cohort = read_cohort(added)
    assert cohort is not None
    assert (cohort.vectors.shape, cohort.top) == ((200, 8), 20)


def test_a_bundle_with_a_wrong_cohort_is_not_added(tmp_path: Path) -> None:
    path = write_bundle(tmp_path / "source", cohort=small_mixture())
    file = path.parent / "nets" / "cohort.npz"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(WeightsError, match=r"cohort\.npz: got sha256"):
        add_bundle(path, folder=tmp_path / "bundles")
    assert list((tmp_path / "bundles").iterdir()) == []


def test_a_file_that_changes_after_opening_is_not_loaded(tmp_path: Path, model_cache: Path) -> None:
    path = write_bundle(tmp_path / "source")
    opened = open_bundle(path, folder=tmp_path, cache=model_cache, providers=CPU)
    opened.recogniser.write_bytes(mean_network(dimensions=8) + b"\x10\x01")
    with pytest.raises(WeightsError, match=r"got sha256 \w+, want"):
        opened.recogniser_session()


def test_a_recogniser_of_another_length_is_refused(tmp_path: Path, model_cache: Path) -> None:
    path = write_bundle(tmp_path / "source", dimensions=9, says=8)
    opened = open_bundle(path, folder=tmp_path, cache=model_cache, providers=CPU)
    with pytest.raises(BundleError, match=r"outputs: got shape \(None, 9\), want \(None, 8\)"):
        opened.recogniser_session()


def test_no_such_bundle_says_which_there_are(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="got other, want a manifest or one of default"):
        open_bundle("other", folder=tmp_path, cache=tmp_path, providers=CPU)
