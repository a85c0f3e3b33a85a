"""What somebody may know of an alert before judging it, and how far two judged alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from overt.review.alert_record import AlertRecord
from overt.review.people import are_known_to_be_one
from overt.statistics.agreement import Kappa, cohen_kappa
from overt.statistics.estimate import NoTrials
from overt.values.review import Decision
from overt.values.watchlist import Category

__all__ = ["Agreement", "Unjudged", "agreement", "is_for_second", "unjudged"]


@dataclass(frozen=True, slots=True)
class Unjudged:
    """An alert as it was raised: nothing of what anybody decided, nor whether it is a decoy."""

    id: str
    deployment: str
    raised: datetime
    camera: str
    time: datetime
    category: Category
    similarity: float
    shots: int
    flags: tuple[str, ...]
    holder: str  # who has claimed it, judged or not; "" nobody


def unjudged(record: AlertRecord) -> Unjudged:
    """Leave out what people decided."""
    return Unjudged(
        id=record.id,
        deployment=record.deployment,
        raised=record.raised,
        camera=record.camera,
        time=record.time,
        category=record.category,
        similarity=record.similarity,
        shots=record.shots,
        flags=record.flags,
        holder=record.holder,
    )


def is_for_second(record: AlertRecord, name: str) -> bool:
    """Tell whether an alert is another's, held or judged, without a second opinion."""
    held = bool(record.holder) and record.second is None
    return held and not are_known_to_be_one(record.holder, name)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two people judged the same alerts, the second without knowing of the first."""

    both_engage: int
    both_reject: int
    first_engages: int  # and the second rejects
    second_engages: int  # and the first rejects

    @property
    def pairs(self) -> int:
        """How many alerts both judged."""
        return self.both_engage + self.both_reject + self.first_engages + self.second_engages

    @property
    def agreed(self) -> int:
        """How many both judged alike."""
        return self.both_engage + self.both_reject

    @property
    def kappa(self) -> Kappa | NoTrials:
        """How far they judged alike beyond chance."""
        return cohen_kappa(
            self.both_engage,
            self.both_reject,
            first_alone=self.first_engages,
            second_alone=self.second_engages,
        )


def agreement(records: Iterable[AlertRecord]) -> Agreement:
    """Count how alerts were judged twice; decoys are left out."""
    pairs = [
        (record.first.decision, record.second.decision)
        for record in records
        if not record.decoy and record.first is not None and record.second is not None
    ]
    engage, reject = Decision.ENGAGE, Decision.REJECT
    return Agreement(
        both_engage=pairs.count((engage, engage)),
        both_reject=pairs.count((reject, reject)),
        first_engages=pairs.count((engage, reject)),
        second_engages=pairs.count((reject, engage)),
    )
