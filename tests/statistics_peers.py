"""Others' implementations, behind typed doors: their own types are unknown to the checker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

import numpy as np


def peer(module: str, name: str) -> Callable[..., object]:
    """Give a function of a package that has no types."""
    return cast("Callable[..., object]", getattr(import_module(module), name))


def proportion_interval(
    events: int, trials: int, *, level: float, method: str
) -> tuple[float, float]:
    """Give statsmodels' interval of a proportion."""
    confint = peer("statsmodels.stats.proportion", "proportion_confint")
    low, high = cast("tuple[float, float]", confint(events, trials, alpha=1 - level, method=method))
    return float(low), float(high)


def risk_ratio_interval(
    events: int, trials: int, other_events: int, other_trials: int, *, corrected: bool
) -> tuple[float, float]:
    """Give statsmodels' score interval of a ratio of two proportions, at 95 %."""
    confint = peer("statsmodels.stats.proportion", "confint_proportions_2indep")
    found = confint(
        events,
        trials,
        other_events,
        other_trials,
        method="score",
        compare="ratio",
        correction=corrected,
    )
    low, high = cast("tuple[float, float]", found)
    return float(low), float(high)


@dataclass(frozen=True)
class Strata:
    """What statsmodels' StratifiedTable says of 2 x 2 tables."""

    odds: float
    odds_interval: tuple[float, float]
    risk: float
    homogeneity: tuple[float, float]  # statistic and p-value


def stratified(cells: Sequence[Sequence[Sequence[int]]]) -> Strata:
    """Give statsmodels' figures over strata; each is the events and other trials of two groups."""
    tables = [np.array(cell, dtype=float) for cell in cells]
    found = cast("Any", peer("statsmodels.stats.contingency_tables", "StratifiedTable")(tables))
    equal = found.test_equal_odds(adjust=True)
    low, high = found.oddsratio_pooled_confint()
    return Strata(
        float(found.oddsratio_pooled),
        (float(low), float(high)),
        float(found.riskratio_pooled),
        (float(equal.statistic), float(equal.pvalue)),
    )


def scipy_p_value(name: str, cells: Sequence[Sequence[int]], **options: int) -> float:
    """Give the p-value of one of scipy's tests of a 2 x 2 table."""
    return float(cast("Any", peer("scipy.stats", name)(cells, **options)).pvalue)
