"""Packages that only some pages need: what to install where they are not there."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from overt.errors import RefusedError

__all__ = ["needs_reports"]


@contextmanager
def needs_reports() -> Generator[None]:
    """Turn what computes reports, where it is missing, into an error that says how to get it.

    Raises:
        RefusedError: it is not installed.
    """
    try:
        yield
    except ImportError as error:
        raise RefusedError(
            f"report: got no {error.name}, want what computes reports",
            hint='install it where the console runs: pip install "overt[report]"',
        ) from error
