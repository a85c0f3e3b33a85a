"""Scores of templates against each other: more is more alike."""

from __future__ import annotations

import numpy as np

from overt.arrays import F32, Vectors
from overt.values.metric import Metric

__all__ = ["scores"]


def scores(probes: Vectors, listed: Vectors, *, metric: Metric) -> F32:
    """Compare each probe (n, d) with each listed template (m, d): (n, m)."""
    product = probes @ listed.T
    if metric is Metric.COSINE:
        return product
    squared = (probes**2).sum(axis=1)[:, None] + (listed**2).sum(axis=1)[None, :] - 2 * product
    return -np.sqrt(np.maximum(squared, 0))
