"""What wrapped a data key: the wrapped key's own first bytes say so."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from overt.errors import VaultError

__all__ = ["COMMAND_MARK", "Wrapping", "require_wrapping", "wrapping_of"]

# What a file wrapped begins with its version, 0x01 (overt.vault.sealed): never this letter.
COMMAND_MARK: Final = b"overt key wrapped by a command\n"


class Wrapping(StrEnum):
    """What holds the master key."""

    FILE = "file"
    COMMAND = "command"


def wrapping_of(wrapped: bytes) -> Wrapping:
    """Tell what wrapped these bytes; whether it still opens them, they cannot say."""
    return Wrapping.COMMAND if wrapped.startswith(COMMAND_MARK) else Wrapping.FILE


def require_wrapping(wrapped: bytes, *, name: str, want: Wrapping) -> None:
    """Refuse a key of the other kind: the setting was changed, and the ring not moved.

    Raises:
        VaultError: it was wrapped by the other kind of master key.
    """
    if (got := wrapping_of(wrapped)) is not want:
        raise VaultError(
            f"key {name!r}: got one wrapped by the {got}, want one wrapped by the {want}",
            hint=f"with `master_command` set, `overt keys rewrap --to {want}` moves every key; "
            "or change the setting back",
        )
