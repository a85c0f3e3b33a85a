"""The verdict on a difference between groups, and its sentences, composed of the numbers.

There are three: `differs`, `no difference larger than` a stated margin, `cannot tell`. None says
that there is no bias: data can show a difference, bound one, or do neither.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from overt.statistics import phrases
from overt.statistics.estimate import NoTrials, PValue, Ratio
from overt.statistics.exposure import (
    Assessment,
    Known,
    Prior,
    Range,
    Settled,
    Spanned,
    Survey,
    Unsettled,
    chance_significant,
)
from overt.statistics.phrases import Words, number, probability, share_from, share_to
from overt.statistics.power import SmallestRatio, smallest_ratio

__all__ = ["Finding", "Verdict", "Words", "decide", "judge", "ruled_out"]


class Finding(StrEnum):
    """What data say about a difference."""

    DIFFERS = "differs"
    NO_LARGER = "no difference larger than"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A finding with the figures it follows from and the sentences that say it."""

    finding: Finding
    margin: float  # above 1: the largest ratio, either way, that would not matter
    ratio: Ratio | None  # None where the share of the exposure is unknown
    p: PValue | None  # the largest that the exposure admits
    smallest: SmallestRatio
    sentences: tuple[str, ...]

    @property
    def title(self) -> str:
        """The finding with its margin."""
        if self.finding is Finding.NO_LARGER:
            return f"{self.finding} {number(self.margin)}-fold"
        return str(self.finding)

    @property
    def text(self) -> str:
        """All sentences."""
        return " ".join(self.sentences)


def decide(ratio: Ratio, p: PValue, *, margin: float) -> Finding:
    """Decide from a ratio's interval and a p-value of the same data.

    It differs if the interval leaves out 1 **and** p is 1 - level or less: where the two come of
    different methods, as over strata, the more cautious counts. There is no difference larger
    than the margin if the whole interval lies within 1 / margin to margin: two one-sided tests
    (Schuirmann, 1987), here with the interval of the full level, which asks for more than theirs
    of 1 - 2 alpha. A small difference that is shown is `differs`; its sentence tells the size.
    """
    if not 1 < margin < math.inf:
        raise ValueError(f"margin: got {margin}, want a ratio above 1")
    # The level is 1 - alpha in floats: p-values at alpha must not fail by the last digit.
    if not ratio.low <= 1 <= ratio.high and p.value <= (1 - ratio.level) * (1 + 1e-9):
        return Finding.DIFFERS
    if 1 / margin <= ratio.low and ratio.high <= margin:
        return Finding.NO_LARGER
    return Finding.CANNOT_TELL


def ruled_out(ratio: Ratio) -> float:
    """Give the smallest margin that these data allow: a difference above it is ruled out.

    Infinite where the interval has an end at 0 or none.
    """
    return max(ratio.high, 1 / ratio.low if ratio.low else math.inf, 1.0)


def judge(
    assessed: Assessment | NoTrials, words: Words, *, margin: float, power: float
) -> Verdict | NoTrials:
    """Give the verdict on a group's part of the events, with its sentences.

    Args:
        assessed: what the counts say under what is known of the exposure.
        words: what the group, the events and the exposure are called.
        margin: the ratio, above 1, that would not matter either way.
        power: with which the smallest ratio is told that these data could have shown.
    """
    if isinstance(assessed, NoTrials):
        return assessed
    smallest = reach(assessed, power)
    counted = phrases.counted(assessed.events, assessed.total, words)
    limit = phrases.reach(smallest, words, lower=points_down(assessed))
    match assessed:
        case Unsettled():
            said = phrases.unless(assessed.break_even, assessed.exposure.why, words)
            sentences = (counted, said, limit)
            return Verdict(Finding.CANNOT_TELL, margin, None, None, smallest, sentences)
        case Spanned():
            ratio, p = assessed.ratio, assessed.most
        case Settled():
            ratio, p = assessed.ratio, assessed.p
    finding = decide(ratio, p, margin=margin)
    sentences = (
        counted,
        premise(assessed, words),
        phrases.size(ratio, p, words, spans=isinstance(assessed, Spanned)),
        conclusion(finding, ratio, margin),
        limit,
    )
    return Verdict(finding, margin, ratio, p, smallest, sentences)


def reach(assessed: Assessment, power: float) -> SmallestRatio:
    """Give the smallest ratio that so many events could have shown, in the direction they point.

    Over a range, and where the share is unknown, it is that of the most favourable share there is.
    """
    share = taken_share(assessed)
    if share is not None and points_down(assessed):
        share = 1 - share
    alpha = assessed.break_even.alpha
    return smallest_ratio(assessed.total, share=share, power=power, alpha=alpha)


def taken_share(assessed: Assessment) -> float | None:
    """Give the share of the exposure if there is one figure; a survey's and a prior's own."""
    match assessed.exposure:
        case Known(share):
            return share
        case Prior(a, b):
            return a / (a + b)
        case Survey(counted, of) if 0 < counted < of:
            return counted / of
        case _:
            return None


def points_down(assessed: Assessment) -> bool:
    """Say whether the group has fewer events than its part; not where no share is given."""
    share = taken_share(assessed)
    return share is not None and assessed.events < share * assessed.total


def premise(assessed: Spanned | Settled, words: Words) -> str:
    """Say what is known of the exposure, and what equal rates would have given."""
    total = assessed.total
    match assessed.exposure:
        case Range(low, high):
            return (
                f"Between {share_from(low)} and {share_to(high)} of the {words.exposure} are "
                f"taken to have been {words.group}: equal rates would give "
                f"{number(total * low)} to {number(total * high)}."
            )
        case Known(share):
            return (
                f"If {share_from(share)} of the {words.exposure} were {words.group}, equal rates "
                f"would give {number(total * share)}."
            )
        case Prior(a, b):
            chance = chance_significant(assessed.exposure, assessed.break_even)
            return (
                f"The share of the {words.exposure} that were {words.group} is not known; it is "
                f"believed to be about {share_from(a / (a + b))} (Beta({a:g}, {b:g})). By that "
                f"belief the chance is {probability(chance)} that it is a share at which this "
                "difference is significant."
            )
        case Survey(counted, of):
            return (
                f"A survey counted {counted:,} {words.group} among {of:,} {words.exposure}; its "
                "own sampling error is allowed for."
            )


def conclusion(finding: Finding, ratio: Ratio, margin: float) -> str:
    """Say the finding and what it does not say."""
    fold = f"{number(margin)}-fold"
    match finding:
        case Finding.DIFFERS:
            way = "higher" if ratio.low > 1 else "lower"
            within = f", by less than {fold}" if ruled_out(ratio) <= margin else ""
            return f"The rates differ: the group's is {way}{within}. The counts do not say why."
        case Finding.NO_LARGER:
            return f"There is no difference larger than {fold}. {phrases.ruled_out(ratio)}"
        case Finding.CANNOT_TELL:
            return (
                f"These data cannot tell whether the rates differ by more than {fold}. "
                f"{phrases.ruled_out(ratio)}"
            )
