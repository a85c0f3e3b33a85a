"""Moves a ring of keys from one master key to another: the file, or the command.

Key by key, each in one step. Killed at any moment, every key opens with the one or the other, and
beginning again moves the rest.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from overt.errors import VaultError
from overt.vault.keys import KeyRing, Master, MasterFile, master_path
from overt.vault.private import shred
from overt.vault.wrapping import Wrapping

__all__ = ["rewrap_ring", "shred_master"]


def rewrap_ring(folder: Path, *, command: Master, to: Wrapping) -> Generator[str]:
    """Wrap every key anew that the other master key wrapped; give each name once it is moved.

    Args:
        folder: of the ring.
        command: the master that a command holds.
        to: what wraps them afterwards. A master key's file is made where none is needed yet.

    Raises:
        VaultError: a key does not open, or cannot be wrapped: those before it are moved.
    """
    by_command = KeyRing(folder, master=command)
    if to is Wrapping.COMMAND:
        ring = by_command
        others = _file_needed(by_command)
        old: Master = MasterFile(master_path(folder), make=False) if others else command
    else:
        made = not _file_needed(by_command)
        ring = KeyRing(folder, master=MasterFile(master_path(folder), make=made))
        old = command
    while waiting := [name for name, kind in ring.wrappings().items() if kind is not to]:
        for name in waiting:  # and then what was made meanwhile
            if ring.rewrap(name, old=old):
                yield name
    ring.shred_left()


def _file_needed(ring: KeyRing) -> bool:
    """Tell whether the master key's file wraps a key."""
    return Wrapping.FILE in ring.wrappings().values()


def shred_master(folder: Path, *, command: Master) -> bool:
    """Destroy the master key's file once the command opens every key; tell whether it was there.

    Raises:
        VaultError: a key that it still wraps, or one that the command does not open.
    """
    ring = KeyRing(folder, master=command)
    kinds = ring.wrappings()
    if by_file := [name for name, kind in kinds.items() if kind is Wrapping.FILE]:
        raise VaultError(
            f"master key {master_path(folder)}: got {len(by_file)} keys that it wraps, want none",
            hint="move them first: `overt keys rewrap --to command`",
        )
    for name in kinds:
        ring.get(name)
    return shred(master_path(folder))
