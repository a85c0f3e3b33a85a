"""Packages that only some commands need: what to install where they are not there."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from overt.errors import InputError

__all__ = ["needs_extra"]


@contextmanager
def needs_extra(extra: str) -> Generator[None]:
    """Turn a package that is missing into an error that names the extra.

    Raises:
        InputError: a package of the extra is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "overt":
            raise
        raise InputError(
            f"package {error.name}: got none installed, want it",
            hint=f"pip install 'overt[{extra}]'",
        ) from error
