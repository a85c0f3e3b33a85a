"""The queue that is kept up, against going through all alerts."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from builders import NOON, make_alert_raised
from hypothesis import given
from hypothesis import strategies as st

from overt.errors import MoveError, PersonError
from overt.review.alert_record import AlertRecord, advance, fold_into
from overt.review.alert_state import HumanBody
from overt.review.queue import Queue
from overt.values.alert_events import AlertAdjudicated, AlertClaimed, AlertReleased
from overt.values.events import Event
from overt.values.review import Decision, Factors, FalseAlertReason

NAMES = ("Ann Operator", "Bob Operator")
AT_MOST = 3


def acts(alert: str, by: str) -> dict[str, HumanBody]:
    def judged(*, second: bool) -> AlertAdjudicated:
        reason = FalseAlertReason.BLUR
        return AlertAdjudicated(alert, by, Decision.REJECT, Factors(), reason, "", second)

    return {
        "claim": AlertClaimed(alert, by),
        "release": AlertReleased(alert, by),
        "judge": judged(second=False),
        "second": judged(second=True),
    }


def waiting_by_hand(records: list[AlertRecord]) -> tuple[list[str], int, int, set[str]]:
    """Go through all alerts, which are in the order in which they were raised."""
    undecided = [each for each in records if each.first is None]
    free = [each for each in undecided if not each.holder]
    shown = {each.id for each in [*free[:AT_MOST], *(x for x in undecided if x.holder)]}
    seconds = [each for each in records if each.holder and each.second is None]
    found: set[str] = set()
    for who in (*NAMES, "Cy Operator"):
        others = [each for each in seconds if each.holder != who]
        # Of somebody who holds many, those that were taken first count as the oldest.
        if max(Counter(each.holder for each in others).values(), default=0) <= AT_MOST:
            found |= {each.id for each in others[:AT_MOST]}
    return (
        [each.id for each in records if each.id in shown],
        len(free),
        len(undecided) - len(free),
        found,
    )


@given(
    st.lists(
        st.tuples(
            st.sampled_from(("raise", "claim", "release", "judge", "second")),
            st.integers(0, 7),
            st.sampled_from(NAMES),
        ),
        max_size=60,
    )
)
def test_the_queue_is_what_going_through_all_alerts_gives(
    steps: list[tuple[str, int, str]],
) -> None:
    alerts: dict[str, AlertRecord] = {}
    queue = Queue()
    for number, (what, which, by) in enumerate(steps):
        now = NOON + timedelta(seconds=number)
        if what == "raise":
            made = make_alert_raised(f"a-{len(alerts):03}", now)
            event = Event(f"e-{number}", "d", now, made)
            alert = made.alert
        else:
            alert = f"a-{which:03}"
            body = acts(alert, by)[what]
            try:
                advance(alerts[alert], body, at=now)
            except (KeyError, MoveError, PersonError):
                continue
            event = Event(f"e-{number}", "d", now, body)
        before = alerts.get(alert)
        fold_into(alerts, event)
        raised = list(alerts).index(alert)
        queue.note(before, alerts[alert], raised=raised)
        found = queue.waiting(alerts.__getitem__, at_most=AT_MOST)
        shown, free, held, seconds = waiting_by_hand(list(alerts.values()))
        assert [each.id for each in found.shown] == shown
        assert (found.free, found.held) == (free, held)
        assert seconds <= {each.id for each in found.seconds}
        assert len(found.seconds) <= 2 * AT_MOST


def test_an_alert_that_was_given_back_is_again_where_it_was() -> None:
    queue, alerts = Queue(), dict[str, AlertRecord]()
    for number in range(5):
        made = replace(make_alert_raised(f"a-{number}"), time=NOON)
        event = Event(f"e-{number}", "d", NOON + timedelta(seconds=number), made)
        fold_into(alerts, event)
        queue.note(None, alerts[made.alert], raised=number)
    for number, body in enumerate((AlertClaimed("a-1", "Ann"), AlertReleased("a-1", "Ann"))):
        before = alerts["a-1"]
        fold_into(alerts, Event(f"f-{number}", "d", NOON + timedelta(minutes=1), body))
        queue.note(before, alerts["a-1"], raised=1)
    found = queue.waiting(alerts.__getitem__, at_most=3)
    assert [each.id for each in found.shown] == ["a-0", "a-1", "a-2"]
    assert (found.free, found.held, found.seconds) == (5, 0, ())
