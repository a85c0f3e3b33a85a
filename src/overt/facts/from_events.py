"""From events to tables: the only place that says what counts as what.

One pass, in the order of the record. Private texts are not read: tables folded from a public
export, which has none, are the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import singledispatchmethod
from typing import Final

from overt.errors import FactsError
from overt.facts.building import Rows
from overt.facts.facts import Facts
from overt.facts.schema import TABLES
from overt.facts.thresholds import ThresholdHistory
from overt.values import alert_events as acts
from overt.values import duty_events as duty
from overt.values.demographics import Demographics, group_of
from overt.values.events import (
    AlertRaised,
    AlertRepeated,
    CameraLost,
    DeploymentAuthorised,
    DeploymentStarted,
    DeploymentStopped,
    Event,
    FacesCounted,
    KnownPassage,
    WatchlistComposed,
    WatchlistDestroyed,
)

__all__ = ["fold_facts"]

NOBODY: Final = Demographics()
WATCHLIST: Final = "watchlist"


def fold_facts(events: Iterable[Event], *, force: str) -> Facts:
    """Count the events of one force's record.

    Args:
        events: in the order of the record.
        force: whose they are: the origin of its ledger.

    Raises:
        FactsError: recognition without an authority: faces or alerts of a deployment that was
            not authorised.
    """
    folding = Folding(force)
    for event in events:
        folding.take(event)
    return folding.facts()


class Folding:
    """The tables of one force while its events come."""

    def __init__(self, force: str) -> None:
        self._force = force
        self._rows = {name: Rows(table) for name, table in TABLES.items()}
        self._thresholds = ThresholdHistory()
        self._looks: Counter[str] = Counter()  # at an alert's pictures, by whomever
        self._judged: Counter[str] = Counter()

    def facts(self) -> Facts:
        """Give the tables."""
        return Facts(**{name: rows.frame() for name, rows in self._rows.items()})

    def take(self, event: Event) -> None:
        """Count one event; a kind that no figure is made of is passed over."""
        self._take(event.body, event)

    @singledispatchmethod
    def _take(self, body: object, event: Event) -> None:
        pass

    # What the machine did.

    @_take.register
    def _(self, body: DeploymentAuthorised, event: Event) -> None:
        self._thresholds.begin(event.deployment, body.threshold)
        self._rows["deployments"].make(
            (event.deployment,),
            **self._place(event),
            place=body.place,
            purpose=body.purpose,
            trial=body.trial,
            start=body.start,
            end=body.end,
            cameras=len(body.cameras),
            threshold=body.threshold,
            listed=body.listed,
            bundle=body.bundle,
            policy=body.policy,
            policy_name=body.policy_name,
            rank=body.rank,
            urgent=body.urgent,
        )

    @_take.register
    def _(self, body: DeploymentStarted, event: Event) -> None:
        started = {"predicted_rate": body.predicted_rate, "started": event.at}
        self._require_authorised(event, "its start")
        if self._rows["deployments"].value((event.deployment,), "started") is None:
            self._deployment(event, **started)  # started again after a fault: the first counts

    @_take.register
    def _(self, _body: DeploymentStopped, event: Event) -> None:
        self._deployment(event, stopped=event.at)

    @_take.register
    def _(self, body: FacesCounted, event: Event) -> None:
        self._require_authorised(event, "faces counted")
        counts = body.counts
        key = (event.deployment, counts.camera, counts.minute.isoformat())
        minutes = self._rows["minutes"]
        if key not in minutes:
            minutes.make(
                key,
                **self._place(event),
                camera=counts.camera,
                minute=counts.minute,
                threshold=self._thresholds.at(event.deployment, counts.minute),
            )
        minutes.add(
            key,
            frames=counts.frames,
            dropped=counts.dropped,
            thinned=counts.thinned,
            partial=counts.partial,
            seen=counts.seen,
            compared=counts.compared,
            brief=counts.brief,
            alerts=counts.alerts,
        )
        for reason, faces in counts.unfit.items():
            self._rows["unfit"].make(
                (event.deployment, reason), **self._place(event), reason=reason
            )
            self._rows["unfit"].add((event.deployment, reason), faces=faces)

    @_take.register
    def _(self, body: AlertRaised, event: Event) -> None:
        self._require_authorised(event, f"alert {body.alert}")
        self._rows["alerts"].make(
            (body.alert,),
            **self._place(event),
            alert=body.alert,
            camera=body.camera,
            raised=body.time,
            category=body.category,
            similarity=body.similarity,
            threshold=body.threshold,
            listed=body.listed,
        )
        self._note_demographics(body.alert, NOBODY)

    @_take.register
    def _(self, _body: CameraLost, event: Event) -> None:
        self._require_authorised(event, "a camera lost")
        self._rows["deployments"].add((event.deployment,), camera_losses=1)

    @_take.register
    def _(self, _body: AlertRepeated, event: Event) -> None:
        self._require_authorised(event, "an alert repeated")
        self._rows["deployments"].add((event.deployment,), alerts_repeated=1)

    @_take.register
    def _(self, body: WatchlistComposed, event: Event) -> None:
        for category, listed in body.listed.items():
            self._rows["lists"].make(
                (event.deployment, category),
                **self._place(event),
                category=category,
                listed=listed,
                under_18=body.under_18.get(category, 0),
                vulnerable=body.vulnerable.get(category, 0),
            )

    @_take.register
    def _(self, _body: WatchlistDestroyed, event: Event) -> None:
        self._deployment(event, list_destroyed=event.at)
        self._deletion(event, WATCHLIST, done=True, reason="the deployment ended")

    # What people did about a deployment.

    @_take.register
    def _(self, _body: duty.AuthorityReviewed, event: Event) -> None:
        self._deployment(event, reviewed=event.at)

    @_take.register
    def _(self, body: duty.DeploymentBriefed, event: Event) -> None:
        self._deployment(event, officers=body.staff)

    @_take.register
    def _(self, body: duty.ThresholdChanged, event: Event) -> None:
        self._thresholds.change(event.deployment, event.at, body.after)
        self._rows["thresholds"].make(
            (event.id,),
            **self._place(event),
            at=event.at,
            before=body.before,
            after=body.after,
            predicted_before=body.predicted_before,
            predicted_after=body.predicted_after,
            reason=body.reason,
        )

    @_take.register
    def _(self, _body: duty.DeploymentStopOrdered, event: Event) -> None:
        self._deployment(event, stopped=event.at)

    @_take.register
    def _(self, _body: duty.DeploymentClosed, event: Event) -> None:
        self._deployment(event, closed=event.at)

    @_take.register
    def _(self, body: KnownPassage, event: Event) -> None:
        self._rows["passages"].make(
            (event.deployment, body.passage),
            **self._place(event),
            passage=body.passage,
            camera=body.camera,
            volunteer=body.volunteer,
            at=body.time,
            recognised=body.recognised,
            threshold=self._thresholds.at(event.deployment, body.time),
            group=group_of(body.demographics.ethnicity),
            gender=body.demographics.gender,
            age=body.demographics.age,
        )

    # What was deleted, or was not.

    @_take.register
    def _(self, body: duty.EvidenceDeleted, event: Event) -> None:
        self._alert(body.alert, evidence_deleted=event.at)
        self._deletion(event, body.alert, done=True, reason=body.reason)

    @_take.register
    def _(self, body: duty.DeletionFailed, event: Event) -> None:
        self._deletion(event, body.what, done=False, reason=body.error)

    @_take.register
    def _(self, body: duty.HoldPlaced, _event: Event) -> None:
        self._alert(body.alert, held_until=body.until)

    @_take.register
    def _(self, body: duty.HoldReleased, _event: Event) -> None:
        self._alert(body.alert, held_until=None)

    # What people did about an alert. What is about a decoy finds no row, and counts nowhere.

    @_take.register
    def _(self, body: acts.AlertClaimed, event: Event) -> None:
        self._alert(body.alert, claimed=event.at)

    @_take.register
    def _(self, body: acts.AlertReleased, _event: Event) -> None:
        self._alert(body.alert, claimed=None)

    @_take.register
    def _(self, body: duty.EvidenceViewed, _event: Event) -> None:
        self._looks[body.alert] += 1

    @_take.register
    def _(self, body: acts.AlertAdjudicated, event: Event) -> None:
        # Names are private, so a look is not matched with its person: each who judges needs one.
        self._judged[body.alert] += 1
        unseen = self._looks[body.alert] < self._judged[body.alert]
        self._rows["alerts"].add((body.alert,), judged_unseen=int(unseen))
        if body.second:
            self._alert(body.alert, second_decision=body.decision)
        else:
            self._alert(
                body.alert, decision=body.decision, adjudicated=event.at, reason=body.reason
            )

    @_take.register
    def _(self, body: acts.EngagementStarted, event: Event) -> None:
        self._alert(body.alert, engaged=event.at)

    @_take.register
    def _(self, body: acts.EngagementEnded, event: Event) -> None:
        self._alert(body.alert, disengaged=event.at, finding=body.finding, reason=body.reason)

    @_take.register
    def _(self, body: acts.DemographicsRecorded, _event: Event) -> None:
        self._note_demographics(body.alert, body.demographics)

    @_take.register
    def _(self, body: acts.OutcomeRecorded, _event: Event) -> None:
        self._alert(
            body.alert,
            disposal=body.disposal,
            arrest=body.arrest,
            violence_against_women_and_girls=body.violence_against_women_and_girls,
        )

    @_take.register
    def _(self, body: acts.FollowUpRecorded, _event: Event) -> None:
        self._alert(body.alert, follow_up=body.follow_up)

    @_take.register
    def _(self, body: acts.ForceRecorded, _event: Event) -> None:
        self._rows["alerts"].add((body.alert,), force_used=1)

    @_take.register
    def _(self, body: acts.ComplaintRecorded, event: Event) -> None:
        if body.alert and (body.alert,) not in self._rows["alerts"]:
            return  # about a decoy
        self._rows["complaints"].make(
            (event.id,), **self._place(event), alert=body.alert or None, at=event.at
        )
        self._rows["alerts"].add((body.alert,), complaints=1)

    def _place(self, event: Event) -> dict[str, str]:
        return {"force": self._force, "deployment": event.deployment}

    def _deployment(self, event: Event, **values: object) -> None:
        self._rows["deployments"].change((event.deployment,), **values)

    def _alert(self, alert: str, **values: object) -> None:
        self._rows["alerts"].change((alert,), **values)

    def _note_demographics(self, alert: str, known: Demographics) -> None:
        self._alert(
            alert,
            ethnicity=known.ethnicity,
            group=group_of(known.ethnicity),
            self_defined=known.is_self_defined,
            gender=known.gender,
            age=known.age,
        )

    def _deletion(self, event: Event, what: str, *, done: bool, reason: str) -> None:
        self._rows["deletions"].make(
            (event.id,), **self._place(event), what=what, at=event.at, done=done, reason=reason
        )

    def _require_authorised(self, event: Event, what: str) -> None:
        if (event.deployment,) not in self._rows["deployments"]:
            raise FactsError(
                f"deployment {event.deployment}: got {what} without an authority, want one first",
                hint="the record lacks an event: verify its export (`overt verify`)",
            )
