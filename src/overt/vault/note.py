"""A small note beside the keys."""

from __future__ import annotations

from pathlib import Path

from overt.vault.private import read, write_over

__all__ = ["Note"]


class Note:
    """One file of mode 0600, written whole or not at all."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> bytes | None:
        """Give what it says; None: there is none.

        Raises:
            VaultError: others can open it, or it cannot be read.
        """
        return read(self._path)

    def write(self, content: bytes) -> None:
        """Write it in place of what is there.

        Raises:
            VaultError: it cannot be written.
        """
        write_over(self._path, content)
