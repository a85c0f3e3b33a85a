"""A bundle whose networks have fewer digits, written with what it was made of.

It is for trials, and has none of the cohort, calibration and evaluation of its mother: those were
measured with other networks.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from overt.errors import BundleError
from overt.inference.bundle import (
    Bundle,
    Conversion,
    DetectorEntry,
    IntendedUse,
    ModelFile,
    Network,
    Normalisation,
    PackagedFile,
    RecogniserEntry,
)
from overt.inference.evaluation_file import write_record
from overt.inference.manifest import read_manifest
from overt.inference.opened import MANIFEST, OpenedBundle, require_compared
from overt.inference.store import read_checked
from overt.values.digits import Beside, Networks

__all__ = ["COMPARED_FILE", "Making", "networks_of", "with_networks", "write_made"]

COMPARED_FILE: Final = "compared.json"
LANDMARKS: Final = ("left_eye", "right_eye", "nose", "left_mouth", "right_mouth")


@dataclass(frozen=True, slots=True)
class Making:
    """What a bundle is made of, and how."""

    mother: Bundle
    name: str  # of the new bundle
    tool: str
    pictures: int  # that ranges were taken of
    pictures_sha256: str


def with_networks(mother: OpenedBundle, files: Mapping[Network, Path]) -> OpenedBundle:
    """Give an opened bundle with other files for some of its networks."""
    made = mother
    for network, path in files.items():
        file = ModelFile(path, Conversion.NONE, hashlib.sha256(path.read_bytes()).hexdigest())
        match network:
            case Network.DETECTOR:
                detector = replace(made.bundle.detector, file=file)
                made = replace(made, detector=path, bundle=replace(made.bundle, detector=detector))
            case Network.RECOGNISER:
                recogniser = replace(made.bundle.recogniser, file=file)
                bundle = replace(made.bundle, recogniser=recogniser)
                made = replace(made, recogniser=path, bundle=bundle)
    return made


def networks_of(bundle: Bundle) -> Networks:
    """Name the files that the runtime is given."""
    return Networks(bundle.detector.file.sha256, bundle.recogniser.file.sha256)


def write_made(making: Making, made: OpenedBundle, beside: Beside, *, out: Path) -> Bundle:
    """Write a folder with the networks that are not in a package, the comparison and a manifest.

    Args:
        making: what the bundle is made of.
        made: its networks, see `with_networks`.
        beside: what both bundles made of the same pictures.
        out: a new folder.

    Raises:
        BundleError: `out` is there.
        WeightsError: a file is missing, or is not the one that it was.
    """
    if out.exists():
        raise BundleError(f"{out}: got a folder that is there, want a new one")
    compared = write_record(beside)
    entries = {Network.DETECTOR: made.bundle.detector, Network.RECOGNISER: made.bundle.recogniser}
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".making-", dir=out.parent) as name:
        whole = Path(name) / "bundle"
        whole.mkdir()
        for network, entry in entries.items():
            if isinstance(entry.file.source, Path):
                content = read_checked(entry.file.source, sha256=entry.file.sha256)
                (whole / f"{network}.onnx").write_bytes(content)
        (whole / COMPARED_FILE).write_bytes(compared)
        lines = _manifest(making, made.bundle, beside, hashlib.sha256(compared).hexdigest())
        (whole / MANIFEST).write_text("\n".join(lines) + "\n", encoding="utf-8")
        require_compared(read_manifest(whole / MANIFEST))
        whole.rename(out)
    return read_manifest(out / MANIFEST)


def _manifest(making: Making, made: Bundle, beside: Beside, compared: str) -> Iterator[str]:
    mother = making.mother
    source = f"{mother.source}. Made {beside.precision} by {making.tool}"
    before, after = networks_of(mother), networks_of(made)
    changed = [
        network
        for network in Network
        if getattr(before, network.value) != getattr(after, network.value)
    ]
    of = f"{mother.name} {mother.version}"
    about = (
        f"Bundle {of} with fewer digits ({beside.precision}: {', '.join(changed)}). Of that "
        f"bundle: {' '.join(mother.description.split())}"
    )
    yield f"name = {_text(making.name)}"
    yield f"version = {_text(mother.version)}"
    yield f"intended_use = {_text(IntendedUse.TRIAL)}"
    yield f"licence = {_text(mother.licence)}"
    yield f"source = {_text(source)}"
    yield f"description = {_text(about)}"
    yield from ("", "[fewer_digits]")
    yield f"precision = {_text(beside.precision)}"
    yield f"networks = [{', '.join(_text(each) for each in changed)}]"
    yield f"mother = {_text(of)}"
    yield f"mother_digest = {_text(mother.digest)}"
    yield f"tool = {_text(making.tool)}"
    yield f"pictures = {making.pictures}"
    yield f"pictures_sha256 = {_text(making.pictures_sha256)}"
    yield f"file = {_text(COMPARED_FILE)}"
    yield f"sha256 = {_text(compared)}"
    yield from _detector(made.detector)
    yield from _recogniser(made.recogniser)


def _detector(entry: DetectorEntry) -> Iterator[str]:
    yield from ("", f"[{Network.DETECTOR}]", f"head = {_text(entry.head)}")
    yield from _normalisation(entry.normalisation)
    yield f"min_face_px = {entry.min_face_px!r}"
    yield f"score_threshold = {entry.score_threshold!r}"
    yield f"nms_iou = {entry.nms_iou!r}"
    yield f"stride = {entry.stride}"
    yield from _file(entry.file, Network.DETECTOR)


def _recogniser(entry: RecogniserEntry) -> Iterator[str]:
    yield from ("", f"[{Network.RECOGNISER}]", f"input_size = {entry.input_size}")
    yield from _normalisation(entry.normalisation)
    yield f"dimensions = {entry.dimensions}"
    yield f"metric = {_text(entry.metric)}"
    yield from _file(entry.file, Network.RECOGNISER)
    yield from ("", "[recogniser.alignment]", f"size = {entry.alignment.size}")
    yield from ("", "[recogniser.alignment.template]")
    for name, (x, y) in zip(LANDMARKS, entry.alignment.template, strict=True):
        yield f"{name} = [{x!r}, {y!r}]"


def _normalisation(wanted: Normalisation) -> Iterator[str]:
    yield f"channels = {_text(wanted.channels)}"
    yield f"mean = [{', '.join(map(repr, wanted.mean))}]"
    yield f"scale = {wanted.scale!r}"


def _file(file: ModelFile, network: Network) -> Iterator[str]:
    """Give the lines that name a file; a table of a package comes last."""
    yield f"sha256 = {_text(file.sha256)}"
    if not isinstance(file.source, PackagedFile):
        yield f"file = {_text(f'{network}.onnx')}"
        return
    yield f"conversion = {_text(file.conversion)}"
    yield from ("", f"[{network}.package]")
    yield f"distribution = {_text(file.source.distribution)}"
    yield f"path = {_text(file.source.path)}"
    yield f"source_sha256 = {_text(file.source.source_sha256)}"


def _text(value: str) -> str:
    """Write text as TOML has it: as JSON has it, and one character more is escaped."""
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
