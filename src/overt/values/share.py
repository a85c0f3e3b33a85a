"""A proportion, as evaluations write it down."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Share"]


@dataclass(frozen=True, slots=True)
class Share:
    """A proportion with its interval, as it is written down."""

    events: int
    trials: int
    people: int  # whose trials these are
    value: float
    low: float
    high: float
    level: float
    method: str
