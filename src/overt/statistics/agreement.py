"""How far two people judge alike, beyond what chance alone would give."""

from __future__ import annotations

from dataclasses import dataclass

from overt.statistics.estimate import NoTrials, check_interval
from overt.statistics.intervals import LEVEL, clopper_pearson

__all__ = ["Kappa", "cohen_kappa"]

METHOD = "Cohen's kappa; interval: Clopper-Pearson of the agreement, chance as observed"


@dataclass(frozen=True, slots=True)
class Kappa:
    """Agreement of two judges beyond chance: 1 always alike, 0 as by chance, below it less."""

    value: float
    agreed: int
    pairs: int
    low: float
    high: float
    level: float
    method: str

    def __post_init__(self) -> None:
        if not 0 <= self.agreed <= self.pairs or not self.pairs:
            raise ValueError(
                f"kappa: got {self.agreed} alike of {self.pairs}, want 0 to as many, of 1 or more"
            )
        check_interval(self.low, self.value, self.high, self.level)


def cohen_kappa(
    both_yes: int, both_no: int, *, first_alone: int, second_alone: int, level: float = LEVEL
) -> Kappa | NoTrials:
    """Give Cohen's kappa (Cohen, 1960) of two judges who answer yes or no.

    kappa = (p_o - p_e) / (1 - p_e): of p_o, the share of pairs judged alike, what lies beyond p_e,
    the share that would be alike if each answered as often as they did, but by chance. Where
    everybody always gave one answer, p_e is 1 and there is no kappa.

    Args:
        both_yes: pairs in which both said yes.
        both_no: pairs in which both said no.
        first_alone: pairs in which the first alone said yes.
        second_alone: pairs in which the second alone said yes.
        level: of confidence.

    Raises:
        ValueError: a count below 0.
    """
    counts = (both_yes, both_no, first_alone, second_alone)
    if min(counts) < 0:
        raise ValueError(f"kappa: got counts {counts}, want 0 or more each")
    pairs, agreed = sum(counts), both_yes + both_no
    if not pairs:
        return NoTrials("pairs of judgements")
    first, second = both_yes + first_alone, both_yes + second_alone
    chance = first * second + (pairs - first) * (pairs - second)  # of pairs squared
    if chance == pairs**2:
        return NoTrials("answers of both kinds")
    by_chance = chance / pairs**2
    value, low, high = (
        (share - by_chance) / (1 - by_chance)
        for share in (agreed / pairs, *clopper_pearson(agreed, pairs, level=level))
    )
    return Kappa(value, agreed, pairs, low, high, level, METHOD)
