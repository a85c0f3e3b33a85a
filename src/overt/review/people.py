"""Who does it: names as people write them, and whether two of them are one person."""

from __future__ import annotations

from typing import Final

from overt.errors import InputError
from overt.text import name_key
from overt.values.private import ERASED

__all__ = ["are_known_to_be_one", "are_known_to_differ", "require_name"]

LONGEST_NAME: Final = 200  # characters


def require_name(by: str) -> str:
    """Take the name of somebody who answers for what is recorded.

    Raises:
        InputError: it is empty, has nothing to tell people apart by, or cannot be shown.
    """
    name = by.strip()
    usable = 0 < len(name) <= LONGEST_NAME and name.isprintable() and name != ERASED
    if not usable or not name_key(name):
        raise InputError(
            f"name: got {by[:80]!r}, want who does this", hint="say who with --by NAME"
        )
    return name


def are_known_to_be_one(one: str, other: str) -> bool:
    """Tell whether two names are of one person; nobody's and erased ones are not known to be."""
    return _known(one) and _known(other) and name_key(one) == name_key(other)


def are_known_to_differ(one: str, other: str) -> bool:
    """Tell whether two names are of different people; of erased ones it is not known."""
    return _known(one) and _known(other) and name_key(one) != name_key(other)


def _known(name: str) -> bool:
    return name != ERASED and bool(name_key(name))
