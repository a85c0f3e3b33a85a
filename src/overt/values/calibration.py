"""What a recogniser's scores mean: figures measured on faces of different people."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from overt.errors import BundleError

__all__ = ["Calibration", "Tail"]


@dataclass(frozen=True, slots=True)
class Tail:
    """A generalised Pareto fit of the highest non-mated scores (Pickands, 1975).

    P(score > s) = rate * (1 + shape * (s - threshold) / scale) ** (-1 / shape) for s > threshold.
    """

    threshold: float  # raw score
    shape: float
    scale: float  # above 0, in units of the raw score
    rate: float  # share of non-mated pairs above `threshold`, in (0, 1]


@dataclass(frozen=True, slots=True)
class Calibration:
    """How often two different people score at least so much, in the worst demographic group.

    At every score the group with the highest false match rate counts, so the rate holds for all.
    """

    script: str  # what measured it
    datasets: tuple[str, ...]
    group: str  # the group with the highest false match rate where the tail begins
    pairs: int  # non-mated pairs compared within that group
    scores: tuple[float, ...]  # raw scores, rising
    log10_fmr: tuple[float, ...]  # log10 of the false match rate per comparison at each, falling
    extrapolated_above: float  # raw score from which on only the tail speaks
    tail: Tail

    def __post_init__(self) -> None:
        rises = all(a < b for a, b in itertools.pairwise(self.scores))
        if len(self.scores) < 2 or not rises:
            raise BundleError(f"calibration scores: got {self.scores}, want 2 or more, rising")
        falls = all(a > b for a, b in itertools.pairwise(self.log10_fmr))
        if len(self.log10_fmr) != len(self.scores) or not falls or self.log10_fmr[0] > 0:
            raise BundleError(
                f"calibration log10_fmr: got {self.log10_fmr}, "
                f"want {len(self.scores)} numbers, falling, none above 0"
            )
