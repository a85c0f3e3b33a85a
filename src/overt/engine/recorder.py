"""Writing down what happened: evidence sealed first, then the event that commits to it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from overt.arrays import Rgb
from overt.clock import Clock
from overt.engine.watching import Watch
from overt.errors import ClockError, MoveError, RecordsError
from overt.governance.authority import Authority
from overt.ids import NewId
from overt.records.base import Store
from overt.report.evidence import pack
from overt.review.orders import ANOTHER, Standing
from overt.values.alert import Alert
from overt.values.counts import FaceCounts
from overt.values.events import (
    AlertRaised,
    Body,
    DeploymentStarted,
    DeploymentStopped,
    Event,
    FacesCounted,
)

__all__ = ["Begin", "PhotoOf", "Recorder", "SealEvidence"]

PhotoOf: TypeAlias = Callable[[str], Rgb]  # the listed photograph of an entry, by its reference
SealEvidence: TypeAlias = Callable[[Alert, bytes], str]  # alert, its evidence -> commitment
Begin: TypeAlias = Callable[[DeploymentStarted, NewId], object]  # the last id made is recorded


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
        self._watch = Watch(store, authority)
        self._seen = 0  # faces in the counts recorded here

    def begin(self, started: DeploymentStarted) -> None:
        """Record that recognition begins; where it is given how, of two that begin one may.

        Raises:
            RefusedError: another machine runs it, or somebody has stopped it.
            RecordsError: it could not be written.
        """
        made: list[str] = []

        def new_id(now: datetime) -> str:
            made.append(self._new_id(now))
            return made[-1]

        if self._begin is None:
            now = self._now()
            self._store.append([Event(new_id(now), self._authority.id, now, started)])
        else:
            self._begin(started, new_id)
        self._watch.began(made[-1])

    def end(self, reason: str) -> None:
        """Record that recognition has ended.

        Raises:
            MoveError: another machine runs it by now; there it goes on, so no end is recorded.
            RecordsError: it could not be written.
        """
        with contextlib.suppress(RecordsError):  # what cannot be read may still be written
            self._watch.read()
        if self.taken_over:
            raise MoveError(f"deployment {self._authority.id}: {ANOTHER}")
        self.record(DeploymentStopped(reason))

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
        self._watch.read()
        return self._watch.standing

    def reason_to_stop(self, now: datetime, *, seen: int) -> str | None:
        """Tell which rule ends recognition now (UTC), by what `standing` has read last.

        Args:
            now: UTC.
            seen: faces seen on this machine up to now, whether recorded yet or not.
        """
        return self._watch.reason_to_stop(now, running=seen - self._seen)

    @property
    def taken_over(self) -> bool:
        """Whether another machine was read to run the deployment: its list is no longer ours."""
        return self._watch.standing.taken_over

    def counts(self, counts: FaceCounts) -> None:
        """Record what a camera saw in a minute."""
        self.record(FacesCounted(counts))
        self._seen += counts.seen

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
