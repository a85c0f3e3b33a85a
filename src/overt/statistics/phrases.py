"""Sentences about differences, composed of their numbers; roundings never say more than is so."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from overt.statistics.binomial import BreakEven
from overt.statistics.estimate import PValue, Ratio
from overt.statistics.power import SmallestRatio

__all__ = ["Words", "number", "probability", "share_from", "share_to"]


@dataclass(frozen=True, slots=True)
class Words:
    """What a report calls the group and what was counted."""

    group: str  # after "were": "Black people"
    event: str  # one of them: "false alert"
    events: str  # "false alerts"
    exposure: str  # "faces seen"

    def counted(self, total: int) -> str:
        """Give a number of events with its noun."""
        return f"{total:,} {self.event if total == 1 else self.events}"


def number(value: float, *, rounded: Callable[[float], float] = round) -> str:
    """Write a ratio or a count to three figures, rounded to the nearest, up or down.

    >>> number(9.3333), number(25.6296), number(0.79825), number(4.0), number(5000)
    ('9.33', '25.6', '0.798', '4', '5,000')
    >>> number(8.8798, rounded=math.floor), number(5.7904, rounded=math.ceil)
    ('8.87', '5.8')
    >>> number(float("inf"))
    'without limit'
    """
    if math.isinf(value):
        return "without limit"
    if not value:
        return "0"
    places = max(0, 2 - math.floor(math.log10(abs(value))))
    # What is a round figure but for its last digits stays one, whichever way is rounded.
    steps = rounded(round(value * 10.0**places, 6))
    written = f"{steps / 10.0**places:,.{places}f}"
    return written.rstrip("0").rstrip(".") if places else written


def probability(value: float) -> str:
    """Write a probability: to two figures, and never as 0 or 1 unless it is.

    >>> probability(0.109375), probability(0.0031808), probability(7.69e-6), probability(0.9999)
    ('0.11', '0.0032', '0.0000077', 'above 0.999')
    >>> probability(1e-12)
    'below 0.000001'
    """
    if 0 < value < 1e-6:
        return "below 0.000001"
    if 0.999 < value < 1:
        return "above 0.999"
    if value in (0.0, 1.0):
        return f"{value:.0f}"
    places = max(2, 1 - math.floor(math.log10(value)))
    return f"{value:.{places}f}" if value < 0.99 else f"{value:.3f}"


def share_from(share: float) -> str:
    """Write a share in percent as the lower end of something: rounded up to a tenth.

    >>> share_from(0.4439045), share_from(0.135), share_from(0.3)
    ('44.4 %', '13.5 %', '30 %')
    """
    return percent(math.ceil(round(share * 1000, 6)) / 10)


def share_to(share: float) -> str:
    """Write a share in percent as the upper end of something: rounded down to a tenth.

    >>> share_to(0.9747893)
    '97.4 %'
    """
    return percent(math.floor(round(share * 1000, 6)) / 10)


def percent(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0") + " %"


def counted(events: int, total: int, words: Words) -> str:
    """Say the counts."""
    if total == 1:
        return f"The only {words.event} was {'' if events else 'not '}one of {words.group}."
    part = f"{events:,}" if events else "None"
    return f"{part} of the {words.counted(total)} were {words.group}."


def unless(even: BreakEven, why: str, words: Words) -> str:
    """Say at which shares of the exposure the difference is not significant, and why it matters."""
    least = f"at least {share_from(even.low)}" if even.low > 0 else ""
    most = f"at most {share_to(even.high)}" if even.high < 1 else ""
    bounds = " and ".join(part for part in (least, most) if part)
    return (
        f"This difference is significant unless {bounds} of the {words.exposure} were "
        f"{words.group}; {why}. So these data cannot tell whether the rates differ."
    )


def size(ratio: Ratio, p: PValue, words: Words, *, spans: bool) -> str:
    """Say the ratio, its interval and the p-value."""
    if math.isnan(ratio.value):
        return f"No ratio of the rates of {words.events} can be given."
    middle, over = "", ""
    if spans:
        middle, over = " at the middle of the range", " over the whole range"
    sign = "p" if probability(p.value).startswith(("below", "above")) else "p ="
    sign = sign.replace("p =", "p at most") if spans else sign
    return (
        f"The group's rate of {words.events} is {times(ratio.value)} everybody else's{middle} "
        f"({100 * ratio.level:g} % interval{over}: {number(ratio.low)} to {number(ratio.high)}; "
        f"{sign} {probability(p.value)}, {p.method})."
    )


def times(value: float) -> str:
    """Write a ratio before what it is a multiple of.

    >>> times(9.3333), times(float("inf"))
    ('9.33 times', 'without limit against')
    """
    return "without limit against" if math.isinf(value) else f"{number(value)} times"


def ruled_out(ratio: Ratio) -> str:
    """Say which ratios the interval leaves out."""
    more = f"more than {number(ratio.high, rounded=math.ceil)} times" * (ratio.high < math.inf)
    less = f"less than {number(ratio.low, rounded=math.floor)} times" * (ratio.low > 0)
    parts = " or ".join(part for part in (more, less) if part)
    if not parts:
        return "They rule out no ratio at all."
    return f"They rule out that the group's rate is {parts} everybody else's."


def reach(smallest: SmallestRatio, words: Words, *, lower: bool) -> str:
    """Say which ratio the data could not have shown, up or down."""
    counted = words.counted(smallest.events)
    rate = "a rate of the group lower" if lower else "a rate of the group higher"
    if math.isinf(smallest.ratio):
        return f"With {counted} {rate} than everybody else's could not have been shown at all."
    fold = number(smallest.ratio, rounded=math.floor)
    if smallest.share is None:
        what, whatever = f"a risk ratio below {fold}", ", whatever that share is"
    elif lower:
        what, whatever = f"{rate} by less than {fold}-fold", ""
    else:
        what, whatever = f"a risk ratio below {fold}", ""
    return (
        f"With {counted} {what} could not have been shown reliably{whatever}: more than "
        f"{100 * (1 - smallest.power):g} % of such counts would miss it."
    )
