"""What programs send: strict, and nothing that is not asked for."""

from __future__ import annotations

from typing import Annotated, Final, Self

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, model_validator

from overt.values.demographics import AgeBand, Demographics, Ethnicity, Gender
from overt.values.review import (
    ArrestCategory,
    Decision,
    Disposal,
    FalseAlertReason,
    Finding,
    FollowUp,
)

__all__ = [
    "Body",
    "Complaint",
    "Ended",
    "FollowedUp",
    "ForceUsed",
    "Id",
    "Judgement",
    "Lax",
    "OutcomeGiven",
    "Reason",
    "SaidOfThemselves",
]

LONGEST_TEXT: Final = 4000
SHOWN: Final = r"^[^\x00-\x08\x0b-\x1f\x7f]*$"  # no control characters but tab and newline
SOME: Final = r"^[^\x00-\x08\x0b-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x08\x0b-\x1f\x7f]*$"
NAME: Final = r"^[A-Za-z0-9_.-]{1,64}$"

Id = Annotated[str, Path(pattern=NAME, description="its id")]
Words = Annotated[str, Field(max_length=LONGEST_TEXT, pattern=SHOWN)]
SomeWords = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT, pattern=SOME)]
# JSON has no enumerations: there a text is what an exact reading can have.
Lax = Field(strict=False)


class Body(BaseModel):
    """What every body keeps to."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Judgement(Body):
    """What is decided on an alert, and what speaks for or against it."""

    decision: Annotated[Decision, Lax]
    reason: Annotated[FalseAlertReason | None, Lax] = None
    text: Words = ""
    subject: Words = ""
    system: Words = ""
    environment: Words = ""

    @model_validator(mode="after")
    def _with_reason(self) -> Self:
        if (self.reason is None) != (self.decision is Decision.ENGAGE):
            raise ValueError("want a reason with a rejection, and none otherwise")
        if self.reason is FalseAlertReason.OTHER and not self.text.strip():
            raise ValueError("want a text with the reason other")
        return self


class Ended(Body):
    """What an engagement showed; a reason where the alert was found false."""

    finding: Annotated[Finding, Lax]
    reason: Annotated[FalseAlertReason | None, Lax] = None

    @model_validator(mode="after")
    def _with_reason(self) -> Self:
        if (self.reason is None) != (self.finding is not Finding.FALSE):
            raise ValueError("want a reason where it was found false, and none otherwise")
        return self


class SaidOfThemselves(Body):
    """What an engaged person said of themselves, or an officer noted; never guessed from a face."""

    self_defined: Annotated[Ethnicity, Lax] = Ethnicity.NR
    officer_defined: Annotated[Ethnicity, Lax] = Ethnicity.NR
    gender: Annotated[Gender, Lax] = Gender.NOT_RECORDED
    age: Annotated[AgeBand, Lax] = AgeBand.NOT_RECORDED

    def value(self) -> Demographics:
        """Give what is recorded."""
        return Demographics(self.self_defined, self.officer_defined, self.gender, self.age)


class OutcomeGiven(Body):
    """How it ended for the person; an arrest has its category."""

    disposal: Annotated[Disposal, Lax]
    arrest: Annotated[ArrestCategory | None, Lax] = None
    violence_against_women_and_girls: bool = False

    @model_validator(mode="after")
    def _with_category(self) -> Self:
        if (self.arrest is None) != (self.disposal is not Disposal.ARREST):
            raise ValueError("want a category with an arrest, and none otherwise")
        return self


class FollowedUp(Body):
    """What became of an arrest."""

    follow_up: Annotated[FollowUp, Lax]


class ForceUsed(Body):
    """What force was used, and why."""

    text: SomeWords


class Complaint(Body):
    """Where a complaint is kept; no name."""

    reference: SomeWords


class Reason(Body):
    """Why a deployment is paused or stopped. It is published: no name in it."""

    reason: SomeWords
