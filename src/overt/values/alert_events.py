"""What people did about an alert: events after it was raised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, TypeAlias

from overt.errors import InputError
from overt.values.demographics import Demographics
from overt.values.private import Private
from overt.values.review import (
    ArrestCategory,
    Decision,
    Disposal,
    Factors,
    FalseAlertReason,
    Finding,
    FollowUp,
)
from overt.values.watchlist import Category

__all__ = [
    "AlertAdjudicated",
    "AlertBody",
    "AlertClaimed",
    "AlertReleased",
    "ComplaintRecorded",
    "DecoyRaised",
    "DemographicsRecorded",
    "EngagementEnded",
    "EngagementStarted",
    "FollowUpRecorded",
    "ForceRecorded",
    "OutcomeRecorded",
]


@dataclass(frozen=True, slots=True)
class DecoyRaised:
    """A made-up alert was shown, to see whether operators still look; it is never counted."""

    kind: ClassVar[str] = "decoy-raised"
    version: ClassVar[int] = 1

    alert: str
    camera: str
    time: datetime
    category: Category
    similarity: float
    shots: int
    flags: tuple[str, ...]  # as of a real one: it must not be told apart before it is judged
    commitment: str  # salted sha256 of the sealed evidence
    by: Private  # who supervises the operators, and judges none of these alerts
    agreed: Private  # where the agreement of those in the pictures is kept


@dataclass(frozen=True, slots=True)
class AlertClaimed:
    """An operator took an alert: nobody else holds it."""

    kind: ClassVar[str] = "alert-claimed"
    version: ClassVar[int] = 1

    alert: str
    by: Private


@dataclass(frozen=True, slots=True)
class AlertReleased:
    """An operator gave an alert back undecided."""

    kind: ClassVar[str] = "alert-released"
    version: ClassVar[int] = 1

    alert: str
    by: Private


@dataclass(frozen=True, slots=True)
class AlertAdjudicated:
    """A person judged an alert, before anyone acts."""

    kind: ClassVar[str] = "alert-adjudicated"
    version: ClassVar[int] = 1

    alert: str
    by: Private
    decision: Decision
    factors: Factors
    reason: FalseAlertReason | None  # with a rejection
    text: Private  # with the reason `other`
    second: bool  # a blind second opinion: counted for agreement, decides nothing

    def __post_init__(self) -> None:
        if (self.reason is None) != (self.decision is Decision.ENGAGE):
            raise InputError(
                f"adjudication: got {self.decision} with reason {self.reason}, "
                "want a reason with a rejection, and none otherwise"
            )
        if self.reason is FalseAlertReason.OTHER and not self.text.strip():
            raise InputError("adjudication: got the reason other without a text, want one")


@dataclass(frozen=True, slots=True)
class EngagementStarted:
    """Officers speak to the person."""

    kind: ClassVar[str] = "engagement-started"
    version: ClassVar[int] = 1

    alert: str
    by: Private


@dataclass(frozen=True, slots=True)
class EngagementEnded:
    """The engagement is over, and what it showed."""

    kind: ClassVar[str] = "engagement-ended"
    version: ClassVar[int] = 1

    alert: str
    by: Private
    finding: Finding
    reason: FalseAlertReason | None  # where it was found false

    def __post_init__(self) -> None:
        if (self.reason is None) != (self.finding is not Finding.FALSE):
            raise InputError(
                f"engagement: got {self.finding} with reason {self.reason}, "
                "want a reason where it was found false, and none otherwise"
            )


@dataclass(frozen=True, slots=True)
class DemographicsRecorded:
    """What the person said of themselves, or an officer noted, after an engagement."""

    kind: ClassVar[str] = "demographics-recorded"
    version: ClassVar[int] = 1

    alert: str
    by: Private
    demographics: Demographics


@dataclass(frozen=True, slots=True)
class OutcomeRecorded:
    """How it ended for the person."""

    kind: ClassVar[str] = "outcome-recorded"
    version: ClassVar[int] = 1

    alert: str
    by: Private
    disposal: Disposal
    arrest: ArrestCategory | None  # with an arrest
    violence_against_women_and_girls: bool  # whether the offence was

    def __post_init__(self) -> None:
        if (self.arrest is None) != (self.disposal is not Disposal.ARREST):
            raise InputError(
                f"outcome: got {self.disposal} with arrest category {self.arrest}, "
                "want a category with an arrest, and none otherwise"
            )


@dataclass(frozen=True, slots=True)
class FollowUpRecorded:
    """What became of an arrest later."""

    kind: ClassVar[str] = "follow-up-recorded"
    version: ClassVar[int] = 1

    alert: str
    by: Private
    follow_up: FollowUp


@dataclass(frozen=True, slots=True)
class ForceRecorded:
    """Force was used in an engagement."""

    kind: ClassVar[str] = "force-recorded"
    version: ClassVar[int] = 1

    alert: str
    by: Private
    text: Private


@dataclass(frozen=True, slots=True)
class ComplaintRecorded:
    """Somebody complained."""

    kind: ClassVar[str] = "complaint-recorded"
    version: ClassVar[int] = 1

    alert: str  # "" where it is about a deployment, not about an alert
    by: Private
    reference: Private  # where the complaint is kept; no name


AlertBody: TypeAlias = (
    DecoyRaised
    | AlertClaimed
    | AlertReleased
    | AlertAdjudicated
    | EngagementStarted
    | EngagementEnded
    | DemographicsRecorded
    | OutcomeRecorded
    | FollowUpRecorded
    | ForceRecorded
    | ComplaintRecorded
)
