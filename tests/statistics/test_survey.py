"""Survey variances hold to the jackknife, to a worked example, and to drawing again and again."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from overt.arrays import F64, Mask
from overt.errors import SurveyError
from overt.statistics.estimate import Difference, Method, NoTrials, WeightedShare
from overt.statistics.survey import Design, difference_from_all, weighted_share

seeds = st.integers(0, 2**31)


class Sample:
    """A made sample of 3 strata with 8 clusters each of 2 to 9 people."""

    def __init__(self, seed: int, *, clusters: int = 8) -> None:
        random = np.random.default_rng(seed)
        sizes = random.integers(2, 10, size=3 * clusters)
        self.cluster = np.repeat(np.arange(3 * clusters), sizes)
        self.stratum = self.cluster // clusters
        count = int(sizes.sum())
        self.weights: F64 = random.uniform(0.5, 4, count)
        own = random.beta(4, 2, size=3 * clusters)[self.cluster]
        self.yes: Mask = random.random(count) < own
        self.among: Mask = random.random(count) < 0.6
        self.everybody: Mask = np.ones(count, dtype=np.bool_)

    def design(self) -> Design:
        return Design.of(
            self.weights,
            strata=[str(each) for each in self.stratum],
            clusters=[str(each) for each in self.cluster],
        )


def shared(found: object) -> WeightedShare:
    assert isinstance(found, WeightedShare)
    return found


def differing(found: object) -> Difference:
    assert isinstance(found, Difference)
    return found


def replicates(sample: Sample) -> list[tuple[int, int, F64]]:
    """The delete-one-cluster jackknife (JKn): its stratum, clusters in it, the weights."""
    made: list[tuple[int, int, F64]] = []
    for cluster in np.unique(sample.cluster):
        stratum = int(sample.stratum[sample.cluster == cluster][0])
        count = np.unique(sample.cluster[sample.stratum == stratum]).size
        weights = sample.weights.copy()
        weights[sample.stratum == stratum] *= count / (count - 1)
        weights[sample.cluster == cluster] = 0
        made.append((stratum, count, weights))
    return made


def error_of(share: WeightedShare) -> float:
    """Take the standard error back out of a logit interval."""
    t = stats.t.ppf(0.5 + share.level / 2, share.degrees)
    width = math.log(share.high / (1 - share.high)) - math.log(share.low / (1 - share.low))
    return float(width / (2 * t) * share.value * (1 - share.value))


def test_survival_by_ambulance() -> None:
    """Levy and Lemeshow (1999), "Sampling of Populations": cardiac arrests of six ambulances.

    Two in each of three areas: 25 of 120 alive and 24 of 78; 30 of 185 and 49 of 228; 80 of 670
    and 70 of 530. By hand: 278 / 1811 = 0.1535; with two clusters a stratum the variance is the
    sum of squared differences of (alive - ratio x arrests): 5.447, 12.399 and 11.491.
    """
    alive, arrests = (25, 24, 30, 49, 80, 70), (120, 78, 185, 228, 670, 530)
    yes = np.concatenate([np.arange(n) < x for x, n in zip(alive, arrests, strict=True)])
    ambulance = np.repeat(np.arange(6), arrests)
    design = Design.of(
        np.ones(len(yes)),
        strata=[str(each // 2) for each in ambulance],
        clusters=[str(each) for each in ambulance],
    )
    every = np.ones(len(yes), dtype=np.bool_)
    found = shared(weighted_share(design, yes, among=every, of="arrests", level=0.95))
    assert found.value == pytest.approx(278 / 1811)
    assert found.degrees == 3
    by_hand = math.sqrt(5.4474**2 + 12.3992**2 + 11.4909**2) / 1811
    assert error_of(found) == pytest.approx(by_hand, rel=1e-4)
    assert by_hand == pytest.approx(0.0098, abs=5e-5)


@given(seeds)
def test_one_stratum_of_two_weights_is_the_formula(seed: int) -> None:
    """People drawn singly with equal weights: p (1 - p) / (n - 1)."""
    random = np.random.default_rng(seed)
    yes = random.random(80) < 0.6
    every = np.ones(80, dtype=np.bool_)
    found = shared(weighted_share(Design.of(np.full(80, 2.5)), yes, among=every, of="p", level=0.9))
    share = yes.mean()
    assert error_of(found) == pytest.approx(math.sqrt(share * (1 - share) / 79), rel=1e-9)
    assert (found.effective, found.weighting_effect) == pytest.approx((80, 1))
    assert found.design_effect == pytest.approx(80 / 79)


@given(seeds)
def test_the_formula_is_a_sum_over_strata(seed: int) -> None:
    """The same, spelled out in loops."""
    sample = Sample(seed)
    weights = np.where(sample.among, sample.weights, 0)
    share = weights[sample.yes].sum() / weights.sum()
    variance = 0.0
    for stratum in range(3):
        totals: list[float] = []
        for cluster in np.unique(sample.cluster[sample.stratum == stratum]):
            inside = sample.cluster == cluster
            totals.append(float(np.sum(weights[inside] * (sample.yes[inside] - share))))
        mean = sum(totals) / len(totals)
        variance += 8 / 7 * sum((total - mean) ** 2 for total in totals)
    found = shared(
        weighted_share(sample.design(), sample.yes, among=sample.among, of="p", level=0.95)
    )
    assert found.value == pytest.approx(share)
    if found.method == Method.SURVEY_LOGIT:
        assert error_of(found) == pytest.approx(math.sqrt(variance) / weights.sum(), rel=1e-6)


@pytest.mark.parametrize("seed", range(12))
def test_share_and_difference_are_near_the_jackknife(seed: int) -> None:
    """The jackknife knows nothing of linearisation; both are close with 24 clusters of 100."""
    sample = Sample(seed, clusters=60)

    def shares(weights: F64) -> tuple[float, float]:
        group = weights * sample.among
        own = float(group[sample.yes].sum() / group.sum())
        return own, own - float(weights[sample.yes].sum() / weights.sum())

    whole = shares(sample.weights)
    variances = [0.0, 0.0]
    for _, count, weights in replicates(sample):
        for place, value in enumerate(shares(weights)):
            variances[place] += (count - 1) / count * (value - whole[place]) ** 2
    design = sample.design()
    found = shared(weighted_share(design, sample.yes, among=sample.among, of="p", level=0.95))
    assert error_of(found) == pytest.approx(math.sqrt(variances[0]), rel=0.02)
    apart = differing(
        difference_from_all(
            design, sample.yes, among=sample.among, everybody=sample.everybody, of="g", level=0.95
        )
    )
    error = (apart.high - apart.value) / stats.t.ppf(0.975, found.degrees)
    assert apart.value == pytest.approx(whole[1])
    assert error == pytest.approx(math.sqrt(variances[1]), rel=0.02)
    assert apart.p.value == pytest.approx(2 * stats.t.sf(abs(apart.value) / error, found.degrees))
    # Without the covariance it would be far too wide: the group is most of everybody.
    assert error < 0.8 * math.sqrt(variances[0])


def test_coverage_of_shares_and_differences() -> None:
    """Samples of a population made up once: clusters drawn again, in two strata."""
    random = np.random.default_rng(20260304)
    size, clusters = 8, 400
    own = np.clip(random.beta(8, 2, size=(2, clusters)), 0.02, 0.98)
    group = random.random((2, clusters, size)) < 0.4
    yes = random.random((2, clusters, size)) < (own[..., None] - 0.12 * group)
    true = yes[group].mean()
    true_apart = true - yes.mean()
    held = np.zeros(2)
    for _ in range(600):
        pick = random.integers(0, clusters, size=(2, 20))
        picked = [np.stack([each[h, pick[h]] for h in (0, 1)]).ravel() for each in (yes, group)]
        design = Design.of(
            np.ones(320),
            strata=[str(n // 160) for n in range(320)],
            clusters=[str(n // 8) for n in range(320)],
        )
        every = np.ones(320, dtype=np.bool_)
        share = shared(weighted_share(design, picked[0], among=picked[1], of="g", level=0.95))
        apart = differing(
            difference_from_all(
                design, picked[0], among=picked[1], everybody=every, of="g", level=0.95
            )
        )
        held += (share.low <= true <= share.high, apart.low <= true_apart <= apart.high)
    assert np.all(held / 600 >= 0.925)
    assert np.all(held / 600 <= 0.98)


def test_where_all_answer_alike_clusters_count_once() -> None:
    sample = Sample(1)
    nobody = np.zeros_like(sample.yes)
    found = shared(weighted_share(sample.design(), nobody, among=sample.among, of="p", level=0.95))
    assert (found.value, found.low, found.design_effect) == (0, 0, None)
    assert found.method == Method.SURVEY_EXACT
    clusters = np.unique(sample.cluster[sample.among]).size
    assert found.high >= 1 - 0.025 ** (1 / clusters) - 1e-12


def test_what_cannot_be_told_is_no_figure() -> None:
    sample = Sample(2)
    design = sample.design()
    none = np.zeros_like(sample.yes)
    one = sample.cluster == 3
    every = sample.everybody
    for among in (none, one):
        found = weighted_share(design, sample.yes, among=among, of="p", level=0.95)
        assert isinstance(found, NoTrials)
    for among in (none, one, every):
        apart = difference_from_all(
            design, sample.yes, among=among, everybody=every, of="p", level=0.95
        )
        assert isinstance(apart, NoTrials)


def test_a_stratum_of_one_cluster_is_refused() -> None:
    with pytest.raises(SurveyError, match="stratum 'b': got 1 cluster") as caught:
        Design.of(np.ones(4), strata=["a", "a", "b", "b"], clusters=["1", "2", "3", "3"])
    assert "join" in caught.value.hint


def test_a_name_in_two_strata_is_two_clusters() -> None:
    design = Design.of(np.ones(4), strata=["a", "a", "b", "b"], clusters=["1", "2", "1", "2"])
    assert design.stratum_of.tolist() == [0, 0, 1, 1]
    assert design.degrees(np.ones(4, dtype=np.bool_)) == 2
