"""A master key that never comes here: a program wraps the data keys, by a KMS or an HSM.

    PROGRAM ARGUMENTS... wrap NAME       data key in, wrapped key out
    PROGRAM ARGUMENTS... unwrap NAME     wrapped key in, data key out

One line of base 64 on standard input, one on standard output, and exit code 0. It runs without a
shell. Its arguments may say where a secret lies, so no error, log or record repeats them; what it
says on standard error goes into the hint, which is never recorded.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from overt.errors import VaultError
from overt.text import printable
from overt.vault.sealed import KEY_BYTES
from overt.vault.wrapping import COMMAND_MARK, Wrapping, require_wrapping

__all__ = ["MasterCommand"]

TIMEOUT_S: Final = 30.0  # a KMS answers within one second, a busy HSM within some
LONGEST_BYTES: Final = 64 * 1024  # of a wrapped key
SAID: Final = 400  # characters of standard error that are shown
KEY_LIKE: Final = re.compile(r"[\w+/=-]{40,}", re.ASCII)  # 32 bytes: 43 of base 64, 64 of base 16


class MasterCommand:
    """Wraps data keys by running a program."""

    def __init__(self, command: Sequence[str], *, timeout_s: float = TIMEOUT_S) -> None:
        """Take the program and its arguments; it is run when a key is wrapped or unwrapped.

        Raises:
            VaultError: no program, or one that is not named by its whole path.
        """
        if not command or not Path(command[0]).is_absolute():
            got = repr(command[0]) if command else "nothing"
            raise VaultError(
                f"master_command: got the program {got}, want its whole path",
                hint="a name alone would run whatever of that name is found first",
            )
        self._command = tuple(command)
        self._timeout_s = timeout_s

    @property
    def program(self) -> str:
        """Name the program, without its arguments."""
        return Path(self._command[0]).name

    def wrap(self, key: bytes, /, *, name: str) -> bytes:
        """Wrap a data key under its name.

        Raises:
            VaultError: the program does not run, fails, takes too long, or gives no wrapped key.
        """
        wrapped = self._run("wrap", name, key)
        if key in wrapped or not wrapped:
            got = "the key itself" if wrapped else "0 bytes"
            raise self._wrong("wrap", name, f"got {got}, want it wrapped")
        return COMMAND_MARK + wrapped

    def unwrap(self, wrapped: bytes, /, *, name: str) -> bytes:
        """Unwrap a data key.

        Raises:
            VaultError: wrapped by a file, or the program does not run, fails, takes too long, or
                gives no data key.
        """
        require_wrapping(wrapped, name=name, want=Wrapping.COMMAND)
        key = self._run("unwrap", name, wrapped.removeprefix(COMMAND_MARK))
        if len(key) != KEY_BYTES:
            raise self._wrong("unwrap", name, f"got {len(key)} bytes, want {KEY_BYTES}")
        return key

    def _run(self, verb: str, name: str, data: bytes) -> bytes:
        given = base64.b64encode(data)
        code, out, err = self._ended(verb, name, given + b"\n")
        line = out.removesuffix(b"\n").removesuffix(b"\r")
        said = _shown(err)
        if code:
            got = f"exit code {code}" if code > 0 else f"an end by signal {-code}"
            raise self._wrong(verb, name, f"got {got}, want 0", said)
        if len(line) > LONGEST_BYTES:
            raise self._wrong(
                verb, name, f"got {len(line)} bytes of output, want {LONGEST_BYTES} at most", said
            )
        try:
            return base64.b64decode(line, validate=True)
        except (binascii.Error, ValueError):  # whose text could repeat what it was given
            raise self._wrong(
                verb, name, f"got {len(out)} bytes of output, want one line of base 64", said
            ) from None

    def _ended(self, verb: str, name: str, given: bytes) -> tuple[int, bytes, bytes]:
        """Run the program in a group of its own: what it started ends with it when time is up."""
        try:
            process = subprocess.Popen(  # noqa: S603 - the operator's own setting, and no shell
                [*self._command, verb, name],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            got = (error.strerror if isinstance(error, OSError) else None) or "no such program"
            raise VaultError(
                f"master_command {self._command[0]!r}: got {got}, want a program that runs",
                hint="check the path, and that the user who runs overt may execute it",
            ) from None
        with process:
            try:
                out, err = process.communicate(given, timeout=self._timeout_s)
            except subprocess.TimeoutExpired:  # whose text has the arguments
                raise self._wrong(
                    verb, name, f"got no answer in {self._timeout_s:g} s, want one"
                ) from None
            finally:
                if process.poll() is None:
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(process.pid, signal.SIGKILL)
            return process.returncode, out, err

    def _wrong(self, verb: str, name: str, what: str, said: str = "") -> VaultError:
        hint = f"it said: {said}" if said else "run it by hand: docs/guides/keys.md says how"
        return VaultError(f"{self.program} {verb} {name}: {what}", hint=hint)


def _shown(err: bytes) -> str:
    """Give the end of what a program said, without what could be a key that it repeats."""
    lines = KEY_LIKE.sub("(left out)", err.decode(errors="replace")).splitlines()
    return " ".join(printable(line) for line in lines)[-SAID:].strip()
