"""The verbs of people about deployments: each is checked, then recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from overt.clock import Clock
from overt.errors import InputError, MissingError, OvertError, PersonError, RefusedError
from overt.governance.authority import authorise
from overt.governance.composition import composed
from overt.governance.policy import Policy
from overt.governance.rules import Before, Subject
from overt.ids import NewId
from overt.records.base import Recorded, Store
from overt.review.conditions import advance, require_draft
from overt.review.deployment_record import FOLDED, DeploymentRecord, fold_into
from overt.review.deployment_state import DeploymentState, StepBody
from overt.review.hindsight import unfinished
from overt.review.journal import Journal
from overt.review.known import as_known
from overt.review.people import are_known_to_be_one, require_name
from overt.review.previous import last_before
from overt.review.threshold_change import NewThreshold, foreseen, judged, require_authorised
from overt.values.alert_events import ComplaintRecorded
from overt.values.duty_events import (
    AuthorityReviewed,
    CameraChecked,
    DeploymentBriefed,
    DeploymentClosed,
    DeploymentDrafted,
    DeploymentPaused,
    DeploymentResumed,
    DeploymentStopOrdered,
    DeploymentSubmitted,
    ThresholdChanged,
)
from overt.values.events import (
    Body,
    DeploymentAuthorised,
    DeploymentStarted,
    Event,
    WatchlistDestroyed,
)

__all__ = ["Office"]

OVER: Final = (DeploymentState.STOPPED, DeploymentState.CLOSED)


class Office:
    """Where deployments are drafted, authorised, briefed, steered and closed.

    Every verb may raise: MoveError, the life cycle has no such step now; PersonError, somebody
    else must do it; RefusedError, something must be so first; InputError, nobody is named;
    ClockError, the clock is behind what is recorded (`stop` alone is recorded all the same);
    ConflictError, others were always first; RecordsError, it could not be written. Nothing is
    recorded then.
    """

    def __init__(self, store: Store, *, policy: Policy, clock: Clock, new_id: NewId) -> None:
        self._store = store
        self._policy = policy
        self._clock = clock
        self._new_id = new_id

    def deployments(self) -> tuple[DeploymentRecord, ...]:
        """Tell how every deployment stands, in the order they were begun."""
        found: dict[str, DeploymentRecord] = {}
        for recorded in self._store.events(kinds=FOLDED):
            event = recorded.event
            before = found.get(event.deployment) or DeploymentRecord(event.deployment)
            found[event.deployment] = fold_into(before, event)
        # Events about the log itself, or about a list of no deployment, begin none.
        return tuple(each for each in found.values() if each.state is not DeploymentState.NEW)

    def before(self, deployment: str) -> tuple[Before, ...]:
        """Give the deployment that was authorised before this one, or before now."""
        return last_before(self._store, deployment)

    def deployment(self, deployment: str) -> DeploymentRecord:
        """Tell how a deployment stands.

        Raises:
            MissingError: there is none of this id.
        """
        case = _Case(deployment)
        self._journal(deployment).read(case.take)
        return case.found()

    def draft(self, *, name: str, draft: str, by: str, deployment: str | None = None) -> str:
        """Record what is to be done, and give the deployment's id.

        Args:
            name: what it is called.
            draft: sha256 of its file.
            by: who drafted it.
            deployment: id of one to be drafted anew; None: a new one.
        """
        body = DeploymentDrafted(require_name(by), name, draft)
        if deployment is not None:
            self.deployment(deployment)
        identifier = deployment or self._new_id(self._clock.now())
        return self._step(identifier, body).id

    def submit(self, deployment: str, *, draft: str, by: str) -> DeploymentRecord:
        """Put a draft before an authorising officer."""
        return self._step(deployment, DeploymentSubmitted(require_name(by), draft))

    def authorise(
        self, deployment: str, subject: Subject, *, draft: str, by: str
    ) -> DeploymentRecord:
        """Authorise what was submitted, by the officer whom the file names.

        Rules are checked as of now, or as of the window's start where that is still to come.

        Raises:
            AuthorityError: rules fail, or the file is another than was submitted.
            PersonError: not by that officer, or the officer drafted or submitted it.
        """
        officer, statement = require_name(by), subject.deployment.statement
        if not are_known_to_be_one(officer, statement.officer):
            raise PersonError(
                f"deployment {deployment}: got it authorised by {officer}, "
                f"want {statement.officer}, whom its file names"
            )
        record = self.deployment(deployment)
        authority = authorise(
            as_known(record, subject, before=self.before(deployment)),
            policy=self._policy,
            deployment_id=deployment,
            now=max(self._clock.now(), subject.deployment.window.start),
        )

        def same_draft(record: DeploymentRecord, _now: datetime) -> None:
            require_draft(record, draft)

        change = authority.change()
        beside = (composed(subject.watchlist), *((change,) if change is not None else ()))
        return self._step(deployment, authority.event(), also=same_draft, beside=beside)

    def review(
        self, deployment: str, *, by: str, rank: str, upheld: bool, reason: str
    ) -> DeploymentRecord:
        """Review an urgent authority, as a senior officer who had no part in it.

        Not upheld, it ends: recognition stops, or never starts.
        """
        if not reason.strip():
            raise InputError("review: got no reason, want one")
        body = AuthorityReviewed(require_name(by), rank, upheld, reason)
        return self._step(deployment, body)

    def drafted_as(self, draft: str) -> str:
        """Give the id of the deployment whose last draft is this file (by its sha256).

        Raises:
            RefusedError: there is none that is not over, or more than one.
        """
        found = [
            record.id
            for record in self.deployments()
            if record.drafted and record.drafted.draft == draft and record.state not in OVER
        ]
        if len(found) != 1:
            raise RefusedError(
                f"deployment: got {', '.join(found) or 'none'} drafted as this file, want one",
                hint="draft it (`overt deployment draft`), or close those that are not meant",
            )
        return found[0]

    def check_camera(
        self, deployment: str, checked: CameraChecked, *, draft: str
    ) -> DeploymentRecord:
        """Record what a check of a camera found; its last check counts.

        Args:
            deployment: its id.
            checked: what was found, and who signs for it.
            draft: sha256 of the file that names the camera.
        """
        body = replace(checked, by=require_name(checked.by))
        case = _Case(deployment)

        def check(_body: Body, now: datetime) -> DeploymentRecord:
            record = case.found()
            if record.state in OVER:
                raise RefusedError(
                    f"deployment {deployment}: got it {record.state}, want it not over"
                )
            require_draft(record, draft)
            return fold_into(record, Event("-", deployment, now, body))

        return self._journal(deployment).settle(lambda _: body, take=case.take, check=check)

    def brief(
        self,
        deployment: str,
        *,
        by: str,
        signs: str,
        notice: str,
        staff: int,
        cameras: tuple[str, ...],
    ) -> DeploymentRecord:
        """Record that signs, notice and officers are there, and which cameras passed a check."""
        body = DeploymentBriefed(require_name(by), signs, notice, staff, cameras)
        return self._step(deployment, body)

    def runnable(self, deployment: str, *, draft: str) -> DeploymentRecord:
        """Give a deployment that may start now, on this file.

        Raises:
            AuthorityError: the file is another than was authorised, or the authority failed.
            WindowError: it is not the time.
            MoveError: it is not briefed, runs already, or is over.
            ClockError: the clock is behind what is recorded.
        """
        case, journal = _Case(deployment), self._journal(deployment)
        journal.read(case.take)
        record = case.found()
        require_draft(record, draft)
        now = self._clock.now()
        journal.require_onward(now)
        started = DeploymentStarted("", 0.0, extrapolated=False)  # to ask, not to record
        advance(record, started, policy=self._policy, at=now)
        return record

    def start(self, deployment: str, started: DeploymentStarted) -> DeploymentRecord:
        """Record that recognition begins: of two machines that start at once, one may."""
        return self._step(deployment, started)

    def pause(self, deployment: str, *, by: str, reason: str) -> DeploymentRecord:
        """Have recognition stand still."""
        return self._step(deployment, DeploymentPaused(require_name(by), reason))

    def resume(self, deployment: str, *, by: str) -> DeploymentRecord:
        """Have recognition go on, within the window."""
        return self._step(deployment, DeploymentResumed(require_name(by)))

    def stop(self, deployment: str, *, by: str, reason: str) -> DeploymentRecord:
        """End recognition for good: anybody may, and no authority is asked for."""
        return self._step(deployment, DeploymentStopOrdered(require_name(by), reason))

    def change_threshold(self, deployment: str, wanted: NewThreshold) -> DeploymentRecord:
        """Change the threshold while recognition runs, on a senior officer's word.

        What it is predicted to change, by the bundle's calibration, is recorded with it. It takes
        hold when the machine that runs the deployment next asks for orders. Below the threshold
        that was authorised it needs the grounds of an authority.
        """
        record, now = self.deployment(deployment), self._clock.now()
        body, grounds = judged(record, wanted, policy=self._policy, at=now)
        return self._step(deployment, body, beside=(grounds,) if grounds is not None else ())

    def foresee_thresholds(
        self, deployment: str, wanted: NewThreshold, *, instead: Sequence[float]
    ) -> tuple[ThresholdChanged | OvertError, ...]:
        """Tell what other thresholds would mean, each or why it is refused. Nothing is recorded."""
        return foreseen(
            self.deployment(deployment),
            wanted,
            instead=instead,
            policy=self._policy,
            at=self._clock.now(),
        )

    def require_over(self, deployment: str, *, watchlist: str) -> DeploymentRecord:
        """Refuse to have a list destroyed that is not this deployment's, or that is in use.

        Raises:
            RefusedError: recognition is not over, or it is another list (by its digest).
        """
        return _require_over(self.deployment(deployment), watchlist)

    def list_destroyed(self, deployment: str, *, watchlist: str) -> DeploymentRecord:
        """Record that the list of a deployment that is over was destroyed (by its digest)."""
        case = _Case(deployment)

        def check(body: Body, now: datetime) -> DeploymentRecord:
            record = _require_over(case.found(), watchlist)
            return fold_into(record, Event("-", deployment, now, body))

        listed = self._authorised(deployment).listed
        return self._journal(deployment).settle(
            lambda _: WatchlistDestroyed(watchlist, listed), take=case.take, check=check
        )

    def complain(self, deployment: str, reference: str, *, by: str) -> DeploymentRecord:
        """Note a complaint about a deployment, and where it is kept."""
        if not reference.strip():
            raise InputError("complaint: got no reference, want where it is kept")
        case = _Case(deployment)
        return self._journal(deployment).settle(
            lambda _: ComplaintRecorded("", require_name(by), reference),
            take=case.take,
            check=lambda body, now: fold_into(case.found(), Event("-", deployment, now, body)),
        )

    def close(self, deployment: str, *, by: str) -> DeploymentRecord:
        """Close what is over: its list is destroyed, and no data that are due are left.

        A draft that was never authorised is withdrawn by it.
        """

        def finished(_record: DeploymentRecord, now: datetime) -> None:
            left = unfinished(self._store, deployment, policy=self._policy, now=now)
            if left:
                raise RefusedError(
                    f"deployment {deployment}: got rules that fail, want them kept:\n"
                    + "\n".join(f"  - {each}" for each in left),
                    hint="`overt retention run` deletes what is due on the machine that holds it; "
                    "`overt deployment aftermath` tells what is left",
                )

        return self._step(deployment, DeploymentClosed(require_name(by)), also=finished)

    def _authorised(self, deployment: str) -> DeploymentAuthorised:
        return require_authorised(self.deployment(deployment))

    def _journal(self, deployment: str) -> Journal:
        return Journal(self._store, deployment, clock=self._clock, new_id=self._new_id)

    def _step(
        self,
        deployment: str,
        body: StepBody,
        *,
        also: Callable[[DeploymentRecord, datetime], None] | None = None,
        beside: Sequence[Body] = (),
    ) -> DeploymentRecord:
        """Record one step, and what it rests on `beside` it, both or neither.

        `also` is asked too, and raises where something more must be so.
        """
        case = _Case(deployment)

        def check(_body: Body, now: datetime) -> DeploymentRecord:
            moved = advance(case.record, body, policy=self._policy, at=now)
            if also is not None:
                also(case.record, now)
            return moved

        return self._journal(deployment).settle(
            lambda _: body, take=case.take, check=check, beside=beside
        )


class _Case:
    """One deployment, as read so far."""

    def __init__(self, deployment: str) -> None:
        self.record = DeploymentRecord(deployment)

    def take(self, recorded: Recorded) -> None:
        self.record = fold_into(self.record, recorded.event)

    def found(self) -> DeploymentRecord:
        """Give it, where something is recorded of it."""
        if self.record.state is DeploymentState.NEW:
            raise MissingError(
                f"deployment {self.record.id}: got none of this id, want one",
                hint="see `overt deployment list`",
            )
        return self.record


def _require_over(record: DeploymentRecord, watchlist: str) -> DeploymentRecord:
    if record.authorised is None or record.authorised.watchlist != watchlist:
        raise RefusedError(f"deployment {record.id}: got another list, want its own")
    if record.state not in OVER:
        raise RefusedError(
            f"deployment {record.id}: got it {record.state}, want it over",
            hint="stop it first: `overt deployment stop`",
        )
    return record
