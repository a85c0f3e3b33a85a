"""What can be said of a camera before a deployment uses it."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["GoNoGo"]


class GoNoGo(StrEnum):
    """What can be said of a camera, or of one thing about it."""

    GO = "go"
    NO_GO = "no-go"
    CANNOT_TELL = "cannot tell"  # too little was seen; it is never taken for a go
