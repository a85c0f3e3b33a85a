"""A ledger's export: one file of JSON lines that anybody can read, check and keep.

    {"checkpoints":C,"format":"overt-ledger-1","key":KEY,"leaves":N,"origin":NAME,"rotations":R}
    {"rotation":NOTE}           R lines, by size
    {"checkpoint":NOTE}         C lines, by size; the last is of all N leaves
    {...}                       N lines: the leaves, byte for byte as they were hashed
    {"sha256":HEX}              of all bytes before this line; finds accidents, proves nothing

Lines end in one newline. Our own lines are written in one way only (RFC 8785). Notes come first, so
that one pass, flat in memory, knows at which leaf to compare the root.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self, cast

from overt.errors import ExportError, LedgerError, NoteError
from overt.ledger.checkpoint import LARGEST, check_origin
from overt.ledger.keys import VerifierKey, is_unicode
from overt.ledger.note import Note

__all__ = ["LONGEST_LEAF_BYTES", "ExportReader", "Header", "check_leaf", "write_export"]

FORMAT: Final = "overt-ledger-1"
LONGEST_LEAF_BYTES: Final = 16 * 1024 * 1024
LONGEST_NOTE_BYTES: Final = 2_100_000  # a note of 1 MB, every byte of it escaped


@dataclass(frozen=True, slots=True)
class Header:
    """The first line: what the file says it is. Only signatures prove anything."""

    origin: str
    key: VerifierKey  # the log's first
    leaves: int
    checkpoints: int
    rotations: int

    def __post_init__(self) -> None:
        """Check the numbers and the names.

        Raises:
            NoteError: a number out of range, no checkpoint, or a key of another name.
        """
        check_origin(self.origin)
        if self.key.name != self.origin:
            raise NoteError(f"header: got the key of {self.key.name!r}, want {self.origin!r}")
        for count, least in ((self.leaves, 0), (self.checkpoints, 1), (self.rotations, 0)):
            if isinstance(count, bool) or not least <= count <= LARGEST:
                raise NoteError(f"header: got a count of {count}, want {least} to {LARGEST}")

    @classmethod
    def parse(cls, line: bytes) -> Self:
        """Read the line.

        Raises:
            NoteError: it is not exactly what `line` would write.
        """
        found = parse_object(line)
        match found:
            case {
                "format": str(form),
                "origin": str(origin),
                "key": str(key),
                "leaves": int(leaves),
                "checkpoints": int(checkpoints),
                "rotations": int(rotations),
            } if form == FORMAT:
                header = cls(origin, VerifierKey.parse(key), leaves, checkpoints, rotations)
            case _:
                raise NoteError(f"header: got {line[:120]!r}, want one of format {FORMAT}")
        if header.line != line:
            raise NoteError(f"header: got {line[:120]!r}, want it in its canonical form")
        return header

    @property
    def line(self) -> bytes:
        """Write the line, its newline left out."""
        return canonical(
            {
                "format": FORMAT,
                "origin": self.origin,
                "key": self.key.text,
                "leaves": self.leaves,
                "checkpoints": self.checkpoints,
                "rotations": self.rotations,
            }
        )


class ExportReader:
    """Reads an export a line at a time: notes at once, leaves once, in order."""

    def __init__(self, path: Path) -> None:
        """Open the file and read its header and notes.

        Raises:
            ExportError: they are malformed; the error names the line.
            LedgerError: the file cannot be opened or read.
        """
        self._path = path
        self._line = 0
        self._sum = hashlib.sha256()
        try:
            self._file: BinaryIO = path.open("rb", buffering=1 << 20)
        except OSError as error:
            raise unreadable(path, error) from error
        try:
            self.header = self._header()
            self.rotations = self._notes("rotation", self.header.rotations)
            self.checkpoints = self._notes("checkpoint", self.header.checkpoints)
        except BaseException:
            self._file.close()
            raise
        self.first_line = self._line + 1  # of the leaves, counted from 1

    def leaves(self) -> Iterator[bytes]:
        """Read every leaf, then the end of the file.

        Raises:
            ExportError: a line that is no leaf, lines missing or too many, or another sum.
            LedgerError: the file cannot be read.
        """
        for index in range(self.header.leaves):
            leaf = self._next(LONGEST_LEAF_BYTES, f"leaf {index} of {self.header.leaves}")
            if leaf[:1] != b"{" or leaf[-1:] != b"}" or b"\r" in leaf:
                raise self._wrong(f"got {leaf[:80]!r}", f"leaf {index}, an object on one line")
            yield leaf
        self._end()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _header(self) -> Header:
        line = self._next(LONGEST_NOTE_BYTES, "the header")
        try:
            return Header.parse(line)
        except NoteError as error:
            raise self._wrong(str(error), "a header") from error

    def _notes(self, kind: str, count: int) -> tuple[Note, ...]:
        return tuple(self._note(kind, at, count) for at in range(count))

    def _note(self, kind: str, at: int, count: int) -> Note:
        what = f"{kind} {at} of {count}"
        line = self._next(LONGEST_NOTE_BYTES, what)
        try:
            return parse_note_line(kind, line)
        except NoteError as error:
            raise self._wrong(str(error), what) from error

    def _end(self) -> None:
        got = self._sum.hexdigest()
        line = self._next(LONGEST_NOTE_BYTES, "the sum of all lines")
        if line != canonical({"sha256": got}):
            raise self._wrong(
                f"got {line[:120]!r}", f"the end after {self.header.leaves} leaves, sum {got}"
            )
        if self._read(1):
            raise ExportError(f"{self._path}, line {self._line + 1}: got more, want the file's end")

    def _next(self, longest: int, what: str) -> bytes:
        line = self._read(longest + 1)
        self._line += 1
        self._sum.update(line)
        if not line.endswith(b"\n"):
            got = f"a line over {longest} bytes" if len(line) > longest else "the file's end"
            raise self._wrong(f"got {got}", what)
        return line[:-1]

    def _read(self, longest: int) -> bytes:
        try:
            return self._file.readline(longest)
        except OSError as error:
            raise unreadable(self._path, error) from error

    def _wrong(self, got: str, want: str) -> ExportError:
        return ExportError(f"{self._path}, line {self._line}: {got}, want {want}")


def write_export(
    path: Path,
    *,
    header: Header,
    rotations: Sequence[Note],
    checkpoints: Sequence[Note],
    leaves: Iterable[bytes],
) -> None:
    """Write an export, whole or not at all; `publish` in verify.py checks it too.

    Raises:
        ExportError: other counts than the header says, or a leaf that no line can hold.
        LedgerError: the file cannot be written.
    """
    if (len(rotations), len(checkpoints)) != (header.rotations, header.checkpoints):
        raise ExportError("export: got other numbers of notes than the header says")
    new = path.with_name(f".{path.name}.new")
    try:
        with new.open("wb", buffering=1 << 20) as file:
            total = hashlib.sha256()
            for line in lines_of(header, rotations, checkpoints, leaves):
                total.update(line)
                file.write(line)
            file.write(canonical({"sha256": total.hexdigest()}) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        raise LedgerError(f"{path}: got {error.strerror or error}, want to write it") from error
    finally:
        new.unlink(missing_ok=True)


def lines_of(
    header: Header, rotations: Sequence[Note], checkpoints: Sequence[Note], leaves: Iterable[bytes]
) -> Iterator[bytes]:
    """Give the lines of an export up to its sum."""
    yield header.line + b"\n"
    for kind, notes in (("rotation", rotations), ("checkpoint", checkpoints)):
        for note in notes:
            yield note_line(kind, note) + b"\n"
    count = 0
    for leaf in leaves:
        check_leaf(leaf, count)
        count += 1
        yield leaf + b"\n"
    if count != header.leaves:
        raise ExportError(f"export: got {count} leaves, want {header.leaves}")


def check_leaf(leaf: bytes, index: int) -> None:
    """Refuse a leaf that is no JSON object on one line.

    Raises:
        ExportError: what it starts or ends with, a line's end inside, or its length.
    """
    bad = leaf[:1] != b"{" or leaf[-1:] != b"}" or b"\n" in leaf or b"\r" in leaf
    if bad or len(leaf) > LONGEST_LEAF_BYTES:
        raise ExportError(f"leaf {index}: got {leaf[:80]!r}, want an object on one line")


def note_line(kind: str, note: Note) -> bytes:
    """Write a note's line, its newline left out."""
    return canonical({kind: note.data.decode()})


def parse_note_line(kind: str, line: bytes) -> Note:
    """Read a note's line.

    Raises:
        NoteError: it is not exactly what `note_line` would write.
    """
    text = parse_object(line).get(kind)
    if not isinstance(text, str) or not is_unicode(text):
        raise NoteError(f"got {line[:80]!r}, want a {kind}")
    note = Note.parse(text.encode())
    if note_line(kind, note) != line:
        raise NoteError(f"got {line[:80]!r}, want it in its canonical form")
    return note


def canonical(value: Mapping[str, str | int]) -> bytes:
    """Write strings and whole numbers as RFC 8785 does."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def parse_object(line: bytes) -> dict[str, object]:
    """Parse a line as one JSON object.

    Raises:
        NoteError: it is none.
    """
    try:
        found: object = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise NoteError(f"got {line[:80]!r} ({error})") from error
    if not isinstance(found, dict):
        raise NoteError(f"got {line[:80]!r}, want an object")
    return cast("dict[str, object]", found)


def unreadable(path: Path, error: OSError) -> LedgerError:
    """Say that a file cannot be read."""
    return LedgerError(
        f"{path}: got {error.strerror or error}, want to read it",
        hint="check the path and its permissions",
    )
