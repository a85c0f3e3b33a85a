"""Error rates as functions of arrays of scores: more is more alike.

A score that equals the threshold reaches it. The terms are those of ISO/IEC 19795-1:2021:

    FMR(t)      comparisons of different people that reach t / all such comparisons
    FNMR(t)     comparisons of one person that do not reach t / all such comparisons
    FPIR(N, t)  searches of people who are not listed with one entry or more that reaches t
    FNIR(N, t)  searches of listed people whose own entry does not reach t (any rank:
                every entry that reaches t would be an alert)
    TPIR        1 - FNIR
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from overt.arrays import F64, I64

__all__ = ["Curve", "cmc", "equal_error_rate", "error_curve", "predicted_fpir", "threshold_at"]

POINTS: Final = 100  # of a curve, about


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Two error rates at rising thresholds: row i of every array is the same threshold."""

    thresholds: F64
    false_positives: F64  # FMR or FPIR: share of the first scores at or above
    false_negatives: F64  # FNMR or FNIR: share of the second below


def reached(rising: F64, thresholds: F64) -> I64:
    """Count the scores, sorted, that reach each threshold."""
    return len(rising) - np.searchsorted(rising, thresholds, "left").astype(np.int64)


def error_curve(different: F64, same: F64, *, thresholds: F64 | None = None) -> Curve:
    """Give both error rates: at given thresholds, else at every score of `different`.

    With FMR and FNMR it is a detection error trade-off (DET); with the best score of each search
    it is an identification error trade-off (IET).

    Args:
        different: scores, or best scores of searches, of people who are not listed.
        same: scores of people with their own entry.
        thresholds: rising; None: every distinct score of `different`, and one above them all.
    """
    others, own = np.sort(different), np.sort(same)
    if thresholds is None:
        distinct = others[np.concatenate([[True], np.diff(others) > 0])] if len(others) else others
        top = distinct[-1:] if len(distinct) else np.zeros(1)
        thresholds = np.concatenate([distinct, np.nextafter(top, np.inf)])
    above = reached(others, thresholds)
    below = np.searchsorted(own, thresholds, "left")
    return Curve(thresholds, above / max(len(others), 1), below / max(len(own), 1))


def thinned(curve: Curve, *, points: int = POINTS) -> Curve:
    """Keep some points of a curve, evenly spread over the logarithm of the false positives."""
    rates = np.log10(np.maximum(curve.false_positives, 1e-12))
    shown = np.flatnonzero(curve.false_positives > 0)
    if len(shown) <= points:
        rows = shown
    else:
        wanted = np.linspace(rates[shown[0]], rates[shown[-1]], points)
        rows = np.unique(np.searchsorted(-rates[shown], -wanted).clip(max=len(shown) - 1))
        rows = shown[rows]
    return Curve(curve.thresholds[rows], curve.false_positives[rows], curve.false_negatives[rows])


def threshold_at(different: F64, rate: float) -> float:
    """Give the lowest threshold that at most `rate` of the scores reach."""
    rising = np.sort(different)
    allowed = int(np.floor(rate * len(rising) * (1 + 1e-12)))
    if allowed >= len(rising):
        return float(rising[0]) if len(rising) else 0.0
    return float(np.nextafter(rising[len(rising) - 1 - allowed], np.inf))


def equal_error_rate(curve: Curve) -> float:
    """Give the rate where both errors are equal: between the two thresholds where they cross."""
    apart = curve.false_negatives - curve.false_positives
    crossed = int(np.argmax(apart >= 0)) if bool((apart >= 0).any()) else len(apart) - 1
    if not crossed or apart[crossed] == 0:
        return float((curve.false_negatives[crossed] + curve.false_positives[crossed]) / 2)
    before = crossed - 1
    part = -apart[before] / (apart[crossed] - apart[before])
    here, there = curve.false_positives[before], curve.false_positives[crossed]
    return float(here + part * (there - here))


def cmc(ranks: Sequence[int] | I64, *, most: int) -> F64:
    """Give the share of searches of listed people whose own entry is among the first 1, 2, ..."""
    of = np.asarray(ranks, np.int64)
    counts = np.bincount(of[(of >= 1) & (of <= most)], minlength=most + 1)[1:]
    return np.cumsum(counts) / max(len(of), 1)


def predicted_fpir(fmr: float, listed: int) -> float:
    """Give 1 - (1 - FMR)^N, comparisons with different entries taken as independent."""
    return float(-np.expm1(listed * np.log1p(-min(fmr, 1 - 1e-15))))
