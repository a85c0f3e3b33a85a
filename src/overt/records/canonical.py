"""RFC 8785 bytes of a tree: what the library `rfc8785` gives, faster for what most events are.

Python's own encoder writes the same bytes wherever the tree holds texts, whole numbers, truths and
floats of middling size under keys of ASCII: it escapes the same characters alike (3.2.2.2)
and, for ASCII, sorts by the same order (3.2.3). Only how very small and very large floats are
written differs, and how other keys sort: those trees go to the library whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final, cast

import rfc8785

__all__ = ["canonical_bytes"]

SAFE_INTEGER: Final = 2**53 - 1  # beyond it the library refuses
# From 1e-4 to 1e16 Python's shortest form of a float that is not whole is ECMAScript's (7.1.12.1).
SMALLEST, LARGEST = 1e-4, 1e15
# A number with a fraction or an exponent, or one of so many digits that it may be too large. Within
# a text it looks the same: then the tree is looked through, which costs time and nothing else.
UNUSUAL: Final = re.compile(r"""(?:":|,|\[)-?(?:\d+[.eE]|\d{16})""")
ENCODER: Final = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)


class _Unusual(Exception):  # noqa: N818 - it never leaves this module
    """The tree holds something that Python's encoder might write otherwise."""


def canonical_bytes(tree: Mapping[str, object]) -> bytes:
    """Write a tree of JSON's values as RFC 8785 does.

    Raises:
        rfc8785.CanonicalizationError: a number that JSON cannot hold.
    """
    try:
        text = ENCODER.encode(tree)
        if text.isascii() and not UNUSUAL.search(text):
            return text.encode()
        return ENCODER.encode(_usual(tree)).encode()
    except (_Unusual, ValueError):  # not finite: the library says so in its own words
        return rfc8785.dumps(cast("dict[str, str]", tree))


def _usual(value: object) -> object:
    """Give a value as Python's encoder writes it alike.

    Raises:
        _Unusual: it may not.
    """
    match value:
        case str() | None | bool():
            return value
        case int() if abs(value) <= SAFE_INTEGER:
            return int(value)
        case float() if SMALLEST <= abs(value) <= LARGEST or not value:
            return int(value) if value.is_integer() else value
        case dict():
            items = cast("dict[object, object]", value).items()
            return {_key(name): _usual(item) for name, item in items}
        case list() | tuple():
            return [_usual(item) for item in cast("Sequence[object]", value)]
        case _:
            raise _Unusual


def _key(name: object) -> str:
    if isinstance(name, str) and name.isascii():
        return name
    raise _Unusual
