"""Reading the record while a deployment runs: what people order, and what must end it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from overt.governance.authority import Authority
from overt.governance.findings import Verdict
from overt.governance.policy import Fails
from overt.governance.policy_kinds import written_duration
from overt.governance.rules_later import judge_observed
from overt.governance.rules_subject import Observed
from overt.records.base import Store
from overt.review.deployment_record import DeploymentRecord, Review, review_due
from overt.review.orders import Standing, order_of
from overt.values.alert_events import AlertAdjudicated, EngagementEnded
from overt.values.duty_events import AuthorityReviewed
from overt.values.events import AlertRaised, Event, FacesCounted
from overt.values.review import Decision, Finding

__all__ = ["Watch"]

FALSE_ALERTS: Final = "observed-false-alerts"
REVIEW: Final = "authority-urgent-review"
FAILED: Final = (Review.OVERDUE, Review.NOT_UPHELD)


class Watch:
    """One deployment's events, each read once, and what follows from them for its machine."""

    def __init__(self, store: Store, authority: Authority) -> None:
        """Watch a deployment from its first event on.

        Raises:
            PolicyError: the authority's policy lacks a rule that is watched here.
        """
        self._store = store
        self._rule = authority.policy.rule(FALSE_ALERTS)
        self._ceiling = authority.policy.number(FALSE_ALERTS)
        self._within = authority.policy.duration(REVIEW)
        self._record = DeploymentRecord(authority.id, authorised=authority.event())
        self._after = 0  # place in the record
        self._start = ""  # id of the event by which this machine began
        self._begun = False  # that event was read
        self._standing = Standing()
        self._seen = 0  # faces in the counts that were recorded
        self._raised: set[str] = set()  # alerts; a decoy is none
        self._false: set[str] = set()  # of them, those that people found false

    @property
    def standing(self) -> Standing:
        """What people have ordered, as far as was read."""
        return self._standing

    def began(self, event: str) -> None:
        """Note by which event (its id) this machine began: a later start is another machine's."""
        self._start = event

    def read(self) -> None:
        """Read what was recorded since the last time, by this process or another.

        Raises:
            RecordsError: the record cannot be read.
        """
        for recorded in self._store.events(deployment=self._record.id, after=self._after):
            self._take(recorded.event)
            self._after = recorded.sequence

    def reason_to_stop(self, now: datetime, *, running: int) -> str | None:
        """Tell which rule ends recognition now (UTC), with got and want; None: it may go on.

        Args:
            now: UTC.
            running: faces seen up to now that are in no recorded count yet: a judgement is
                recorded at once, a face when its minute is over.
        """
        return self._review_failed(now) or self._too_many_false(self._seen + running)

    def _take(self, event: Event) -> None:
        order = order_of(event.body, begun=self._begun)
        if order is not None:
            self._standing = self._standing.obey([order])
        if event.id == self._start:
            self._begun = True
        match event.body:
            case FacesCounted(counts=counts):
                self._seen += counts.seen
            case AlertRaised(alert=alert):
                self._raised.add(alert)
            case AlertAdjudicated(alert=alert, decision=Decision.REJECT, second=False):
                self._false.add(alert)
            case EngagementEnded(alert=alert, finding=Finding.FALSE):
                self._false.add(alert)
            case AuthorityReviewed() as body:
                self._record = replace(self._record, review=body, reviewed_at=event.at)
            case _:
                pass

    def _review_failed(self, now: datetime) -> str | None:
        review = review_due(self._record, now, within=self._within)
        if review not in FAILED:
            return None
        want = f"it upheld within {written_duration(self._within)} after the authority was given"
        return f"{REVIEW}: got a review that is {review}, want {want}"

    def _too_many_false(self, seen: int) -> str | None:
        if self._rule.fails is Fails.FLAG or not seen:
            return None  # nothing to compare with before the first passage is over
        false = len(self._false & self._raised)
        # Who is still in view is not counted yet, but an alert is about a face seen.
        observed = Observed(false, max(seen, len(self._raised)))
        finding = judge_observed(observed, self._ceiling)
        return f"{FALSE_ALERTS}: {finding}" if finding.verdict is Verdict.FAILS else None
