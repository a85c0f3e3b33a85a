"""One alert's row as the events that it was counted from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, TypeAlias

from overt.simulation.years.keeping import HELD_DAYS
from overt.simulation.years.naming import OPERATOR, SECOND_OPERATOR, SIMULATED
from overt.values.alert_events import (
    AlertAdjudicated,
    AlertClaimed,
    DemographicsRecorded,
    EngagementEnded,
    EngagementStarted,
    FollowUpRecorded,
    ForceRecorded,
    OutcomeRecorded,
)
from overt.values.demographics import AgeBand, Demographics, Ethnicity, Gender
from overt.values.duty_events import EvidenceViewed, HoldPlaced
from overt.values.events import AlertRaised, Body
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

__all__ = ["Moment", "Row", "acts_of", "commitment"]

Row: TypeAlias = Mapping[str, Any]  # a table's row, whose columns the schema has checked
SECOND: Final = timedelta(seconds=1)
FACTORS: Final = Factors(SIMULATED, SIMULATED, SIMULATED)


class Moment(NamedTuple):
    """What happened when, in which deployment."""

    at: datetime
    deployment: str
    body: Body


def acts_of(row: Row) -> Iterator[Moment]:
    """Give an alert, and everything that people did about it, each at its time."""
    alert, deployment = row["alert"], row["deployment"]
    for at, body in (*raised(row), *judged(row), *engaged(row), *ended(row)):
        yield Moment(at, deployment, body)
    if row["held_until"] is not None:
        # Placed when the hold's whole length before its end is.
        placed = row["held_until"] - timedelta(days=HELD_DAYS)
        yield Moment(placed, deployment, HoldPlaced(alert, SIMULATED, SIMULATED, row["held_until"]))


def raised(row: Row) -> Iterator[tuple[datetime, Body]]:
    """Give the alert itself."""
    yield (
        row["raised"],
        AlertRaised(
            alert=row["alert"],
            camera=row["camera"],
            time=row["raised"],
            category=Category(row["category"]),
            score=row["similarity"],
            similarity=row["similarity"],
            threshold=row["threshold"],
            listed=row["listed"],
            predicted_rate=row["predicted_rate"],
            extrapolated=True,
            shots=3,
            flags=(),
            commitment=commitment(row["alert"]),
        ),
    )


def judged(row: Row) -> Iterator[tuple[datetime, Body]]:
    """Give who took it, looked and decided what; a second opinion comes a second later."""
    alert, reason = row["alert"], row["reason"]
    if row["claimed"] is not None:
        yield row["claimed"], AlertClaimed(alert, OPERATOR)
    if row["adjudicated"] is None:
        return
    yield row["adjudicated"], EvidenceViewed(alert, OPERATOR, SIMULATED)
    decision = Decision(row["decision"])
    why = FalseAlertReason(reason) if decision is Decision.REJECT else None
    yield row["adjudicated"], opinion(alert, decision, why, second=False)
    if row["second_decision"] is not None:
        other = Decision(row["second_decision"])
        yield row["adjudicated"] + SECOND, EvidenceViewed(alert, SECOND_OPERATOR, SIMULATED)
        why = FalseAlertReason.LIGHTING if other is Decision.REJECT else None
        yield row["adjudicated"] + SECOND, opinion(alert, other, why, second=True)


def opinion(
    alert: str, decision: Decision, reason: FalseAlertReason | None, *, second: bool
) -> AlertAdjudicated:
    """Make an adjudication."""
    by = SECOND_OPERATOR if second else OPERATOR
    return AlertAdjudicated(alert, by, decision, FACTORS, reason, SIMULATED, second)


def engaged(row: Row) -> Iterator[tuple[datetime, Body]]:
    """Give the engagement, force that was used, and what was recorded of the person."""
    if row["engaged"] is None:
        return
    alert, end, finding = row["alert"], row["disengaged"], Finding(row["finding"])
    yield row["engaged"], EngagementStarted(alert, SIMULATED)
    for _ in range(row["force_used"]):
        yield end - SECOND / 2, ForceRecorded(alert, SIMULATED, SIMULATED)
    why = FalseAlertReason(row["reason"]) if finding is Finding.FALSE else None
    yield end, EngagementEnded(alert, SIMULATED, finding, why)
    known = demographics(row)
    if known != Demographics():
        yield end + SECOND, DemographicsRecorded(alert, SIMULATED, known)


def demographics(row: Row) -> Demographics:
    """Give what was recorded: the person's own word, or an officer's where they did not say."""
    ethnicity = Ethnicity(row["ethnicity"])
    gender, age = Gender(row["gender"]), AgeBand(row["age"])
    if row["self_defined"]:
        return Demographics(ethnicity, Ethnicity.NR, gender, age)
    unsaid = Ethnicity.NR if ethnicity is Ethnicity.NR else Ethnicity.NS
    return Demographics(unsaid, ethnicity, gender, age)


def ended(row: Row) -> Iterator[tuple[datetime, Body]]:
    """Give the outcome, and what became of an arrest a month later."""
    if row["disposal"] is None:
        return
    alert = row["alert"]
    after = row["adjudicated"] if row["disengaged"] is None else row["disengaged"]
    arrest = None if row["arrest"] is None else ArrestCategory(row["arrest"])
    violence = row["violence_against_women_and_girls"]
    outcome = OutcomeRecorded(alert, SIMULATED, Disposal(row["disposal"]), arrest, violence)
    yield after + 2 * SECOND, outcome
    if row["follow_up"] is not None:
        follow_up = FollowUpRecorded(alert, SIMULATED, FollowUp(row["follow_up"]))
        yield after + timedelta(days=30), follow_up


def commitment(alert: str) -> str:
    """Stand in for the commitment to an alert's evidence: there is none."""
    return hashlib.sha256(f"simulated {alert}".encode()).hexdigest()
