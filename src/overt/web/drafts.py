"""The files of deployments that are drafted in the console: taken in, kept, and read again.

They lie in one folder, under their sha256: the name that a file came with is used for nothing. So
do the watchlists that they name, so that `overt run` on this machine runs the same file.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import tomllib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from overt.errors import DeploymentError, MissingError
from overt.governance.deployment_file import deployment_from
from overt.inference.manifest import NAME_PATTERN
from overt.table import Table
from overt.values.deployment import Deployment, is_live

__all__ = ["MOST_BYTES", "Draft", "Drafts"]

MOST_BYTES: Final = 64 * 1024
LIST_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
DIGEST: Final = re.compile(r"[0-9a-f]{64}")
# What a file is that is no text, by how it begins: the error names it.
KINDS: Final = (
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"RIFF", "a picture or a sound (RIFF)"),
    (b"%PDF", "a PDF"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A deployment's file."""

    digest: str  # sha256: what is authorised is what was drafted
    deployment: Deployment
    text: str
    path: Path


class Drafts:
    """The folder of deployments' files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, name: str, content: bytes) -> Draft:
        """Check an uploaded file, keep it, and give what it says.

        Raises:
            DeploymentError: it is no deployment file; the message says what it is, or what is
                missing in it.
        """
        _require_name(name)
        text = _text_of(content)
        draft = self._read(text, content)
        self._keep(draft.path, content)
        return draft

    def find(self, digest: str) -> Draft:
        """Give a file that was drafted, by its sha256.

        Raises:
            MissingError: it is not on this machine, as where it was drafted elsewhere.
            DeploymentError: it was altered.
        """
        path = self._path(digest)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise MissingError(
                "deployment file: got none of this deployment on this machine, want the one that "
                "was drafted",
                hint="draft the same file here, or go on where it is: `overt deployment`",
            ) from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise DeploymentError(
                "deployment file: got one that was altered since it was drafted, want it as it was",
                hint="draft the file anew",
            )
        return self._read(content.decode(), content)

    def _read(self, text: str, content: bytes) -> Draft:
        digest = hashlib.sha256(content).hexdigest()
        table = Table(_table_of(text), file="deployment file", error=DeploymentError)
        deployment = deployment_from(table, folder=self._folder)
        _require_own_places(deployment, self._folder)
        return Draft(digest, deployment, text, self._path(digest))

    def _path(self, digest: str) -> Path:
        if not DIGEST.fullmatch(digest):
            raise MissingError("deployment file: got no sha256, want one")
        return self._folder / f"{digest}.toml"

    def _keep(self, path: Path, content: bytes) -> None:
        """Write a file whole or not at all, for its owner alone."""
        beside = path.with_suffix(f".{secrets.token_hex(4)}.new")
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as f:
                f.write(content)
                f.flush()
                os.fsync(f.fileno())
            beside.replace(path)
        except OSError as error:
            raise DeploymentError(
                f"deployment file: got {error.strerror} when it was written, want room for it",
                hint="free space in the data folder",
            ) from error


def _require_name(name: str) -> None:
    """Refuse a name that is no file's: it is not used, but whoever sends it tries something."""
    plain = PurePosixPath(name).name == name and "\\" not in name and name.isprintable()
    if not plain or name.startswith(".") or not name.endswith(".toml"):
        raise DeploymentError(
            f"deployment file: got the name {name[:80]!r}, want one that ends with .toml",
            hint="upload the deployment's TOML file",
        )


def _text_of(content: bytes) -> str:
    """Give the text of a file that is text and nothing else.

    Raises:
        DeploymentError: it is too large, or something else, or text with something else in it.
    """
    if len(content) > MOST_BYTES:
        raise DeploymentError(
            f"deployment file: got more than {MOST_BYTES // 1024} KiB, want a text of some lines"
        )
    for begins, kind in KINDS:
        if content.startswith(begins):
            raise DeploymentError(f"deployment file: got {kind}, want text (TOML)")
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise DeploymentError("deployment file: got what is no UTF-8, want text (TOML)") from None
    strange = next((c for c in text if not c.isprintable() and c not in "\n\r\t"), "")
    if strange:
        raise DeploymentError(
            f"deployment file: got the character U+{ord(strange):04X}, which cannot be seen, want "
            "text alone",
            hint="another file may be hidden in it: write it anew",
        )
    return text


def _table_of(text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DeploymentError(f"deployment file: got {error}, want TOML") from error
    except (ValueError, RecursionError) as error:  # a number or brackets without end
        raise DeploymentError(
            "deployment file: got TOML that is nested too deeply, or a number that is too long, "
            "want a deployment file"
        ) from error


def _require_own_places(deployment: Deployment, folder: Path) -> None:
    """Refuse paths: of an uploaded file, a list and recorded footage are plain names.

    Raises:
        DeploymentError: one leads out of the folder, or a bundle is named by its path.
    """
    for what, path in (
        ("watchlist", deployment.watchlist),
        *(
            (f"camera {c.name}", Path(c.source))
            for c in deployment.cameras
            if not is_live(c.source)
        ),
    ):
        if path.parent != folder or not LIST_NAME.fullmatch(path.name):
            raise DeploymentError(
                f"{what}: got a path, want a plain name of letters, digits, dots, hyphens and "
                "underscores",
                hint="what it names lies beside the files that were drafted, in the folder "
                "deployments of the data folder",
            )
    if not re.fullmatch(NAME_PATTERN, deployment.bundle):
        raise DeploymentError(
            "bundle: got a path, want a bundle's name",
            hint="`overt models list` shows those of this machine",
        )
