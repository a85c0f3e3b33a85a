"""Shares of a population from a survey's weighted answers, with variances that know the design.

Strata, clusters drawn with replacement, and weights: the variance of a share is that of its
linearised values (Taylor), summed within clusters and compared within strata (Woodruff, 1971;
Binder, 1983; Lumley, 2010, "Complex Surveys", section 2.2). Weights are taken as given: what
raking adds in certainty is not counted, so intervals are wider rather than too narrow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv, stdtr, stdtrit

from overt.arrays import F64, I64, Mask
from overt.errors import SurveyError
from overt.statistics.estimate import Difference, Method, NoTrials, PValue, WeightedShare
from overt.statistics.raking import kish_effect

__all__ = ["Design", "difference_from_all", "weighted_share"]

ONE_CLUSTER = "respondents in two clusters of one stratum"


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """How respondents were drawn: row i of every array is the same person."""

    weights: F64  # (n,) above 0
    clusters: I64  # (n,) numbered from 0 over all strata
    stratum_of: I64  # (clusters,) numbered from 0

    @classmethod
    def of(
        cls,
        weights: F64,
        *,
        strata: Sequence[str] | None = None,
        clusters: Sequence[str] | None = None,
    ) -> Design:
        """Number the strata and the clusters within them.

        Args:
            weights: (n,).
            strata: of each respondent; None where none were formed.
            clusters: of each respondent, such as the street or the sampling point; None where
                people were drawn singly. The same name in two strata is two clusters.

        Raises:
            SurveyError: a stratum has one cluster, so that nothing can be compared within it.
        """
        count = weights.size
        in_strata = ["all"] * count if strata is None else list(strata)
        in_clusters = [str(n) for n in range(count)] if clusters is None else list(clusters)
        pairs = list(zip(in_strata, in_clusters, strict=True))
        numbers = {pair: number for number, pair in enumerate(sorted(set(pairs)))}
        names = sorted(set(in_strata))
        place = {name: number for number, name in enumerate(names)}
        stratum_of = np.array([place[stratum] for stratum, _ in numbers], dtype=np.int64)
        alone = [names[n] for n in np.flatnonzero(np.bincount(stratum_of) < 2)]
        if alone:
            raise SurveyError(
                f"stratum {alone[0]!r}: got 1 cluster, want 2 or more",
                hint="join the stratum with the one most like it",
            )
        return cls(weights, np.array([numbers[pair] for pair in pairs]), stratum_of)

    def variance(self, linear: F64) -> float:
        """Give the variance of a sum of linearised values, clusters drawn with replacement."""
        totals = np.bincount(self.clusters, weights=linear, minlength=self.stratum_of.size)
        clusters = np.bincount(self.stratum_of)
        means = np.bincount(self.stratum_of, weights=totals) / clusters
        squares = (totals - means[self.stratum_of]) ** 2
        within = np.bincount(self.stratum_of, weights=squares)
        return float(np.sum(clusters / (clusters - 1) * within))

    def degrees(self, among: Mask) -> int:
        """Give the degrees of freedom for some respondents: their clusters less their strata."""
        clusters = np.unique(self.clusters[among])
        return int(clusters.size - np.unique(self.stratum_of[clusters]).size)


def weighted_share(
    design: Design, yes: Mask, *, among: Mask, of: str, level: float
) -> WeightedShare | NoTrials:
    """Give the share of some people who answered so, with its interval.

    The interval is taken on the logit, so that it stays within 0 and 1, with t on clusters less
    strata (Korn and Graubard, 1999, section 3.2). Where no answer varies the logit has no end,
    and Korn and Graubard's (1998) interval is given: exact, of as many respondents as the weights
    are worth, and at most one a cluster.

    Args:
        design: of all respondents; those outside `among` belong to the design too.
        yes: (n,) who answered so.
        among: (n,) the people that the share is of.
        of: who they are, in words.
        level: of confidence.
    """
    count = int(among.sum())
    if not count:
        return NoTrials(of)
    degrees = design.degrees(among)
    if degrees < 1:
        return NoTrials(f"{of}: {ONE_CLUSTER}")
    value, linear = linearised(design.weights, yes, among)
    variance = design.variance(linear)
    effect = kish_effect(design.weights[among])
    t = float(stdtrit(degrees, 1 - (1 - level) / 2))
    singly = value * (1 - value) / count
    if 0 < value < 1 and variance > 1e-12 * singly:
        half = t * math.sqrt(variance) / (value * (1 - value))
        centre = math.log(value / (1 - value))
        low, high = (1 / (1 + math.exp(-(centre + sign * half))) for sign in (-1, 1))
        method, design_effect = Method.SURVEY_LOGIT, variance / singly
    else:
        clusters = int(np.unique(design.clusters[among]).size)
        worth = min(count / effect, clusters)
        singles = float(stdtrit(max(count - 1, 1), 1 - (1 - level) / 2))
        low, high = exact_ends(value, worth * min(1.0, (singles / t) ** 2), level=level)
        method, design_effect = Method.SURVEY_EXACT, None
    return WeightedShare(
        value=value,
        count=count,
        effective=count / effect,
        weighting_effect=effect,
        design_effect=design_effect,
        degrees=degrees,
        low=low,
        high=high,
        level=level,
        method=method,
    )


def difference_from_all(
    design: Design, yes: Mask, *, among: Mask, everybody: Mask, of: str, level: float
) -> Difference | NoTrials:
    """Give how far some people's share is from everybody's, whom they are part of.

    The two shares go together, since the group is within everybody: so the difference itself is
    linearised, and its variance has the covariance in it. Interval and p-value by t.
    """
    if bool(np.all(among == everybody)) or not among.any():
        return NoTrials(f"people outside {of}" if among.any() else of)
    degrees = design.degrees(among)
    if degrees < 1:
        return NoTrials(f"{of}: {ONE_CLUSTER}")
    group, linear = linearised(design.weights, yes, among)
    whole, of_all = linearised(design.weights, yes, everybody)
    error = math.sqrt(design.variance(linear - of_all))
    value = group - whole
    half = float(stdtrit(degrees, 1 - (1 - level) / 2)) * error
    p = 2 * float(stdtr(degrees, -abs(value) / error)) if error > 0 else float(value == 0)
    return Difference(
        value,
        value - half,
        value + half,
        level,
        PValue(p, Method.SURVEY_DIFFERENCE, f"the share of {of} is everybody's"),
        Method.SURVEY_DIFFERENCE,
    )


def linearised(weights: F64, yes: Mask, among: Mask) -> tuple[float, F64]:
    """Give a weighted share, and each respondent's linearised value: w (y - share) / sum of w."""
    inside: F64 = np.where(among, weights, 0.0)
    total = float(inside.sum())
    value = float(inside[yes].sum()) / total
    linear: F64 = inside * (yes.astype(np.float64) - value) / total
    return min(max(value, 0.0), 1.0), linear


def exact_ends(share: float, trials: float, *, level: float) -> tuple[float, float]:
    """Give Clopper and Pearson's ends for a number of trials that need be no whole number."""
    tail, events = (1 - level) / 2, share * trials
    low = float(betaincinv(events, trials - events + 1, tail)) if share > 0 else 0.0
    high = float(betaincinv(events + 1, trials - events, 1 - tail)) if share < 1 else 1.0
    return low, high
