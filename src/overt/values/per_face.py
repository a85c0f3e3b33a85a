"""False alerts of a face seen, from those of one comparison of two photographs.

The reference scale is of comparisons of two photographs. A passage fuses several shots into one
template, and compares it again with each shot that is added. A fused template is nearer to
everybody than a single one, and each comparison is another chance: so a face seen raises more
false alerts. How many times as many was measured with the default bundle, by
`python -m benchmarks.passages` (docs/concepts/similarity.md): on photographs of three days, and on
clips whose people are one photograph each, which came out lower and less sure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

__all__ = ["FACTOR", "HIGHEST", "LOWEST", "PerFace", "per_face"]

FACTOR: Final = 2.2  # photographs at a similarity of 0.30
LOWEST: Final = 1.1  # clips at 0.30, lower end
HIGHEST: Final = 3.0  # clips at 0.32, upper end: beyond that nothing could be counted


@dataclass(frozen=True, slots=True)
class PerFace:
    """False alerts expected for one face seen that is compared and not listed."""

    value: float
    low: float
    high: float


def per_face(rate: float) -> PerFace:
    """Correct a rate of one comparison of a probe with the list (in [0, 1]) to a face seen.

    1 - (1 - rate)^factor: the same as so many times the false match rate with each entry.
    """
    kept = np.log1p(-min(rate, 1 - 1e-15))
    value, low, high = (float(-np.expm1(each * kept)) for each in (FACTOR, LOWEST, HIGHEST))
    return PerFace(value, low, high)
