"""Photographs out of a ZIP archive that somebody sent: whole, plain and within limits, or none.

An archive can name what leads out of a folder, say one size and unpack to another, hold a second
archive, or be read in two ways. Nothing is unpacked to the disk, so a name leads nowhere; it is
refused all the same, for whoever sends it tries something.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath, PureWindowsPath
from typing import Final

from overt.errors import WatchlistError
from overt.web.building.limits import (
    MIB,
    MOST_PHOTO_BYTES,
    MOST_PHOTOS,
    MOST_RATIO,
)

__all__ = ["is_archive", "require_plain_name", "unpacked"]

MAGIC: Final = b"PK\x03\x04"
END: Final = struct.Struct("<4s4H2LH")  # APPNOTE 4.3.16: end of central directory record
END_MAGIC: Final = b"PK\x05\x06"
ENCRYPTED: Final = 0x1
METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
LEAST_OF_ENTRY: Final = 46  # bytes of one in the central directory
MOST_OF_ENTRY: Final = 2048
SMALL: Final = 64 * 1024  # below it a ratio tells nothing
HINT: Final = "pack the photographs themselves anew, without a folder and without a password"


def is_archive(content: bytes) -> bool:
    """Tell an archive by how it begins, not by its name."""
    return content.startswith((MAGIC, END_MAGIC))


def unpacked(archive: str, content: bytes, *, most_bytes: int) -> Iterator[tuple[str, bytes]]:
    """Unpack an archive's photographs, by name, `most_bytes` at most.

    Raises:
        WatchlistError: it is damaged, encrypted, nested, a bomb, or has a name that is none.
    """
    _require_one_reading(archive, content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            left = most_bytes
            for member in opened.infolist():
                _require_photograph(archive, member)
                taken = _read(opened, archive, member, most=min(left, MOST_PHOTO_BYTES))
                left -= len(taken)
                yield member.filename, taken
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise refused(archive, f"a damaged archive ({error})", "a whole one") from error


def _require_one_reading(archive: str, content: bytes) -> None:
    """Refuse what begins or ends with something else: two programs would read two archives."""
    at = len(content) - END.size
    if at < 0 or content[at : at + 4] != END_MAGIC:
        raise refused(archive, "something after its end, or a part of it", "a whole one")
    _, disk, first, here, entries, size, offset, comment = END.unpack(content[at:])
    if comment or disk or first or here != entries or offset + size != at:
        raise refused(archive, "an archive in parts, or within another file", "a plain one")
    if entries > MOST_PHOTOS:
        raise refused(archive, f"{entries:,} files", f"at most {MOST_PHOTOS:,}")
    if not LEAST_OF_ENTRY * entries <= size <= MOST_OF_ENTRY * entries:
        raise refused(archive, "a directory that is not of its files", "a plain one")


def _require_photograph(archive: str, member: zipfile.ZipInfo) -> None:
    """Refuse a member that cannot be a photograph, before anything of it is unpacked."""
    where = f"{archive}: {member.orig_filename[:80]!r}"
    if member.orig_filename != member.filename:
        raise refused(where, "a name with a zero byte", "a plain name")
    require_plain_name(where, member.filename)
    kind = stat.S_IFMT(member.external_attr >> 16)
    if member.is_dir() or kind not in (0, stat.S_IFREG):
        raise refused(where, "a link, a folder or a device", "a photograph")
    if member.flag_bits & ENCRYPTED:
        raise refused(where, "an encrypted file", "one without a password")
    if member.compress_type not in METHODS:
        raise refused(where, f"compression {member.compress_type}", "deflated or stored")
    if member.file_size > MOST_PHOTO_BYTES:
        raise too_large(where)
    if member.file_size > SMALL and member.file_size > MOST_RATIO * member.compress_size:
        raise refused(
            where,
            f"a file that unpacks to {member.file_size // max(member.compress_size, 1):,} times "
            "its size",
            f"at most {MOST_RATIO} times: no photograph packs so well",
        )


def _read(opened: zipfile.ZipFile, archive: str, member: zipfile.ZipInfo, *, most: int) -> bytes:
    where = f"{archive}: {member.filename[:80]!r}"
    with opened.open(member) as file:
        content = file.read(most + 1)  # what it says of its size is not believed
    if len(content) > most:
        raise too_large(where)
    if is_archive(content):
        raise refused(where, "an archive in an archive", "a photograph")
    return content


def require_plain_name(where: str, name: str) -> None:
    """Refuse a name that leads somewhere, on this system or another.

    Raises:
        WatchlistError: it does.
    """
    windows = PureWindowsPath(name)
    plain = (
        name == PurePosixPath(name).name == windows.name
        and name == name.strip(" ").rstrip(".")
        and not windows.drive
        and not windows.is_reserved()
        and ":" not in name
        and not name.startswith(".")
        and name.isprintable()
        and len(name) <= 200
    )
    if not plain:
        raise refused(where, "a name that leads elsewhere, or is none", "the plain name of a file")


def too_large(where: str) -> WatchlistError:
    """Make the error for a photograph over its limit, or over what is left for all."""
    return refused(
        where, "more than is left for it", f"at most {MOST_PHOTO_BYTES // MIB} MiB, and as all say"
    )


def refused(where: str, got: str, want: str) -> WatchlistError:
    """Make the error of an upload."""
    return WatchlistError(f"{where}: got {got}, want {want}", hint=HINT)
