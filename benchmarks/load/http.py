"""As much of HTTP/1.1 (RFC 9112) as a load needs, so that little but the console is measured."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

__all__ = ["Answer", "Browser", "LostError"]

HOST: Final = "127.0.0.1"
LIMIT: Final = 4 * 1024 * 1024  # bytes of a line
PATIENCE_S: Final = 60.0


class LostError(Exception):
    """The connection was refused, or broke."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body."""
        return self.body.decode()


class Browser:
    """One person's browser: a cookie, one connection for pages, another for news."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.cookie = ""
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> Answer:
        """Ask for a page.

        Raises:
            LostError: the connection broke.
        """
        return await self._ask("GET", path, b"")

    async def post(self, path: str, form: Mapping[str, str]) -> Answer:
        """Send a form.

        Raises:
            LostError: the connection broke.
        """
        return await self._ask("POST", path, urlencode(form).encode())

    async def stream(self, path: str, *, last: str) -> AsyncGenerator[bytes]:
        """Give the chunks of a stream, one for each time the console wrote.

        Raises:
            LostError: it was refused, or broke.
        """
        extra = "Accept: text/event-stream\r\n" + (f"Last-Event-ID: {last}\r\n" if last else "")
        try:
            reader, writer = await asyncio.open_connection(HOST, self._port, limit=LIMIT)
        except OSError as error:
            raise LostError from error
        try:
            writer.write(self._head("GET", path, extra))
            status, _ = await head_of(reader)
            if status != 200:
                raise LostError
            while (size := int(await reader.readline(), 16)) > 0:
                yield (await reader.readexactly(size + 2))[:-2]
        except (OSError, ValueError, asyncio.IncompleteReadError) as error:
            raise LostError from error
        finally:
            writer.close()

    async def close(self) -> None:
        """End the connection for pages."""
        if self._open is not None:
            self._open[1].close()
            self._open = None

    async def _ask(self, method: str, path: str, body: bytes) -> Answer:
        extra = ""
        if method == "POST":
            kind = "application/x-www-form-urlencoded"
            extra = f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        try:
            async with asyncio.timeout(PATIENCE_S):
                if self._open is None:
                    self._open = await asyncio.open_connection(HOST, self._port, limit=LIMIT)
                reader, writer = self._open
                writer.write(self._head(method, path, extra) + body)
                status, headers = await head_of(reader)
                answer = Answer(status, headers, await body_of(reader, status, headers))
        except (OSError, ValueError, asyncio.IncompleteReadError) as error:
            await self.close()
            raise LostError from error
        if cookie := headers.get("set-cookie"):
            self.cookie = cookie.partition(";")[0]
        if headers.get("connection") == "close":
            await self.close()
        return answer

    def _head(self, method: str, path: str, extra: str) -> bytes:
        cookie = f"Cookie: {self.cookie}\r\n" if self.cookie else ""
        return (
            f"{method} {path} HTTP/1.1\r\nHost: {HOST}:{self._port}\r\n"
            f"Sec-Fetch-Site: same-origin\r\n{cookie}{extra}\r\n"
        ).encode()


async def head_of(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    """Read the status and the headers of an answer."""
    first = await reader.readline()
    status = int(first.split()[1]) if first else 0
    if not status:
        raise ConnectionResetError
    headers: dict[str, str] = {}
    while line := (await reader.readline()).strip().decode():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return status, headers


async def body_of(reader: asyncio.StreamReader, status: int, headers: Mapping[str, str]) -> bytes:
    if status in {204, 304}:
        return b""
    if headers.get("transfer-encoding") != "chunked":
        return await reader.readexactly(int(headers.get("content-length", "0")))
    parts: list[bytes] = []
    while (size := int(await reader.readline(), 16)) > 0:
        parts.append((await reader.readexactly(size + 2))[:-2])
    await reader.readline()
    return b"".join(parts)
