"""The words people judge an alert with: decisions, reasons, findings and outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from overt.values.private import Private

__all__ = [
    "ArrestCategory",
    "Decision",
    "Disposal",
    "Factors",
    "FalseAlertReason",
    "Finding",
    "FollowUp",
]


class Decision(StrEnum):
    """What an operator decides on an alert."""

    ENGAGE = "engage"  # true alert: the same person, as far as an operator can tell
    REJECT = "reject"  # false alert


class FalseAlertReason(StrEnum):
    """Why an alert was false."""

    LIGHTING = "lighting"
    ANGLE = "angle"
    BLUR = "blur"
    RESOLUTION = "resolution"
    CLOTHING = "occluded by clothing"
    PASSER_BY = "occluded by passer-by"
    TWIN = "identical twin"
    RELATIVE = "close relative"
    LOOK_ALIKE = "look-alike"
    LISTED_IMAGE = "poor listed image"
    GENDER = "wrong gender"
    DATA = "data error"
    OTHER = "other"  # with text


@dataclass(frozen=True, slots=True)
class Factors:
    """What spoke for or against an alert, in an operator's words."""

    subject: Private = ""  # the person: age of the photograph, expression, covering
    system: Private = ""  # similarity, quality flags, look-alikes
    environment: Private = ""  # light, crowd, weather, camera


class Finding(StrEnum):
    """What an engagement showed."""

    TRUE = "confirmed true"
    FALSE = "confirmed false"
    UNCONFIRMED = "unconfirmed"  # the person left, or could not be identified


class Disposal(StrEnum):
    """How it ended for the person."""

    ARREST = "arrest"
    OTHER = "other disposal"
    NO_ACTION = "no action"
    NOT_LOCATED = "not located"


class ArrestCategory(StrEnum):
    """On which ground somebody was arrested."""

    COURTS = "wanted by the courts"
    GROUNDS = "reasonable grounds"
    MAPPA = "multi-agency managed"


class FollowUp(StrEnum):
    """What became of it later."""

    CHARGED = "charged"
    RELEASED = "released"
    UNNECESSARY = "found unnecessary"
