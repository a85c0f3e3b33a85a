"""Bundles by name: the one that comes with overt, and those that a user added."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Final

from overt.errors import BundleError, EvaluationError, WeightsError
from overt.inference.bundle import Bundle, Unread
from overt.inference.evaluation_file import beside_from
from overt.inference.manifest import NAME_PATTERN, read_manifest
from overt.inference.session import Session
from overt.inference.store import ModelStore, read_checked
from overt.values.digits import Networks

__all__ = [
    "DEFAULT_BUNDLE",
    "MANIFEST",
    "OpenedBundle",
    "add_bundle",
    "copy_bundle",
    "find_manifest",
    "list_bundles",
    "open_bundle",
    "require_compared",
    "require_evaluated",
]

DEFAULT_BUNDLE: Final = "default"
MANIFEST: Final = "bundle.toml"


@dataclass(frozen=True, slots=True)
class OpenedBundle:
    """A bundle whose files are there and are the right ones."""

    bundle: Bundle
    detector: Path
    recogniser: Path
    providers: tuple[str, ...]

    def on(self, providers: tuple[str, ...]) -> OpenedBundle:
        """Give the same bundle, to be run by other providers."""
        return replace(self, providers=providers)

    def detector_session(self, *, threads: int = 1) -> Session:
        """Load the detector; the file is checked again as it is read.

        Raises:
            BundleError: it cannot be loaded.
        """
        sha256 = self.bundle.detector.file.sha256
        return Session(self.detector, providers=self.providers, threads=threads, sha256=sha256)

    def recogniser_session(self, *, threads: int = 1) -> Session:
        """Load the recogniser, and see that it takes and gives what the manifest says.

        Raises:
            BundleError: it cannot be loaded, or has other inputs or outputs.
        """
        entry = self.bundle.recogniser
        session = Session(
            self.recogniser, providers=self.providers, threads=threads, sha256=entry.file.sha256
        )
        side = entry.input_size
        _require_port(session, "inputs", (None, 3, side, side))
        _require_port(session, "outputs", (None, entry.dimensions))
        return session


def open_bundle(
    name_or_path: str | Path, *, folder: Path, cache: Path, providers: Sequence[str]
) -> OpenedBundle:
    """Read a bundle, find its files, convert them if they have to be, and check them.

    Args:
        name_or_path: a name (see `find_manifest`), a manifest, or a folder that holds one.
        folder: where the user's bundles live.
        cache: where converted networks are kept.
        providers: ONNX Runtime's names, the preferred first.

    Raises:
        BundleError: there is no such bundle, its manifest is wrong, or it is called operational
            and the evaluation that it rests on is missing, was altered, or is of another bundle;
            or its networks have fewer digits, and the comparison with the others likewise.
        WeightsError: a file is missing, or is not the one the manifest names.
    """
    bundle = read_manifest(find_manifest(name_or_path, folder=folder))
    require_evaluated(bundle)
    require_compared(bundle)
    store = ModelStore(cache)
    return OpenedBundle(
        bundle,
        detector=store.fetch(bundle.detector.file),
        recogniser=store.fetch(bundle.recogniser.file),
        providers=tuple(providers),
    )


def require_evaluated(bundle: Bundle) -> None:
    """Refuse a bundle that is called operational on the word of no evaluation of its own.

    Raises:
        BundleError: the record is missing, was altered, or is of another bundle.
    """
    if bundle.evaluation is None:
        return  # for trials: the manifest is refused where it is called operational
    found = bundle.evaluation.record
    hint = "`overt models qualify` makes a bundle operational, with the record of its evaluation"
    if isinstance(found, Unread):
        raise BundleError(f"bundle {bundle.name}: evaluation: {found.reason}", hint=hint)
    if found.model.digest != bundle.evaluated:
        raise BundleError(
            f"bundle {bundle.name}: got an evaluation of {found.model.digest}, want one of "
            f"{bundle.evaluated}, these files and this calibration",
            hint=hint,
        )


def require_compared(bundle: Bundle) -> None:
    """Refuse networks with fewer digits that were not compared with those they were made of.

    Raises:
        BundleError: the comparison is missing, was altered, or is of other networks.
    """
    made = bundle.fewer_digits
    if made is None:
        return
    hint = "`overt models quantise` makes such a bundle, and compares it"
    try:
        content = read_checked(made.file, sha256=made.sha256)
        found = beside_from(content, shown=made.file.name)
    except (EvaluationError, WeightsError) as error:
        raise BundleError(f"bundle {bundle.name}: fewer digits: {error}", hint=hint) from error
    got = (found.mother, found.after, found.precision)
    files = Networks(bundle.detector.file.sha256, bundle.recogniser.file.sha256)
    want = (made.mother_digest, files, made.precision)
    if got != want:
        raise BundleError(
            f"bundle {bundle.name}: got a comparison of {got}, want one of {want}", hint=hint
        )


def find_manifest(name_or_path: str | Path, *, folder: Path) -> Path:
    """Find a manifest: `default`, a name in the user's folder, a file, or a folder.

    Raises:
        BundleError: nothing of that name is there.
    """
    if isinstance(name_or_path, str) and re.fullmatch(NAME_PATTERN, name_or_path):
        if name_or_path == DEFAULT_BUNDLE:
            return _default_manifest()
        named = folder / name_or_path / MANIFEST
        if named.is_file():
            return named
    path = Path(name_or_path)
    for candidate in (path / MANIFEST, path):
        if candidate.is_file():
            return candidate
    names = ", ".join(_names(folder))
    raise BundleError(f"bundle: got {name_or_path}, want a manifest or one of {names}")


def list_bundles(folder: Path) -> tuple[Bundle, ...]:
    """Read the manifest that comes with overt, then those in the user's folder, by name.

    Raises:
        BundleError: one of them is wrong.
    """
    return tuple(read_manifest(find_manifest(name, folder=folder)) for name in _names(folder))


def add_bundle(path: Path, *, folder: Path) -> Bundle:
    """Check a bundle, then copy its manifest and files into the user's folder.

    An operational bundle takes the place of the trial bundle of its name that it was made of.

    Raises:
        BundleError: the bundle is wrong, or its name is taken.
        WeightsError: a file beside the manifest is missing, or is not the one it names.
    """
    manifest = find_manifest(path, folder=folder)
    bundle = read_manifest(manifest)
    require_evaluated(bundle)
    require_compared(bundle)
    target = folder / bundle.name
    taken = target.exists() and not _was_made_of(bundle, target)
    if bundle.name == DEFAULT_BUNDLE or taken:
        raise BundleError(f"{path}: got the name {bundle.name}, which is taken, want another")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".adding-", dir=folder) as name:
        whole = Path(name) / bundle.name
        copy_bundle(bundle, origin=manifest.parent.resolve(), target=whole)
        shutil.copyfile(manifest, whole / MANIFEST)
        if target.exists():  # in between there is none of this name: no deployment can start
            target.rename(Path(name) / "trial")
        whole.rename(target)
    return read_manifest(target / MANIFEST)


def _was_made_of(bundle: Bundle, folder: Path) -> bool:
    """Tell whether a bundle is what became of the trial bundle in a folder."""
    there = read_manifest(folder / MANIFEST)
    return bundle.evaluation is not None and there.digest == bundle.evaluated


def copy_bundle(bundle: Bundle, *, origin: Path, target: Path) -> None:
    """Copy the files of a bundle that lie beside its manifest; each is checked as it is read.

    Args:
        bundle: whose files they are.
        origin: folder of its manifest, resolved.
        target: a new folder, made here.

    Raises:
        WeightsError: a file is missing, or is not the one that the manifest names.
    """
    target.mkdir()
    for file in (bundle.detector.file, bundle.recogniser.file):
        if isinstance(file.source, Path):  # else in a package, and stays there
            _copy(file.source, sha256=file.sha256, origin=origin, target=target)
    if (cohort := bundle.cohort) is not None:
        _copy(cohort.file, sha256=cohort.sha256, origin=origin, target=target)
    if (evaluation := bundle.evaluation) is not None:
        _copy(evaluation.file, sha256=evaluation.sha256, origin=origin, target=target)
    if (made := bundle.fewer_digits) is not None:
        _copy(made.file, sha256=made.sha256, origin=origin, target=target)


def _copy(file: Path, *, sha256: str, origin: Path, target: Path) -> None:
    content = read_checked(file, sha256=sha256)
    copy = target / file.relative_to(origin)
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_bytes(content)


def _default_manifest() -> Path:
    return Path(str(files("overt") / "bundles" / f"{DEFAULT_BUNDLE}.toml"))


def _names(folder: Path) -> list[str]:
    found = sorted(path.parent.name for path in folder.glob(f"*/{MANIFEST}"))
    return [DEFAULT_BUNDLE, *(name for name in found if re.fullmatch(NAME_PATTERN, name))]


def _require_port(session: Session, kind: str, want: tuple[int | None, ...]) -> None:
    ports = session.inputs if kind == "inputs" else session.outputs
    got = ports[0].shape if len(ports) == 1 else tuple(port.shape for port in ports)
    fits = len(ports) == 1 and len(ports[0].shape) == len(want)
    if not fits or any(w and g not in (None, w) for g, w in zip(ports[0].shape, want, strict=True)):
        raise BundleError(f"{session.name}: {kind}: got shape {got}, want {want}")
