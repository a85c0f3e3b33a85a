"""The verbs of people about alerts: each is checked, then recorded, and two can never both win."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from overt.clock import Clock
from overt.errors import ConflictError, InputError, MissingError, PersonError, RefusedError
from overt.ids import NewId
from overt.records.base import Recorded, Store
from overt.review.alert_book import KEPT, AlertBook
from overt.review.alert_record import AlertRecord, advance, fold_alerts
from overt.review.alert_state import AlertAction, HumanBody, action_of
from overt.review.decoys import Decoy, require_likely
from overt.review.deployment_record import DeploymentRecord
from overt.review.deployment_record import fold_into as fold_deployment_into
from overt.review.journal import Journal
from overt.review.people import are_known_to_be_one, require_name
from overt.review.queue import Queue, Waiting
from overt.review.unjudged import Unjudged, is_for_second, unjudged
from overt.values.alert_events import (
    AlertAdjudicated,
    AlertClaimed,
    AlertReleased,
    ComplaintRecorded,
    DecoyRaised,
    DemographicsRecorded,
    EngagementEnded,
    EngagementStarted,
    FollowUpRecorded,
    ForceRecorded,
    OutcomeRecorded,
)
from overt.values.demographics import Demographics
from overt.values.duty_events import EvidenceViewed
from overt.values.events import Body
from overt.values.review import (
    ArrestCategory,
    Decision,
    Disposal,
    Factors,
    FalseAlertReason,
    Finding,
    FollowUp,
)

__all__ = ["Desk", "EvidenceRoom", "OpenEvidence", "PrepareEvidence", "SealDecoy"]

SealDecoy: TypeAlias = Callable[[str, bytes], str]  # alert id, evidence -> commitment
OpenEvidence: TypeAlias = Callable[[str, str], bytes]  # alert id, commitment -> evidence
PrepareEvidence: TypeAlias = Callable[[str, datetime], bytes]  # alert id, its time -> evidence


@dataclass(frozen=True, slots=True)
class EvidenceRoom:
    """Where evidence is sealed and opened."""

    seal: SealDecoy
    open: OpenEvidence


class _RepeatedError(Exception):
    """An act is recorded already."""


class Desk:
    """Where people judge one deployment's alerts. Threads may share it; processes have their own.

    Every verb may raise: MoveError, the alert's life cycle has no such step now; PersonError,
    somebody else must do it; InputError, nobody is named; ClockError, the clock is behind what is
    recorded; ConflictError, others were always first; RecordsError, it could not be written.
    Nothing is recorded then.
    """

    def __init__(
        self,
        store: Store,
        *,
        deployment: str,
        evidence: EvidenceRoom,
        clock: Clock,
        new_id: NewId,
        kept: int = KEPT,
    ) -> None:
        """Open it.

        Args:
            store: the record.
            deployment: its id.
            evidence: where evidence is sealed and opened.
            clock: tells the time of an act.
            new_id: makes identifiers.
            kept: alerts in memory; how others stand is read from the record when it is asked.
        """
        self._journal = Journal(store, deployment, clock=clock, new_id=new_id)
        self._evidence = evidence
        self._clock = clock
        self._new_id = new_id
        self._book = AlertBook(store, deployment, kept=kept)
        self._queue = Queue()
        self._engaged: dict[str, None] = {}  # judged to be engaged, decoys left out
        self._deployment = DeploymentRecord(deployment)
        self._judges: set[str] = set()  # who has ever held or judged an alert here
        self._supervisors: set[str] = set()  # who has put in a decoy
        self._acts: dict[str, tuple[str, AlertAction]] = {}  # by the event's id: about which alert
        self._lock = threading.Lock()

    def alerts(self) -> tuple[AlertRecord, ...]:
        """Tell how every alert stands, decoys marked, in the order they were raised.

        For those who oversee. Operators are shown `waiting`, and seconds `for_second`.
        """
        with self._lock:
            self._journal.read(self._take)
            known, again = self._book.all(), self._book.reading()
        return fold_alerts(each.event for each in again) if known is None else known

    def engaged(self) -> tuple[AlertRecord, ...]:
        """Tell how the alerts stand that were judged to be engaged, the oldest first; no decoy."""
        with self._lock:
            self._journal.read(self._take)
            return tuple(sorted(map(self._find, self._engaged), key=AlertRecord.age))

    def alert(self, alert: str) -> AlertRecord:
        """Tell how an alert stands, with what was decided: not for who is to judge it.

        Raises:
            MissingError: there is none of this id.
        """
        with self._lock:
            self._journal.read(self._take)
            return self._find(alert)

    def waiting(self) -> tuple[Unjudged, ...]:
        """Give what waits to be judged, the oldest first; decoys look like the others."""
        return tuple(unjudged(record) for record in self.alerts() if record.first is None)

    def queue(self, *, at_most: int) -> Waiting:
        """Give the part of the queue that a page shows; it costs the same however many wait."""
        with self._lock:
            self._journal.read(self._take)
            return self._queue.waiting(self._find, at_most=at_most)

    def may_second(self, alert: str, by: str) -> bool:
        """Tell whether somebody may judge an alert as the second."""
        return is_for_second(self.alert(alert), require_name(by))

    def for_second(self, by: str) -> tuple[Unjudged, ...]:
        """Give what somebody may judge as the second: held or judged by another, and only once.

        Whether the first has decided yet cannot be seen from it.
        """
        name = require_name(by)
        return tuple(unjudged(record) for record in self.alerts() if is_for_second(record, name))

    def to_judge(self, alert: str) -> Unjudged:
        """Give what somebody may know of an alert before judging it, as the first or the second.

        Neither state nor decision is in it, nor whether it is a decoy.
        """
        return unjudged(self.alert(alert))

    def claim(self, alert: str, *, by: str) -> AlertRecord:
        """Take an alert: nobody else holds it then."""
        return self._act(AlertClaimed(alert, require_name(by)))

    def release(self, alert: str, *, by: str) -> AlertRecord:
        """Give an alert back undecided; anybody may, where who holds it has left."""
        return self._act(AlertReleased(alert, require_name(by)))

    def adjudicate(
        self,
        alert: str,
        decision: Decision,
        *,
        by: str,
        factors: Factors,
        reason: FalseAlertReason | None = None,
        text: str = "",
    ) -> AlertRecord:
        """Judge an alert that one holds; a rejection has its reason, and `other` its text.

        Raises:
            PersonError: they do not hold it, or have not looked at its pictures (`view`).
            RefusedError: they have not looked, and the pictures are deleted.
        """
        name = require_name(by)
        body = AlertAdjudicated(alert, name, decision, factors, reason, text, second=False)
        return self._act(body)

    def second_opinion(
        self,
        alert: str,
        decision: Decision,
        *,
        by: str,
        factors: Factors,
        reason: FalseAlertReason | None = None,
        text: str = "",
    ) -> Unjudged:
        """Judge an alert blind, beside the first: counted for agreement, decides nothing.

        Raises:
            PersonError: they are the first, or have not looked at its pictures (`view`).
            RefusedError: they have not looked, and the pictures are deleted.
        """
        name = require_name(by)
        body = AlertAdjudicated(alert, name, decision, factors, reason, text, second=True)
        return unjudged(self._act(body))  # the answer tells nothing of the first either

    def start_engagement(self, alert: str, *, by: str) -> AlertRecord:
        """Note that officers speak to the person."""
        return self._act(EngagementStarted(alert, require_name(by)))

    def end_engagement(
        self, alert: str, finding: Finding, *, by: str, reason: FalseAlertReason | None = None
    ) -> AlertRecord:
        """Note that the engagement is over, and what it showed; a reason where it was false."""
        return self._act(EngagementEnded(alert, require_name(by), finding, reason))

    def record_outcome(
        self,
        alert: str,
        disposal: Disposal,
        *,
        by: str,
        arrest: ArrestCategory | None = None,
        violence_against_women_and_girls: bool = False,
    ) -> AlertRecord:
        """Note how it ended for the person; an arrest has its category."""
        name = require_name(by)
        body = OutcomeRecorded(alert, name, disposal, arrest, violence_against_women_and_girls)
        return self._act(body)

    def record_demographics(
        self, alert: str, demographics: Demographics, *, by: str
    ) -> AlertRecord:
        """Note what an engaged person said of themselves, or an officer noted; the last counts."""
        return self._act(DemographicsRecorded(alert, require_name(by), demographics))

    def follow_up(self, alert: str, follow_up: FollowUp, *, by: str) -> AlertRecord:
        """Note what became of an arrest."""
        return self._act(FollowUpRecorded(alert, require_name(by), follow_up))

    def force(self, alert: str, text: str, *, by: str) -> AlertRecord:
        """Note that force was used in an engagement, and which."""
        if not text.strip():
            raise InputError("force: got no text, want what was done and why")
        return self._act(ForceRecorded(alert, require_name(by), text))

    def complaint(self, alert: str, reference: str, *, by: str) -> AlertRecord:
        """Note that somebody complained about an alert, and where the complaint is kept."""
        if not reference.strip():
            raise InputError("complaint: got no reference, want where it is kept")
        return self._act(ComplaintRecorded(alert, require_name(by), reference))

    def once(self, body: HumanBody, *, identifier: str) -> AlertRecord:
        """Record an act that may be sent again because its answer was lost: it is recorded once.

        Args:
            body: what was done, and by whom.
            identifier: of its event: made of what the sender calls the act, so that it is the
                same each time.

        Raises:
            ConflictError: another act is recorded under this identifier.
        """
        require_name(body.by)
        return self._act(body, identifier)

    def view(self, alert: str, *, by: str, purpose: str) -> bytes:
        """Open an alert's evidence; that somebody looks is recorded before they do.

        Raises:
            RefusedError: no purpose is given, or the evidence was deleted.
            VaultError: it cannot be opened, or is not what the event committed to.
        """
        if not purpose.strip():
            raise RefusedError("evidence: got no purpose, want why it is looked at")
        viewed = EvidenceViewed(alert, require_name(by), purpose)
        with self._lock:
            record = self._journal.settle(
                lambda _: viewed, take=self._take, check=lambda _body, _now: self._held(alert)
            )
        return self._evidence.open(alert, record.commitment)

    def insert_decoy(self, prepare: PrepareEvidence, decoy: Decoy, *, by: str) -> str:
        """Raise a made-up alert, and give its id: it is judged like others, and never counted.

        Args:
            prepare: makes its evidence, which has the same form as of a real alert.
            decoy: what it pretends.
            by: who supervises the operators.

        Raises:
            RefusedError: recognition does not run, or no real alert could look like this.
            PersonError: who does it has held or judged alerts of this deployment.
        """
        name = require_name(by)
        if not decoy.agreed.strip():
            raise InputError("decoy: got no agreement, want where it is kept")
        with self._lock:
            self._journal.read(self._take)
            self._require_decoy(decoy, name)
            time = self._clock.now()
            alert = self._new_id(time)
            commitment = self._evidence.seal(alert, prepare(alert, time))
            body = decoy.raised(alert, time=time, commitment=commitment, by=name)
            self._journal.settle(
                lambda _: body,
                take=self._take,
                check=lambda _body, _now: self._require_decoy(decoy, name),
            )
        return alert

    def _act(self, body: HumanBody, identifier: str = "") -> AlertRecord:
        def check(_body: Body, now: datetime) -> AlertRecord:
            if identifier in self._acts:
                raise _RepeatedError
            if isinstance(body, AlertClaimed | AlertAdjudicated):
                self._require_operator(body.by)
            return advance(self._find(body.alert), body, at=now)

        with self._lock:
            try:
                return self._journal.settle(
                    lambda _: body, take=self._take, check=check, identifier=identifier
                )
            except _RepeatedError:
                return self._repeated(body, self._acts[identifier])

    def _repeated(self, body: HumanBody, done: tuple[str, AlertAction]) -> AlertRecord:
        """Give the alert of an act that is recorded already, where it is the same act."""
        if (body.alert, action_of(body)) != done:
            raise ConflictError(
                f"alert {body.alert}: got {action_of(body)} under the identifier of "
                f"{done[1]}, want one of its own"
            )
        return self._find(body.alert)

    def _take(self, recorded: Recorded) -> None:
        event = recorded.event
        if isinstance(event.body, HumanBody):
            self._acts[event.id] = event.body.alert, action_of(event.body)
        if (change := self._book.take(recorded)) is not None:
            before, now, raised = change
            self._queue.note(before, now, raised=raised)
            if now.to_engage:
                self._engaged[now.id] = None
        self._deployment = fold_deployment_into(self._deployment, event)
        match event.body:
            case AlertClaimed(by=by) | AlertAdjudicated(by=by):
                self._judges.add(by)
            case DecoyRaised(by=by):
                self._supervisors.add(by)
            case _:
                pass

    def _find(self, alert: str) -> AlertRecord:
        found = self._book.find(alert)
        if found is None:
            raise MissingError(
                f"alert {alert}: got none of this id in deployment {self._deployment.id}, want one",
                hint="see `overt alert list`",
            )
        return found

    def _held(self, alert: str) -> AlertRecord:
        record = self._find(alert)
        if record.evidence_deleted:
            raise RefusedError(f"alert {alert}: got its evidence deleted, want it held")
        return record

    def _require_operator(self, by: str) -> None:
        """Refuse who has put in a decoy, for every alert alike: it must not tell which it was."""
        if any(are_known_to_be_one(by, other) for other in self._supervisors):
            raise PersonError(
                f"deployment {self._deployment.id}: got an alert judged by who supervises its "
                "operators, want somebody else"
            )

    def _require_decoy(self, decoy: Decoy, by: str) -> None:
        record = self._deployment
        if any(are_known_to_be_one(by, other) for other in self._judges):
            raise PersonError(
                f"decoy: got it of somebody who judges alerts of deployment {record.id}, "
                "want a supervisor who does not"
            )
        require_likely(decoy, record)
