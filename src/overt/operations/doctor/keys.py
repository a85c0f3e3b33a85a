"""The keys: the master key is there, wraps and unwraps, and opens the data keys."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from itertools import islice
from typing import Final

from overt.errors import OvertError, VaultError
from overt.operations.doctor.finding import Family, Finding, cannot_tell, fails, failure, holds
from overt.settings import Settings
from overt.vault.keys import KeyRing, Master, MasterFile, master_path
from overt.vault.master_command import MasterCommand
from overt.vault.sealed import KEY_BYTES, seal, unseal
from overt.wiring import open_keys_to_destroy

__all__ = ["check_keys"]

TRIED: Final = 20  # data keys that are opened: a command may take its time with each
NAME: Final = "doctor"
CONTEXT: Final = b"overt doctor"


def check_keys(settings: Settings) -> Iterator[Finding]:
    """Look at the master key, then at what it wraps. No key is made, changed or shown."""
    if not (settings.keys_dir / "keys").is_dir():
        yield cannot_tell(
            Family.KEYS, "keys", "none yet", "the first list or deployment makes them"
        )
        return
    try:
        # Made first: a ring looks at the permissions of its folders.
        ring = open_keys_to_destroy(settings)
        master = _master(settings)
    except OvertError as error:
        yield failure(Family.KEYS, "master key", error)
        return
    yield _round_trip(master, settings)
    yield _opened(KeyRing(settings.keys_dir, master=master), ring.names())
    if not settings.master_command:
        yield cannot_tell(
            Family.KEYS,
            "place of the master key",
            f"{master_path(settings.keys_dir)}, beside the data",
            "for a real deployment keep it elsewhere: docs/guides/keys.md",
        )


def _master(settings: Settings) -> Master:
    if settings.master_command:
        return MasterCommand(settings.master_command)
    return MasterFile(master_path(settings.keys_dir), make=False)


def _round_trip(master: Master, settings: Settings) -> Finding:
    """Wrap and unwrap a key that is kept nowhere, seal and open a text with it."""
    what = "command" if settings.master_command else "file of mode 0600"
    key, text = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(1024)
    try:
        again = master.unwrap(master.wrap(key, name=NAME), name=NAME)
        opened = unseal(again, seal(key, text, context=CONTEXT), context=CONTEXT)
    except OvertError as error:
        return failure(Family.KEYS, "master key", error)
    if again != key or opened != text:
        return fails(
            Family.KEYS,
            "master key",
            "got another key out of its wrapping, want the same",
            "seal nothing with it; find out what the master key's program does",
        )
    return holds(Family.KEYS, "master key", f"a {what}; a key was wrapped, sealed with and opened")


def _opened(ring: KeyRing, names: tuple[str, ...]) -> Finding:
    """Open some of the data keys."""
    opened = 0
    for name in islice(reversed(names), TRIED):
        try:
            ring.get(name)
        except VaultError as error:
            if name in ring.names():  # else it was destroyed meanwhile, as it may be
                return failure(Family.KEYS, f"data key {name}", error)
        else:
            opened += 1
    return holds(Family.KEYS, "data keys", f"{opened} of {len(names)} tried, and open")
