"""Writing down what happened: evidence sealed first, then the event that commits to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from overt.arrays import Rgb
from overt.clock import Clock
from overt.governance.authority import Authority
from overt.ids import NewId
from overt.records.base import Store
from overt.report.evidence import pack
from overt.values.alert import Alert
from overt.values.counts import FaceCounts
from overt.values.events import AlertRaised, Body, Event, FacesCounted

__all__ = ["PhotoOf", "Recorder", "SealEvidence"]

PhotoOf: TypeAlias = Callable[[str], Rgb]  # the listed photograph of an entry, by its reference
SealEvidence: TypeAlias = Callable[[str, bytes], str]  # alert id, evidence -> commitment


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
    ) -> None:
        self._authority = authority
        self._store = store
        self._seal = seal
        self._photo_of = photo_of
        self._clock = clock
        self._new_id = new_id

    def record(self, *bodies: Body) -> None:
        """Append events; they are on disk when this returns.

        Raises:
            RecordsError: none of them could be written.
        """
        now = self._clock.now()
        self._store.append(
            [Event(self._new_id(now), self._authority.id, now, body) for body in bodies]
        )

    def counts(self, counts: FaceCounts) -> None:
        """Record what a camera saw in a minute."""
        self.record(FacesCounted(counts))

    def alert(self, alert: Alert) -> None:
        """Seal an alert's evidence under a key of its own, then record the alert."""
        commitment = self._seal(alert.id, pack(alert, self._photo_of(alert.entry.reference)))
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
