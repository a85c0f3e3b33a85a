"""What is true of simulated years: the rates that a report must find, and what it cannot know.

Defaults follow the published figures of the reference case (203 deployments, 3,147,436 faces seen,
2,077 alerts of which 10 were false, 962 arrests). Where nothing is published, they are made up.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, cast

import numpy as np

from overt.arrays import F64, I64
from overt.values.demographics import AgeBand, EthnicityGroup, Gender
from overt.values.quality import Reason
from overt.values.watchlist import Category

__all__ = [
    "CATEGORIES",
    "GROUPS",
    "THRESHOLDS",
    "BlueList",
    "Calendar",
    "Data",
    "Lists",
    "People",
    "Recognition",
    "Scale",
    "Traffic",
    "Truth",
    "as_json",
    "predicted",
    "truth_of",
]

GROUPS: Final = tuple(group for group in EthnicityGroup if group is not EthnicityGroup.UNKNOWN)
CATEGORIES: Final = tuple(category for category in Category if category is not Category.BLUE)
GENDERS: Final = (Gender.FEMALE, Gender.MALE, Gender.OTHER, Gender.NOT_STATED)
AGES: Final = tuple(age for age in AgeBand if age is not AgeBand.NOT_RECORDED)
THRESHOLDS: Final = (0.60, 0.62, 0.64)


class Scale(StrEnum):
    """How large a force's year is."""

    REFERENCE = "reference"  # as the reference case: 203 deployments
    SMALL = "small"  # 12 deployments, to look at and to test with


def per(names: tuple[object, ...], *values: float) -> tuple[float, ...]:
    """Make a field of one value for each name, in their order."""
    if len(values) != len(names):
        raise TypeError(f"got {len(values)} values, want {len(names)}")
    return field(default=values, metadata={"names": tuple(str(name) for name in names)})


@dataclass(frozen=True, slots=True)
class Calendar:
    """How many deployments there are, and how long."""

    start: datetime = datetime(2024, 9, 1, tzinfo=UTC)
    deployments: int = 203  # a year, in public
    trials: int = 2  # a year, among people who agreed
    sites: int = 12  # of a force
    cameras: tuple[float, ...] = per(("1", "2", "3"), 0.6, 0.3, 0.1)  # shares of deployments
    minutes: float = 197.0  # of recognition a deployment, mean: 60,000 camera-minutes a year
    minutes_sd: float = 40.0
    urgent: float = 0.03  # share authorised as urgent
    not_reviewed: float = 0.05  # of those, never reviewed


@dataclass(frozen=True, slots=True)
class Traffic:
    """Faces seen."""

    faces_a_minute: float = 52.45  # mean of a camera: 15,505 faces a deployment
    dispersion: float = 6.0  # gamma shape of a minute's own rate; Poisson counts at infinity
    site_sd: float = 0.5  # of the logarithm of a site's effect
    deployment_sd: float = 0.25  # of the logarithm of a day's effect
    hours: tuple[float, ...] = (
        *(0.1,) * 6, 0.3, 0.6, 0.9, 0.8, 0.8, 0.9, 1.1, 1.1, 1.0, 1.0, 1.1, 1.3, 1.2, 0.9, 0.7,
        0.5, 0.3, 0.2,
    )  # fmt: skip  # relative rate by hour of the day, UTC
    trial_faces_a_minute: float = 0.5  # helpers, beside the volunteers
    unfit: float = 0.14  # share of faces seen that are not compared, mean over deployments
    unfit_precision: float = 60.0  # beta precision of a deployment's own share
    unfit_reasons: tuple[float, ...] = per(
        tuple(Reason), 0.34, 0.18, 0.10, 0.10, 0.05, 0.02, 0.09, 0.04, 0.08
    )
    reason_precision: float = 40.0  # Dirichlet precision of a site's own mix of reasons
    brief: float = 0.06  # tracks too short, for each face seen
    dropped: float = 3.0  # frames a minute, of 1,500


@dataclass(frozen=True, slots=True)
class Lists:
    """Whom watchlists hold."""

    listed: float = 10_000.0
    listed_sd: float = 600.0
    categories: tuple[float, ...] = per(CATEGORIES, 0.57, 0.25, 0.15, 0.03)
    under_18: tuple[float, ...] = per(CATEGORIES, 0.0005, 0.001, 0.0, 0.10)
    vulnerable: tuple[float, ...] = per(CATEGORIES, 0.001, 0.001, 0.0, 0.40)


@dataclass(frozen=True, slots=True)
class Recognition:
    """Alerts: false ones, and those of listed people."""

    thresholds: tuple[float, ...] = per(THRESHOLDS, 0.1, 0.2, 0.7)  # shares of deployments
    changed: float = 0.05  # share of deployments in which it is changed
    # False alerts a face seen at 0.64, over the average population: with the effects below and
    # the shares above, 3.18e-6 over all thresholds, as published.
    false_alerts: float = 1.73e-6
    threshold_effects: tuple[float, ...] = per(THRESHOLDS, 10**0.8, 10**0.4, 1.0)  # of the scale
    false_site_sd: float = 0.5  # of the logarithm of a site's effect
    exposure: tuple[float, ...] = per(GROUPS, 0.52, 0.06, 0.20, 0.16, 0.06)  # of faces seen
    exposure_precision: float = 25.0  # Dirichlet precision of a site's own shares
    risk_ratios: tuple[float, ...] = per(GROUPS, 1.0, 1.5, 1.5, 3.0, 1.2)  # of a false alert
    listed_passages: float = 7.65e-4  # of listed people, a face seen
    listed_site_sd: float = 0.3  # of the logarithm of a site's effect
    listed_ratios: tuple[float, ...] = per(GROUPS, 1.0, 1.4, 0.8, 2.0, 0.9)  # to be listed
    recognised: tuple[float, ...] = per(GROUPS, 0.90, 0.89, 0.88, 0.91, 0.88)  # TPIR at 0.60
    recognised_effects: tuple[float, ...] = per(THRESHOLDS, 1.0, 0.975, 0.945)
    true_categories: tuple[float, ...] = per(CATEGORIES, 0.53, 0.335, 0.11, 0.025)  # of true alerts


@dataclass(frozen=True, slots=True)
class People:
    """What people do about alerts."""

    unjudged: float = 0.002  # alerts that nobody took in time
    claim_s: float = 8.0  # median of a lognormal, as all times here
    adjudicate_s: float = 25.0
    engage_s: float = 70.0
    talk_true_s: float = 360.0
    talk_false_s: float = 120.0
    time_sd: float = 0.5  # of the logarithms of all five
    rejected_true: float = 0.0005  # true alerts that an operator rejects: they count as false
    engaged_false: float = 0.65  # false alerts that an operator takes for true
    second: float = 0.10  # alerts with a blind second opinion
    agree: float = 0.97  # of those, agreeing with the first
    located: float = 0.82
    unconfirmed: float = 0.03  # engagements that end without knowing who it was
    arrest: tuple[float, ...] = per(CATEGORIES, 0.61, 0.61, 0.46, 0.0)  # of those confirmed true
    other_disposal: float = 0.4  # of those confirmed true and not arrested
    violence_against_women_and_girls: float = 0.27  # of arrests
    charged: float = 0.62  # of arrests
    released: float = 0.20
    found_unnecessary: float = 0.001
    self_defined: float = 0.80  # of engagements
    officer_defined: float = 0.14
    officer_wrong: float = 0.05  # officer-defined as of another group
    genders: tuple[float, ...] = per(GENDERS, 0.17, 0.80, 0.01, 0.02)
    ages: tuple[float, ...] = per(AGES, 0.01, 0.22, 0.33, 0.24, 0.12, 0.06, 0.02)
    force_used: float = 0.05  # of engagements
    complaints: float = 0.008  # of engagements
    deployment_complaints: float = 0.02  # of deployments


@dataclass(frozen=True, slots=True)
class Data:
    """What becomes of data."""

    held: float = 0.5  # of arrests: evidence held for the case, 31 days
    overdue: float = 0.003  # evidence deleted after more than a day
    failed: float = 0.004  # deletions that failed first
    list_failed: float = 0.01
    list_overdue: float = 0.005  # lists destroyed after more than a day


@dataclass(frozen=True, slots=True)
class BlueList:
    """Volunteers who walk past, to measure recognition."""

    pool: int = 120  # volunteers of a force
    groups: tuple[float, ...] = per(GROUPS, 0.40, 0.10, 0.20, 0.25, 0.05)
    frailty: float = 4.0  # beta precision of a volunteer's own chance; smaller varies more
    deployments: float = 0.02  # share of deployments in public in which volunteers walk
    volunteers: int = 15  # in each of those
    passages: int = 4  # of each of those
    trial_volunteers: int = 40  # in each trial
    trial_passages: int = 5


@dataclass(frozen=True, slots=True)
class Truth:
    """All of it."""

    calendar: Calendar = Calendar()
    traffic: Traffic = Traffic()
    lists: Lists = Lists()
    recognition: Recognition = Recognition()
    people: People = People()
    data: Data = Data()
    blue_list: BlueList = BlueList()


def truth_of(scale: Scale) -> Truth:
    """Give the truth of a scale."""
    truth = Truth()
    if scale is Scale.REFERENCE:
        return truth
    return replace(
        truth,
        calendar=replace(truth.calendar, deployments=12, trials=1, sites=4),
        blue_list=replace(truth.blue_list, deployments=0.25),
    )


def predicted(thresholds: F64, *, listed: I64) -> F64:
    """Give the false alerts that the reference scale promises a comparison: list size times FMR."""
    rate: F64 = np.power(10.0, (0.60 - thresholds) / 0.05)
    return listed * 1.67e-8 * rate


def as_json(value: object) -> object:
    """Write a truth with the name of every value beside it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if not is_dataclass(value):
        return value
    written: dict[str, object] = {}
    for one in fields(value):
        inner = getattr(value, one.name)
        names = cast("tuple[str, ...] | None", one.metadata.get("names"))
        written[one.name] = (
            as_json(inner) if names is None else dict(zip(names, inner, strict=True))
        )
    return written
