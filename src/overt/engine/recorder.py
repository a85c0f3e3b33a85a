"""Writing down what happened: evidence sealed first, then the event that commits to it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from overt.arrays import Rgb
from overt.clock import Clock
from overt.errors import ClockError
from overt.governance.authority import Authority
from overt.ids import NewId
from overt.records.base import Store
from overt.report.evidence import pack
from overt.review.orders import Standing, orders_since
from overt.values.alert import Alert
from overt.values.counts import FaceCounts
from overt.values.events import AlertRaised, Body, DeploymentStarted, Event, FacesCounted

__all__ = ["Begin", "PhotoOf", "Recorder", "SealEvidence"]

PhotoOf: TypeAlias = Callable[[str], Rgb]  # the listed photograph of an entry, by its reference
SealEvidence: TypeAlias = Callable[[Alert, bytes], str]  # alert, its evidence -> commitment
Begin: TypeAlias = Callable[[DeploymentStarted], object]


class Recorder:
    """Appends a deployment's events. What it cannot write raises, and recognition stops."""

    def __init__(
        self,
        *,
        authority: Authority,
        store: Store,
        seal: SealEvidence,
        photo_of: PhotoOf,
        clock: Clock,
        new_id: NewId,
        begin: Begin | None = None,
    ) -> None:
        self._authority = authority
        self._store = store
        self._seal = seal
        self._photo_of = photo_of
        self._clock = clock
        self._new_id = new_id
        self._begin = begin
        self._latest = clock.now()
        self._read_up_to = 0  # place in the record
        self._standing = Standing()

    def begin(self, started: DeploymentStarted) -> None:
        """Record that recognition begins; where it is given how, of two that begin one may.

        Raises:
            RefusedError: another machine runs it, or somebody has stopped it.
            RecordsError: it could not be written.
        """
        if self._begin is None:
            self.record(started)
        else:
            self._begin(started)

    def record(self, *bodies: Body) -> None:
        """Append events; they are on disk when this returns.

        Raises:
            RecordsError: none of them could be written.
        """
        now = self._now()
        self._store.append(
            [Event(self._new_id(now), self._authority.id, now, body) for body in bodies]
        )

    def _now(self) -> datetime:
        """Tell the time; the last one known where the clock has gone back since.

        Recognition stops when the clock goes back. That it did must still be written down.
        """
        with contextlib.suppress(ClockError):
            self._latest = self._clock.now()
        return self._latest

    def standing(self) -> Standing:
        """Tell what people have ordered so far, from this process or another.

        Raises:
            RecordsError: the record cannot be read.
        """
        orders = orders_since(self._store, self._authority.id, self._read_up_to)
        self._read_up_to = orders.after
        self._standing = self._standing.obey(orders.given)
        return self._standing

    def counts(self, counts: FaceCounts) -> None:
        """Record what a camera saw in a minute."""
        self.record(FacesCounted(counts))

    def alert(self, alert: Alert) -> None:
        """Seal an alert's evidence under a key of its own, then record the alert."""
        commitment = self._seal(alert, pack(alert, self._photo_of(alert.entry.reference)))
        self.record(
            AlertRaised(
                alert=alert.id,
                camera=alert.camera,
                time=alert.time,
                category=alert.entry.category,
                score=alert.score,
                similarity=alert.similarity,
                threshold=alert.point.threshold,
                listed=alert.point.listed,
                predicted_rate=alert.point.predicted_rate,
                extrapolated=alert.point.extrapolated,
                shots=alert.shots,
                flags=alert.flags,
                commitment=commitment,
            )
        )
