"""Whole lives of alerts as events, for the tests of a report's sections."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from builders import NOON
from report_facts import authorised_at, raised_at

from overt.facts.facts import Facts
from overt.facts.from_events import fold_facts
from overt.values import alert_events as acts
from overt.values.counts import FaceCounts
from overt.values.demographics import Demographics, Ethnicity, Gender
from overt.values.duty_events import EvidenceViewed
from overt.values.events import (
    Body,
    DeploymentStarted,
    DeploymentStopped,
    Event,
    FacesCounted,
    KnownPassage,
)
from overt.values.review import (
    ArrestCategory,
    Decision,
    Disposal,
    Factors,
    FalseAlertReason,
    Finding,
)

__all__ = ["FORCE", "Life", "known", "passage"]

FORCE = "police.example/lfr"


@dataclass
class Life:
    """A record that grows by whole deployments and alerts; times are minutes after noon."""

    events: list[Event] = field(default_factory=list[Event])
    ids: Iterator[int] = field(default_factory=itertools.count)
    looked: bool = True  # who judges has looked at the pictures

    def add(self, deployment: str, at: float, *bodies: Body) -> None:
        """Append bodies at a time."""
        when = NOON + timedelta(minutes=at)
        self.events += [Event(f"e{next(self.ids)}", deployment, when, body) for body in bodies]

    def deployment(
        self,
        name: str,
        *,
        seen: int,
        place: str = "High Street",
        threshold: float = 0.64,
        alerts: int = 0,
        trial: bool = False,
    ) -> str:
        """Authorise, start, count faces in one minute, and stop."""
        body = authorised_at(place, NOON, threshold=threshold, trial=trial)
        self.add(name, -60, body)
        self.add(name, 0, DeploymentStarted("0.1.0", 1e-7, extrapolated=False))
        counts = FaceCounts("gate", NOON, frames=1500, seen=seen, compared=seen, alerts=alerts)
        self.add(name, 1, FacesCounted(counts), DeploymentStopped("the window ended"))
        return name

    def alert(
        self,
        name: str,
        deployment: str,
        *,
        at: float = 2,
        finding: Finding | None = None,
        decision: Decision | None = Decision.ENGAGE,
        who: Demographics | None = None,
        disposal: Disposal | None = None,
        threshold: float = 0.64,
    ) -> None:
        """Raise an alert, and take it as far as is said: judged, engaged, ended, disposed of."""
        raised = raised_at(name, NOON + timedelta(minutes=at))
        self.add(deployment, at, replace(raised, threshold=threshold))
        if decision is None:
            return
        rejected = FalseAlertReason.ANGLE if decision is Decision.REJECT else None
        judged = acts.AlertAdjudicated(name, "Op", decision, Factors(), rejected, "", second=False)
        if self.looked:
            self.add(deployment, at + 1, EvidenceViewed(name, "Op", "adjudicate"))
        self.add(deployment, at + 1, judged)
        if finding is None:
            return
        why = FalseAlertReason.BLUR if finding is Finding.FALSE else None
        self.add(deployment, at + 3, acts.EngagementStarted(name, "E"))
        self.add(deployment, at + 7, acts.EngagementEnded(name, "E", finding, why))
        if who is not None:
            self.add(deployment, at + 8, acts.DemographicsRecorded(name, "E", who))
        if disposal is not None:
            arrest = ArrestCategory.COURTS if disposal is Disposal.ARREST else None
            outcome = acts.OutcomeRecorded(
                name, "E", disposal, arrest, violence_against_women_and_girls=False
            )
            self.add(deployment, at + 9, outcome)

    def facts(self) -> Facts:
        """Count it."""
        return fold_facts(self.events, force=FORCE)


def known(ethnicity: Ethnicity, gender: Gender = Gender.MALE) -> Demographics:
    """Describe somebody by their own word."""
    return Demographics(self_defined=ethnicity, gender=gender)


def passage(
    number: str,
    volunteer: str,
    *,
    alert: str = "",
    at: datetime = NOON,
    who: Demographics | None = None,
) -> KnownPassage:
    """Walk past once."""
    return KnownPassage(
        number, "gate", volunteer, at, bool(alert), alert, who or known(Ethnicity.W1)
    )
