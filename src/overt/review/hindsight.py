"""Looking back on a deployment that has ended: were the rules on what comes after it kept?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from overt.clock import Clock
from overt.errors import InputError, RefusedError
from overt.governance.aftermath import Story, tell
from overt.governance.findings import Finding, Verdict
from overt.governance.policy import Policy
from overt.governance.retention import held_evidence
from overt.governance.rules_after import look_back
from overt.ids import NewId
from overt.records.base import Recorded, Store
from overt.review.journal import COUNTED, Journal
from overt.review.people import require_name
from overt.values.duty_events import ReportPublished
from overt.values.events import Event

__all__ = ["Hindsight", "unfinished"]

SHA256: Final = re.compile(r"[0-9a-f]{64}")


class Hindsight:
    """Tells what became of a deployment, by the policy, from the record alone."""

    def __init__(self, store: Store, *, policy: Policy, clock: Clock, new_id: NewId) -> None:
        self._store = store
        self._policy = policy
        self._clock = clock
        self._new_id = new_id

    def findings(self, deployment: str) -> tuple[Finding, ...]:
        """Judge each rule on what comes after: holds, fails, or cannot tell.

        Raises:
            RefusedError: none of this id was ever authorised.
        """
        now = self._clock.now()
        case = _Case(deployment)
        self._journal(deployment).read(case.take)
        return look_back(case.found().aftermath(now), policy=self._policy, now=now)

    def published(
        self, deployment: str, *, where: str, sha256: str, by: str, period: str = ""
    ) -> ReportPublished:
        """Record that the public was told what came of a deployment.

        Args:
            deployment: by its id.
            where: where the public finds it.
            sha256: of what was published.
            by: who published it.
            period: the days that it covers, first/last; "" where it is about this deployment alone.

        Raises:
            RefusedError: none of this id was ever authorised, or it has not ended.
            InputError: nobody is named, nowhere, or no sha256 or period.
        """
        if not where.strip():
            raise InputError("published: got nowhere, want where the public finds it")
        if not SHA256.fullmatch(sha256.lower()):
            raise InputError(
                f"published: got sha256 {sha256!r}, want 64 hexadecimal digits",
                hint="`sha256sum FILE` prints them",
            )
        _require_period(period)
        body = ReportPublished(require_name(by), sha256.lower(), where, period)
        case = _Case(deployment)

        def check(_body: object, now: datetime) -> ReportPublished:
            if case.found().ended(now) is None:
                raise RefusedError(
                    f"deployment {deployment}: got it published while it goes on, want it over"
                )
            return body

        return self._journal(deployment).settle(lambda _: body, take=case.take, check=check)

    def _journal(self, deployment: str) -> Journal:
        return Journal(self._store, deployment, clock=self._clock, new_id=self._new_id)


class _Case:
    """One deployment, as read so far."""

    def __init__(self, deployment: str) -> None:
        self.story = Story(deployment)

    def take(self, recorded: Recorded) -> None:
        self.story = tell(self.story, recorded.event)

    def found(self) -> Story:
        if self.story.authorised is None:
            raise RefusedError(
                f"deployment {self.story.id}: got none of this id that was authorised, want one",
                hint="see `overt deployment list`",
            )
        return self.story


def unfinished(store: Store, deployment: str, *, policy: Policy, now: datetime) -> tuple[str, ...]:
    """Name what is still to be done before a deployment is closed, rule by rule.

    What was done too late is not among it: it cannot be done any more. It stays in the record,
    where `Hindsight` finds it.
    """
    events = [each.event for each in store.events(deployment=deployment, without=COUNTED)]
    story = Story(deployment)
    for event in events:
        story = tell(story, event)
    failing = {
        each.rule: each
        for each in look_back(story.aftermath(now), policy=policy, now=now)
        if each.verdict is Verdict.FAILS
    }
    still = {
        "list-destroyed": story.list_destroyed is None,
        "alert-data-kept": _overdue(events, policy, now),
        "legal-hold": _held_too_long(story, policy),
        "disclosure-kept": story.index_deleted is None,
    }
    return tuple(f"{rule}: {found}" for rule, found in failing.items() if still.get(rule))


def _overdue(events: Iterable[Event], policy: Policy, now: datetime) -> bool:
    held = held_evidence(events, kept=policy.duration("alert-data-kept"))
    return any(item.is_due(now) for item in held)


def _held_too_long(story: Story, policy: Policy) -> bool:
    """Tell whether a hold in force is longer than the policy allows."""
    most = policy.duration("legal-hold")
    return any(
        each.until - each.placed > most
        for each in story.evidence.values()
        if each.until is not None and each.placed is not None
    )


def _require_period(period: str) -> None:
    if not period:
        return
    try:
        first, last = (date.fromisoformat(day) for day in period.split("/"))
    except ValueError:
        first, last = date.max, date.min
    if first > last:
        raise InputError(f"period: got {period!r}, want its days (2026-03-01/2026-03-31)")
