"""A deployment's life as a checklist, made from the table of its life cycle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from overt.review.deployment_record import DeploymentRecord, allowed
from overt.review.deployment_state import DeploymentAction, DeploymentState
from overt.review.people import are_known_to_be_one
from overt.values.account import Role
from overt.web.permissions import may
from overt.web.sessions import Signed

__all__ = ["MAIN", "ROUTES", "Progress", "Step", "buttons", "life"]

A, S = DeploymentAction, DeploymentState


class Progress(StrEnum):
    """How far a step is."""

    DONE = "done"
    NEXT = "next"
    LATER = "later"
    LEFT_OUT = "left out"  # it ended before


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a deployment's life."""

    action: DeploymentAction
    title: str
    whose: str  # who does it
    says: str  # what it is
    progress: Progress
    by: str  # who did it; "" where nobody has, or a machine
    at: datetime | None  # when, where the record says


# The way that leads from the beginning to the end without a detour: a test walks it by the table.
MAIN: Final[tuple[tuple[DeploymentAction, str, str, str], ...]] = (
    (A.DRAFT, "Draft", str(Role.COMMANDER), "what is to be done, where, when, with which list"),
    (A.SUBMIT, "Submit", str(Role.COMMANDER), "put before an authorising officer"),
    (
        A.AUTHORISE,
        "Authorise",
        str(Role.AUTHORISING),
        "by another person than drafted it, after every rule was checked",
    ),
    (A.BRIEF, "Brief", str(Role.COMMANDER), "cameras checked, signs up, notice given, staff there"),
    (A.START, "Run", str(Role.COMMANDER), "within the window alone, on the machine of its cameras"),
    (A.END, "Stop", "anybody, or the end of the window", "recognition is over; the list goes"),
    (A.CLOSE, "Close", str(Role.COMMANDER), "nothing that is due is left"),
)

# What can be done in the console, and by which form.
ROUTES: Final[Mapping[DeploymentAction, str]] = MappingProxyType(
    {
        A.DRAFT: "deployment_redraft",
        A.SUBMIT: "deployment_submit",
        A.AUTHORISE: "deployment_authorise",
        A.UPHOLD: "deployment_review",
        A.OVERTURN: "deployment_review",
        A.BRIEF: "deployment_brief",
        A.START: "deployment_start",
        A.CLOSE: "deployment_close",
    }
)


def life(record: DeploymentRecord) -> Iterator[Step]:
    """Tell of each step whether it is done, by whom, and what comes next."""
    done, now = _done(record), allowed(record)
    found_next = False
    for action, title, whose, says in MAIN:
        by, at = done.get(action, ("", None))
        if action in done:
            progress = Progress.DONE
        elif record.state is S.CLOSED or (record.state is S.STOPPED and action is not A.CLOSE):
            progress = Progress.LEFT_OUT
        elif action in now and not found_next:
            progress, found_next = Progress.NEXT, True
        else:
            progress = Progress.LATER
        yield Step(action, title, whose, says, progress, by, at)


def _done(record: DeploymentRecord) -> dict[DeploymentAction, tuple[str, datetime | None]]:
    """Tell what is recorded, by whom and when; what was sent back is not done."""
    done: dict[DeploymentAction, tuple[str, datetime | None]] = {}
    if record.drafted is not None:
        done[A.DRAFT] = record.drafted.by, None
    if record.submitted is not None:
        done[A.SUBMIT] = record.submitted.by, None
    if record.authorised is not None:
        done[A.AUTHORISE] = record.authorised.officer, record.authorised_at
    if record.briefed is not None:
        done[A.BRIEF] = record.briefed.by, None
    if record.started_at is not None:
        done[A.START] = "", record.started_at
    if record.stop_reason or record.ended_at is not None:
        done[A.END] = "", record.ended_at
    if record.closed_at is not None:
        done[A.CLOSE] = "", record.closed_at
    return done


def buttons(record: DeploymentRecord, who: Signed) -> dict[str, str]:
    """Give the forms to show, by route: "" where it can be sent, else why not by this person.

    A form is there only where the life cycle has the step now, and the role may take it.
    """
    routes = {ROUTES[action] for action in allowed(record) if action in ROUTES}
    shown = {route: "" for route in sorted(routes) if may(who.role, route)}
    if record.state is S.AUTHORISED:
        shown.pop("deployment_start", None)  # the console begins what was briefed, trials too
    urgent = record.authorised is not None and record.authorised.urgent
    if "deployment_review" in shown and (not urgent or record.review is not None):
        del shown["deployment_review"]
    if "deployment_authorise" in shown and _is_one_of(who.name, record.hands):
        shown["deployment_authorise"] = "You drafted it: another person authorises it."
    if "deployment_review" in shown:
        officer = record.authorised.officer if record.authorised else ""
        if _is_one_of(who.name, (*record.hands, officer)):
            shown["deployment_review"] = "You had a part in it: another officer reviews it."
    return shown


def _is_one_of(name: str, others: tuple[str, ...]) -> bool:
    return any(are_known_to_be_one(name, other) for other in others)
