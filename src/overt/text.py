"""Text that came from outside, made safe to show and to write."""

from __future__ import annotations

import unicodedata
from typing import Final

__all__ = ["FORMULA", "name_key", "printable", "sheet_cell"]

# Marks and letters that no one can see (Default_Ignorable_Code_Point of Unicode; those of category
# Cf are left out, as they are no letters anyway): a name with one is the same name.
UNSEEN: Final = frozenset(
    chr(code)
    for first, last in (
        (0x034F, 0x034F),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFFA0, 0xFFA0),
        (0xE0100, 0xE01EF),
    )
    for code in range(first, last + 1)
)
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
    seen = (c for c in folded if c not in UNSEEN)
    return "".join(c for c in seen if c.isalnum() or unicodedata.category(c)[0] == "M")
