"""Text that came from outside, made safe to show and to write."""

from __future__ import annotations

import unicodedata
from typing import Final

__all__ = ["FORMULA", "name_key", "printable", "sheet_cell"]

# What makes a cell a formula, also as full-width forms.
FORMULA: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def printable(text: str) -> str:
    r"""Write what no one can see, or what would steer a terminal, as its escape.

    A name of a file may hold line breaks, terminal codes, and bytes that are no text at all.

    >>> print(printable("a\x1b[2Jb\udcff"))
    a\x1b[2Jb\udcff
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def sheet_cell(cell: str) -> str:
    """Keep a spreadsheet from taking a cell for a formula: whoever named the file would run it.

    An apostrophe before it makes it text (OWASP, "CSV injection").
    """
    seen = "".join(letter for letter in cell if letter.isprintable()).lstrip()
    return f"'{cell}" if seen.startswith(FORMULA) else cell


def name_key(name: str) -> str:
    """Give what is the same for every way to write one person's name.

    Letters, digits and their marks alone count, in Unicode's compatibility form (NFKC) and case
    folded: capitals, blanks, dots and invisible characters make no other person. "" names nobody.

    >>> name_key("  B.\u00a0M\u00dcLLER ") == name_key("b mu\u0308ller")
    True
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return "".join(c for c in folded if c.isalnum() or unicodedata.category(c)[0] == "M")
