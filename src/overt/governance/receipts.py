"""What became of a deletion."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Receipt"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one deletion."""

    what: str  # an alert's id, or the name of a watchlist's or an index's key
    reason: str
    error: str  # "" where it is deleted
    doubted: bool = False  # left alone because the clock may be wrong

    @property
    def done(self) -> bool:
        """Whether it is deleted."""
        return not self.error
