"""Others' implementations, behind typed doors: their own types are unknown to the checker."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import cast


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
