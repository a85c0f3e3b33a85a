"""Small records, folded and computed as the commands do, for whatever shows a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from builders import BUNDLE_DIGEST, LIST_DIGEST, make_alert_raised

from overt.facts.facts import Facts, empty
from overt.facts.from_events import fold_facts
from overt.report.computing import compute
from overt.report.document.report import Options, Report, Source
from overt.values import alert_events as acts
from overt.values import duty_events as duty
from overt.values.counts import FaceCounts
from overt.values.demographics import Demographics, Ethnicity, Gender
from overt.values.events import (
    Body,
    DeploymentAuthorised,
    DeploymentStarted,
    DeploymentStopped,
    Event,
    FacesCounted,
    KnownPassage,
    WatchlistComposed,
    WatchlistDestroyed,
)
from overt.values.quality import Reason
from overt.values.review import (
    ArrestCategory,
    Decision,
    Disposal,
    Factors,
    FalseAlertReason,
    Finding,
)
from overt.values.watchlist import Category

FORCE = "police.example/lfr"
FIRST = datetime(2025, 9, 1, 12, tzinfo=UTC)
MADE = datetime(2026, 1, 1, 9, tzinfo=UTC)
SIGNED = Source(FORCE, 12_345, "3f" * 32, f"{FORCE}+0a1b2c3d+AAAA")
UNSIGNED = Source(FORCE, 12, root="", key="")
HOSTILE = (
    '#eval("1+1") $x$ *bold* _it_ @ref <label> \\ "quoted" `raw` // /* = heading',
    '=HYPERLINK("http://x";"a"), rue de l\'Église',
    "Donaudampfschifffahrtsgesellschaftskapitänskajütenschlüssel" * 2,
    "רחוב הרצל, תל אביב",
    "شارع التحرير",
    "東京駅 \u2013 Москва → Αθήνα £5",
    "left\u202eright\nand <script>alert(1)</script> ${7*7} {{ 7*7 }}",
)


def events_of(
    places: Sequence[str], *, alerts: int = 3, false: int = 1, minutes: int = 30
) -> list[Event]:
    """Give the events of a deployment for each place; each has so many alerts, so many false."""
    return [
        Event(f"e{number:08}", f"d{place:03}", time, body)
        for place, name in enumerate(places)
        for number, (time, body) in enumerate(
            _deployment(place, name, alerts=alerts, false=false, minutes=minutes),
            start=place * 100_000,
        )
    ]


def facts_of(
    places: Sequence[str] = ("High Street",), *, alerts: int = 3, false: int = 1, minutes: int = 30
) -> Facts:
    """Fold the events of a deployment for each place."""
    return fold_facts(events_of(places, alerts=alerts, false=false, minutes=minutes), force=FORCE)


def report_of(facts: Facts, *, sources: Sequence[Source] = (SIGNED,), **chosen: object) -> Report:
    """Compute a report of facts."""
    options = replace(Options(as_of=MADE.isoformat(timespec="seconds")), **chosen)  # pyright: ignore[reportArgumentType]: the options' own names
    return compute(facts, options=options, sources=sources, made=MADE, software="0.1.0")


def report_of_nothing() -> Report:
    """Compute a report of a record without a row."""
    return report_of(empty())


def _deployment(
    number: int, place: str, *, alerts: int, false: int, minutes: int
) -> Iterator[tuple[datetime, Body]]:
    start = FIRST + timedelta(days=9 * number)
    yield start - timedelta(minutes=30), _authorised(place, start)
    listed = {Category.COURTS: 18, Category.MISSING: 2}
    yield start, WatchlistComposed(LIST_DIGEST, listed, vulnerable={Category.MISSING: 1})
    yield start, DeploymentStarted("0.1.0", 1e-7, extrapolated=False)
    for minute in range(minutes):
        counts = FaceCounts(
            ("gate", "square")[minute % 2],
            start + timedelta(minutes=minute),
            frames=1500,
            dropped=minute % 3,
            seen=400,
            compared=390,
            unfit={Reason.TOO_SMALL: 10},
            alerts=alerts if minute == 0 else 0,
        )
        yield start + timedelta(minutes=minute + 1), FacesCounted(counts)
    change = duty.ThresholdChanged(
        "A", "Superintendent", "-1 after a crowd", 0.64, 0.62, 1e-7, 4e-7
    )
    yield start + timedelta(minutes=20.5), change
    for alert in range(alerts):
        at = start + timedelta(seconds=60 + alert)
        yield from _alert(f"{number:03}a{alert:04}", at, alert, is_false=alert < false)
    said = Demographics(Ethnicity.A1, gender=Gender.FEMALE)
    yield (
        start,
        KnownPassage("1", "gate", "7", start, recognised=False, alert="", demographics=said),
    )
    end = start + timedelta(minutes=240)
    yield end, DeploymentStopped("the window ended")
    yield end, WatchlistDestroyed(LIST_DIGEST, 20)


def _alert(
    name: str, at: datetime, number: int, *, is_false: bool
) -> Iterator[tuple[datetime, Body]]:
    yield at, replace(make_alert_raised(name, at), camera="gate")
    yield at, duty.EvidenceViewed(name, "O", "adjudicate")
    if is_false and number % 2:
        reason = FalseAlertReason.ANGLE
        yield (
            at,
            acts.AlertAdjudicated(name, "O", Decision.REJECT, Factors(), reason, "", second=False),
        )
        return
    yield at, acts.AlertAdjudicated(name, "O", Decision.ENGAGE, Factors(), None, "", second=False)
    yield at, acts.EngagementStarted(name, "E")
    later = at + timedelta(minutes=4)
    if is_false:
        yield later, acts.EngagementEnded(name, "E", Finding.FALSE, FalseAlertReason.TWIN)
    else:
        yield later, acts.EngagementEnded(name, "E", Finding.TRUE, None)
        yield (
            later,
            acts.OutcomeRecorded(
                name,
                "E",
                Disposal.ARREST,
                ArrestCategory.COURTS,
                violence_against_women_and_girls=number % 3 == 0,
            ),
        )
    said = Demographics((Ethnicity.B2, Ethnicity.W1)[number % 2], Ethnicity.B9, Gender.MALE)
    yield later, acts.DemographicsRecorded(name, "E", said)
    if number == 2:
        yield later, acts.ComplaintRecorded(name, "E", "C/1")
    yield later + timedelta(hours=20), duty.EvidenceDeleted(name, "c" * 64, "due after use")


def _authorised(place: str, start: datetime) -> DeploymentAuthorised:
    return DeploymentAuthorised(
        place=place,
        purpose="protective security",
        trial=False,
        start=start,
        end=start + timedelta(minutes=240),
        cameras=("gate", "square"),
        threshold=0.64,
        watchlist=LIST_DIGEST,
        listed=20,
        bundle=BUNDLE_DIGEST,
        officer="A. Officer",
        rank="Superintendent",
        given=start - timedelta(hours=1),
        reference="REG/1",
        necessity="made up",
        proportionality="made up",
        urgent=False,
        policy="p" * 64,
        policy_name="reference",
    )
