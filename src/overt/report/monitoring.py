"""False alerts against faces seen over time, folded from events, with what can be told of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np

from overt.statistics.group_sequences import share_sequence
from overt.statistics.intervals import LEVEL
from overt.statistics.sequences import ConfidenceSequence, rate_sequence
from overt.values.alert_events import AlertAdjudicated, DemographicsRecorded, EngagementEnded
from overt.values.demographics import (
    AgeBand,
    Demographics,
    EthnicityGroup,
    Gender,
    group_of,
)
from overt.values.events import AlertRaised, DeploymentAuthorised, Event, FacesCounted
from overt.values.review import Decision, Finding

__all__ = ["FalseAlerts", "Group", "GroupShare", "Look", "false_alert_rate"]


class Group(StrEnum):
    """A group whose share can be followed; as people said or officers noted, never guessed."""

    WHITE = "white"
    MIXED = "mixed"
    ASIAN = "asian"
    BLACK = "black"
    OTHER = "other-ethnic-group"
    FEMALE = "female"
    MALE = "male"
    UNDER_18 = "under-18"


@dataclass(frozen=True, slots=True)
class Look:
    """What is counted at one moment."""

    at: datetime  # UTC: when the last of it was recorded
    faces: int  # seen so far
    false_alerts: int  # so far: rejected at adjudication, or confirmed false after engagement
    not_adjudicated: int  # raised, and nobody has judged them yet


@dataclass(frozen=True, slots=True, eq=False)
class GroupShare:
    """A group's share of the false alerts whose group is known, in the order it became known."""

    group: Group
    not_known: int  # false alerts whose group nobody recorded: nobody was engaged, for the most
    sequence: ConfidenceSequence  # of the share, against the group's share of the faces seen


class FalseAlerts:
    """Reads events, each once, and keeps the looks that matter to a sequence.

    Between two changes of the alerts the first and the last look say all: faces alone never
    raise an interval's low end.
    """

    def __init__(self, *, deployments: Collection[str] = (), since: datetime | None = None) -> None:
        """Read of these deployments; of all but trials where none is named."""
        self._named = frozenset(deployments)
        self._since = since
        self._trials: set[str] = set()
        self._looks: list[Look] = []
        self._seen = 0
        self._raised: set[str] = set()
        self._judged: set[str] = set()
        self._false: set[str] = set()
        self._known: dict[str, Demographics] = {}  # in the order they became known

    @property
    def looks(self) -> tuple[Look, ...]:
        """What was counted, in order."""
        return tuple(self._looks)

    def take(self, event: Event) -> None:
        """Take one event of any deployment, in the record's order."""
        if isinstance(event.body, DeploymentAuthorised) and event.body.trial:
            self._trials.add(event.deployment)
        wanted = self._named or {event.deployment} - self._trials
        old = self._since is not None and event.at < self._since
        if event.deployment in wanted and not old and self._counts(event):
            self._look(event.at)

    def _counts(self, event: Event) -> bool:
        """Count what an event says, and tell whether it says anything of that kind."""
        match event.body:
            case FacesCounted(counts=counts):
                self._seen += counts.seen
                return counts.seen > 0
            case AlertRaised(alert=alert):
                self._raised.add(alert)
                return True
            case DemographicsRecorded(alert=alert, demographics=demographics):
                self._known[alert] = demographics
                return False
            case AlertAdjudicated(alert=alert, second=False) as body if alert in self._raised:
                self._judged.add(alert)
                if body.decision is Decision.REJECT:
                    self._false.add(alert)
                return True
            case EngagementEnded(alert=alert, finding=Finding.FALSE) if alert in self._raised:
                self._false.add(alert)
                return True
            case _:
                return False  # a decoy was not raised, and a second opinion decides nothing

    def _look(self, at: datetime) -> None:
        # The faces of a minute that runs are not counted yet, but an alert is about a face seen.
        faces = max(self._seen, len(self._raised))
        look = Look(at, faces, len(self._false), len(self._raised - self._judged))
        if len(self._looks) > 1 and _alike(self._looks[-2], self._looks[-1], look):
            self._looks.pop()
        self._looks.append(look)

    def share(self, group: Group, *, exposure: float, level: float = LEVEL) -> GroupShare:
        """Give a group's share of the false alerts, against its share of the faces seen.

        Args:
            group: whose.
            exposure: the group's share of the faces seen, known or assumed; within (0, 1).
            level: of confidence.
        """
        answers = [is_of(group, told) for key, told in self._known.items() if key in self._false]
        known = np.array([answer for answer in answers if answer is not None], np.int64)
        sequence = share_sequence(
            np.cumsum(known), np.arange(1, len(known) + 1), against=exposure, level=level
        )
        return GroupShare(group, len(self._false) - len(known), sequence)


def _alike(*looks: Look) -> bool:
    return len({(look.false_alerts, look.not_adjudicated) for look in looks}) == 1


def false_alert_rate(
    looks: Sequence[Look], *, ceiling: float, level: float = LEVEL
) -> ConfidenceSequence:
    """Give the false alert rate at each look, against a ceiling.

    Alerts that nobody has judged yet are none to the low end, and false alerts to the high end.
    """
    columns = np.array(
        [(look.false_alerts, look.faces, look.not_adjudicated) for look in looks], np.int64
    ).reshape(-1, 3)
    return rate_sequence(
        columns[:, 0], columns[:, 1], against=ceiling, level=level, open_events=columns[:, 2]
    )


def is_of(group: Group, told: Demographics) -> bool | None:
    """Tell whether somebody is of a group; None where nobody recorded it."""
    match group:
        case Group.FEMALE | Group.MALE:
            unknown = told.gender in (Gender.NOT_STATED, Gender.NOT_RECORDED)
            return None if unknown else told.gender.value == group.value
        case Group.UNDER_18:
            return None if told.age is AgeBand.NOT_RECORDED else told.age is AgeBand.UNDER_18
        case _:
            found = group_of(told.ethnicity)
            return None if found is EthnicityGroup.UNKNOWN else found.name == group.name
