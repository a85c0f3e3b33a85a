"""Values in words: how a page, a PDF, a terminal and a sentence write the same number."""

from __future__ import annotations

import math
from functools import singledispatch
from typing import Final

from overt.report.document.figures import Amount, Count, Moment, Part, Withheld, Words
from overt.statistics.estimate import (
    ClusteredRate,
    Difference,
    Intensity,
    NoInterval,
    NoTrials,
    PValue,
    Quantile,
    Rate,
    Ratio,
    StandardisedRate,
    WeightedShare,
)

__all__ = [
    "evidence_of",
    "headline",
    "interval_of",
    "number",
    "one_in",
    "percent",
    "points",
    "probability",
    "several",
    "significant",
]

RARE: Final = 0.001  # below it a rate reads better as "1 in so many"
NOT_THERE: Final = "none"


def number(value: float) -> str:
    """Write a whole number with its thousands parted: 3,147,436."""
    return f"{value:,.0f}"


def several(count: float, one: str, many: str) -> str:
    """Write a number with what it counts.

    >>> several(1, "alert is", "alerts are"), several(2100, "alert is", "alerts are")
    ('1 alert is', '2,100 alerts are')
    """
    return f"{number(count)} {one if count == 1 else many}"


def significant(value: float, digits: int) -> str:
    """Write a number with so many digits that say something, without an exponent.

    >>> significant(0.00031772, 2), significant(46.3168, 3), significant(1234.5, 3)
    ('0.00032', '46.3', '1,234')
    """
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "infinite"
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{value:,.{places}f}"


def percent(share: float) -> str:
    """Write a share in per cent, three digits, or two where it is small.

    >>> percent(0.463168), percent(0.0048146), percent(0.0000031772)
    ('46.3 %', '0.48 %', '0.00032 %')
    """
    return f"{significant(100 * share, 3 if share >= 0.01 else 2)} %"


def one_in(rate: float) -> str:
    """Write a rate as one in so many.

    >>> one_in(10 / 3147436), one_in(0.0)
    ('1 in 314,744', 'none')
    """
    return f"1 in {number(1 / rate)}" if rate > 0 else NOT_THERE


def probability(value: float) -> str:
    """Write a p-value.

    >>> probability(0.00164), probability(3.8e-6), probability(0.109), probability(0.6254)
    ('0.0016', '0.0000038', '0.11', '0.63')
    """
    return significant(value, 2)


def share(rate: float, *, as_rare: bool) -> str:
    return one_in(rate) if as_rare else percent(rate)


@singledispatch
def headline(value: object) -> str:
    """Write the number alone, as it stands large on a page."""
    raise TypeError(f"got {type(value).__name__}, want a value of a report")


@headline.register
def _(value: Count) -> str:
    return number(value.number)


@headline.register
def _(value: Part) -> str:
    return percent(value.number / value.whole) if value.whole else "no figure"


@headline.register
def _(value: Amount) -> str:
    digits = 3 if abs(value.number) < 1000 else 0
    text = significant(value.number, digits) if digits else number(value.number)
    return f"{text} {value.unit}".strip()


@headline.register
def _(value: Moment) -> str:
    return value.time.removesuffix("+00:00").replace("T", " ") or "not"


@headline.register
def _(value: Words) -> str:
    return value.text


@headline.register
def _(value: Withheld) -> str:
    return f"fewer than {value.fewer_than}" if value.fewer_than else "withheld"


@headline.register
def _(value: Rate) -> str:
    return share(value.value, as_rare=is_rare(value))


@headline.register
def _(value: Intensity) -> str:
    return f"{significant(value.value, 3)} per {value.unit}"


@headline.register
def _(value: Ratio) -> str:
    if math.isnan(value.value):
        return "undefined"
    return "infinite" if math.isinf(value.value) else f"{significant(value.value, 2)} times"


@headline.register
def _(value: PValue) -> str:
    return f"p = {probability(value.value)}"


@headline.register
def _(_value: NoTrials) -> str:
    return "no figure"


@singledispatch
def interval_of(_value: object) -> str:
    """Write the interval, "" where there is none."""
    return ""


@interval_of.register
def _(value: Rate) -> str:
    rare = is_rare(value)
    low, high = share(value.low, as_rare=rare), share(value.high, as_rare=rare)
    return f"{level(value.level)} interval {low} to {high}"


@interval_of.register
def _(value: Intensity) -> str:
    low, high = significant(value.low, 3), significant(value.high, 3)
    return f"{level(value.level)} interval {low} to {high}"


@interval_of.register
def _(value: Ratio) -> str:
    high = "any" if math.isinf(value.high) else significant(value.high, 2)
    return f"{level(value.level)} interval {significant(value.low, 2)} to {high}"


@singledispatch
def evidence_of(_value: object) -> str:
    """Write what a number stands on: its counts, or why there is none; "" where it says all."""
    return ""


@evidence_of.register
def _(value: Rate) -> str:
    return f"{number(value.events)} of {number(value.trials)}"


@evidence_of.register
def _(value: Part) -> str:
    return f"{number(value.number)} of {number(value.whole)} {value.of}"


@evidence_of.register
def _(value: Intensity) -> str:
    return f"{number(value.events)} in {significant(value.exposure, 3)} {value.unit}s"


@evidence_of.register
def _(value: PValue) -> str:
    return f"if {value.hypothesis}"


@evidence_of.register
def _(value: NoTrials) -> str:
    return f"there were no {value.of}"


@headline.register
def _(value: Quantile) -> str:
    return f"{significant(value.value, 3)} {value.unit}"


@interval_of.register
def _(value: Quantile) -> str:
    low = "any" if math.isinf(value.low) else significant(value.low, 3)
    high = "any" if math.isinf(value.high) else significant(value.high, 3)
    return f"{level(value.level)} interval {low} to {high}"


@evidence_of.register
def _(value: Quantile) -> str:
    return f"{level(value.at)} quantile of {number(value.count)}"


@headline.register
def _(value: StandardisedRate) -> str:
    return share(value.value, as_rare=is_rare(value))


@interval_of.register
def _(value: StandardisedRate) -> str:
    rare = is_rare(value)
    low, high = share(value.low, as_rare=rare), share(value.high, as_rare=rare)
    return f"{level(value.level)} interval {low} to {high}"


@evidence_of.register
def _(value: StandardisedRate) -> str:
    crude = f"crude {headline(value.crude)}, {evidence_of(value.crude)}"
    text = f"standardised to {value.standard}; {crude}"
    if value.without:
        known = f"{percent(value.covered)} of the standard"
        text += f"; no trials in {', '.join(value.without)}: {known} is known"
    return text


@headline.register(ClusteredRate)
@headline.register(WeightedShare)
@headline.register(NoInterval)
def _(value: ClusteredRate | WeightedShare | NoInterval) -> str:
    return percent(value.value)


@interval_of.register(ClusteredRate)
@interval_of.register(WeightedShare)
def _(value: ClusteredRate | WeightedShare) -> str:
    return f"{level(value.level)} interval {percent(value.low)} to {percent(value.high)}"


@evidence_of.register
def _(value: ClusteredRate) -> str:
    worth = significant(value.effective_trials, 3)
    counted = f"{number(value.events)} of {number(value.trials)}"
    return f"{counted} in {several(value.clusters, 'cluster', 'clusters')}, worth {worth}"


@evidence_of.register
def _(value: WeightedShare) -> str:
    return f"{several(value.count, 'respondent', 'respondents')}, worth {number(value.effective)}"


@evidence_of.register
def _(value: NoInterval) -> str:
    return f"{number(value.events)} of {number(value.trials)}, no interval: {value.reason}"


@headline.register
def _(value: Difference) -> str:
    return points(value.value)


@interval_of.register
def _(value: Difference) -> str:
    return f"{level(value.level)} interval {points(value.low)} to {points(value.high)}"


@evidence_of.register
def _(value: Difference) -> str:
    return f"p = {probability(value.p.value)} if {value.p.hypothesis}"


def points(value: float) -> str:
    """Write a difference of shares in percentage points, with its sign.

    >>> points(-0.1234), points(0.0)
    ('-12.3 points', '+0.0 points')
    """
    return f"{100 * value:+.1f} points"


def is_rare(value: Rate | StandardisedRate) -> bool:
    """Tell whether a rate is written as one in so many."""
    return value.value < RARE and value.high < 10 * RARE


def level(value: float) -> str:
    """Write a level of confidence: 95 %."""
    return f"{100 * value:g} %"
