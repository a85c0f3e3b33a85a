"""Which rules end a deployment that runs, told from its events alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import (
    NOON,
    make_alert_raised,
    make_bundle,
    make_deployment,
    make_statement,
    make_vectors,
    make_watchlist,
)

from overt.engine.watching import Watch
from overt.governance.authority import authorise
from overt.governance.policy import Fails, Policy
from overt.governance.policy_file import reference_policy
from overt.governance.rules import Subject
from overt.ids import time_ordered_id
from overt.records.base import Recorded, Store
from overt.records.store import open_store
from overt.review.orders import ANOTHER, Act, Standing
from overt.values.alert_events import (
    AlertAdjudicated,
    DecoyRaised,
    EngagementEnded,
)
from overt.values.counts import FaceCounts
from overt.values.deployment import Rank
from overt.values.duty_events import AuthorityReviewed, DeploymentPaused
from overt.values.events import Body, DeploymentStarted, Event, FacesCounted
from overt.values.review import Decision, Factors, FalseAlertReason, Finding
from overt.values.watchlist import Category

ID = "d1"
STARTED = DeploymentStarted("test", 1e-3, extrapolated=True)
UPHELD = AuthorityReviewed("S", "Superintendent", upheld=True, reason="right")
GIVEN = NOON - timedelta(hours=3)


class Counting:
    """A store that tells how many events were read."""

    def __init__(self, store: Store) -> None:
        self._store, self.read = store, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def events(self, **what: Any) -> Iterator[Recorded]:
        for recorded in self._store.events(**what):
            self.read += 1
            yield recorded


class Place:
    """A record, and a watch over one deployment in it."""

    def __init__(self, store: Store, *, policy: Policy, urgent: bool = False) -> None:
        self.store: Any = Counting(store)
        rank = Rank.INSPECTOR if urgent else Rank.SUPERINTENDENT
        subject = Subject(
            make_deployment(statement=make_statement(urgent=urgent, rank=rank, given=GIVEN)),
            make_watchlist(make_vectors(20)),
            make_bundle(),
        )
        self.authority = authorise(subject, policy=policy, deployment_id=ID, now=NOON)
        self.watch = Watch(self.store, self.authority)

    def record(self, *bodies: Body, at: timedelta = timedelta(0), deployment: str = ID) -> str:
        """Append events at a time after noon, and give the last one's id."""
        now = NOON + at
        events = [Event(time_ordered_id(now), deployment, now, body) for body in bodies]
        self.store.append(events)
        return events[-1].id

    def reason(self, *, at: timedelta = timedelta(0), running: int = 0) -> str | None:
        self.watch.read()
        return self.watch.reason_to_stop(NOON + at, running=running)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_store(tmp_path / "events.sqlite")
    yield made
    made.close()


@pytest.fixture
def place(store: Store) -> Place:
    return Place(store, policy=reference_policy())


def seen(faces: int) -> FacesCounted:
    return FacesCounted(FaceCounts("gate", NOON, seen=faces, compared=faces))


def rejected(alert: str, *, second: bool = False) -> AlertAdjudicated:
    reason = FalseAlertReason.OTHER
    return AlertAdjudicated(alert, "Ann", Decision.REJECT, Factors(), reason, "no", second=second)


def found_false(alert: str) -> EngagementEnded:
    return EngagementEnded(alert, "Bob", Finding.FALSE, FalseAlertReason.OTHER)


def decoy(alert: str) -> DecoyRaised:
    return DecoyRaised(
        alert, "gate", NOON, Category.COURTS, 0.66, 3, (), "c" * 64, "S. Senior", "forms, 9"
    )


def raised(number: int) -> list[Body]:
    return [make_alert_raised(f"a{n}") for n in range(number)]


def test_false_alerts_credibly_above_the_ceiling_end_it(place: Place) -> None:
    place.record(seen(2000), *raised(9))
    place.record(*(rejected(f"a{n}") for n in range(7)))
    assert place.reason() is None  # 7 in 2000: the ceiling of 2 may still hold
    place.record(found_false("a7"), found_false("a8"))
    reason = place.reason()
    assert reason is not None
    assert reason.startswith("observed-false-alerts: ")
    assert "got 9 in 2,000 faces seen" in reason
    assert "want no more than 1 in 1,000 faces seen" in reason


def test_what_is_no_false_alert_counts_for_none(place: Place) -> None:
    place.record(seen(100), *raised(8), *(decoy(f"b{n}") for n in range(8)))
    for n in range(8):
        place.record(rejected(f"a{n}", second=True), rejected(f"b{n}"))
        place.record(EngagementEnded(f"a{n}", "Bob", Finding.TRUE, None))
        place.record(seen(0), rejected(f"a{n}"), deployment="d2")
    assert place.reason() is None


def test_an_alert_found_false_twice_is_one(place: Place) -> None:
    place.record(seen(100), *raised(1))
    place.record(*([rejected("a0")] * 9))
    assert place.reason() is None


def test_before_a_face_is_counted_nothing_can_be_told(place: Place) -> None:
    place.record(*raised(3), *(rejected(f"a{n}") for n in range(3)))
    assert place.reason() is None
    assert "got 3 in 3 faces seen" in str(place.reason(running=1))  # the others are still in view
    place.record(seen(1))
    assert "got 3 in 3 faces seen" in str(place.reason())


def test_faces_of_the_running_minute_count_as_its_judgements_do(place: Place) -> None:
    place.record(seen(500), *raised(4), *(rejected(f"a{n}") for n in range(4)))
    assert "got 4 in 500 faces seen" in str(place.reason())
    assert "got 4 in 501 faces seen" in str(place.reason(running=1))
    assert place.reason(running=1500) is None


def test_a_rule_that_only_flags_ends_nothing(store: Store) -> None:
    policy = reference_policy()
    rules = tuple(
        replace(rule, fails=Fails.FLAG) if rule.id == "observed-false-alerts" else rule
        for rule in policy.rules
    )
    place = Place(store, policy=replace(policy, rules=rules))
    place.record(seen(100), *raised(9), *(rejected(f"a{n}") for n in range(9)))
    assert place.reason() is None


def test_an_urgent_authority_ends_where_nobody_reviewed_it_in_time(store: Store) -> None:
    place = Place(store, policy=reference_policy(), urgent=True)
    due = GIVEN + reference_policy().duration("authority-urgent-review") - NOON
    assert place.reason(at=due) is None
    reason = place.reason(at=due + timedelta(microseconds=1))
    assert reason is not None
    assert reason.startswith(
        "authority-urgent-review: got a review that is overdue, want it upheld"
    )


def test_an_urgent_authority_that_was_upheld_in_time_goes_on(store: Store) -> None:
    place = Place(store, policy=reference_policy(), urgent=True)
    due = GIVEN + reference_policy().duration("authority-urgent-review") - NOON
    place.record(UPHELD, at=due)
    assert place.reason(at=due + timedelta(hours=1)) is None


def test_a_review_that_comes_too_late_is_none(store: Store) -> None:
    place = Place(store, policy=reference_policy(), urgent=True)
    due = GIVEN + reference_policy().duration("authority-urgent-review") - NOON
    place.record(UPHELD, at=due + timedelta(seconds=1))
    assert "overdue" in str(place.reason(at=due + timedelta(seconds=1)))


def test_what_is_not_urgent_needs_no_review(place: Place) -> None:
    assert place.reason(at=timedelta(days=9)) is None


def test_only_a_start_after_its_own_is_another_machines(place: Place) -> None:
    place.record(STARTED, DeploymentPaused("Ann", "it hangs"))
    place.watch.began(place.record(STARTED))
    place.watch.read()
    assert place.watch.standing == Standing()
    place.record(DeploymentPaused("Ann", "crowd"), STARTED)
    place.watch.read()
    assert place.watch.standing == Standing(Act.STOP, ANOTHER, taken_over=True)


def test_every_event_is_read_once(place: Place) -> None:
    place.record(seen(1), *raised(2))
    for _ in range(3):
        place.watch.read()
    assert place.store.read == 3
    place.record(seen(1))
    place.watch.read()
    assert place.store.read == 4
