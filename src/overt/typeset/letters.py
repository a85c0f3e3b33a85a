"""Letters that a paper edition has no type for: written by their numbers, never left out.

Only the type that comes with Typst is used, so that the same report gives the same bytes on every
machine. It has Latin, Greek, Cyrillic, Hebrew and Arabic, and not every script of a place's name.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, TypeVar

import typst

from overt.text import printable
from overt.typeset.texts import each_text, texts_of

__all__ = ["FAMILIES", "compiler", "spelled"]

FAMILIES: Final = ("Libertinus Serif", "DejaVu Sans Mono", "New Computer Modern")
UNUSUAL: Final = re.compile(r"\S*[^\x20-\x7e\s]\S*")
PROBE: Final = b"""\
#set document(title: "probe")
#let given = json(bytes(sys.inputs.given))
#set text(font: given.families)
#for word in given.words [#word #strong(word) ]
"""
Tree = TypeVar("Tree")


def spelled(tree: Tree) -> Tree:
    """Give a report, or a part of one, in letters that can be set.

    What steers instead of showing, as a line break or a change of direction, is written as its
    escape; a letter without type as [U+6771].
    """
    shown = each_text(tree, lambda text: unicodedata.normalize("NFC", printable(text)))
    words = sorted({word for text in texts_of(shown) for word in UNUSUAL.findall(text)})
    without = _unset(words)
    if not without:
        return shown
    other = {word: _by_number(word) for word in without}
    return each_text(shown, lambda text: _respelled(text, other))


@cache
def compiler() -> typst.Compiler:
    """Give what sets pages; it knows no font of the machine."""
    return typst.Compiler(
        font_paths=typst.Fonts(include_system_fonts=False), ignore_system_fonts=True
    )


def _by_number(word: str) -> str:
    """Write the letters of a word that have no type by their numbers."""
    without = set(_unset(sorted({letter for letter in word if not letter.isascii()})))
    if not without:  # each has type, but not together, as a letter and a rare mark above it
        without = {letter for letter in word if not letter.isascii()}
    pattern = f"[{re.escape(''.join(sorted(without)))}]+"
    return re.sub(pattern, lambda run: f"[{' '.join(f'U+{ord(c):04X}' for c in run[0])}]", word)


def _respelled(text: str, other: Mapping[str, str]) -> str:
    return UNUSUAL.sub(lambda word: other.get(word[0], word[0]), text)


def _unset(words: Sequence[str]) -> list[str]:
    """Find the words that cannot be set, by halves: most texts need one try."""
    if not words or _can_be_set(words):
        return []
    if len(words) == 1:
        return [words[0]]
    half = len(words) // 2
    return _unset(words[:half]) + _unset(words[half:])


def _can_be_set(words: Sequence[str]) -> bool:
    given = json.dumps({"families": FAMILIES, "words": words})
    try:
        compiler().compile(
            PROBE, format="pdf", pdf_standards="ua-1", sys_inputs={"given": given}
        )  # PDF/UA-1 refuses a letter that nobody could see
    except typst.TypstError:
        return False
    return True
