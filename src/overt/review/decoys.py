"""Decoys: made-up alerts that show whether operators still look. They are never counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from overt.review.alert_record import AlertRecord
from overt.values.alert_events import DecoyRaised
from overt.values.review import Decision
from overt.values.watchlist import Category

__all__ = ["Decoy", "DecoyResults", "decoy_results", "real"]


@dataclass(frozen=True, slots=True)
class Decoy:
    """What a decoy pretends: it is to look like an alert of this deployment."""

    camera: str
    category: Category
    similarity: float  # on the reference scale; at or above the threshold, as of a real one
    shots: int
    flags: tuple[str, ...]
    agreed: str  # where the agreement of those in the pictures is kept

    def raised(self, alert: str, *, time: datetime, commitment: str, by: str) -> DecoyRaised:
        """Make its event."""
        return DecoyRaised(
            alert=alert,
            camera=self.camera,
            time=time,
            category=self.category,
            similarity=self.similarity,
            shots=self.shots,
            flags=self.flags,
            commitment=commitment,
            by=by,
            agreed=self.agreed,
        )


@dataclass(frozen=True, slots=True)
class DecoyResults:
    """How decoys were judged."""

    raised: int
    rejected: int  # somebody looked
    engaged: int  # somebody would have been sent after a person who does not exist

    @property
    def judged(self) -> int:
        """How many are over: of the others nothing may be told, for they still wait."""
        return self.rejected + self.engaged


def real(records: Iterable[AlertRecord]) -> tuple[AlertRecord, ...]:
    """Leave decoys out: every count of alerts begins here."""
    return tuple(record for record in records if not record.decoy)


def decoy_results(records: Iterable[AlertRecord]) -> DecoyResults:
    """Count how decoys were judged by who judged first."""
    decoys = [record for record in records if record.decoy]
    decisions = [record.first.decision for record in decoys if record.first is not None]
    return DecoyResults(
        raised=len(decoys),
        rejected=decisions.count(Decision.REJECT),
        engaged=decisions.count(Decision.ENGAGE),
    )
