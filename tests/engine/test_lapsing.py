"""What lapses: authority without orders, patience with a camera, an alert's repetition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import pytest
from builders import NOON

from overt.engine.lease import LEASE_S, Lease
from overt.engine.patience import LONGEST_WAIT_S, STEADY_S, Patience
from overt.engine.repeats import REPEAT_S, Repeats
from overt.values.alert import Alert


class Seconds:
    """Seconds that a test lets pass."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def test_a_lease_holds_from_its_first_order_and_lapses(seconds: Seconds) -> None:
    lease = Lease(monotonic=seconds)
    assert not lease.holds
    assert lease.lapsed_s == float("inf")
    lease.renew()
    seconds.now += LEASE_S - 0.01
    assert (lease.holds, lease.lapsed_s) == (True, 0.0)
    seconds.now += 1.01
    assert not lease.holds
    assert lease.lapsed_s == pytest.approx(1.0)
    lease.renew()
    assert lease.holds


def test_the_waits_double_up_to_half_a_minute(seconds: Seconds) -> None:
    patience = Patience(monotonic=seconds)
    assert [patience.wait_s() for _ in range(7)] == [1, 2, 4, 8, 16, LONGEST_WAIT_S, LONGEST_WAIT_S]


@pytest.mark.parametrize(("well_s", "then"), [(STEADY_S - 1, 4.0), (STEADY_S, 1.0)])
def test_a_camera_that_was_well_for_a_minute_is_waited_for_anew(
    well_s: float, then: float, seconds: Seconds
) -> None:
    patience = Patience(monotonic=seconds)
    assert (patience.wait_s(), patience.wait_s()) == (1.0, 2.0)
    patience.gave_frames()
    seconds.now += well_s
    patience.gave_frames()
    assert patience.wait_s() == then


@dataclass(frozen=True, slots=True)
class Someone:
    """Whom an alert is about: all that is asked of an entry here."""

    reference: str


@dataclass(frozen=True, slots=True)
class Raised:
    """All that is asked of an alert here."""

    id: str
    time: Any
    entry: Someone


def alert(name: str, who: str, at_s: float) -> Alert:
    return cast("Alert", Raised(name, NOON + timedelta(seconds=at_s), Someone(who)))


LOST_S = 100.0
CASES: dict[str, tuple[float, float, str, bool]] = {
    "just before and just after": (LOST_S - 1, LOST_S + 5, "anna", True),
    "both at the limits": (LOST_S - REPEAT_S, LOST_S + REPEAT_S, "anna", True),
    "somebody else": (LOST_S - 1, LOST_S + 5, "berta", False),
    "longer before": (LOST_S - REPEAT_S - 0.1, LOST_S + 5, "anna", False),
    "longer after": (LOST_S - 1, LOST_S + REPEAT_S + 0.1, "anna", False),
}


@pytest.mark.parametrize("case", list(CASES))
def test_an_alert_is_repeated_around_a_loss_alone(case: str) -> None:
    before_s, after_s, who, repeated = CASES[case]
    repeats = Repeats()
    repeats.raised(alert("first", "anna", before_s))
    assert repeats.earlier(alert("second", who, after_s)) is None, "nothing was lost yet"
    repeats.lost(NOON + timedelta(seconds=LOST_S))
    assert repeats.earlier(alert("second", who, after_s)) == ("first" if repeated else None)


def test_an_alert_after_the_loss_is_no_repetition_of_itself() -> None:
    repeats = Repeats()
    repeats.lost(NOON)
    repeats.raised(alert("first", "anna", 2))
    assert repeats.earlier(alert("second", "anna", 10)) is None
