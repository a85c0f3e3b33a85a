"""Two evaluations of the same photographs: what became better or worse, for whom.

The same probes were searched twice, so what counts is the probes that changed (McNemar, 1947): of
those, under no change, half would have become better. Where a person has several probes the
interval of the difference is a bootstrap of people.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np

from overt.arrays import F64, I64, Mask
from overt.errors import EvaluationError
from overt.evaluation.error_rates import threshold_at
from overt.evaluation.shares import TIMES
from overt.statistics.binomial import tails_test
from overt.statistics.bootstrap import percentile, ratio_of, resample
from overt.statistics.intervals import LEVEL
from overt.values.comparison import Change, Gap, is_worse
from overt.values.evaluation import Probe, Record

__all__ = ["Change", "Point", "compare", "compare_at", "gaps_at", "is_worse"]

ALL: Final = "everybody"
Point: TypeAlias = tuple[str, tuple[float, float]]  # what it is called, and each one's threshold


def compare(
    before: Record, after: Record, *, thresholds: Sequence[float], rates: Sequence[float]
) -> tuple[Change, ...]:
    """Compare two evaluations probe by probe.

    Raises:
        EvaluationError: they have no probe in common, or one is listed here and not there.
    """
    one, other = paired(before, after)
    apart = np.array([not probe.listed for probe in one])
    points: list[Point] = [(f"threshold {each:.2f}", (each, each)) for each in thresholds]
    for rate in rates:
        if rate * int(apart.sum()) >= 1:
            ends = [threshold_at(_scores(each)[1][apart], rate) for each in (one, other)]
            points.append((f"FPIR {rate:g}", (ends[0], ends[1])))
    return compare_at(before, after, points=points)


def compare_at(before: Record, after: Record, *, points: Sequence[Point]) -> tuple[Change, ...]:
    """Compare two evaluations probe by probe, each at its own threshold.

    Raises:
        EvaluationError: they have no probe in common, or one is listed here and not there.
    """
    one, other = paired(before, after)
    columns = before.columns if before.columns == after.columns else ()
    mated = np.array([probe.listed for probe in one])
    subjects = np.array([probe.subject for probe in one], np.int64)
    scores = [_scores(one), _scores(other)]
    changes: list[Change] = []
    for name, limits in points:
        for measure, rows, errors in (
            ("FNIR", mated, [own < at for (own, _), at in zip(scores, limits, strict=True)]),
            ("FPIR", ~mated, [best >= at for (_, best), at in zip(scores, limits, strict=True)]),
        ):
            for column, group, inside in _parts(columns, one):
                kept = rows & inside
                if kept.any():
                    ends = (errors[0][kept], errors[1][kept])
                    changes.append(_change(measure, name, column, group, ends, subjects[kept]))
    return tuple(changes)


def gaps_at(before: Record, after: Record, *, ends: tuple[float, float]) -> tuple[Gap, ...]:
    """Tell how the gap between the worst and the best group changed, each at its own threshold.

    Raises:
        EvaluationError: as of `compare_at`.
    """
    one, other = paired(before, after)
    columns = before.columns if before.columns == after.columns else ()
    mated = np.array([probe.listed for probe in one])
    subjects = np.array([probe.subject for probe in one], np.int64)
    scores = [_scores(one), _scores(other)]
    found: list[Gap] = []
    for measure, rows, errors in (
        ("FNIR", mated, [own < at for (own, _), at in zip(scores, ends, strict=True)]),
        ("FPIR", ~mated, [best >= at for (_, best), at in zip(scores, ends, strict=True)]),
    ):
        for column in columns:
            parts = [inside & rows for name, _, inside in _parts(columns, one) if name == column]
            kept = [part for part in parts if part.any()]
            if len(kept) > 1 and len(set(subjects.tolist())) > 1:
                ends_of = (errors[0], errors[1])
                found.append(_gap(measure, column, kept, ends_of, subjects))
    return tuple(found)


def _gap(
    measure: str, column: str, parts: Sequence[Mask], errors: tuple[Mask, Mask], subjects: I64
) -> Gap:
    before, after = ([float(each[part].mean()) for part in parts] for each in errors)
    values = (max(before) - min(before), max(after) - min(after))
    people, rows = np.unique(subjects, return_inverse=True)

    def counts(of: Mask) -> F64:
        return np.bincount(rows, weights=of.astype(np.float64)).astype(np.float64)

    def grown(weights: F64) -> F64:
        ends: list[F64] = []
        for each in errors:
            rates = np.stack(
                [
                    (weights @ counts(each & part)) / np.maximum(weights @ counts(part), 1e-300)
                    for part in parts
                ]
            )
            ends.append(np.asarray(rates.max(axis=0) - rates.min(axis=0), np.float64))
        return ends[1] - ends[0]

    drawn = resample(grown, clusters=len(people), times=TIMES, random=np.random.default_rng(1))
    low, high = percentile(drawn, level=LEVEL)
    value = values[1] - values[0]
    return Gap(measure, column, *values, min(low, value), max(high, value))


def paired(before: Record, after: Record) -> tuple[list[Probe], list[Probe]]:
    """Give the probes that both have, in one order."""
    there = {probe.probe: probe for probe in after.probes}
    pairs = [(probe, there[probe.probe]) for probe in before.probes if probe.probe in there]
    if not pairs:
        raise EvaluationError(
            "evaluations: got no probe that both have, want two of the same photographs"
        )
    if any(one.listed != other.listed for one, other in pairs):
        raise EvaluationError(
            "evaluations: got people who are listed in one alone, want the same list in both",
            hint="evaluate both with the same labels, --half, --listed and --seed",
        )
    return [one for one, _ in pairs], [other for _, other in pairs]


def _scores(probes: Sequence[Probe]) -> tuple[F64, F64]:
    own = [np.nan if probe.own is None else probe.own for probe in probes]
    return np.array(own, np.float64), np.array(
        [-np.inf if p.others is None else p.others for p in probes], np.float64
    )


def _parts(columns: tuple[str, ...], probes: Sequence[Probe]) -> list[tuple[str, str, Mask]]:
    parts: list[tuple[str, str, Mask]] = [("", ALL, np.ones(len(probes), np.bool_))]
    for place, column in enumerate(columns):
        names = np.array([probe.groups[place] for probe in probes])
        parts += [
            (column, str(name), names == name) for name in sorted(set(names.tolist())) if name
        ]
    return parts


def _change(
    measure: str,
    at: str,
    column: str,
    group: str,
    errors: tuple[Mask, Mask],
    subjects: I64,
) -> Change:
    before, after = errors
    better, worse = int((before & ~after).sum()), int((~before & after).sum())
    moved = after.astype(np.float64) - before.astype(np.float64)
    low, high = _interval(moved, subjects)
    p = tails_test(worse, better + worse, 0.5).value if better + worse else 1.0
    shares = (float(before.mean()), float(after.mean()))
    return Change(measure, at, column, group, len(before), *shares, better, worse, low, high, p)


def _interval(moved: F64, subjects: I64) -> tuple[float, float]:
    value = float(moved.mean())
    people, rows = np.unique(subjects, return_inverse=True)
    if len(people) < 2 or not moved.any():
        return value, value
    drawn = resample(
        ratio_of(
            np.bincount(rows, weights=moved).astype(np.float64),
            np.bincount(rows).astype(np.float64),
        ),
        clusters=len(people),
        times=TIMES,
        random=np.random.default_rng(1),
    )
    low, high = percentile(drawn, level=LEVEL)
    return min(low, value), max(high, value)
