"""A form with many files, held in memory alone: no photograph touches the disk unsealed."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any, Final

from anyio import CapacityLimiter, WouldBlock
from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from overt.errors import WatchlistError
from overt.web.building.limits import MIB, MOST_BYTES, MOST_PHOTOS

__all__ = ["FormInMemory", "Upload", "upload_of"]

AGAIN_S: Final = 5  # until another upload may be tried
FEW: Final = 16  # fields that are no files
HINT: Final = "leave some out, or build the list with `overt watchlist build` on this machine"

Upload = tuple[str, bytes]  # a file's name as it was sent, and what is in it


class InMemory(MultiPartParser):
    """Starlette's parser of forms, which writes no file to the disk, however large."""

    spool_max_size = MOST_BYTES + MIB


class HeldRequest(Request):
    """A request whose form is held in memory, and counted while it comes."""

    _held: FormData | None = None
    _has_room = False

    def form(self, **_limits: float) -> Any:
        """Give the form; read once."""
        return _Awaited(self._read)

    async def _read(self) -> FormData:
        if self._held is None:
            kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind != "multipart/form-data":
                raise HTTPException(415, "upload: got no form with files, want multipart/form-data")
            said = self.headers.get("content-length", "")
            if said.isdecimal() and int(said) > MOST_BYTES:
                raise too_large(f"{int(said) / MIB:,.0f} MiB")
            self._take_room()
            parser = InMemory(
                self.headers, self._counted(), max_files=MOST_PHOTOS + FEW, max_fields=FEW
            )
            try:
                self._held = await parser.parse()
            except MultiPartException as error:
                raise WatchlistError(
                    f"upload: got a form that cannot be read ({error.message}), want a CSV and "
                    f"at most {MOST_PHOTOS:,} files",
                    hint=HINT,
                ) from error
        return self._held

    def _take_room(self) -> None:
        """Refuse a second upload while one is held: each takes so much memory.

        Raises:
            HTTPException: there is one.
        """
        room: CapacityLimiter = self.app.state.upload_room
        if not self._has_room:
            try:
                room.acquire_on_behalf_of_nowait(self)
            except WouldBlock:
                raise HTTPException(
                    429,
                    "upload: got one while another is taken in, want one at a time",
                    headers={"Retry-After": str(AGAIN_S)},
                ) from None
            self._has_room = True

    def let_go(self) -> None:
        """Make room for the next upload."""
        if self._has_room:
            self.app.state.upload_room.release_on_behalf_of(self)
            self._has_room, self._held = False, None

    async def _counted(self) -> AsyncGenerator[bytes, None]:
        came = 0
        async for part in self.stream():
            came += len(part)
            if came > MOST_BYTES:
                raise too_large(f"more than {MOST_BYTES // MIB} MiB")
            yield part


class _Awaited:
    """What `Request.form` gives, for those who await it."""

    def __init__(self, read: Callable[[], Coroutine[Any, Any, FormData]]) -> None:
        self._read = read

    def __await__(self) -> Any:
        return self._read().__await__()

    async def __aenter__(self) -> FormData:
        return await self._read()

    async def __aexit__(self, *_: object) -> None:
        return None


class FormInMemory(APIRoute):
    """A route whose form is held in memory; the gate reads the session's token from it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Give what answers."""
        answered = super().get_route_handler()

        async def answer(request: Request) -> Response:
            held = HeldRequest(request.scope, request.receive)
            try:
                return await answered(held)
            finally:
                held.let_go()

        return answer


async def upload_of(request: Request, name: str) -> tuple[Upload, ...]:
    """Give the files that a form has under a name; a field that was left empty has none."""
    sent = (await request.form()).getlist(name)
    files = [each for each in sent if isinstance(each, UploadFile)]
    return tuple([(each.filename or "", await each.read()) for each in files if each.filename])


def too_large(got: str) -> WatchlistError:
    """Make the error for an upload over the limit."""
    return WatchlistError(f"upload: got {got}, want at most {MOST_BYTES // MIB} MiB", hint=HINT)
