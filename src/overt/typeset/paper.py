"""A template and its data as a PDF, tagged for readers of words (PDF/UA-1).

A template is fixed. What a page says reaches it as data, so that a place which is called like a
command of Typst's is set as that name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, TypeAlias

import typst

from overt.errors import OvertError
from overt.typeset.letters import compiler

__all__ = ["BREAK", "Json", "loose", "set_pdf"]

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json]"
LONG: Final = re.compile(r"[^\s\u200b]{16,}")  # a word that a column may have to break
BREAK: Final = "\u200b"  # where it may


def set_pdf(
    template: bytes, *, given: Json, made: datetime, error: type[OvertError], hint: str
) -> bytes:
    """Set pages; equal data give equal bytes.

    Args:
        template: in Typst; it reads `sys.inputs.given` as JSON.
        given: what it sets.
        made: when; it stands in the file.
        error: what is raised.
        hint: of that error.

    Raises:
        OvertError: of the kind handed in: the data cannot be set.
    """
    try:
        pages = compiler().compile(
            template,
            format="pdf",
            pdf_standards="ua-1",
            sys_inputs={"given": json.dumps(given, ensure_ascii=False)},
            timestamp=made,
        )
    except typst.TypstError as failed:
        raise error(f"PDF: got {failed.message}, want what can be set", hint=hint) from failed
    if not isinstance(pages, bytes):
        raise error("PDF: got pages, want one file")
    return pages


def loose(text: str) -> str:
    """Let a long word break where a column ends, every few letters; keep a number's sign by it."""
    kept = text.replace(" %", "\u00a0%")
    return LONG.sub(lambda word: BREAK.join(re.findall(r".{1,8}", word[0])), kept)
