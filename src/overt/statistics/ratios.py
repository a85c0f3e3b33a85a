"""The ratio of two rates, with intervals that hold for rare events.

Where one group had no event the ratio is 0 or infinite and its interval has one end; where no
group had one the ratio is nan and the interval holds everything: such data say nothing about it.
"""

from __future__ import annotations

import math

from scipy.special import ndtri

from overt.statistics.binomial import risk_ratio
from overt.statistics.conditional import odds_ends
from overt.statistics.estimate import Method, Ratio
from overt.statistics.intervals import LEVEL
from overt.statistics.roots import odds, passes_zero_from
from overt.statistics.two_by_two import Table

__all__ = ["odds_ratio", "ratio_of_rates", "score_ratio"]


def ratio_of_rates(table: Table, *, level: float = LEVEL) -> Ratio:
    """Give the group's rate divided by everybody else's; exact for rare events.

    Given the sum of two Poisson counts the group's is binomial (Przyborowski and Wilenski, 1940):
    see `overt.statistics.binomial.risk_ratio`. Where events are not rare it is too wide: the
    counts then vary less than Poisson counts do.
    """
    if not table.all_events:
        return Ratio(math.nan, 0.0, math.inf, level, Method.SPLIT)
    return risk_ratio(table.events, table.all_events, table.share, level=level)


def score_ratio(table: Table, *, level: float = LEVEL, method: Method = Method.KOOPMAN) -> Ratio:
    """Give the ratio of two rates with a score interval: close to its level on average.

    It holds the ratios that the score test of Koopman (1984), Biometrics 40, does not reject;
    Miettinen and Nurminen (1985), Statistics in Medicine 4, multiply the variance by
    N / (N - 1).
    """
    if method not in (Method.KOOPMAN, Method.MIETTINEN_NURMINEN):
        raise ValueError(f"score interval: got method {method}, want one of the two")
    value = quotient(table.events / table.trials, table.other_events / table.other_trials)
    if not table.all_events:
        return Ratio(value, 0.0, math.inf, level, method)
    n = table.all_trials
    factor = n / (n - 1) if method is Method.MIETTINEN_NURMINEN else 1.0
    bound = float(ndtri(1 - (1 - level) / 2)) * math.sqrt(factor)

    def over_low(log_ratio: float) -> float:
        return score(table, math.exp(log_ratio)) - bound

    def over_high(log_ratio: float) -> float:
        return score(table, math.exp(log_ratio)) + bound

    low = math.exp(passes_zero_from(over_low, 0.0)) if table.events else 0.0
    high = math.exp(passes_zero_from(over_high, 0.0)) if table.other_events else math.inf
    return Ratio(value, low, high, level, method)


def odds_ratio(table: Table, *, level: float = LEVEL) -> Ratio:
    """Give the odds ratio of the counts with the exact conditional interval (Cornfield, 1956).

    Where the trials of a table are themselves a split, such as false alerts against a survey of
    faces, this is the risk ratio.
    """
    if not table.informs:
        return Ratio(math.nan, 0.0, math.inf, level, Method.CONDITIONAL_ODDS)
    group = odds(table.events / table.trials)
    others = odds(table.other_events / table.other_trials)
    value = quotient(group, others)
    near = math.log(value) if 0 < value < math.inf else 0.0
    low, high = odds_ends(table.conditional(log_odds=near), table.events, level=level)
    return Ratio(value, low, high, level, Method.CONDITIONAL_ODDS)


def score(table: Table, ratio: float) -> float:
    """Give how far the rates are from `ratio`, in standard deviations; falls as it rises.

    The rates that fit best under the ratio solve a quadratic equation (Koopman, 1984, (2);
    Miettinen and Nurminen, 1985, (10)).
    """
    n1, n0, x1, x0 = table.trials, table.other_trials, table.events, table.other_events
    a, b, c = (n1 + n0) * ratio, (x0 + n1) * ratio + x1 + n0, x1 + x0
    # The smaller root in the form that loses no digits.
    other = min(1.0, 2 * c / (b + math.sqrt(max(0.0, b * b - 4 * a * c))))
    own = min(1.0, ratio * other)
    variance = own * (1 - own) / n1 + ratio * ratio * other * (1 - other) / n0
    away = x1 / n1 - ratio * x0 / n0
    if variance > 0 or not away:
        return away / math.sqrt(variance) if away else 0.0
    return math.copysign(math.inf, away)


def quotient(above: float, below: float) -> float:
    """Give above / below; infinite by 0 and nan where both are 0 or both infinite."""
    if above == below and above in (0.0, math.inf):
        return math.nan
    if not below or above == math.inf:
        return math.inf
    return above / below
