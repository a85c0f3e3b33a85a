"""What engagement officers write down, from a form: the facts that are to be recorded.

A phone without a connection keeps what was done and sends it later, perhaps twice: each act has a
key of its own, from which the id of its event is made, so that the record takes it once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

from overt.errors import InputError, MissingError
from overt.ids import derived_id
from overt.review.alert_state import MOVES, AlertAction, AlertState, HumanBody
from overt.values.alert_events import (
    DemographicsRecorded,
    EngagementEnded,
    EngagementStarted,
    ForceRecorded,
    OutcomeRecorded,
)
from overt.values.demographics import AgeBand, Demographics, Ethnicity, Gender
from overt.values.review import ArrestCategory, Disposal, FalseAlertReason, Finding
from overt.web.sessions import Signed

__all__ = ["ACTIONS", "act_of", "identifier_of", "steps"]

KEY: Final = re.compile(r"[0-9A-Za-z-]{16,64}")
LONGEST_TEXT: Final = 2000  # characters
A = AlertAction
Choice = TypeVar("Choice", bound=StrEnum)

# What a form is for, by the last part of its address.
ACTIONS: Final[Mapping[str, tuple[AlertAction, ...]]] = MappingProxyType(
    {
        "start": (A.START,),
        "not-located": (A.NOT_LOCATED,),
        "end": (A.END_TRUE, A.END_FALSE, A.END_UNCONFIRMED),
        "outcome": (A.ARREST, A.OUTCOME),
        "demographics": (A.DEMOGRAPHICS,),
        "force": (A.FORCE,),
    }
)


def steps() -> dict[str, dict[str, str]]:
    """Give the table of the life cycle, for a phone that has no connection: where, what, whither.

    Only what engagement officers do is in it.
    """
    mine = {action for actions in ACTIONS.values() for action in actions}
    told: dict[str, dict[str, str]] = {str(state): {} for state in AlertState}
    for (state, action), after in MOVES.items():
        if action in mine:
            told[state][action] = after
    return told


def identifier_of(who: Signed, key: str) -> str:
    """Make the id of an act's event: one account's key gives one id.

    Raises:
        InputError: it is no key.
    """
    if not KEY.fullmatch(key):
        raise InputError("act: got a key that is none, want 16 to 64 letters and digits")
    return derived_id("act", who.account.id, key)


def act_of(what: str, alert: str, by: str, form: Mapping[str, str]) -> HumanBody:
    """Read what was done from a form.

    Raises:
        MissingError: there is no such form.
        InputError: an answer is missing, or is none of those that there are.
    """
    match what:
        case "start":
            return EngagementStarted(alert, by)
        case "not-located":
            return _outcome(alert, by, Disposal.NOT_LOCATED, form)
        case "end":
            finding = _one(form, "finding", Finding)
            false = finding is Finding.FALSE
            reason = _one(form, "reason", FalseAlertReason) if false else None
            return EngagementEnded(alert, by, finding, reason)
        case "outcome":
            disposal = _one(form, "disposal", Disposal)
            if disposal is Disposal.NOT_LOCATED:
                raise InputError(
                    "disposal: got not located, want what came of it for who was spoken to"
                )
            return _outcome(alert, by, disposal, form)
        case "demographics":
            return DemographicsRecorded(alert, by, _demographics(form))
        case "force":
            return ForceRecorded(alert, by, _text(form, "text"))
        case _:
            raise MissingError(f"act: got {what[:40]!r}, want one of {', '.join(ACTIONS)}")


def _outcome(alert: str, by: str, disposal: Disposal, form: Mapping[str, str]) -> OutcomeRecorded:
    arrest = _one(form, "arrest", ArrestCategory) if disposal is Disposal.ARREST else None
    against_women = arrest is not None and bool(form.get("vawg"))
    return OutcomeRecorded(alert, by, disposal, arrest, against_women)


def _demographics(form: Mapping[str, str]) -> Demographics:
    """Read what the person said, and what an officer noted; what is not sent was not recorded."""
    return Demographics(
        _one(form, "self_defined", Ethnicity, otherwise=Ethnicity.NR),
        _one(form, "officer_defined", Ethnicity, otherwise=Ethnicity.NR),
        _one(form, "gender", Gender, otherwise=Gender.NOT_RECORDED),
        _one(form, "age", AgeBand, otherwise=AgeBand.NOT_RECORDED),
    )


def _one(
    form: Mapping[str, str], name: str, kind: type[Choice], *, otherwise: Choice | None = None
) -> Choice:
    given = form.get(name, "")
    if not given and otherwise is not None:
        return otherwise
    try:
        return kind(given)
    except ValueError:
        raise InputError(
            f"{name}: got {'nothing' if not given else 'what is none'}, want one of "
            + ", ".join(kind)
        ) from None


def _text(form: Mapping[str, str], name: str) -> str:
    text = form.get(name, "").strip()
    if not text or len(text) > LONGEST_TEXT:
        raise InputError(
            f"{name}: got {len(text):,} characters, want 1 to {LONGEST_TEXT:,}: what was done, "
            "and why"
        )
    return text
