"""What an engagement officer is shown: whom to speak to, where, with which cautions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from overt.errors import MissingError, VaultError
from overt.review.alert_record import AlertRecord
from overt.review.alert_state import FOUND, AlertState
from overt.review.deployment_record import DeploymentRecord
from overt.review.deployment_state import DeploymentState
from overt.web.pictures import Look
from overt.web.services import Services
from overt.web.sessions import Signed

__all__ = ["Engaged", "Handed", "engaged", "find", "hand_over"]

PURPOSE: Final = "to find and speak to the person"
RUNS: Final = (DeploymentState.RUNNING, DeploymentState.PAUSED)
SHOWN: Final = (AlertState.TO_ENGAGE, AlertState.ENGAGING)  # with pictures
CASE_OVER: Final = (AlertState.ARRESTED, AlertState.CLOSED)


@dataclass(frozen=True, slots=True)
class Engaged:
    """The alerts that officers have to do with, the oldest first."""

    waiting: tuple[AlertRecord, ...]  # nobody speaks to the person yet
    going: tuple[AlertRecord, ...]  # to be ended, or without an outcome
    unasked: tuple[AlertRecord, ...]  # over, and the questions were not answered


@dataclass(frozen=True, slots=True)
class Handed:
    """One alert as it is handed to officers."""

    record: AlertRecord
    place: str
    look: Look | None  # None: no picture is shown any more
    without: str  # why there is none
    cautions: tuple[str, ...]
    heading: str


def engaged(here: Services) -> Engaged:
    """Find what officers have to do, in all deployments that are not closed."""
    waiting: list[AlertRecord] = []
    going: list[AlertRecord] = []
    unasked: list[AlertRecord] = []
    for deployment in here.office.deployments():
        if deployment.state is DeploymentState.CLOSED or deployment.started_at is None:
            continue
        records = here.desk(deployment.id).engaged()
        # Who was not found before recognition ended is not looked for by it.
        if deployment.state in RUNS:
            waiting += _in(records, (AlertState.TO_ENGAGE,))
        going += _in(records, (AlertState.ENGAGING, *FOUND))
        unasked += [each for each in _in(records, CASE_OVER) if each.demographics is None]
    return Engaged(tuple(waiting), tuple(going), tuple(unasked))


def find(here: Services, deployment: str, alert: str) -> tuple[DeploymentRecord, AlertRecord]:
    """Give an alert that was judged to be engaged, with its deployment.

    Raises:
        MissingError: there is none, or it was not judged so: nothing is told of others.
    """
    record = here.office.deployment(deployment)
    found = here.desk(deployment).alert(alert)
    if found.decoy or found.state not in (*SHOWN, *FOUND, *CASE_OVER, AlertState.NOT_LOCATED):
        raise MissingError(
            f"alert {alert}: got one that is not to be engaged, want one that was judged so",
            hint="see the alerts to engage",
        )
    return record, found


def hand_over(here: Services, who: Signed, deployment: str, alert: str) -> Handed:
    """Give all that officers need; that the pictures are looked at is recorded before."""
    about, record = find(here, deployment, alert)
    place = about.authorised.place if about.authorised else about.name
    look, without = None, ""
    if record.state in SHOWN and record.evidence_deleted:
        without = "The pictures are deleted."
    elif record.state in SHOWN:
        try:
            look = here.pictures.look(who, deployment=deployment, alert=alert, purpose=PURPOSE)
        except VaultError as error:  # what can be done must stay to be done
            without = f"The pictures cannot be opened: {error}"
    entry: Mapping[str, Any] = look.entry if look else {}
    heading = str(entry.get("heading") or "")
    return Handed(record, place, look, without, _cautions(record.flags, entry), heading)


def _in(records: Iterable[AlertRecord], states: tuple[AlertState, ...]) -> list[AlertRecord]:
    return [record for record in records if record.state in states]


def _cautions(flags: tuple[str, ...], entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Name what to be careful of: what the alert says, and the entry's own words."""
    relatives = str(entry.get("relatives") or "")
    exception = str(entry.get("exception") or "")
    return (
        *flags,
        *([f"close relatives: {relatives}"] if relatives else []),
        *([f"why somebody under 18 or vulnerable is listed: {exception}"] if exception else []),
    )
