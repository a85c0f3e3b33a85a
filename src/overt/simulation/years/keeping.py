"""What becomes of data: evidence held or deleted, lists destroyed, a few late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from overt.arrays import I64
from overt.simulation.years.alerts import Alerts
from overt.simulation.years.deployments import DAY, HOUR, MINUTE, NEVER, SECOND, Deployments
from overt.simulation.years.people import Acts
from overt.simulation.years.truth import Truth

__all__ = ["HELD_DAYS", "Keeping", "draw_keeping"]

HELD_DAYS: Final = 31


@dataclass(frozen=True, slots=True, eq=False)
class Keeping:
    """Times; NEVER where it was not so. The last three are of deployments, the others of alerts."""

    held_until: I64
    deletion_failed: I64
    evidence_deleted: I64
    list_failed: I64
    list_destroyed: I64
    closed: I64


def draw_keeping(
    truth: Truth, deployments: Deployments, alerts: Alerts, acts: Acts, rng: np.random.Generator
) -> Keeping:
    """Draw when data were deleted. Evidence is due a day after its alert, or when its hold ends."""
    data, n, d = truth.data, len(alerts), len(deployments)
    held = (acts.arrest >= 0) & (rng.random(n) < data.held)
    until = alerts.raised + rng.integers(HOUR, 6 * HOUR, n) + HELD_DAYS * DAY
    stopped = deployments.stopped[alerts.deployment]
    usual = np.minimum(stopped + 8 * HOUR + number(rng, n, 8 * HOUR), alerts.raised + DAY)
    # The disk fails when deletion is due; the next runs try again.
    due = np.where(held, until + number(rng, n, 5 * MINUTE), usual)
    failed = rng.random(n) < data.failed
    late = failed | (~held & (rng.random(n) < data.overdue))
    tried_again = np.maximum(due, alerts.raised + DAY) + HOUR + number(rng, n, 3 * DAY)
    deleted = np.where(late, tried_again, due)
    list_due = deployments.stopped + 2 * SECOND + delays(rng, d)
    list_failed = rng.random(d) < data.list_failed
    list_late = rng.random(d) < data.list_overdue
    destroyed = np.where(list_failed, list_due + number(rng, d, 2 * HOUR) + MINUTE, list_due)
    destroyed = np.where(
        list_late, deployments.stopped + DAY + HOUR + number(rng, d, DAY), destroyed
    )
    last = np.full(d, NEVER)
    np.maximum.at(last, alerts.deployment[~held], deleted[~held])
    closed = np.maximum(np.maximum(destroyed, last), deployments.stopped + DAY)
    return Keeping(
        held_until=np.where(held, until, NEVER),
        deletion_failed=np.where(failed, due, NEVER),
        evidence_deleted=deleted,
        list_failed=np.where(list_failed, list_due, NEVER),
        list_destroyed=destroyed,
        closed=closed + HOUR + number(rng, d, HOUR),
    )


def number(rng: np.random.Generator, n: int, below: int) -> I64:
    """Draw whole numbers of microseconds."""
    return rng.integers(0, below, n)


def delays(rng: np.random.Generator, n: int) -> I64:
    """Draw how long after the end lists are destroyed: some ten minutes."""
    return (np.exp(rng.normal(0, 0.6, n)) * 10 * MINUTE).astype(np.int64)
