"""How templates are compared."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Metric"]


class Metric(StrEnum):
    """What a recogniser was trained for. As a score, more is more alike."""

    COSINE = "cosine"  # of templates of length 1: -1 to 1
    L2 = "l2"  # minus the Euclidean distance: 0 is the same
