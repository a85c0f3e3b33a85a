"""A probe that came out at or above the threshold."""

from __future__ import annotations

from dataclasses import dataclass

from overt.values.operating import OperatingPoint

__all__ = ["Match"]


@dataclass(frozen=True, slots=True)
class Match:
    """One probe against one entry of the watchlist, at or above the threshold.

    Comparisons below the threshold never become a value: they are forgotten inside the search.
    """

    track: int
    row: int  # row of the entry in the watchlist
    score: float  # the recogniser's own (cosine, -1 to 1), before it is held against the cohort
    similarity: float  # on the reference scale; see docs/concepts/similarity.md
    point: OperatingPoint  # where recognition operated
    shots: int  # how many shots were fused in the probe
