"""How figures are written in verdicts: to the digits that they are published with elsewhere."""

from __future__ import annotations

from overt.report.claims.checked import Named
from overt.report.claims.published import NOUNS, CountName, Published
from overt.report.document.wording import number, one_in, significant
from overt.statistics.estimate import NoTrials, Rate
from overt.statistics.intervals import rate

__all__ = ["digits", "many", "needed_count", "p_value", "percent", "rate_of", "rate_text", "spread"]

RARE = 0.0005  # below it a rate is written as one in so many, too


def digits(value: float) -> str:
    """Write a number to three digits, all of a whole number above them, no zeros at the end.

    >>> digits(15504.6), digits(4.7389), digits(80.0), digits(0.48146)
    ('15,505', '4.74', '80', '0.481')
    """
    if abs(value) >= 100:
        return number(value)
    text = significant(value, 3)
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: float) -> str:
    """Write a share in per cent.

    >>> percent(0.4439), percent(0.8), percent(10 / 3147436)
    ('44.4 %', '80 %', '0.000318 %')
    """
    return f"{digits(100 * share)} %"


def spread(low: float, high: float) -> str:
    """Write both ends of an interval in per cent.

    >>> spread(0.0023112, 0.0088364)
    '0.231-0.884 %'
    """
    return f"{digits(100 * low)}-{digits(100 * high)} %"


def rate_text(found: Rate) -> str:
    """Write a rate with its interval, as one in so many where it is rare."""
    if found.value < RARE:
        low, high = one_in(found.low), one_in(found.high)
        return f"{percent(found.value)} = {one_in(found.value)} ({low} to {high})"
    return f"{percent(found.value)} ({spread(found.low, found.high)})"


def p_value(value: float) -> str:
    """Write a p-value: three decimals, or two digits where it is small.

    >>> p_value(3.8123e-6), p_value(0.0015904), p_value(0.01838), p_value(0.109375), p_value(1.0)
    ('0.0000038', '0.0016', '0.018', '0.109', '1')
    """
    if value < 1e-9:
        return "below 0.000000001"
    return "1" if value > 0.9995 else f"{value:.3f}" if value >= 0.1 else significant(value, 2)


def many(name: CountName) -> str:
    """Give a count's noun for many."""
    return NOUNS[name][1]


def needed_count(name: CountName) -> str:
    """Give what is lacking where a count was not published."""
    return f"the number of {many(name)}"


def rate_of(published: Published, events: CountName, of: CountName) -> Named | None:
    """Give a rate of two published counts; None where one lacks, or it is no share."""
    above, below = published.count(events), published.count(of)
    if above is None or below is None or above > below:
        return None
    found = rate(above, below, of=many(of))
    return None if isinstance(found, NoTrials) else Named(f"{events}_of_{of}", found)
