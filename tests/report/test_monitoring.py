"""What is counted over time is a fold over events, and agrees with counting anew at each one."""

from __future__ import annotations

import json
from datetime import timedelta

import numpy as np
import pytest
from builders import BUNDLE_DIGEST, LIST_DIGEST, NOON, make_alert_raised
from hypothesis import given
from hypothesis import strategies as st

from overt.report.monitoring import FalseAlerts, Group, false_alert_rate, is_of
from overt.report.monitoring_lines import COLUMNS, look_line, share_line
from overt.statistics.sequences import Side, rate_sequence
from overt.values.alert_events import (
    AlertAdjudicated,
    DecoyRaised,
    DemographicsRecorded,
    EngagementEnded,
)
from overt.values.counts import FaceCounts
from overt.values.demographics import AgeBand, Demographics, Ethnicity, Gender
from overt.values.events import (
    AlertRaised,
    Body,
    DeploymentAuthorised,
    DeploymentStopped,
    Event,
    FacesCounted,
)
from overt.values.review import Decision, Factors, FalseAlertReason, Finding
from overt.values.watchlist import Category

CEILING = 1e-3
TWIN = FalseAlertReason.TWIN


def seen(faces: int) -> FacesCounted:
    return FacesCounted(FaceCounts("gate", NOON, seen=faces, compared=faces))


def judged(alert: str, decision: Decision, *, second: bool = False) -> AlertAdjudicated:
    reason = TWIN if decision is Decision.REJECT else None
    return AlertAdjudicated(alert, "Ann", decision, Factors(), reason, "", second=second)


def rejected(alert: str) -> AlertAdjudicated:
    return judged(alert, Decision.REJECT)


def found_false(alert: str) -> tuple[Body, Body]:
    return judged(alert, Decision.ENGAGE), EngagementEnded(alert, "Bob", Finding.FALSE, TWIN)


def told(alert: str, ethnicity: Ethnicity) -> DemographicsRecorded:
    return DemographicsRecorded(alert, "Bob", Demographics(self_defined=ethnicity))


def events(*bodies: Body, deployment: str = "d1") -> list[Event]:
    return [
        Event(f"e{n}", deployment, NOON + timedelta(minutes=n), body)
        for n, body in enumerate(bodies)
    ]


def counted(*given_events: Event, **only: object) -> FalseAlerts:
    found = FalseAlerts(**only)  # pyright: ignore[reportArgumentType]: of the test's own choosing
    for event in given_events:
        found.take(event)
    return found


def last(found: FalseAlerts) -> tuple[int, int, int]:
    look = found.looks[-1]
    return look.faces, look.false_alerts, look.not_adjudicated


def authorised(*, trial: bool) -> DeploymentAuthorised:
    return DeploymentAuthorised(
        place="High Street",
        purpose="crime hotspot or its access routes",
        trial=trial,
        start=NOON,
        end=NOON + timedelta(hours=2),
        cameras=("gate",),
        threshold=0.64,
        watchlist=LIST_DIGEST,
        listed=20,
        bundle=BUNDLE_DIGEST,
        officer="A. Officer",
        rank="Superintendent",
        given=NOON,
        reference="REG/12",
        necessity="n",
        proportionality="p",
        urgent=False,
        policy="f" * 64,
        policy_name="reference",
    )


@st.composite
def histories(draw: st.DrawFn) -> list[Body]:
    """Draw events of alerts a0 to a5 in an order that the life cycle allows, and counts."""
    bodies: list[Body] = []
    state: dict[str, int] = {}
    for _ in range(draw(st.integers(0, 30))):
        alert = f"a{draw(st.integers(0, 5))}"
        match draw(st.integers(0, 2)), state.get(alert, 0):
            case 0, _:
                bodies.append(seen(draw(st.integers(0, 900))))
            case _, 0:
                bodies.append(make_alert_raised(alert))
                state[alert] = 1
            case 1, 1:
                bodies.append(rejected(alert))
                state[alert] = 3
            case 2, 1:
                bodies.append(judged(alert, Decision.ENGAGE))
                state[alert] = 2
            case step, 2:
                false = step == 1
                finding = Finding.FALSE if false else Finding.TRUE
                bodies.append(EngagementEnded(alert, "Bob", finding, TWIN if false else None))
                state[alert] = 3
            case _:
                pass
    return bodies


def anew(bodies: list[Body]) -> tuple[int, int, int]:
    """Count faces, false alerts and unjudged ones: slow and obvious."""
    raised = [b.alert for b in bodies if isinstance(b, AlertRaised)]
    verdicts = {b.alert for b in bodies if isinstance(b, AlertAdjudicated)}
    false = {
        b.alert
        for b in bodies
        if (isinstance(b, AlertAdjudicated) and b.decision is Decision.REJECT)
        or (isinstance(b, EngagementEnded) and b.finding is Finding.FALSE)
    }
    faces = sum(b.counts.seen for b in bodies if isinstance(b, FacesCounted))
    return max(faces, len(raised)), len(false), len(set(raised) - verdicts)


@given(histories())
def test_looks_are_what_counting_anew_gives_and_lose_nothing(bodies: list[Body]) -> None:
    found = counted(*events(*bodies))
    every = [anew(bodies[: n + 1]) for n in range(len(bodies))]
    kept = [(look.faces, look.false_alerts, look.not_adjudicated) for look in found.looks]
    assert set(kept) <= set(every)
    if kept:
        assert kept[-1] == every[-1]
    columns = np.array(every or [(0, 0, 0)]).T
    whole = rate_sequence(columns[1], columns[0], against=CEILING, open_events=columns[2])
    rate = false_alert_rate(found.looks, ceiling=CEILING)
    assert rate.side is whole.side
    assert (rate.first_above is None) == (whole.first_above is None)


def test_minutes_without_an_alert_are_not_piled_up() -> None:
    found = counted(*events(*[seen(10)] * 500, make_alert_raised("a"), *[seen(10)] * 500))
    assert [look.faces for look in found.looks] == [10, 5000, 5000, 10_000]


def test_what_is_no_false_alert_counts_for_none() -> None:
    decoy = DecoyRaised("b", "gate", NOON, Category.COURTS, 0.66, 3, (), "c" * 64, "S", "agreed")
    found = counted(
        *events(
            seen(100),
            make_alert_raised("a"),
            decoy,
            rejected("b"),
            judged("a", Decision.REJECT, second=True),
            judged("a", Decision.ENGAGE),
            EngagementEnded("a", "Bob", Finding.UNCONFIRMED, None),
            DeploymentStopped("end"),
        )
    )
    assert last(found) == (100, 0, 0)


def test_an_alert_nobody_judged_is_a_bound() -> None:
    found = counted(*events(seen(1000), *(make_alert_raised(f"a{n}") for n in range(9))))
    rate = false_alert_rate(found.looks, ceiling=CEILING)
    assert last(found) == (1000, 0, 9)
    assert rate.low[-1] == 0
    assert rate.high[-1] > 9 / 1000
    assert rate.side is Side.CANNOT_TELL


def test_trials_are_left_out_unless_they_are_named() -> None:
    trial = [
        *events(authorised(trial=True), seen(10), deployment="t"),
        *events(authorised(trial=False), seen(5), deployment="d"),
    ]
    assert last(counted(*trial)) == (5, 0, 0)
    assert last(counted(*trial, deployments=["t"])) == (10, 0, 0)
    assert last(counted(*trial, deployments=["t", "d"])) == (15, 0, 0)


def test_what_was_before_is_left_out() -> None:
    found = counted(
        *events(seen(10), make_alert_raised("a"), seen(20), rejected("a"), seen(1)),
        since=NOON + timedelta(minutes=2),
    )
    assert last(found) == (21, 0, 0)  # its alert was raised before: it counts for neither


def test_a_groups_share_is_of_those_whose_group_is_known() -> None:
    bodies: list[Body] = [seen(9000), *(make_alert_raised(f"a{n}") for n in range(9))]
    for n in range(6):
        bodies += found_false(f"a{n}")
    bodies += [told(f"a{n}", Ethnicity.B1) for n in range(4)]
    bodies += [told("a4", Ethnicity.W1), told("a5", Ethnicity.NS)]
    bodies += [rejected("a6"), judged("a7", Decision.ENGAGE), told("a7", Ethnicity.B1)]
    share = counted(*events(*bodies)).share(Group.BLACK, exposure=0.135)
    assert (list(share.sequence.events), list(share.sequence.trials), share.not_known) == (
        [1, 2, 3, 4, 4],
        [1, 2, 3, 4, 5],
        2,
    )
    assert share.sequence.side is Side.ABOVE
    # Somebody corrects one: the share is of what is recorded now.
    bodies.append(told("a0", Ethnicity.A1))
    share = counted(*events(*bodies)).share(Group.BLACK, exposure=0.135)
    assert list(share.sequence.events) == [0, 1, 2, 3, 3]


def test_nobody_known_is_no_share() -> None:
    share = counted(*events(seen(9))).share(Group.FEMALE, exposure=0.5)
    assert len(share.sequence) == 0
    line = share_line(share, as_data=False)
    assert line.split("\t")[1:3] == [
        "0 of 0 false alerts whose group is known, 0 not known",
        "none",
    ]
    assert json.loads(share_line(share, as_data=True))["state"] == "cannot tell"


@pytest.mark.parametrize(
    ("demographics", "group", "want"),
    [
        (Demographics(self_defined=Ethnicity.B2), Group.BLACK, True),
        (Demographics(self_defined=Ethnicity.M1), Group.BLACK, False),
        (Demographics(self_defined=Ethnicity.NS, officer_defined=Ethnicity.W1), Group.WHITE, True),
        (Demographics(), Group.MIXED, None),
        (Demographics(self_defined=Ethnicity.O2), Group.OTHER, True),
        (Demographics(gender=Gender.FEMALE), Group.FEMALE, True),
        (Demographics(gender=Gender.OTHER), Group.MALE, False),
        (Demographics(gender=Gender.NOT_STATED), Group.MALE, None),
        (Demographics(age=AgeBand.UNDER_18), Group.UNDER_18, True),
        (Demographics(age=AgeBand.FROM_65), Group.UNDER_18, False),
        (Demographics(), Group.UNDER_18, None),
    ],
)
def test_who_is_of_a_group(demographics: Demographics, group: Group, want: object) -> None:
    assert is_of(group, demographics) is want


def test_a_look_in_words_and_as_data() -> None:
    found = counted(*events(seen(2000), *(make_alert_raised(f"a{n}") for n in range(2))))
    rate = false_alert_rate(found.looks, ceiling=CEILING)
    cells = look_line(found.looks[0], rate, 0, as_data=False).split("\t")
    assert len(cells) == len(COLUMNS)
    assert cells[1:5] == ["2,000", "0", "0", "none"]
    assert cells[5:] == ["none", "1 in 460", "1 in 1,000", "cannot tell"]
    data = json.loads(look_line(found.looks[-1], rate, len(rate) - 1, as_data=True))
    assert data["not_adjudicated"] == 2
    assert data["low"] == 0 < data["high"]
    nothing = counted(*events(make_alert_raised("a")))
    assert last(nothing) == (1, 0, 1)
