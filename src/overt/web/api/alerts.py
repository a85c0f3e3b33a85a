"""Alerts: what there is to judge, and what people did about it."""

from __future__ import annotations

from fastapi import APIRouter, Response

from overt.errors import MissingError
from overt.review.alert_record import AlertRecord
from overt.review.desk import Desk
from overt.values.account import Role
from overt.values.review import Factors
from overt.web.api.bodies import (
    Complaint,
    Ended,
    FollowedUp,
    ForceUsed,
    Id,
    Judgement,
    OutcomeGiven,
    SaidOfThemselves,
)
from overt.web.api.call import Asked, Call, Posted
from overt.web.api.told import Alerts, AlertTold, alert_told

__all__ = ["router"]

router = APIRouter(prefix="/deployments/{deployment}/alerts", tags=["alerts"])


@router.get("", name="api_alerts")
def alerts(call: Asked, deployment: Id, *, second: bool = False) -> Alerts:
    """List a deployment's alerts.

    An operator is told what waits to be judged or, with `second`, what they may judge blind; an
    engagement officer what is to be engaged, and after; an auditor everything.
    """
    call.here.office.deployment(deployment)
    desk = call.here.desk(deployment)
    if call.role is Role.OPERATOR:
        unjudged = desk.for_second(call.by) if second else desk.waiting()
        return Alerts(alerts=[alert_told(each, openly=False) for each in unjudged])
    found = desk.alerts() if call.role is Role.AUDITOR else desk.engaged()
    return Alerts(alerts=[alert_told(each, openly=True) for each in found])


@router.get("/{alert}", name="api_alert")
def alert(call: Asked, deployment: Id, alert: Id) -> AlertTold:
    """Show one alert."""
    record = desk_of(call, deployment).alert(alert)
    if call.role is Role.OPERATOR:
        return alert_told(record, openly=False)
    if not may_see(call, record):
        raise MissingError(f"alert {alert}: got one that is not to be engaged, want one that is")
    return alert_told(record, openly=True)


@router.post("/{alert}/claim", name="api_alert_claim", response_model=AlertTold)
def claim(call: Posted, deployment: Id, alert: Id) -> Response:
    """Take an alert: nobody else holds it then."""
    return call.once(
        lambda: alert_told(desk_of(call, deployment).claim(alert, by=call.by), openly=True)
    )


@router.post("/{alert}/release", name="api_alert_release", response_model=AlertTold)
def release(call: Posted, deployment: Id, alert: Id) -> Response:
    """Give an alert back undecided."""
    return call.once(
        lambda: alert_told(desk_of(call, deployment).release(alert, by=call.by), openly=True)
    )


@router.post("/{alert}/adjudicate", name="api_alert_adjudicate", response_model=AlertTold)
def adjudicate(call: Posted, deployment: Id, alert: Id, body: Judgement) -> Response:
    """Judge an alert that one holds, before anyone acts.

    A person decides, not the program: refused unless the record shows that they have looked at the
    alert's pictures, which the API does not give.
    """

    def do() -> AlertTold:
        record = desk_of(call, deployment).adjudicate(
            alert,
            body.decision,
            by=call.by,
            factors=Factors(body.subject, body.system, body.environment),
            reason=body.reason,
            text=body.text,
        )
        return alert_told(record, openly=True)

    return call.once(do)


@router.post("/{alert}/second-opinion", name="api_alert_second", response_model=AlertTold)
def second_opinion(call: Posted, deployment: Id, alert: Id, body: Judgement) -> Response:
    """Judge an alert blind, beside the first: counted for agreement, decides nothing.

    Refused, too, unless they have looked at the alert's pictures.
    """

    def do() -> AlertTold:
        seen = desk_of(call, deployment).second_opinion(
            alert,
            body.decision,
            by=call.by,
            factors=Factors(body.subject, body.system, body.environment),
            reason=body.reason,
            text=body.text,
        )
        return alert_told(seen, openly=False)

    return call.once(do)


@router.post("/{alert}/engagement/start", name="api_alert_engage", response_model=AlertTold)
def engage(call: Posted, deployment: Id, alert: Id) -> Response:
    """Note that officers speak to the person."""
    return call.once(
        lambda: alert_told(
            desk_of(call, deployment).start_engagement(alert, by=call.by), openly=True
        )
    )


@router.post("/{alert}/engagement/end", name="api_alert_end", response_model=AlertTold)
def end(call: Posted, deployment: Id, alert: Id, body: Ended) -> Response:
    """Note that the engagement is over, and what it showed."""

    def do() -> AlertTold:
        desk = desk_of(call, deployment)
        record = desk.end_engagement(alert, body.finding, by=call.by, reason=body.reason)
        return alert_told(record, openly=True)

    return call.once(do)


@router.post("/{alert}/demographics", name="api_alert_demographics", response_model=AlertTold)
def demographics(call: Posted, deployment: Id, alert: Id, body: SaidOfThemselves) -> Response:
    """Note what an engaged person said of themselves, or an officer noted; the last counts."""

    def do() -> AlertTold:
        desk = desk_of(call, deployment)
        return alert_told(desk.record_demographics(alert, body.value(), by=call.by), openly=True)

    return call.once(do)


@router.post("/{alert}/outcome", name="api_alert_outcome", response_model=AlertTold)
def outcome(call: Posted, deployment: Id, alert: Id, body: OutcomeGiven) -> Response:
    """Note how it ended for the person."""

    def do() -> AlertTold:
        record = desk_of(call, deployment).record_outcome(
            alert,
            body.disposal,
            by=call.by,
            arrest=body.arrest,
            violence_against_women_and_girls=body.violence_against_women_and_girls,
        )
        return alert_told(record, openly=True)

    return call.once(do)


@router.post("/{alert}/follow-up", name="api_alert_follow_up", response_model=AlertTold)
def follow_up(call: Posted, deployment: Id, alert: Id, body: FollowedUp) -> Response:
    """Note what became of an arrest."""

    def do() -> AlertTold:
        desk = desk_of(call, deployment)
        return alert_told(desk.follow_up(alert, body.follow_up, by=call.by), openly=True)

    return call.once(do)


@router.post("/{alert}/force", name="api_alert_force", response_model=AlertTold)
def force(call: Posted, deployment: Id, alert: Id, body: ForceUsed) -> Response:
    """Note that force was used in an engagement, and which."""

    def do() -> AlertTold:
        desk = desk_of(call, deployment)
        return alert_told(desk.force(alert, body.text, by=call.by), openly=True)

    return call.once(do)


@router.post("/{alert}/complaint", name="api_alert_complaint", response_model=AlertTold)
def complaint(call: Posted, deployment: Id, alert: Id, body: Complaint) -> Response:
    """Note that somebody complained about an alert, and where the complaint is kept."""

    def do() -> AlertTold:
        desk = desk_of(call, deployment)
        return alert_told(desk.complaint(alert, body.reference, by=call.by), openly=False)

    return call.once(do)


def desk_of(call: Call, deployment: str) -> Desk:
    """Give a deployment's desk.

    Raises:
        MissingError: there is no such deployment.
    """
    call.here.office.deployment(deployment)
    return call.here.desk(deployment)


def may_see(call: Call, record: AlertRecord) -> bool:
    """Tell whether an alert is for this role: an engagement officer acts on what was judged."""
    return call.role is Role.AUDITOR or record.to_engage
