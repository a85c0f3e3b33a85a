"""Whole numbers by every stratum, against counting one row at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from report_facts import authorised_at, raised_at

from overt.facts.facts import Facts
from overt.facts.from_events import fold_facts
from overt.report.tally import By, Tally, tallies, tallies_of_two, tally
from overt.values.alert_events import AlertAdjudicated, EngagementEnded, EngagementStarted
from overt.values.counts import FaceCounts
from overt.values.events import AlertRaised, Body, Event, FacesCounted
from overt.values.review import Decision, Factors, FalseAlertReason, Finding

START = datetime(2025, 1, 30, 22, tzinfo=UTC)


def history(draws: Sequence[tuple[int, int, int, str]]) -> list[Event]:
    """Make a record: (place, hours from the start, faces, what became of an alert) each."""
    bodies: list[tuple[str, datetime, Body]] = [
        (f"d{place}", START, authorised_at(f"place {place % 2}", START)) for place in range(3)
    ]
    for number, (place, hours, seen, fate) in enumerate(draws):
        deployment, at = f"d{place}", START + timedelta(hours=hours, seconds=number)
        counts = FaceCounts(f"cam{number % 2}", at.replace(second=0), seen=seen, compared=seen)
        bodies.append((deployment, at, FacesCounted(counts)))
        if fate == "none":
            continue
        alert = f"a{number}"
        bodies.append((deployment, at, raised_at(alert, at)))
        if fate == "waiting":
            continue
        decision = Decision.REJECT if fate == "rejected" else Decision.ENGAGE
        reason = FalseAlertReason.ANGLE if fate == "rejected" else None
        judged = AlertAdjudicated(alert, "Op", decision, Factors(), reason, "", second=False)
        bodies.append((deployment, at, judged))
        if fate in {"true", "false"}:
            bodies.append((deployment, at, EngagementStarted(alert, "E")))
            finding = Finding.TRUE if fate == "true" else Finding.FALSE
            why = None if fate == "true" else FalseAlertReason.BLUR
            bodies.append((deployment, at, EngagementEnded(alert, "E", finding, why)))
    return [Event(f"e{n}", d, at, body) for n, (d, at, body) in enumerate(bodies)]


FATES = ("none", "waiting", "rejected", "engage", "true", "false")
histories = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 72), st.integers(0, 50), st.sampled_from(FATES)),
    max_size=30,
).map(history)


def slowly(events: list[Event], by: By) -> dict[str, Counter[str]]:
    """Count one event at a time, in the words of the docs."""
    found: dict[str, Counter[str]] = {}
    stratum: dict[str, str] = {}
    for event in events:
        body, at = event.body, event.at
        match body:
            case FacesCounted(counts=counts):
                key = key_of(by, event.deployment, counts.camera, counts.minute)
                found.setdefault(key, Counter())["seen"] += counts.seen
            case AlertRaised(alert=alert, camera=camera):
                stratum[alert] = key_of(by, event.deployment, camera, at)
                found.setdefault(stratum[alert], Counter())["alerts"] += 1
            case AlertAdjudicated(alert=alert, decision=Decision.REJECT):
                found[stratum[alert]]["false"] += 1
            case EngagementEnded(alert=alert, finding=Finding.FALSE):
                found[stratum[alert]]["false"] += 1
            case _:
                pass
    return found


def key_of(by: By, deployment: str, camera: str, at: datetime) -> str:
    return {
        By.SITE: f"place {int(deployment[1:]) % 2}",
        By.MONTH: f"{at:%Y-%m}",
        By.YEAR: f"{at:%Y}",
        By.CAMERA: camera,
        By.DEPLOYMENT: deployment,
        By.FORCE: "police.example/lfr",
        By.THRESHOLD: "0.64",
    }[by]


def facts_of(events: list[Event]) -> Facts:
    return fold_facts(events, force="police.example/lfr")


@pytest.mark.parametrize("by", list(By))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories)
def test_every_stratum_is_counted_as_one_row_at_a_time(by: By, events: list[Event]) -> None:
    found = {
        name: (stratum.seen, stratum.alerts, stratum.false_alerts)
        for name, stratum in tallies(facts_of(events), by=by).items()
        if stratum.seen or stratum.alerts
    }
    want = {
        name: (counts["seen"], counts["alerts"], counts["false"])
        for name, counts in slowly(events, by).items()
        if counts["seen"] or counts["alerts"]
    }
    assert found == want


PAIRS = [(By.SITE, By.MONTH), (By.SITE, By.THRESHOLD), (By.CAMERA, By.YEAR)]


@pytest.mark.parametrize("by", PAIRS)
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories)
def test_pairs_of_strata_add_up_to_each(by: tuple[By, By], events: list[Event]) -> None:
    facts = facts_of(events)
    pairs = tallies_of_two(facts, by=by)
    for place, key in enumerate(by):
        for name, whole in tallies(facts, by=key).items():
            parts = [one for names, one in pairs.items() if names[place] == name]
            for column in ("seen", "alerts", "false_alerts", "camera_minutes"):
                assert sum(getattr(one, column) for one in parts) == getattr(whole, column)


@settings(max_examples=15)
@given(histories)
def test_strata_add_up_to_the_whole(events: list[Event]) -> None:
    facts = facts_of(events)
    whole = tally(facts)
    assert whole.deployments == 3
    for by in By:
        strata = tallies(facts, by=by).values()
        for name in ("seen", "alerts", "false_alerts", "engaged", "unadjudicated"):
            assert sum(getattr(one, name) for one in strata) == getattr(whole, name), (by, name)


def test_frames_of_years_pass_32_bits() -> None:
    minutes = [
        Event(
            f"m{n}",
            "d0",
            START,
            FacesCounted(FaceCounts("cam0", START + timedelta(minutes=n), frames=4_000_000_000)),
        )
        for n in range(3)
    ]
    events = [Event("e", "d0", START, authorised_at("place 0", START)), *minutes]
    assert tally(facts_of(events)).frames == 12_000_000_000


def test_nothing_recorded_is_a_tally_of_nothing() -> None:
    assert tally(facts_of([])) == Tally()
    assert tallies(facts_of([]), by=By.SITE) == {}
