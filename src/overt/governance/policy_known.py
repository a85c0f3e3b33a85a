"""Every rule that overt knows, in the order in which they are told: its id, and its value's kind.

A policy gives each of them a value. What is checked for each is in `rules`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from overt.governance.policy_kinds import (
    Always,
    Bound,
    Caps,
    Duration,
    Kind,
    Number,
    Parts,
    Rate,
    Some,
)
from overt.values.deployment import Purpose, Rank
from overt.values.watchlist import Category

__all__ = ["KNOWN", "Admission", "Half", "Scale"]

RANKS: Final = tuple(str(rank) for rank in Rank if rank is not Rank.NONE)  # from the lowest up
CAPPED: Final = tuple(str(category) for category in Category if category is not Category.BLUE)


class Half:
    """Which people an evaluation may be of: those on whom the model was chosen never count."""

    TEST: Final = "test"
    ALL: Final = "all"


class Scale:
    """How well it is known what a threshold means."""

    MEASURED: Final = "measured"
    EXTRAPOLATED: Final = "extrapolated"


class Admission:
    """What a trial among people who agreed may do that a real deployment may not."""

    MODEL: Final = "a trial model"
    FOOTAGE: Final = "recorded footage"
    RANK: Final = "an authority without rank"
    THRESHOLD: Final = "a lower threshold that keeps the ceiling of false alerts"

    SHEETS: Final = "contact sheets as plain pictures"

    ALL: Final = (MODEL, FOOTAGE, RANK, THRESHOLD, SHEETS)


KNOWN: Final[Mapping[str, Kind[Any]]] = MappingProxyType(
    {
        # what is drafted
        "permitted-use": Some(tuple(str(purpose) for purpose in Purpose)),
        "inside-window": Always(),
        "window-length": Duration(),
        "live-cameras": Always(),
        "threshold-lowest": Number(Bound.FLOOR, 0, 1),
        "threshold-operated": Number(Bound.FLOOR, 0, 1),
        "predicted-false-alerts": Rate(),
        "shots-confirmed": Number(Bound.FLOOR, 1, 16),
        "bundle-calibrated": Always(),
        "bundle-operational": Always(),
        # the evaluation that an operational model rests on
        "evaluation-record": Always(),
        "evaluation-half": Some((Half.TEST, Half.ALL)),
        "evaluation-strangers": Number(Bound.FLOOR, 1, 10**9),
        "evaluation-listed": Number(Bound.FLOOR, 1, 10**9),
        "evaluation-of-group": Number(Bound.FLOOR, 2, 10**9),
        "evaluation-scale": Some((Scale.MEASURED, Scale.EXTRAPOLATED)),
        "evaluation-false-alerts": Rate(),
        "evaluation-recognition": Number(Bound.FLOOR, 0, 1),
        "evaluation-differences": Parts(
            (("ratio", Number(Bound.CEILING, 1, 1000)), ("at", Rate()))
        ),
        "change-compared": Parts(
            (
                ("misses", Number(Bound.CEILING, 0, 1)),
                ("false-alerts", Rate()),
                # the smallest rise that so many probes would have shown
                ("shown-misses", Number(Bound.CEILING, 0, 1)),
                ("shown-false-alerts", Rate()),
            )
        ),
        # on whose word
        "authority-written": Always(),
        "authority-before-start": Always(),
        "authority-rank": Some(RANKS),
        "authority-rank-urgent": Some(RANKS),
        "authority-two-people": Always(),
        "authority-urgent-review": Duration(),
        "trial-admits": Some(Admission.ALL),
        # who is listed
        "list-of-bundle": Always(),
        "list-age": Duration(),
        "list-composition": Caps(CAPPED),
        "list-under-18": Always(),
        "list-vulnerable": Always(),
        "list-image-age": Duration(),
        "list-provenance": Always(),
        # overt, with people
        "signs": Always(),
        "notice": Always(),
        "officers-present": Number(Bound.FLOOR, 1, 1000),
        "camera-check": Duration(),
        # while it runs, and afterwards
        "observed-false-alerts": Rate(),
        "list-destroyed": Duration(),
        "alert-data-kept": Duration(),
        "legal-hold": Duration(),
        "video-kept": Duration(),
        "disclosure-kept": Duration(),
        "published": Always(),
        # by construction
        "human-decision": Always(),
        "non-matching-forgotten": Always(),
        "bystanders-masked": Always(),
        "video-not-recorded": Always(),
        "no-search-of-footage": Always(),
        "no-following": Always(),
        "no-guessing": Always(),
    }
)
