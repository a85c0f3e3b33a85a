"""Whether a file ends before what it says of itself."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Final

from av.container import InputContainer
from av.video.stream import VideoStream

__all__ = ["is_cut_short", "segment_end"]

INDEX_TAIL: Final = 256  # last entries of a container's index: the furthest byte is among them
EBML: Final = bytes.fromhex("1a45dfa3")
SEGMENT: Final = bytes.fromhex("18538067")


def is_cut_short(path: Path, container: InputContainer, stream: VideoStream) -> bool:
    """Tell whether the container's index or its outermost element reaches beyond the file's end.

    MPEG-TS and raw streams say nothing of their length: for them the answer is no.
    """
    size = path.stat().st_size
    entries = stream.index_entries
    tail = [entries[i] for i in range(max(0, len(entries) - INDEX_TAIL), len(entries))]
    if any(entry.pos + entry.size > size for entry in tail):
        return True
    if "matroska" not in container.format.name:
        return False
    with path.open("rb") as file:
        end = segment_end(file)
    return end is not None and end > size


def segment_end(file: BinaryIO) -> int | None:
    """Read where a Matroska file's segment ends, in bytes; None where it does not say.

    RFC 8794 sections 4 and 11.2 (elements), RFC 9559 section 5.1 (Segment).
    """
    for wanted in (EBML, SEGMENT):
        if file.read(4) != wanted:
            return None
        length = _length(file)
        if length is None:
            return None
        if wanted == SEGMENT:
            return file.tell() + length
        file.seek(length, 1)
    return None


def _length(file: BinaryIO) -> int | None:
    """Read a variable-size number: leading zeros of its first byte say how many bytes follow."""
    first = file.read(1)
    if not first or first[0] == 0:
        return None
    more = 8 - first[0].bit_length()
    rest = file.read(more)
    number = int.from_bytes(bytes([first[0] & (0x7F >> more)]) + rest, "big")
    unknown = (1 << (7 * (more + 1))) - 1
    return None if len(rest) < more or number == unknown else number
