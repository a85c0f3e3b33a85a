"""The tables that figures are counted from, and what each column means.

The same definitions check the tables, write them as CSV and Parquet, make the schemas that are
published beside them, and the page of the documentation. None holds what is private: no name, no
picture, no template, no text about a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from overt.values.demographics import AgeBand, Ethnicity, EthnicityGroup, Gender
from overt.values.deployment import Purpose, Rank
from overt.values.quality import Reason
from overt.values.review import (
    ArrestCategory,
    Decision,
    Disposal,
    FalseAlertReason,
    Finding,
    FollowUp,
)
from overt.values.watchlist import Category

__all__ = ["DEPLOYMENT", "FORCE", "TABLES", "Column", "Kind", "Table"]


class Kind(StrEnum):
    """What a column holds."""

    NAME = "name"  # a text that stands in many rows: force, deployment, camera
    TEXT = "text"
    WHOLE = "whole number"  # 0 or more
    NUMBER = "number"
    TRUTH = "true or false"
    TIME = "time"  # UTC, microseconds


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, what it holds, and what that means."""

    name: str
    kind: Kind
    about: str
    optional: bool = False  # empty where it did not happen, or is not known
    among: tuple[str, ...] = ()  # the only values that a text can have


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its rows are told apart by `key`."""

    name: str
    about: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """Give a column by its name."""
        return next(column for column in self.columns if column.name == name)


def name(column: str, about: str) -> Column:
    return Column(column, Kind.NAME, about)


def text(column: str, about: str, *, optional: bool = False) -> Column:
    return Column(column, Kind.TEXT, about, optional)


def choice(column: str, values: Iterable[StrEnum], about: str, *, optional: bool = False) -> Column:
    return Column(column, Kind.TEXT, about, optional, tuple(str(value) for value in values))


def whole(column: str, about: str) -> Column:
    return Column(column, Kind.WHOLE, about)


def number(column: str, about: str, *, optional: bool = False) -> Column:
    return Column(column, Kind.NUMBER, about, optional)


def truth(column: str, about: str) -> Column:
    return Column(column, Kind.TRUTH, about)


def time(column: str, about: str, *, optional: bool = True) -> Column:
    return Column(column, Kind.TIME, about, optional)


FORCE: Final = name("force", "whose record it is: the origin of its ledger")
DEPLOYMENT: Final = name("deployment", "the deployment's id; unique within a force")
ALERT: Final = text("alert", "the alert's id; unique within a force")

DEPLOYMENTS: Final = Table(
    "deployments",
    "One row an authorised deployment.",
    ("force", "deployment"),
    (
        FORCE,
        DEPLOYMENT,
        text("place", "where"),
        choice("purpose", Purpose, "the permitted use"),
        truth("trial", "among people who agreed; never mixed with real deployments in a figure"),
        time("start", "the authorised window's start", optional=False),
        time("end", "the authorised window's end", optional=False),
        whole("cameras", "cameras authorised"),
        number("threshold", "at authorisation, on the reference scale"),
        whole("listed", "entries on the watchlist"),
        text("bundle", "digest of the models"),
        text("policy_name", "the policy whose rules held"),
        text("policy", "its digest"),
        choice("rank", Rank, "of the authorising officer"),
        truth("urgent", "authorised as urgent, to be reviewed"),
        time("reviewed", "when an urgent authority was reviewed"),
        number("predicted_rate", "false alerts expected a comparison, at the start", optional=True),
        time("started", "recognition began"),
        time("stopped", "recognition ended"),
        time("list_destroyed", "the watchlist's key was destroyed"),
        time("closed", "the deployment was closed"),
        whole("officers", "officers present to engage, as briefed; 0 where it was not briefed"),
        whole("camera_losses", "how often a camera was lost while the others went on"),
        whole("alerts_repeated", "alerts refused: a camera that was back saw them again"),
    ),
)
LISTS: Final = Table(
    "lists",
    "How many entries of each category a deployment's watchlist held.",
    ("force", "deployment", "category"),
    (
        FORCE,
        DEPLOYMENT,
        choice("category", Category, "of the entries"),
        whole("listed", "entries"),
        whole("under_18", "of those, people under 18, each with a recorded exception"),
        whole("vulnerable", "of those, vulnerable people, each with a recorded exception"),
    ),
)
MINUTES: Final = Table(
    "minutes",
    "What one camera saw in one minute: numbers without faces.",
    ("force", "deployment", "camera", "minute"),
    (
        FORCE,
        DEPLOYMENT,
        name("camera", "the camera's name"),
        time("minute", "its first second", optional=False),
        number("threshold", "that was operated, on the reference scale"),
        whole("frames", "frames that recognition looked at"),
        whole("dropped", "frames that came but were not looked at"),
        whole("thinned", "looks at a frame that were left out because the machine was loaded"),
        whole("partial", "looks at parts of a frame only, because the machine was loaded"),
        whole("seen", "faces seen: passages, each counted once"),
        whole("compared", "of those, compared with the watchlist"),
        whole("brief", "tracks too short to be counted as a face seen"),
        whole("alerts", "alerts raised, the camera's own count"),
    ),
)
UNFIT: Final = Table(
    "unfit",
    "Faces seen that were not compared, by reason.",
    ("force", "deployment", "reason"),
    (
        FORCE,
        DEPLOYMENT,
        choice("reason", Reason, "why a face was not compared"),
        whole("faces", "faces seen"),
    ),
)
ALERTS: Final = Table(
    "alerts",
    "One row an alert, with what people did about it; decoys are left out.",
    ("force", "alert"),
    (
        FORCE,
        DEPLOYMENT,
        ALERT,
        name("camera", "the camera's name"),
        time("raised", "the time of the frame", optional=False),
        choice("category", Category, "of the listed person"),
        number("similarity", "on the reference scale"),
        number("threshold", "that it reached"),
        whole("listed", "entries on the watchlist"),
        time("claimed", "an operator last took it"),
        time("adjudicated", "a person judged it"),
        choice("decision", Decision, "of the adjudication", optional=True),
        choice("second_decision", Decision, "of a blind second opinion", optional=True),
        time("engaged", "officers began to speak to the person"),
        time("disengaged", "the engagement ended"),
        choice("finding", Finding, "what the engagement showed", optional=True),
        choice("reason", FalseAlertReason, "why it was false", optional=True),
        choice("disposal", Disposal, "how it ended for the person", optional=True),
        choice("arrest", ArrestCategory, "the ground of an arrest", optional=True),
        truth("violence_against_women_and_girls", "whether the offence was"),
        choice("follow_up", FollowUp, "what became of an arrest, the last known", optional=True),
        choice("ethnicity", Ethnicity, "self-defined where it was said, else officer-defined"),
        choice("group", EthnicityGroup, "the ethnicity's group of five"),
        truth("self_defined", "whether the ethnicity is the person's own word"),
        choice("gender", Gender, "as a person recorded it"),
        choice("age", AgeBand, "as a person recorded it"),
        whole("force_used", "how often force was recorded"),
        whole("complaints", "complaints about this alert"),
        whole(
            "judged_unseen",
            "judgements, a second opinion among them, before which fewer looks at its pictures are "
            "recorded than people had judged it by then; whose look it was is private",
        ),
        time("evidence_deleted", "its pictures' key was destroyed"),
        time("held_until", "the end of a legal hold on its pictures"),
    ),
)
THRESHOLDS: Final = Table(
    "thresholds",
    "Every change of a threshold while recognition ran.",
    ("force", "deployment", "at"),
    (
        FORCE,
        DEPLOYMENT,
        time("at", "when", optional=False),
        number("before", "on the reference scale"),
        number("after", "on the reference scale"),
        number("predicted_before", "false alerts expected a comparison"),
        number("predicted_after", "false alerts expected a comparison"),
        text("reason", "as it was recorded"),
    ),
)
DELETIONS: Final = Table(
    "deletions",
    "Every deletion that was done, and every one that failed.",
    ("force", "deployment", "what", "at"),
    (
        FORCE,
        DEPLOYMENT,
        text("what", "an alert's id, or `watchlist`"),
        time("at", "when", optional=False),
        truth("done", "whether it succeeded"),
        text("reason", "why it was due, or the error"),
    ),
)
COMPLAINTS: Final = Table(
    "complaints",
    "Every complaint; about an alert, or about a deployment.",
    ("force", "deployment", "at"),
    (
        FORCE,
        DEPLOYMENT,
        text("alert", "the alert's id; empty where it is about the deployment", optional=True),
        time("at", "when", optional=False),
    ),
)
PASSAGES: Final = Table(
    "passages",
    "Known passages of blue-list volunteers through the zone of recognition.",
    ("force", "deployment", "passage"),
    (
        FORCE,
        DEPLOYMENT,
        text("passage", "its number within the deployment"),
        name("camera", "the camera's name"),
        text("volunteer", "a number for the person, so that their passages are known as theirs"),
        time("at", "when", optional=False),
        truth("recognised", "whether an alert was raised for that person"),
        number("threshold", "that was operated, on the reference scale"),
        choice("group", EthnicityGroup, "as the volunteer says"),
        choice("gender", Gender, "as the volunteer says"),
        choice("age", AgeBand, "as the volunteer says"),
    ),
)

TABLES: Final[Mapping[str, Table]] = MappingProxyType(
    {
        table.name: table
        for table in (
            DEPLOYMENTS,
            LISTS,
            MINUTES,
            UNFIT,
            ALERTS,
            THRESHOLDS,
            DELETIONS,
            COMPLAINTS,
            PASSAGES,
        )
    }
)
