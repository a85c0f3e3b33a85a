"""The wire format of protocol buffers: as much of it as an ONNX file needs.

Written by hand so that a converted network is the same bytes on every machine and with every
version of every library: its sha256 can then stand in a bundle's manifest.
Format: "Encoding", Protocol Buffers documentation, wire types 0 (varint), 1 (64 bit),
2 (length-delimited) and 5 (32 bit).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from overt.errors import WeightsError

__all__ = ["Field", "block", "integer", "parse", "text", "varint"]

VARINT: Final = 0
BLOCK: Final = 2
FIXED: Final[Mapping[int, int]] = {1: 8, 5: 4}  # bytes


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message."""

    number: int
    content: bytes  # of a block: what it holds; of any other type: empty
    raw: bytes  # the field as it stands in the file, key included


def varint(value: int) -> bytes:
    """Encode a whole number from 0 to 2**64 - 1, seven bits a byte, lowest first."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def integer(number: int, value: int) -> bytes:
    """Encode field `number` as a whole number, not negative."""
    return varint(number << 3 | VARINT) + varint(value)


def block(number: int, content: bytes) -> bytes:
    """Encode field `number` as bytes or as a message inside the message."""
    return varint(number << 3 | BLOCK) + varint(len(content)) + content


def text(number: int, value: str) -> bytes:
    """Encode field `number` as text."""
    return block(number, value.encode())


def parse(message: bytes) -> Iterator[Field]:
    """Go through the fields of a message in their order.

    Raises:
        WeightsError: the bytes are not a whole message.
    """
    at = 0
    while at < len(message):
        start = at
        key, at = _read_varint(message, at)
        kind, content = key & 7, b""
        if kind == VARINT:
            _, at = _read_varint(message, at)
        elif kind == BLOCK:
            length, at = _read_varint(message, at)
            content = message[at : at + length]
            at += length
        elif kind in FIXED:
            at += FIXED[kind]
        else:
            raise WeightsError(f"ONNX: at byte {start}: got wire type {kind}, want 0, 1, 2 or 5")
        if at > len(message):
            raise WeightsError(f"ONNX: got {len(message)} bytes of a message, want {at}")
        yield Field(key >> 3, content, message[start:at])


def _read_varint(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(message):
            raise WeightsError(f"ONNX: got {len(message)} bytes of a message, want more")
        byte = message[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    raise WeightsError(f"ONNX: at byte {at}: got a number of more than 10 bytes, want 10 at most")
