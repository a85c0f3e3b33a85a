"""A clock that is far off destroys nothing that a case needs, and does no act out of order."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from test_retention import KEPT, START, Place, readable

from overt.errors import ClockError, InputError
from overt.governance.known_time import FARTHEST, RECEIPTS, confirm, doubt
from overt.values.duty_events import ClockConfirmed, HoldPlaced
from overt.vault.keys import KeyRing

YEARS = timedelta(days=730)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path)
    for alert in "ab":
        made.raise_alert(alert)
    made.retention.hold("b", by="Ann", reason="case 7", until=START + timedelta(days=31))
    return made


def test_years_ahead_nothing_goes_that_was_on_hold(place: Place) -> None:
    place.clock.time = START + YEARS
    for expected in ({"a": True, "b": False}, {"b": False}):
        receipts = place.retention.run()
        assert {each.what: each.done for each in receipts} == expected, "its receipt proves no time"
        assert [each.what for each in receipts if each.doubted] == ["b"]
    assert readable(place, "b")
    place.clock.time = START + timedelta(hours=1)
    assert place.retention.run() == ()
    assert readable(place, "b"), "the clock was set right: the hold goes on"


def test_somebody_says_once_that_the_clock_is_right(place: Place) -> None:
    place.clock.time = START + YEARS
    ids = itertools.count(1)

    def say(day: datetime) -> None:
        confirm(
            place.store,
            day=day,
            by="Ann",
            clock=place.clock,
            new_id=lambda _: f"c{next(ids)}",
        )

    with pytest.raises(InputError, match="want 2028"):
        say(START)
    say(place.clock.time - timedelta(hours=20))
    assert place.bodies()[-1] == ClockConfirmed("Ann")
    assert all(each.done for each in place.retention.run())
    assert not readable(place, "b")


def test_a_quiet_place_needs_nobody_to_say_so(place: Place) -> None:
    """No event for months, but a run now and then: a hold ends when it should."""
    for days in range(1, 31, 5):
        place.clock.time = START + timedelta(days=days)
        place.retention.run()
    assert readable(place, "b")
    place.clock.time = START + timedelta(days=55)
    assert [each.done for each in place.retention.run()] == [True]


def test_a_hold_of_the_longest_goes_in_time_where_nothing_ran_meanwhile(place: Place) -> None:
    place.clock.time = START + timedelta(days=31, minutes=10)
    assert all(each.done for each in place.retention.run())


def test_where_nothing_is_known_nothing_is_doubted(tmp_path: Path) -> None:
    empty = Place(tmp_path)
    assert doubt(START, empty.store, keys=empty.keys) == ""
    empty.retention.run()
    assert doubt(START + FARTHEST, empty.store, keys=empty.keys) == ""
    assert "clock: got" in doubt(
        START + FARTHEST + timedelta(seconds=1), empty.store, keys=KeyRing(tmp_path / "keys")
    )


def test_a_hold_is_not_placed_before_what_is_recorded(place: Place) -> None:
    place.clock.time = START - timedelta(days=1)
    with pytest.raises(ClockError, match="the deployment's last event"):
        place.retention.hold("a", by="Ann", reason="case 8", until=START)
    with pytest.raises(ClockError, match="the deployment's last event"):
        place.retention.release("b", by="Ann")
    place.clock.time = START - timedelta(seconds=2)
    place.retention.hold("a", by="Ann", reason="case 8", until=START + KEPT)
    assert isinstance(place.bodies()[-1], HoldPlaced)
    place.clock.time = START + YEARS
    place.retention.run()
    place.clock.time = START + timedelta(hours=1)
    place.retention.release("b", by="Ann")


def test_receipts_prove_no_time() -> None:
    assert set(RECEIPTS) == {
        "deletion-failed",
        "disclosure-deleted",
        "evidence-deleted",
        "watchlist-destroyed",
    }
