"""`overt version`."""

from __future__ import annotations

from importlib.metadata import version as installed

__all__ = ["version"]


def version() -> None:
    """Print overt's version."""
    print(installed("overt"))
