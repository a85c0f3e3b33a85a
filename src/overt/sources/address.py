"""What a source's address means, and how to show it without what is secret in it."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from overt.values.deployment import LIVE_SCHEMES, WEBCAM

__all__ = ["LIVE_SCHEMES", "Kind", "is_live", "kind_of", "redacted", "scheme_of", "without_secrets"]

SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
# user:password@host typed without its scheme.
BARE_LOGIN: Final = re.compile(r"[^/\\@]*:[^@]*@", re.DOTALL)
# Some recorders take the login as a part of the path: /user=admin&password=secret&channel=1.
SECRET_IN_PATH: Final = re.compile(
    r"((?:user|login|pass|pwd|token|key|auth|secret|sig|session)[a-z]*)[=:][^/]*", re.IGNORECASE
)


class Kind(StrEnum):
    """What an address names."""

    PATH = "file or folder"
    STREAM = "stream"
    WEBCAM = "webcam"
    UNKNOWN = "address of an unknown kind"


def scheme_of(text: str) -> str | None:
    """Give an address's scheme in lower case; None for a path."""
    found = SCHEME.match(text)
    return found[1].lower() if found else None


def kind_of(text: str) -> Kind:
    """Tell what an address names, by its text alone. `file:x` and `concat:x` are names of files."""
    scheme = scheme_of(text)
    if scheme is not None:
        return Kind.STREAM if scheme in LIVE_SCHEMES else Kind.UNKNOWN
    return Kind.WEBCAM if WEBCAM.fullmatch(text) else Kind.PATH


def is_live(text: str) -> bool:
    """Tell whether an address names a stream or a webcam, and not something recorded."""
    return kind_of(text) in (Kind.STREAM, Kind.WEBCAM)


def redacted(text: str) -> str:
    """Give an address to show: no login, no query, no fragment, no login inside the path.

    All up to the last `@` goes: a password may hold any character, so it is better to lose too
    much than to show a part of one. A path of a file is given back as it is.
    """
    scheme = SCHEME.match(text)
    if scheme is None:
        return BARE_LOGIN.sub("", text, count=1) if BARE_LOGIN.match(text) else text
    rest = text[scheme.end() :].rpartition("@")[2]
    place = re.split(r"[?#]", rest, maxsplit=1)[0]
    host, slash, path = place.partition("/")
    shown = SECRET_IN_PATH.sub(r"\1=...", path)
    return f"{scheme[0]}{host}{slash}{shown}"


def without_secrets(message: str, *, address: str) -> str:
    """Take an address out of somebody else's message, and every piece of its login and query."""
    message = message.replace(address, redacted(address))
    for secret in sorted(_secrets(address), key=len, reverse=True):
        message = message.replace(secret, "...")
    return message


def _secrets(address: str) -> set[str]:
    scheme = SCHEME.match(address)
    if scheme is None:
        return set()
    rest = address[scheme.end() :]
    login, _, place = rest.rpartition("@")
    _, _, query = place.partition("?")
    pieces = {login, query, *login.split(":", maxsplit=1), *re.split(r"[&=#]", query)}
    return {piece for piece in pieces if len(piece) >= 3}
