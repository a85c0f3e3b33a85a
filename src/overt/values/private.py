"""Text about a person inside an event: written as a commitment, opened only for those who may."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

__all__ = ["ERASED", "PRIVATE", "Private"]

PRIVATE: Final = "private"
Private: TypeAlias = Annotated[str, PRIVATE]

ERASED: Final = "(erased)"  # what is read where the opening of a commitment was erased
