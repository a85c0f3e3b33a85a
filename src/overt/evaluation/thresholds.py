"""Which threshold keeps a limit of false alerts, and what is recognised there, for each group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overt.evaluation.shares import Share, share
from overt.match.scale import ReferenceScale
from overt.values.evaluation import Record

__all__ = ["ForGroup", "Kept", "keep", "recognised"]


@dataclass(frozen=True, slots=True)
class Kept:
    """The lowest threshold, of hundredths, that keeps a limit with a list of some size."""

    threshold: float
    predicted: float  # false alerts a comparison with the list, worst group of the calibration
    extrapolated: bool  # whether that lies beyond what was measured


@dataclass(frozen=True, slots=True)
class ForGroup:
    """What an evaluation measured at a threshold."""

    column: str  # "" for everybody
    group: str
    tpir: Share | None
    fpir: Share | None  # with the evaluation's own list
    within: bool | None  # whether the whole interval of FPIR keeps the limit; None: other list size


def keep(scale: ReferenceScale, *, listed: int, limit: float) -> Kept:
    """Give the threshold that keeps the limit by the bundle's calibration."""
    threshold = scale.threshold_for(limit, listed=listed)
    point = scale.operating_point(threshold, listed=listed)
    return Kept(threshold, point.predicted_rate, point.extrapolated)


def recognised(
    record: Record, threshold: float, *, listed: int, limit: float
) -> tuple[ForGroup, ...]:
    """Count, from an evaluation's probes, who was recognised at a threshold: all, then by group.

    False alerts there are of the evaluation's own list, so they are held against the limit only
    where that list is as long as the one asked about, or longer.
    """
    probes = record.probes
    mated = np.array([probe.listed for probe in probes], np.bool_)
    own = np.array([np.nan if p.own is None else p.own for p in probes], np.float64)
    best = np.array([-np.inf if p.others is None else p.others for p in probes], np.float64)
    subjects = np.array([probe.subject for probe in probes], np.int64)
    parts = [("", "everybody", np.ones(len(probes), np.bool_))]
    for place, column in enumerate(record.columns):
        names = np.array([probe.groups[place] for probe in probes])
        parts += [(column, str(n), names == n) for n in sorted(set(names.tolist())) if n]
    rows: list[ForGroup] = []
    for column, group, inside in parts:
        hits, misses = mated & inside, ~mated & inside
        fpir = share(best[misses] >= threshold, subjects[misses], of="probes not listed")
        rows.append(
            ForGroup(
                column,
                group,
                share(own[hits] >= threshold, subjects[hits], of="probes of listed people"),
                fpir,
                fpir.high <= limit if fpir and record.method.listed >= listed else None,
            )
        )
    return tuple(rows)
