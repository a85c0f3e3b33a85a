"""Reading the elements of dlib's serialised form, strictly.

Numbers are written in as few bytes as hold them: one byte whose low four bits count the bytes
that follow and whose highest bit is the sign, then the magnitude, lowest byte first. A real
number is two of these, mantissa and binary exponent. Text is its length and its bytes. A tensor
is a version (2), four lengths, then 32 bit floats, lowest byte first.
"""

from __future__ import annotations

from math import prod
from typing import Final, NoReturn

import numpy as np

from overt.arrays import F32
from overt.errors import WeightsError

__all__ = ["Cursor"]

TENSOR_VERSION: Final = 2
ALIAS_VERSION: Final = 1
LONGEST_TEXT: Final = 64  # names of layers; anything longer is not one

FourLengths = tuple[int, int, int, int]


class Cursor:
    """A place in a file that moves on with everything read."""

    def __init__(self, data: bytes, *, name: str) -> None:
        self._data = data
        self._name = name
        self._at = 0

    def integer(self, what: str) -> int:
        """Read a whole number.

        Raises:
            WeightsError: as for everything here: what was read is not what the file must hold.
        """
        start = self._at
        head = self._take(1, what)[0]
        count = head & 15
        if head & 112 or not 1 <= count <= 8:
            self._wrong(f"a number for {what}", f"first byte {head:#04x}", "1 to 8 bytes", start)
        magnitude = int.from_bytes(self._take(count, what), "little")
        return -magnitude if head & 128 else magnitude

    def real(self, what: str) -> float:
        """Read a real number."""
        mantissa, exponent = self.integer(what), self.integer(what)
        if abs(exponent) > 200:
            self._wrong(what, f"2**{exponent}", "a 32 bit float", self._at)
        return mantissa * 2.0**exponent

    def text(self, what: str) -> str:
        """Read text of a few letters."""
        start = self._at
        length = self.integer(what)
        if not 0 < length <= LONGEST_TEXT:
            self._wrong(what, f"text of {length} letters", f"1 to {LONGEST_TEXT}", start)
        return self._take(length, what).decode("latin-1")

    def flag(self, what: str) -> bool:
        """Read yes or no, written as the letter 1 or 0."""
        start = self._at
        letter = self._take(1, what)
        if letter not in (b"0", b"1"):
            self._wrong(what, repr(letter), "b'0' or b'1'", start)
        return letter == b"1"

    def tensor(self, what: str, *, lengths: FourLengths) -> F32:
        """Read a tensor of these lengths, as one row."""
        self.expect_integers(f"{what}: version", (TENSOR_VERSION,))
        self.expect_integers(f"{what}: lengths", lengths)
        raw = self._take(4 * prod(lengths), what)
        return np.frombuffer(raw, dtype="<f4").astype(np.float32)

    def view(self, what: str, *, lengths: FourLengths) -> None:
        """Read how a part of the parameters is shaped (dlib: alias_tensor)."""
        self.expect_integers(f"{what}: version", (ALIAS_VERSION,))
        self.expect_integers(f"{what}: lengths", lengths)

    def expect_integers(self, what: str, want: tuple[int, ...]) -> None:
        """Read whole numbers that must be these."""
        start = self._at
        got = tuple(self.integer(what) for _ in want)
        if got != want:
            self._wrong(what, str(got), str(want), start)

    def expect_text(self, want: str) -> None:
        """Read text that must be this."""
        start = self._at
        got = self.text(want)
        if got != want:
            self._wrong("name of a layer", repr(got), repr(want), start)

    def expect_end(self) -> None:
        """Be at the end of the file."""
        left = len(self._data) - self._at
        if left:
            self._wrong("end of the file", f"{left} more bytes", "none", self._at)

    def _take(self, count: int, what: str) -> bytes:
        taken = self._data[self._at : self._at + count]
        if len(taken) < count:
            self._wrong(what, f"the end after {len(taken)} bytes", f"{count} bytes", self._at)
        self._at += count
        return taken

    def _wrong(self, what: str, got: str, want: str, at: int) -> NoReturn:
        raise WeightsError(f"{self._name}: at byte {at}: {what}: got {got}, want {want}")
