"""Searches every file in a folder for what must not be there: templates and faces of passers-by.

A file is read as it is, and as what it may hold: sealed files opened with the keys beside them,
archives, pictures, text in base64 or hexadecimal. A template is found by any eight numbers of it
that stand in a row, as binary numbers of any usual kind or as decimals; a face by any 64 bytes in a
row of its pixels, and by being recognised.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from builders import make_quality
from PIL import Image
from scipy.spatial import KDTree

from overt.arrays import F32, Plane, Rgb
from overt.detect.heads import detector_for
from overt.detect.picture import Scaling
from overt.embed.recogniser import Recogniser
from overt.errors import VaultError
from overt.sources.stills import planes_of
from overt.values.frame import Frame
from overt.values.shots import Shots
from overt.vault.files import Vault
from overt.vault.keys import KeyRing
from overt.wiring import Models

KINDS = tuple(order + size for order in "<>" for size in ("f2", "f4", "f8"))
NUMBER = re.compile(rb"[-+]?\d*\.\d+(?:[eE][-+]?\d+)?")
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{40,}={0,2}")
HEX = re.compile(rb"(?:[0-9a-fA-F]{2}){32,}")
BLOCK = 4  # numbers: of any eight in a row, four stand at a multiple of four
DECIMALS = 6e-4  # half a step of three decimals, and a little
RUN = 32  # pixels: of any 64 bytes in a row, 32 stand at a multiple of 32
TONES = 12  # a run with fewer is a plain surface, which is nobody's
DEEP = 4  # archives in archives
FULL_SCORE = 0.6  # of the detector: surely a face


@dataclass(frozen=True, slots=True, eq=False)
class Secrets:
    """What must not be found."""

    vectors: F32  # (n, d) templates of passers-by
    faces: tuple[Rgb, ...]  # their faces, cut out
    lumas: tuple[Plane, ...]  # the same as the camera gave them


@dataclass(frozen=True, slots=True)
class Leak:
    """Something was found."""

    file: str
    what: str


class Search:
    """Looks for secrets."""

    def __init__(self, secrets: Secrets) -> None:
        self._numbers = _numbers(secrets.vectors)
        blocks = secrets.vectors.astype(np.float64).reshape(-1, BLOCK)
        self._decimals = KDTree(blocks)
        self._pixels = _Patterns(_runs(secrets))

    def folder(self, folder: Path, *, before: frozenset[str] = frozenset()) -> Iterator[Leak]:
        """Search all files under a folder but those that were there before, by their sha256."""
        for path in sorted(folder.rglob("*")):
            if path.is_file() and digest(path) not in before:
                name = str(path.relative_to(folder))
                for what in self.data(path.read_bytes()):
                    yield Leak(name, what)
        for name, plain in opened(folder):
            for what in self.data(plain):
                yield Leak(name, what)

    def data(self, data: bytes) -> Iterator[str]:
        """Search bytes and all that they hold."""
        for form, content in views(data):
            if self._numbers.found_in(content):
                yield f"template, {form}"
            if self._pixels.found_in(content):
                yield f"pixels, {form}"
            if self._found_as_decimals(content):
                yield f"template in decimals, {form}"

    def _found_as_decimals(self, data: bytes) -> bool:
        numbers = np.array([float(number) for number in NUMBER.findall(data)], np.float64)
        numbers = numbers[np.isfinite(numbers)]
        if len(numbers) < BLOCK:
            return False
        rows = np.lib.stride_tricks.sliding_window_view(numbers, BLOCK)
        tree: Any = self._decimals
        found = tree.query(rows, p=np.inf, distance_upper_bound=DECIMALS)
        return bool(np.isfinite(found[0]).any())


def digest(path: Path) -> str:
    """Give a file's sha256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Patterns:
    """Byte strings of one or several lengths, all looked for at once."""

    def __init__(self, patterns: set[bytes]) -> None:
        self._by_start: dict[int, list[bytes]] = {}
        for pattern in patterns:
            start = int.from_bytes(pattern[:8], "little")
            self._by_start.setdefault(start, []).append(pattern)
        self._starts = np.array(sorted(self._by_start), np.uint64)
        self._possible = np.zeros(1 << 20, np.bool_)  # by 20 bits of the start: most are not
        self._possible[_bits(self._starts)] = True

    def found_in(self, data: bytes) -> bool:
        for shift in range(8):
            usable = (len(data) - shift) // 8 * 8
            if usable <= 0:
                break
            words = np.frombuffer(data, "<u8", count=usable // 8, offset=shift)
            likely = np.flatnonzero(self._possible[_bits(words)])
            nearest = np.searchsorted(self._starts, words[likely]).clip(max=len(self._starts) - 1)
            for at in likely[self._starts[nearest] == words[likely]]:
                offset = shift + 8 * int(at)
                if any(
                    data.startswith(pattern, offset) for pattern in self._by_start[int(words[at])]
                ):
                    return True
        return False


def _bits(words: np.ndarray) -> np.ndarray:
    return ((words * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(44)).astype(np.int64)


def _numbers(vectors: F32) -> _Patterns:
    """Give each four numbers of each template as bytes, as each kind of binary number."""
    blocks = vectors.reshape(-1, BLOCK)
    return _Patterns({row.tobytes() for kind in KINDS for row in blocks.astype(kind)})


def _runs(secrets: Secrets) -> set[bytes]:
    lines = [row for face in secrets.faces for row in face.reshape(len(face), -1)]
    lines += [row for luma in secrets.lumas for row in luma]
    runs: set[bytes] = set()
    for line in lines:
        for at in range(0, len(line) - RUN + 1, RUN):
            run = line[at : at + RUN]
            if len(np.unique(run)) >= TONES:
                runs.add(run.tobytes())
    return runs


def views(data: bytes, *, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """Give bytes as they are, and all that can be unpacked from them."""
    yield "as it is", data
    if depth == DEEP:
        return
    for form, inner in _inside(data):
        for further, content in views(inner, depth=depth + 1):
            yield (form if further == "as it is" else f"{form}, {further}"), content


def _inside(data: bytes) -> Iterator[tuple[str, bytes]]:
    if b"PK\x03\x04" in data:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for name in archive.namelist():
                    yield f"archive's {name}", archive.read(name)
        except (zipfile.BadZipFile, OSError, zlib.error):
            pass
    picture = as_picture(data)
    if picture is not None:
        yield "picture", picture.tobytes()
        yield "picture's luma", planes_of(picture)[0].tobytes()
    if len(data) < 5_000_000:  # text; a model's megabytes are none
        for text in BASE64.findall(data):
            try:
                yield (
                    "base64",
                    base64.b64decode(text + b"===", altchars=b"-_" if b"_" in text else None),
                )
            except (binascii.Error, ValueError):
                continue
        for text in HEX.findall(data):
            yield "hexadecimal", bytes.fromhex(text.decode())


def as_picture(data: bytes) -> Rgb | None:
    if not data.startswith(
        (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF")
    ):
        return None
    try:
        with Image.open(io.BytesIO(data)) as image:
            return np.asarray(image.convert("RGB"))
    except (OSError, ValueError, SyntaxError):
        return None


def opened(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Open every sealed piece of evidence in data folders under a folder, with its keys."""
    for evidence in sorted(folder.rglob("evidence")):
        keys = KeyRing(evidence.parent / "keys")
        vault = Vault(evidence, keys)
        for key_name in vault.key_names():
            for name in vault.names(key_name):
                try:
                    plain = vault.get(name, key_name=key_name, context=f"alert:{name}".encode())
                except VaultError as error:
                    raise AssertionError(f"got evidence that does not open: {error}") from error
                yield f"{evidence.relative_to(folder)}/{name}, opened", plain


def pictures(folder: Path) -> Iterator[tuple[str, Rgb]]:
    """Give every picture under a folder, in whatever it lies."""
    sources = [
        (str(p.relative_to(folder)), p.read_bytes())
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    ]
    for name, data in (*sources, *opened(folder)):
        for form, content in views(data):
            picture = as_picture(content)
            if picture is not None and min(picture.shape[:2]) >= 16:
                yield f"{name}, {form}", picture


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A face that the detector finds in a picture."""

    picture: str
    box: np.ndarray  # x1 y1 x2 y2, pixels
    score: float  # of the detector
    template: F32  # (d,)


class Viewer:
    """Looks at pictures as an attacker would who has our own models."""

    def __init__(self, models: Models) -> None:
        self._detector = detector_for(models.opened, scaling=Scaling(24))
        self._embedder = Recogniser(
            models.opened.recogniser_session(), models.opened.bundle.recogniser
        )
        self._models = models

    def faces(
        self, name: str, picture: Rgb, *, as_frame: Callable[[Rgb], Frame]
    ) -> Iterator[Shown]:
        """Find the faces in a picture, and make their templates."""
        frame = as_frame(picture)
        found = self._detector.detect(frame)
        quality = make_quality()
        shots = Shots(np.arange(len(found)), found, (quality,) * len(found))
        templates = self._embedder.embed(frame, shots).vectors
        for box, score, template in zip(found.boxes, found.scores, templates, strict=True):
            yield Shown(name, box, float(score), template)

    def similarity(self, one: F32, others: F32) -> np.ndarray:
        """Compare a template with others (n, d), on the reference scale."""
        comparer = self._models.comparer
        found = comparer.compare(comparer.side(one[None]), comparer.side(others)).scores[0]
        return self._models.scale.similarity(found)
