"""The console that commands write to: text as it is."""

from __future__ import annotations

from rich.console import Console

__all__ = ["plain_console"]


def plain_console(*, stderr: bool) -> Console:
    """Make a console that shows text as it is: a name may look like markup or an emoji's code."""
    return Console(stderr=stderr, markup=False, emoji=False, highlight=False)
