"""Sealed files in a folder, each under a key of the ring. Plain bytes never touch the disk."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

from overt.errors import VaultError
from overt.vault.keys import KeyRing
from overt.vault.private import (
    check_name,
    explained,
    make_folder,
    read,
    remove,
    sync_folder,
    write_over,
)
from overt.vault.sealed import seal, unseal

__all__ = ["Plain", "Vault"]

SUFFIX: Final = ".sealed"


class Plain(NamedTuple):
    """What is to be sealed into a file."""

    name: str
    content: bytes
    context: bytes


class Vault:
    """Sealed files: `KEY_NAME/NAME.sealed`, so that all that one key sealed lies together."""

    def __init__(self, folder: Path, keys: KeyRing) -> None:
        """Open the vault, or make it.

        Raises:
            VaultError: the folder is open to others, or cannot be made.
        """
        make_folder(folder)
        self._folder = folder
        self._keys = keys

    def put(self, name: str, key_name: str, plain: bytes, *, context: bytes) -> None:
        """Seal bytes into a file, in place of one that has the name already, in one step.

        Sealed in memory, then written beside, synchronised and renamed: a process killed at any
        moment leaves the old file, or the new one, and never plain bytes.

        Raises:
            VaultError: no such key, a name that is none, or the file cannot be written.
        """
        self.put_all(key_name, [Plain(name, plain, context)])

    def put_all(self, key_name: str, files: Iterable[Plain]) -> None:
        """Seal several files as `put` does, opening their key once: a KMS may take its time.

        Raises:
            VaultError: as for `put`; the files before stay.
        """
        key = self._keys.get(key_name)
        for name, content, context in files:
            path = self._path(name, key_name)
            sealed = seal(key, content, context=file_context(name, key_name, context))
            make_folder(path.parent)
            write_over(path, sealed)

    def get(self, name: str, key_name: str, *, context: bytes) -> bytes:
        """Open a sealed file.

        Raises:
            VaultError: no such file or key; altered; or put there under another name or context.
        """
        path = self._path(name, key_name)
        sealed = read(path)
        if sealed is None:
            raise VaultError(
                f"{path}: got no such file, want a sealed one",
                hint="it was deleted when it was due, or never put there",
            )
        key = self._keys.get(key_name)
        try:
            return unseal(key, sealed, context=file_context(name, key_name, context))
        except VaultError as error:
            raise VaultError(f"{path}: {error}", hint=error.hint) from error

    def delete(self, name: str, key_name: str) -> bool:
        """Delete a sealed file; tell whether it was there. Only `destroy` of its key is for ever.

        Raises:
            VaultError: it could not be deleted.
        """
        path = self._path(name, key_name)
        return remove(path) if path.parent.is_dir() else False

    def delete_all(self, key_name: str) -> int:
        """Delete everything that one key sealed, unfinished files too; tell how many files it was.

        Raises:
            VaultError: something could not be deleted.
        """
        folder = self._folder / check_name(key_name, "key")
        names = self.names(key_name)
        if folder.is_dir():
            with explained(folder):
                for path in folder.iterdir():
                    path.unlink(missing_ok=True)
                folder.rmdir()
                sync_folder(self._folder)
        return len(names)

    def names(self, key_name: str) -> tuple[str, ...]:
        """List the files that one key sealed, sorted; unfinished ones do not count."""
        folder = self._folder / check_name(key_name, "key")
        if not folder.is_dir():
            return ()
        with explained(folder):
            files = [p.name for p in folder.iterdir() if not p.name.startswith(".")]
        return tuple(sorted(name.removesuffix(SUFFIX) for name in files if name.endswith(SUFFIX)))

    def key_names(self) -> tuple[str, ...]:
        """List the names of the keys under which files lie, sorted, whether or not they live."""
        with explained(self._folder):
            return tuple(sorted(path.name for path in self._folder.iterdir() if path.is_dir()))

    def _path(self, name: str, key_name: str) -> Path:
        folder = self._folder / check_name(key_name, "key")
        return folder / f"{check_name(name, 'sealed file')}{SUFFIX}"


def file_context(name: str, key_name: str, context: bytes) -> bytes:
    """Bind a file to its place: names hold no NUL, so no other three give the same bytes."""
    return b"\0".join((b"overt sealed file", key_name.encode(), name.encode(), context))
