"""The figures that are watched while deployments run, read on from where they were read last."""

from __future__ import annotations

import math
import statistics
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from overt.records.base import Store
from overt.report.monitoring import FalseAlerts, Look, false_alert_rate
from overt.review.alert_record import AlertRecord, fold_into
from overt.review.deployment_record import DeploymentRecord
from overt.review.deployment_record import fold_into as fold_deployment_into
from overt.review.deployment_state import DeploymentState
from overt.review.unjudged import Agreement, agreement
from overt.statistics.sequences import ConfidenceSequence
from overt.values.events import DeploymentAuthorised

__all__ = ["BINS", "Overseen", "Seen", "Times", "points"]

MOST_POINTS: Final = 300  # of a series
# Upper ends, seconds: how long an alert waited from being raised to being judged.
BINS: Final = (15, 30, 60, 120, 300, 900)


@dataclass(frozen=True, slots=True)
class Times:
    """How long alerts waited to be judged. Trials and decoys are left out."""

    judged: int
    waiting: int  # not judged yet
    median_s: float | None  # None: none was judged
    ninth_decile_s: float | None
    longest_s: float | None
    bins: tuple[tuple[str, int], ...]  # "15 s or less", how many


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What is seen at one moment."""

    looks: tuple[Look, ...]
    rate: ConfidenceSequence
    times: Times
    agreement: Agreement
    after: int  # the last event that was read


class Overseen:
    """Folds the whole record once, then what is new. Threads may share it."""

    def __init__(self, store: Store, *, ceiling: float) -> None:
        self._store = store
        self._ceiling = ceiling
        self._counted = FalseAlerts()
        self._alerts: dict[str, AlertRecord] = {}
        self._trials: set[str] = set()
        self._deployments: dict[str, DeploymentRecord] = {}
        self._after = 0
        self._lock = threading.Lock()

    def now(self) -> Seen:
        """Give what is seen now."""
        with self._lock:
            self._read()
            real = [a for a in self._alerts.values() if a.deployment not in self._trials]
            looks = self._counted.looks
            rate = false_alert_rate(looks, ceiling=self._ceiling)
            return Seen(looks, rate, times_of(real), agreement(real), self._after)

    def closed(self) -> tuple[DeploymentRecord, ...]:
        """Give the deployments that are over and closed, trials left out, the newest first."""
        with self._lock:
            self._read()
            found = [
                each
                for each in self._deployments.values()
                if each.state is DeploymentState.CLOSED and each.authorised and not each.trial
            ]
        return tuple(reversed(found))

    def _read(self) -> None:
        for recorded in self._store.events(after=self._after):
            event = recorded.event
            if isinstance(event.body, DeploymentAuthorised) and event.body.trial:
                self._trials.add(event.deployment)
            fold_into(self._alerts, event)
            self._counted.take(event)
            before = self._deployments.get(event.deployment) or DeploymentRecord(event.deployment)
            self._deployments[event.deployment] = fold_deployment_into(before, event)
            self._after = recorded.sequence


def points(looks: Sequence[Look]) -> list[int]:
    """Give the looks that a series is drawn of: where faces were seen.

    Where there are many, some are left out; the first and the last stay.
    """
    places = [n for n, look in enumerate(looks) if look.faces > 0]
    step = max(1, len(places) // MOST_POINTS)
    return [*places[:-1:step], *places[-1:]]


def times_of(records: list[AlertRecord]) -> Times:
    """Count how long alerts waited to be judged."""
    alerts = [record for record in records if not record.decoy]
    waited = sorted(
        (record.decided - record.raised) / timedelta(seconds=1)
        for record in alerts
        if record.decided is not None
    )
    bins: list[tuple[str, int]] = []
    low = -math.inf
    for high in (*BINS, math.inf):
        name = f"{high:g} s or less" if math.isfinite(high) else f"over {BINS[-1]} s"
        bins.append((name, sum(low < each <= high for each in waited)))
        low = high
    return Times(
        judged=len(waited),
        waiting=len(alerts) - len(waited),
        median_s=statistics.median(waited) if waited else None,
        ninth_decile_s=waited[math.ceil(0.9 * len(waited)) - 1] if waited else None,
        longest_s=waited[-1] if waited else None,
        bins=tuple(bins),
    )
