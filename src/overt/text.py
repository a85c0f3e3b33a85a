"""Text that came from outside, made safe to show and to write."""

from __future__ import annotations

__all__ = ["printable"]


def printable(text: str) -> str:
    r"""Write what no one can see, or what would steer a terminal, as its escape.

    A name of a file may hold line breaks, terminal codes, and bytes that are no text at all.

    >>> print(printable("a\x1b[2Jb\udcff"))
    a\x1b[2Jb\udcff
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
