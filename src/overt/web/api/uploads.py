"""An upload of a program: a form with files, held in memory alone, and known again by what it is.

Programs that ask again draw another boundary for the same form, so that its bytes differ: what
makes it the same request is what is in it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Request

from overt.inference.opened import DEFAULT_BUNDLE
from overt.web.api.call import Call, Key, call_of
from overt.web.building.form import Upload, upload_of
from overt.web.building.limits import MOST_PHOTOS

__all__ = ["FORM", "Sent", "Upload"]

FILE: Final = {"type": "string", "format": "binary"}
SHORT: Final = {"type": "string", "maxLength": 100}
FORM: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["name", "csv", "photos"],
                    "properties": {
                        "name": SHORT | {"description": "of the list"},
                        "bundle": SHORT | {"default": DEFAULT_BUNDLE},
                        "csv": FILE | {"description": "a row for each photograph"},
                        "photos": {
                            "type": "array",
                            "items": FILE,
                            "minItems": 1,
                            "maxItems": MOST_PHOTOS,
                            "description": "photographs, or ZIP archives of them",
                        },
                    },
                }
            }
        },
    }
}


@dataclass(frozen=True, slots=True)
class SentForm:
    """A form that a program sent, and the call that it came with."""

    call: Call
    name: str
    bundle: str
    csv: tuple[Upload, ...]
    photos: tuple[Upload, ...]


async def sent(request: Request, idempotency_key: Key) -> SentForm:
    """Read a form; who asks, and whether they may, is known by now."""
    form = await request.form()
    try:
        name, bundle = str(form.get("name", "")).strip(), str(form.get("bundle", DEFAULT_BUNDLE))
        csv, photos = await upload_of(request, "csv"), await upload_of(request, "photos")
    finally:
        await form.close()
    what = f"{request.method} {request.url.path}\n{digest_of(name, bundle, csv, photos)}"
    return SentForm(call_of(request, idempotency_key, what), name, bundle, csv, photos)


def digest_of(name: str, bundle: str, csv: tuple[Upload, ...], photos: tuple[Upload, ...]) -> str:
    """Give the sha256 of what a form holds."""
    whole = hashlib.sha256()
    parts = [("name", name, b""), ("bundle", bundle, b"")]
    parts += [("csv", *each) for each in csv] + [("photos", *each) for each in photos]
    for part in parts:
        field, said, content = part
        for each in (field.encode(), said.encode("utf-8", "surrogatepass"), content):
            whole.update(b"%d:" % len(each))
            whole.update(each)
    return whole.hexdigest()


Sent = Annotated[SentForm, Depends(sent)]
