"""Uploads that are refused, each with what was got and wanted; nothing of them is kept."""

from __future__ import annotations

import html
import http.client
import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Generator
from contextlib import closing
from urllib.parse import urlsplit

import httpx
import numpy as np
import pytest
from consoles import COOKIE, PATIENCE_S, Console, console_in, csrf_in, send
from list_uploads import COLUMNS, built, no_build, packed, png, rows, send_upload, sheet
from PIL import Image

from overt.errors import WatchlistError
from overt.simulation import grace_hopper
from overt.values.account import Role
from overt.web.building.archive import unpacked
from overt.web.building.limits import MIB, MOST_BYTES, MOST_PHOTO_BYTES, MOST_PHOTOS
from overt.wiring import Models

GRACE = png(grace_hopper().pixels)
ONE = sheet(rows(["grace.png"]))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, models: Models) -> Generator[Console]:
    cache = tmp_path_factory.getbasetemp()
    assert models.opened.bundle.name
    with console_in(tmp_path_factory.mktemp("uploads"), settings={"cache_dir": cache}) as console:
        yield console


def words(answer: httpx.Response) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def bomb(size: int) -> bytes:
    return packed({"grace.png": bytes(size)})


def with_name(name: str) -> bytes:
    """Pack a photograph under a name as it is, whatever Python makes of it."""
    plain = packed({"x" * len(name.encode()): GRACE})
    return plain.replace(b"x" * len(name.encode()), name.encode())


def link() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        member = zipfile.ZipInfo("grace.png")
        member.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(member, "/etc/passwd")
    return file.getvalue()


def twice() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("grace.png", GRACE)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("grace.png", b"another")
    return file.getvalue()


def encrypted() -> bytes:
    plain = bytearray(packed({"grace.png": GRACE}))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        plain[plain.index(magic) + offset] |= 1
    return bytes(plain)


def lying() -> bytes:
    """Say of a megabyte that it is ten bytes."""
    plain = bytearray(packed({"grace.png": bytes(range(256)) * 4096}))
    at = plain.index(b"PK\x01\x02") + 24
    plain[at : at + 4] = struct.pack("<L", 10)
    return bytes(plain)


def overlapping() -> bytes:
    """Have many members of the directory point at one (D. Fifield, "A better zip bomb", 2019)."""
    plain = packed({"a.png": GRACE, "b.png": GRACE})
    first = plain.index(b"PK\x01\x02")
    second = plain.index(b"PK\x01\x02", first + 4)
    forged = bytearray(plain)
    forged[second + 42 : second + 46] = struct.pack("<L", 0)
    return bytes(forged)


ARCHIVES: dict[str, tuple[Callable[[], bytes], str]] = {
    "a bomb": (lambda: bomb(19 * MIB), "times its size, want at most 100 times"),
    "too large a member": (lambda: bomb(MOST_PHOTO_BYTES + 1), "want at most 20 MiB"),
    "nested": (lambda: packed({"grace.png": packed({"a.png": GRACE})}), "an archive in an archive"),
    "up": (lambda: packed({"../grace.png": GRACE}), "a name that leads elsewhere"),
    "absolute": (lambda: packed({"/etc/grace.png": GRACE}), "a name that leads elsewhere"),
    "folder": (lambda: packed({"a/grace.png": GRACE}), "a name that leads elsewhere"),
    "backslash": (lambda: with_name("..\\grace.png"), "a name that leads elsewhere"),
    "drive": (lambda: packed({"C:grace.png": GRACE}), "a name that leads elsewhere"),
    "device": (lambda: packed({"con.png": GRACE}), "a name that leads elsewhere"),
    "stream": (lambda: packed({"grace.png:x": GRACE}), "a name that leads elsewhere"),
    "hidden": (lambda: packed({".grace.png": GRACE}), "a name that leads elsewhere"),
    "zero byte": (lambda: with_name("grace.png\0.txt"), "a name with a zero byte"),
    "turned text": (lambda: packed({"gra\u202ecegnp.png": GRACE}), "a name that leads elsewhere"),
    "a link": (link, "a link, a folder or a device"),
    "a folder of its own": (lambda: packed({"a/": b""}), "a name that leads elsewhere"),
    "two of one name": (twice, "got two named 'grace.png'"),
    "encrypted": (encrypted, "an encrypted file"),
    "a size that is not so": (lying, "a damaged archive"),
    "overlapping": (overlapping, "a damaged archive"),
    "other compression": (
        lambda: packed({"grace.png": GRACE}, method=zipfile.ZIP_BZIP2),
        "compression 12, want deflated or stored",
    ),
    "something after it": (lambda: packed({"grace.png": GRACE}) + b"<script>", "after its end"),
    "something before it": (
        lambda: b"PK\x03\x04<script>" + packed({"grace.png": GRACE}),
        "in parts, or within another file",
    ),
    "cut off": (lambda: packed({"grace.png": GRACE})[:-30], "something after its end"),
    "too many": (
        lambda: packed({f"{n}.png": b"" for n in range(MOST_PHOTOS + 1)}),
        "1,001 files, want at most 1,000",
    ),
}


@pytest.mark.parametrize("kind", ARCHIVES)
def test_an_archive_that_is_refused(office: Console, kind: str) -> None:
    make, says = ARCHIVES[kind]
    with office.as_role(Role.COMMANDER) as client:
        answer = send_upload(client, ONE, {"all.zip": make()})
        assert answer.status_code == 422, words(answer)
        assert says in words(answer)
        assert 'name="photos"' in answer.text  # the form again
    assert no_build(office)


TABLES: dict[str, tuple[bytes, str]] = {
    "UTF-16": (ONE.decode().encode("utf-16"), "got UTF-16, want UTF-8"),
    "Latin-1": (ONE.replace(b"Grace", b"Gr\xe4ce"), "CSV line 2: got a byte that is no UTF-8"),
    "a zero byte": (ONE.replace(b"Grace", b"Gr\0ce"), "got the character U+0000"),
    "turned text": (
        ONE.replace(b"Grace", "Gr\u202ece".encode()),
        "CSV line 2: got the character U+202E",
    ),
    "a formula": (ONE.replace(b"Grace", b"=cmd|' /C calc'!A0"), "takes for a formula"),
    "a full-width formula": (ONE.replace(b"agreed", "\uff1d1+1".encode()), "takes for a formula"),
    "a spreadsheet": (packed({"xl/workbook.xml": b"<x/>"}), "a spreadsheet or an archive"),
    "a path": (ONE.replace(b"grace.png", b"../grace.png"), "want the name of a file beside"),
    "no ground": (ONE.replace(b"agreed", b""), "got no lawful_basis, want one"),
    "an exception that is not there": (ONE.replace(b",,,", b",yes,,"), "without an exception"),
    "another column": (ONE.replace(b"relatives", b"ethnicity"), "got columns"),
    "no row": (ONE.splitlines()[0] + b"\r\n", "got a heading alone"),
    "a row without its photograph": (
        sheet(rows(["grace.png", "ada.png"])),
        "got rows without their photograph ('ada.png')",
    ),
    "one photograph for two": (sheet(rows(["grace.png", "grace.png"])), "in two rows"),
}


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_that_is_refused(office: Console, kind: str) -> None:
    table, says = TABLES[kind]
    with office.as_role(Role.COMMANDER) as client:
        answer = send_upload(client, table, {"grace.png": GRACE})
        assert answer.status_code == 422
        assert says in words(answer)
    assert no_build(office)


def test_a_photograph_that_no_row_names_and_two_of_one_name_are_refused(office: Console) -> None:
    with office.as_role(Role.COMMANDER) as client:
        answer = send_upload(client, ONE, {"grace.png": GRACE, "ada.png": GRACE})
        assert "some that no row names ('ada.png')" in words(answer)
        both = [("grace.png", GRACE), ("all.zip", packed({"GRACE.png": GRACE}))]
        assert "got two named 'GRACE.png'" in words(send_upload(client, ONE, both))
        for name in ("..\\grace.png", "con.png", "a:b.png"):
            assert "leads elsewhere" in words(send_upload(client, ONE, {name: GRACE})), name
        none = send_upload(client, ONE, {"grace.png": GRACE}, name="../list")
        assert "name: got one that is no folder's" in words(none)
        told = send_upload(client, ONE, {"a.png": GRACE}, accept="application/json")
        assert told.headers["content-type"] == "application/problem+json"
        assert told.json()["hint"]
    assert no_build(office)


def test_what_is_too_large_is_refused_before_it_is_read(office: Console) -> None:
    with office.as_role(Role.COMMANDER) as client:
        token = csrf_in(client.get("/watchlists/new").text)
        said = {"X-CSRF-Token": token, "Content-Type": "multipart/form-data; boundary=b"}

        def endless() -> Generator[bytes]:
            yield b'--b\r\ncontent-disposition: form-data; name="photos"; filename="a"\r\n\r\n'
            for _ in range(MOST_BYTES // MIB + 2):
                yield bytes(MIB)

        answer = client.post("/watchlists/new", content=endless(), headers=said)
        assert answer.status_code == 422
        assert "more than 128 MiB, want at most 128 MiB" in words(answer)
        with office.as_role(Role.AUDITOR) as auditor:
            other = {COOKIE: auditor.cookies[COOKIE]}
        assert asked(office, {}, MOST_BYTES) == 401  # and nothing of it was waited for
        assert asked(office, other, MOST_BYTES) == 403
        assert asked(office, {COOKIE: client.cookies[COOKIE]}, MOST_BYTES + 1) == 422
        assert asked(office, {COOKIE: client.cookies[COOKIE]}, 4 * MOST_BYTES + 1) == 413
    assert no_build(office)


def asked(office: Console, cookies: dict[str, str], length: int) -> int:
    """Say that so much comes, send nothing of it, and give the answer's status."""
    headers = {
        "Sec-Fetch-Site": "same-origin",
        "Accept": "application/json",
        "Cookie": "; ".join(f"{n}={v}" for n, v in cookies.items()),
    }
    return asked_by(office, "/watchlists/new", headers, length)


def asked_by(office: Console, path: str, headers: dict[str, str], length: int) -> int:
    """Say that so much of a form comes, send nothing of it, and give the answer's status."""
    where = urlsplit(office.address)
    assert where.hostname
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=PATIENCE_S)
    connection.putrequest("POST", path)
    connection.putheader("Content-Length", str(length))
    connection.putheader("Content-Type", "multipart/form-data; boundary=b")
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    with closing(connection):
        return connection.getresponse().status


def giant(side: int) -> bytes:
    """Write a PNG that says it has so many pixels a side, of which none is there."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))
        )

    head = struct.pack(">2L5B", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(99)))


def strip() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (50_000, 20)).save(file, "PNG")
    return file.getvalue()


def test_photographs_that_cannot_be_read_are_rejected_one_by_one(office: Console) -> None:
    page = b"<html><script>alert(1)</script></html>"
    photos = {
        "grace.jpg": GRACE + b"PK\x03\x04<script>",  # named a JPEG, a PNG, with more behind it
        "giant.png": giant(50_000),
        "strip.png": strip(),
        "page.png": page,
        "picture.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "program.jpg": b"\x7fELF" + bytes(99),
        "script.eps.png": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        "cut.png": GRACE[:5000],
        "empty.png": b"",
        "one.png": png(np.zeros((1, 1, 3), np.uint8)),
    }
    with office.as_role(Role.COMMANDER) as client:
        path = built(client, send_upload(client, sheet(rows(list(photos))), photos))
        shown = words(client.get(path))
        assert "10 proposed: 1 can be listed, 9 cannot" in shown
        rejected = client.get(f"{path}/rejected")
        said = words(rejected)
        assert "'giant.png': got too many pixels, want at most 50,000,000" in said
        assert "50000 x 20 px, want at most 16,000 on a side" in said
        assert said.count("something that is not an image") >= 5
        assert "1 x 1 px, want at least 2 x 2" in said
        assert "<script>alert" not in rejected.text
        entries = client.get(f"{path}/entries").text
        address = html.unescape(re.findall(r'<img src="([^"]+)"', entries)[0])
        drawn = client.get(address)
        assert drawn.headers["content-type"] == "image/jpeg"
        assert b"<script>" not in drawn.content
        send(client, f"{path}/cancel", {}, of=path)
    assert no_build(office)


def test_what_is_left_for_all_is_held_while_it_is_unpacked() -> None:
    content = packed({f"{n}.png": np.random.default_rng(n).bytes(1000) for n in range(4)})
    assert len(list(unpacked("a.zip", content, most_bytes=4000))) == 4
    with pytest.raises(WatchlistError, match=r"'3\.png'.*more than is left"):
        list(unpacked("a.zip", content, most_bytes=3999))


def test_the_columns_are_those_of_the_command() -> None:
    from overt.governance.applications import COLUMNS as KNOWN  # noqa: PLC0415

    assert set(COLUMNS) <= set(KNOWN)
