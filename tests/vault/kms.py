"""A real program that wraps keys, its key file, and the rings that it serves."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

from overt.vault.keys import KeyRing
from overt.vault.master_command import MasterCommand

PROGRAM = Path(__file__).with_name("wrapping_program.py")


class Kms:
    """Plays a key management service."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keyfile = folder / "kms.key"
        self.keyfile.write_bytes(secrets.token_bytes(32))

    def master(self, *fault: str) -> MasterCommand:
        command = (sys.executable, "-I", str(PROGRAM), str(self.keyfile), *fault)
        return MasterCommand(command, timeout_s=180)

    def ring(self, *fault: str) -> KeyRing:
        return KeyRing(self.folder / "ring", master=self.master(*fault))
