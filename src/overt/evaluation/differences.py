"""How a group's errors compare with everybody else's: a verdict at every threshold, with power."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from overt.arrays import F64, I64, Mask
from overt.evaluation.shares import FEW, TIMES, Share, clusters_of, pair_draws
from overt.statistics.clustered_ratio import clustered_ratio
from overt.statistics.estimate import Method, PValue, Rate, Ratio
from overt.statistics.intervals import LEVEL, clopper_pearson
from overt.statistics.power import smallest_ratio
from overt.statistics.ratios import ratio_of_rates
from overt.statistics.several import Groups, holm, worst_to_mean
from overt.statistics.two_by_two import Table, fisher
from overt.statistics.verdict import decide
from overt.values.evaluation import Difference, Worst

__all__ = ["About", "Pairs", "differences_of_pairs", "differences_of_probes", "worst_of"]

POWER: Final = 0.8
PAIRED: Final = "ratio of false match rates, bootstrap of people, percentile"
EQUAL: Final = "both rates are equal"


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Comparisons within a group: every two of its people, one photograph each or more."""

    people: int
    trials: int
    matched: I64  # (n, 2) the two people of each false match


@dataclass(frozen=True, slots=True)
class About:
    """What a difference is about."""

    column: str
    measure: str
    threshold: float
    margin: float


def differences_of_probes(
    events: Mask, subjects: I64, groups: Sequence[str], about: About
) -> tuple[Difference, ...]:
    """Compare each group's share of probes with an event with that of everybody else."""
    labels = np.array(groups)
    found: dict[str, tuple[Ratio, PValue, Table]] = {}
    for group in sorted({name for name in groups if name}):
        inside, outside = labels == group, (labels != group) & (labels != "")
        if not inside.any() or not outside.any():
            continue
        table = Table(
            int(events[inside].sum()), int(inside.sum()),
            int(events[outside].sum()), int(outside.sum()),
        )  # fmt: skip
        compared = clustered_ratio(
            clusters_of(events[inside], subjects[inside]),
            clusters_of(events[outside], subjects[outside]),
            of="probes",
        )
        # Of few events the exact ratio and test speak: a logarithm's variance does not.
        if min(table.events, table.other_events) < FEW or not isinstance(compared, tuple):
            found[group] = (ratio_of_rates(table), fisher(table), table)
        else:
            found[group] = (*compared, table)
    return _judged(found, about)


def differences_of_pairs(groups: Mapping[str, Pairs], about: About) -> tuple[Difference, ...]:
    """Compare each group's false match rate with that of all other groups' pairs together."""
    found: dict[str, tuple[Ratio, PValue, Table]] = {}
    for group, pairs in sorted(groups.items()):
        others = [other for name, other in groups.items() if name != group and other.trials]
        if not pairs.trials or not others:
            continue
        table = Table(
            len(pairs.matched),
            pairs.trials,
            sum(len(other.matched) for other in others),
            sum(other.trials for other in others),
        )
        if min(table.events, table.other_events) < FEW:
            found[group] = (ratio_of_rates(table), fisher(table), table)
        else:
            found[group] = (*_drawn(pairs, others, table), table)
    return _judged(found, about)


def worst_of(rates: Mapping[str, Share], about: About) -> Worst | None:
    """Name the group with the highest rate of errors; None without errors, or with one group."""
    if len(rates) < 2 or not any(share.events for share in rates.values()):
        return None
    groups = Groups({name: _rate(share) for name, share in rates.items()})
    found = worst_to_mean(groups)
    lowest = min(groups.values)
    return Worst(
        about.column,
        about.measure,
        about.threshold,
        found.worst,
        max(groups.values) / lowest if lowest else None,
        found.value if math.isfinite(found.value) else None,
    )


def _rate(share: Share) -> Rate:
    low, high = clopper_pearson(share.events, share.trials)
    return Rate(share.events, share.trials, low, high, LEVEL, Method.CLOPPER_PEARSON)


def _drawn(pairs: Pairs, others: Sequence[Pairs], table: Table) -> tuple[Ratio, PValue]:
    random = np.random.default_rng(1)
    here = _draws(pairs, random)
    weights = np.array([other.trials for other in others], float)
    there = np.stack([_draws(other, random) for other in others]).T @ (weights / weights.sum())
    ratios = np.sort(here / np.maximum(there, 1e-300))
    value = (table.events / table.trials) / (table.other_events / table.other_trials)
    low, high = (float(np.quantile(ratios, end)) for end in (0.025, 0.975))
    tail = min(float((ratios <= 1).mean()), float((ratios >= 1).mean()))
    # So many draws cannot show a smaller probability than one of them.
    p = min(1.0, 2 * max(tail, 1 / (len(ratios) + 1)))
    return (
        Ratio(value, min(low, value), max(high, value), LEVEL, PAIRED),
        PValue(p, PAIRED, EQUAL),
    )


def _draws(pairs: Pairs, random: np.random.Generator) -> F64:
    weights = random.multinomial(pairs.people, np.full(pairs.people, 1 / pairs.people), size=TIMES)
    if not len(pairs.matched):
        return np.zeros(TIMES)
    return np.nan_to_num(pair_draws(pairs.matched, weights.astype(float)))


def _judged(
    found: Mapping[str, tuple[Ratio, PValue, Table]], about: About
) -> tuple[Difference, ...]:
    adjusted = holm([p for _, p, _ in found.values()])
    judged: list[Difference] = []
    for (group, (ratio, _, table)), p in zip(found.items(), adjusted, strict=True):
        finding = decide(ratio, p, margin=about.margin)
        reach = (
            smallest_ratio(table.all_events, share=table.share, power=POWER, alpha=1 - LEVEL).ratio
            if table.all_events
            else math.inf
        )
        judged.append(
            Difference(
                about.column,
                group,
                about.measure,
                about.threshold,
                ratio.value if math.isfinite(ratio.value) else None,
                ratio.low,
                ratio.high if math.isfinite(ratio.high) else None,
                p.value,
                about.margin,
                str(finding),
                reach if math.isfinite(reach) else None,
                str(ratio.method),
            )
        )
    return tuple(judged)
