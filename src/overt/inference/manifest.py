"""Reading a bundle's manifest (TOML). Nothing is guessed: a manifest is complete or refused.

Of the files that it names only the evaluation record is read: rules are checked on what it says.
"""

from __future__ import annotations

import hashlib
import itertools
from pathlib import Path
from typing import Final

import rfc8785

from overt.errors import BundleError, EvaluationError
from overt.inference.bundle import (
    Alignment,
    Bundle,
    Channels,
    CohortEntry,
    Conversion,
    DetectorEntry,
    Evaluation,
    FewerDigits,
    Head,
    IntendedUse,
    ModelFile,
    Network,
    Normalisation,
    PackagedFile,
    RecogniserEntry,
    Unread,
)
from overt.inference.evaluation_file import record_from
from overt.table import Table, read_toml
from overt.values.calibration import Calibration, Tail
from overt.values.digits import Precision
from overt.values.evaluation import Record
from overt.values.metric import Metric

__all__ = ["NAME_PATTERN", "read_manifest"]

NAME_PATTERN: Final = r"[a-z0-9][a-z0-9-]{0,62}"
SHA256_PATTERN: Final = r"[0-9a-f]{64}"
MANY: Final = 1e6  # larger than any raw score or pixel position


def read_manifest(path: Path) -> Bundle:
    """Read and check a manifest, and the evaluation record beside it; the networks are not touched.

    A record that is missing or altered is told in `Evaluation.record`, and raises nothing here: so
    a rule can say what is wrong, and `open_bundle` refuses.

    Raises:
        BundleError: the manifest cannot be read, or is not complete and consistent.
    """
    content = read_toml(path, want="a manifest", error=BundleError)
    table = Table(content, file=str(path), error=BundleError)
    calibration = _calibration(table.table("calibration")) if table.has("calibration") else None
    bundle = Bundle(
        name=table.text("name", pattern=NAME_PATTERN, want="small letters, digits and hyphens"),
        version=table.text("version"),
        intended_use=table.choice("intended_use", IntendedUse),
        licence=table.text("licence"),
        source=table.text("source"),
        description=table.text("description"),
        detector=_detector(table.table("detector"), beside=path.parent),
        recogniser=_recogniser(table.table("recogniser"), beside=path.parent),
        cohort=_cohort(table.table("cohort"), path.parent) if table.has("cohort") else None,
        calibration=calibration,
        digest=_digest(content, path),
        evaluated=_digest(_as_evaluated(content), path),
        evaluation=_evaluation(table.table("evaluation"), path.parent)
        if table.has("evaluation")
        else None,
        fewer_digits=_fewer_digits(table.table("fewer_digits"), path.parent)
        if table.has("fewer_digits")
        else None,
    )
    table.done()
    if (bundle.intended_use is IntendedUse.OPERATIONAL) is not (bundle.evaluation is not None):
        table.wrong(
            "intended_use",
            str(bundle.intended_use),
            "operational with an [evaluation], which `overt models qualify` writes, else trial",
        )
    return bundle


def _as_evaluated(content: dict[str, object]) -> dict[str, object]:
    """Give a manifest as it was when it was evaluated: for trials, and without the evaluation."""
    kept = {key: value for key, value in content.items() if key != "evaluation"}
    return {**kept, "intended_use": str(IntendedUse.TRIAL)}


def _evaluation(table: Table, beside: Path) -> Evaluation:
    file = _beside(table, beside)
    sha256 = _sha256(table, "sha256")
    table.done()
    return Evaluation(file, sha256, _record(file, sha256))


def _record(file: Path, sha256: str) -> Record | Unread:
    try:
        content = file.read_bytes()
    except OSError as error:
        return Unread(f"{file.name}: got {error.strerror}, want the evaluation record")
    got = hashlib.sha256(content).hexdigest()
    if got != sha256:
        return Unread(f"{file.name}: got sha256 {got}, want {sha256}")
    try:
        return record_from(content, shown=file.name)
    except EvaluationError as error:
        return Unread(str(error))


def _digest(content: dict[str, object], path: Path) -> str:
    """Hash the canonical bytes of RFC 8785: blanks, comments and order do not count."""
    try:
        return hashlib.sha256(rfc8785.dumps(content)).hexdigest()  # pyright: ignore[reportArgumentType]: checked by the call
    except rfc8785.CanonicalizationError as error:
        raise BundleError(f"{path}: got a value without canonical form: {error}") from error


def _detector(table: Table, *, beside: Path) -> DetectorEntry:
    entry = DetectorEntry(
        file=_file(table, beside=beside),
        head=table.choice("head", Head),
        normalisation=_normalisation(table),
        min_face_px=table.number("min_face_px", low=4, high=512),
        score_threshold=table.number("score_threshold", low=0.01, high=0.99),
        nms_iou=table.number("nms_iou", low=0.05, high=0.95),
        stride=table.integer("stride", low=1, high=256),
    )
    table.done()
    return entry


def _recogniser(table: Table, *, beside: Path) -> RecogniserEntry:
    entry = RecogniserEntry(
        file=_file(table, beside=beside),
        input_size=table.integer("input_size", low=16, high=1024),
        normalisation=_normalisation(table),
        dimensions=table.integer("dimensions", low=8, high=8192),
        metric=table.choice("metric", Metric),
        alignment=_alignment(table.table("alignment")),
    )
    if entry.alignment.size != entry.input_size:
        table.wrong("alignment.size", entry.alignment.size, f"input_size, {entry.input_size}")
    table.done()
    return entry


def _alignment(table: Table) -> Alignment:
    size = table.integer("size", low=16, high=1024)
    points = table.table("template")
    names = ("left_eye", "right_eye", "nose", "left_mouth", "right_mouth")
    template = tuple(_point(points, name, size=size) for name in names)
    left, right, _, left_mouth, right_mouth = (x for x, _ in template)
    if not (left < right and left_mouth < right_mouth):
        points.wrong("left_eye", left, "left of right_eye, as seen in the picture; mouth likewise")
    points.done()
    table.done()
    return Alignment(size, template)


def _point(table: Table, name: str, *, size: int) -> tuple[float, float]:
    numbers = table.numbers(name, low=-size, high=2 * size)
    if len(numbers) != 2:
        table.wrong(name, list(numbers), "x and y")
    return numbers[0], numbers[1]


def _normalisation(table: Table) -> Normalisation:
    channels = table.choice("channels", Channels)
    mean = table.numbers("mean", low=0, high=255)
    if len(mean) != 3:
        table.wrong("mean", list(mean), "3 numbers")
    return Normalisation(
        channels, (mean[0], mean[1], mean[2]), table.number("scale", low=1e-6, high=1e3)
    )


def _file(table: Table, *, beside: Path) -> ModelFile:
    sha256 = _sha256(table, "sha256")
    if table.has("file"):
        return ModelFile(_beside(table, beside), Conversion.NONE, sha256)
    package = table.table("package")
    conversion = table.choice("conversion", Conversion)
    packaged = PackagedFile(
        distribution=package.text("distribution"),
        path=package.text("path"),
        source_sha256=_sha256(package, "source_sha256"),
    )
    package.done()
    if conversion is Conversion.NONE and packaged.source_sha256 != sha256:
        table.wrong("sha256", sha256, f"source_sha256 where nothing is converted: {packaged}")
    return ModelFile(packaged, conversion, sha256)


def _beside(table: Table, folder: Path) -> Path:
    """Give a file beside the manifest or below it: a bundle is one folder that can be moved."""
    name = table.text("file")
    relative = Path(name)
    if relative.is_absolute() or ".." in relative.parts:
        table.wrong("file", name, "a path relative to the manifest, without ..")
    return folder.resolve() / relative


def _cohort(table: Table, beside: Path) -> CohortEntry:
    entry = CohortEntry(
        file=_beside(table, beside),
        sha256=_sha256(table, "sha256"),
        size=table.integer("size", low=100, high=100_000),
        seed=table.integer("seed", low=0, high=2**32 - 1),
        top=table.integer("top", low=10, high=10_000),
        script=table.text("script"),
        datasets=table.texts("datasets"),
        photographs=table.integer("photographs", low=100, high=10**12),
    )
    if entry.top > entry.size:
        table.wrong("top", entry.top, f"size, {entry.size}, or fewer")
    table.done()
    return entry


def _fewer_digits(table: Table, beside: Path) -> FewerDigits:
    networks = table.texts("networks")
    if not set(networks) <= set(Network) or len(set(networks)) < len(networks):
        table.wrong("networks", list(networks), f"each once, of {', '.join(Network)}")
    made = FewerDigits(
        precision=table.choice("precision", Precision),
        networks=tuple(Network(each) for each in networks),
        mother=table.text("mother"),
        mother_digest=_sha256(table, "mother_digest"),
        tool=table.text("tool"),
        pictures=table.integer("pictures", low=0, high=10**9),
        pictures_sha256=_sha256(table, "pictures_sha256"),
        file=_beside(table, beside),
        sha256=_sha256(table, "sha256"),
    )
    table.done()
    return made


def _sha256(table: Table, key: str) -> str:
    return table.text(key, pattern=SHA256_PATTERN, want="64 hexadecimal digits")


def _calibration(table: Table) -> Calibration:
    scores = table.numbers("scores", low=-MANY, high=MANY)
    log10_fmr = table.numbers("log10_fmr", low=-30, high=0)
    if len(scores) < 2 or any(a >= b for a, b in itertools.pairwise(scores)):
        table.wrong("scores", list(scores), "two or more rising numbers")
    if len(log10_fmr) != len(scores) or any(a <= b for a, b in itertools.pairwise(log10_fmr)):
        table.wrong("log10_fmr", list(log10_fmr), f"{len(scores)} falling numbers")
    calibration = Calibration(
        script=table.text("script"),
        datasets=table.texts("datasets"),
        group=table.text("group"),
        pairs=table.integer("pairs", low=1, high=10**15),
        scores=scores,
        log10_fmr=log10_fmr,
        extrapolated_above=table.number("extrapolated_above", low=-MANY, high=MANY),
        tail=_tail(table.table("tail")),
    )
    table.done()
    return calibration


def _tail(table: Table) -> Tail:
    tail = Tail(
        threshold=table.number("threshold", low=-MANY, high=MANY),
        shape=table.number("shape", low=-5, high=5),
        scale=table.number("scale", low=1e-9, high=MANY),
        rate=table.number("rate", low=1e-12, high=1),
    )
    table.done()
    return tail
