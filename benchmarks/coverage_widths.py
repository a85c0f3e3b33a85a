"""How wide each way to make a sequence is, for the same counts: the one that is used was chosen so.

Beta-binomial: the mixture of likelihood ratios over Beta(1/2, b), b for a mean of the rate named
(Robbins, 1970), both ends sharing 5 %. Betting: two hedged capitals with bets of the aGRAPA kind,
2.5 % each (Waudby-Smith and Ramdas, 2023), from a first guess of the rate named that weighs one
event; false alerts come evenly. Ends are expected numbers of false alerts: rates times faces.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from scipy.special import betaln

from overt.arrays import F64
from overt.statistics.intervals import clopper_pearson
from overt.statistics.sequences import count_ends

__all__ = ["widths", "widths_of"]

CASES: Final = ((0, 10_000), (3, 10_000), (10, 10_000), (30, 10_000), (0, 100_000), (10, 100_000))
GUESSES: Final = (1e-3, 1e-4)


def widths() -> list[dict[str, Any]]:
    """Give the ends of each way, for each count."""
    return [widths_of(x, n) for x, n in CASES]


def widths_of(x: int, n: int) -> dict[str, Any]:
    """Give the ends of each way, for so many false alerts among so many faces."""
    low, high = count_ends([x])
    ends = {
        "one look (Clopper-Pearson)": tuple(n * end for end in clopper_pearson(x, n)),
        "count mixture": (float(low[0]), float(high[0])),
    }
    for guess in GUESSES:
        ends[f"beta-binomial, {guess:g}"] = _beta_binomial(x, n, guess)
        ends[f"betting, {guess:g}"] = _betting(x, n, guess)
    told = {name: [round(each, 3) for each in pair] for name, pair in ends.items()}
    return {"false_alerts": x, "faces": n, "ends": told}


def _grid(x: int, n: int) -> F64:
    """Give expected numbers to ask about, as rates; coarse to 3 %, from far below to far above."""
    return np.geomspace(1e-2, 12 + 4 * x, 300) / n


def _ends(kept: np.ndarray, rates: F64, x: int, n: int) -> tuple[float, float]:
    inside = rates[kept] * n
    return (float(inside.min()) if x and not kept[0] else 0.0), float(inside.max())


def _beta_binomial(x: int, n: int, guess: float) -> tuple[float, float]:
    a, rates = 0.5, _grid(x, n)
    b = a / guess - a
    mixture = float(betaln(a + x, b + n - x) - betaln(a, b))
    evidence = mixture - x * np.log(rates) - (n - x) * np.log1p(-rates)
    return _ends(evidence < np.log(20), rates, x, n)


def _betting(x: int, n: int, guess: float) -> tuple[float, float]:
    seen = np.zeros(n)
    seen[((np.arange(x) + 0.5) * n / max(x, 1)).astype(np.int64)] = 1
    before = np.cumsum(seen) - seen
    mean = (1 + before) / (1 / guess + np.arange(n))
    spread = mean * (1 - mean)
    rates = _grid(x, n)
    kept = np.ones(len(rates), np.bool_)
    for place, rate in enumerate(rates):
        bet = (mean - rate) / (spread + (mean - rate) ** 2)
        up = np.clip(bet, 0, 0.5 / rate)
        down = np.clip(-bet, 0, 0.5 / (1 - rate))
        most = max(
            np.cumsum(np.log1p(up * (seen - rate))).max(),
            np.cumsum(np.log1p(-down * (seen - rate))).max(),
        )
        kept[place] = most < np.log(40)
    return _ends(kept, rates, x, n)
