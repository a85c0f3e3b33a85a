"""Decoys: made-up alerts that show whether operators still look. They are never counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from overt.errors import RefusedError
from overt.review.alert_record import AlertRecord
from overt.review.deployment_record import DeploymentRecord
from overt.review.deployment_state import DeploymentState
from overt.values.alert_events import DecoyRaised
from overt.values.review import Decision
from overt.values.watchlist import Category

__all__ = ["Decoy", "DecoyResults", "decoy_results", "real", "require_likely"]


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


def require_likely(decoy: Decoy, record: DeploymentRecord) -> None:
    """Refuse a decoy that no real alert of a deployment could look like now.

    Raises:
        RefusedError: recognition does not run, or no real alert could look like this.
    """
    if record.authorised is None or record.state is not DeploymentState.RUNNING:
        raise RefusedError(f"decoy: got a deployment that is {record.state}, want it running")
    if decoy.camera not in record.authorised.cameras:
        cameras = ", ".join(record.authorised.cameras)
        raise RefusedError(f"decoy: got camera {decoy.camera!r}, want one of {cameras}")
    if record.threshold is None or not record.threshold <= decoy.similarity < 1:
        raise RefusedError(
            f"decoy: got similarity {decoy.similarity:g}, want {record.threshold:g} or more, "
            "the threshold in force, and below 1: a real alert has no other"
        )
    if record.trial and decoy.category is not Category.BLUE:
        raise RefusedError(
            f"decoy: got category {decoy.category}, want {Category.BLUE}: a trial has no other"
        )
