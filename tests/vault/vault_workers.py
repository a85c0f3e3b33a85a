"""What other processes do with a vault in the tests; each function runs in its own process."""

from __future__ import annotations

import resource
import secrets
from multiprocessing.connection import Connection
from pathlib import Path

from overt.errors import VaultError
from overt.vault.files import Vault
from overt.vault.keys import KeyRing

MARK = b"PLAIN BYTES OF A FACE "  # what must never be found on the disk
CONTEXT = b"test"


def create_key(folder: Path, go: Connection, told: Connection) -> None:
    """Make the ring and the same key as the other processes, at once."""
    told.send_bytes(b"ready")
    go.recv_bytes()
    told.send_bytes(KeyRing(folder).create("deployment"))


def put_for_ever(folder: Path, told: Connection) -> None:
    """Put files, old names and new ones, and say after each that it is there, until killed."""
    keys = KeyRing(folder / "keys")
    vault = Vault(folder / "data", keys)
    number = 0
    while True:
        key_name, name = f"alert-{number % 7}", f"face-{number % 11}"
        keys.create(key_name)
        vault.put(name, key_name, MARK * (1 + secrets.randbelow(5000)), context=CONTEXT)
        told.send((key_name, name))
        number += 1


def put_too_much(folder: Path, told: Connection) -> None:
    """Put a file that is larger than any file may grow, as on a full disk; say how it ended."""
    vault = Vault(folder / "data", KeyRing(folder / "keys"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    try:
        vault.put("a", "alert-1", MARK * 1000, context=CONTEXT)
    except VaultError as error:
        told.send((str(error), error.hint))
