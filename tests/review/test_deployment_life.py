"""The life cycle of a deployment: the table against a slow telling of it, and its conditions."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import get_args

import pytest
from builders import LIST_DIGEST, NOON
from deployment_steps import CAMERAS, authorised, checked, may, step
from event_strategies import of
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from overt.errors import (
    AuthorityError,
    InputError,
    MoveError,
    PersonError,
    RefusedError,
    WindowError,
)
from overt.governance.policy_file import open_policy, reference_policy
from overt.review.conditions import advance
from overt.review.deployment_record import (
    FOLDED,
    DeploymentRecord,
    Review,
    allowed,
    apply,
    fold_deployment,
    fold_into,
    review_due,
)
from overt.review.deployment_state import (
    MOVES,
    TRIAL_MOVES,
    DeploymentAction,
    DeploymentState,
    StepBody,
    action_of,
)
from overt.review.orders import Act, Order, Standing
from overt.values.alert_events import ComplaintRecorded
from overt.values.duty_events import (
    AuthorityReviewed,
    CameraChecked,
    DeploymentBriefed,
    DeploymentPaused,
    ThresholdChanged,
)
from overt.values.events import Body, Event, WatchlistDestroyed
from overt.values.go_no_go import GoNoGo
from overt.values.private import ERASED

A, S = DeploymentAction, DeploymentState
POLICY = reference_policy()
DAY = timedelta(days=1)


def event(body: Body, *, minute: int = 0) -> Event:
    return Event(f"e{minute}", "d1", NOON + timedelta(minutes=minute), body)


def reached(*actions: DeploymentAction, trial: bool = False) -> DeploymentRecord:
    bodies = [step(action, trial=trial) for action in actions]
    record = fold_deployment([event(b, minute=n) for n, b in enumerate(bodies)], deployment="d1")
    return replace(record, checks=tuple(checked(camera) for camera in CAMERAS))


READY = (A.DRAFT, A.SUBMIT, A.AUTHORISE, A.BRIEF)
RUNNING = reached(*READY, A.START)


def go(record: DeploymentRecord, body: StepBody, *, at: datetime = NOON) -> DeploymentRecord:
    return advance(record, body, policy=POLICY, at=at)


USUAL = (*READY, A.START, A.PAUSE, A.RESUME, A.THRESHOLD, A.PAUSE, A.START, A.STOP, A.END)


class DeploymentLife(RuleBasedStateMachine):
    """Random actions; what is refused must change nothing, and a runner obeys what is recorded."""

    @initialize(trial=st.booleans(), lead=st.integers(0, len(USUAL)))
    def begin(self, *, trial: bool, lead: int) -> None:
        """Begin anywhere on the usual way: chance alone seldom gets as far as recognition."""
        self.trial = trial
        self.record = DeploymentRecord("d1")
        self.events: list[Event] = []
        self.history: list[DeploymentAction] = []
        for action in USUAL[:lead]:
            self.act(action)

    @rule(action=st.sampled_from(DeploymentAction))
    def act(self, action: DeploymentAction) -> None:
        body = step(action, trial=self.trial)
        if may(self.history, action, trial=self.trial):
            self.record = apply(self.record, body, at=NOON + timedelta(minutes=len(self.events)))
            self.events.append(event(body, minute=len(self.events)))
            self.history.append(action)
        else:
            with pytest.raises(MoveError):
                apply(self.record, body, at=NOON)

    @invariant()
    def folds_to_the_same(self) -> None:
        if hasattr(self, "record"):
            assert fold_deployment(self.events, deployment="d1") == self.record
            trial = self.trial and A.AUTHORISE in self.history
            legal = {action for action in A if may(self.history, action, trial=trial)}
            assert set(allowed(self.record)) == legal

    @invariant()
    def a_runner_does_what_the_state_says(self) -> None:
        if not hasattr(self, "record") or A.START not in self.history or A.END in self.history:
            return
        orders = [e.body for e in self.events if isinstance(e.body, Order)]
        standing = Standing().obey(orders)
        want = {S.RUNNING: Act.RUN, S.PAUSED: Act.PAUSE}.get(self.record.state, Act.STOP)
        assert standing.act is want
        assert (standing.threshold or 0.64) == self.record.threshold


TestDeploymentLife = DeploymentLife.TestCase
TestDeploymentLife.settings = settings(max_examples=80, stateful_step_count=25, deadline=None)


@pytest.mark.parametrize("trial", [False, True])
@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("action", A)
def test_what_is_not_in_the_table_is_refused(
    state: DeploymentState, action: DeploymentAction, *, trial: bool
) -> None:
    given_one = None if state is S.NEW else authorised(trial=trial)
    record = DeploymentRecord("d1", state=state, authorised=given_one)
    body = step(action, trial=trial)
    moves = TRIAL_MOVES if trial else MOVES
    if (state, action) in moves:
        assert apply(record, body, at=NOON).state is moves[state, action]
        return
    with pytest.raises(MoveError) as refused:
        apply(record, body, at=NOON)
    assert all(str(word) in str(refused.value) for word in (action, state, *allowed(record)))


def test_every_body_has_its_action() -> None:
    assert [action_of(step(action)) for action in A] == list(A)


@pytest.mark.parametrize("kind", [kind for kind in get_args(Body) if kind.kind not in FOLDED])
@settings(max_examples=5)
@given(data=st.data())
def test_what_is_not_asked_of_the_record_would_change_nothing(
    kind: type[Body], data: st.DataObject
) -> None:
    body = data.draw(of(kind))
    assert fold_into(RUNNING, event(body)) == RUNNING
    if hasattr(body, "alert"):  # a complaint about no alert is about the deployment
        with suppress(InputError):  # some cannot be without
            assert fold_into(RUNNING, event(replace(body, alert=""))) == RUNNING


def test_nothing_runs_unauthorised_and_nothing_real_unbriefed() -> None:
    """Walk every way through the table: what leads to `running` has passed what must come first."""

    def ways(state: DeploymentState, seen: frozenset[DeploymentAction], *, trial: bool) -> None:
        if state is S.RUNNING:
            assert A.AUTHORISE in seen
            assert trial or {A.DRAFT, A.SUBMIT, A.BRIEF} <= seen
            return
        for (at, action), to in (TRIAL_MOVES if trial else MOVES).items():
            if at is state and (action not in seen or to is not state):
                key = (to, seen | {action})
                if key not in walked:
                    walked.add(key)
                    ways(to, seen | {action}, trial=trial)

    for trial in (False, True):
        walked: set[tuple[DeploymentState, frozenset[DeploymentAction]]] = set()
        ways(S.NEW, frozenset(), trial=trial)
        assert any(state is S.RUNNING for state, _ in walked)


@given(
    name=st.sampled_from(
        ["A. Officer", "a officer", "A OFFICER", " A.\u00a0Officer", "A\uff0e Officer"]
    )
)
def test_nobody_authorises_what_they_drafted_or_submitted(name: str) -> None:
    for drafter, submitter in ((name, "Else"), ("Else", name)):
        record = reached(A.DRAFT)
        record = replace(record, hands=(drafter,))
        record = go(record, step(A.SUBMIT, by=submitter))
        with pytest.raises(PersonError, match="somebody else"):
            go(record, authorised())
        assert go(record, authorised(officer="B. Officer")).state is S.AUTHORISED


def test_who_drafted_first_does_not_authorise_what_another_drafted_anew() -> None:
    record = go(DeploymentRecord("d1"), step(A.DRAFT, by="A. Officer"))
    record = go(record, step(A.DRAFT, by="Else"))
    record = go(record, step(A.SUBMIT, by="Else"))
    with pytest.raises(PersonError):
        go(record, authorised())


def test_an_authority_is_not_given_in_the_future() -> None:
    later = replace(authorised(), given=NOON + timedelta(minutes=1))
    with pytest.raises(AuthorityError, match="given by now"):
        go(reached(A.DRAFT, A.SUBMIT), later)


def test_another_file_than_was_drafted_is_not_submitted() -> None:
    body = replace(step(A.SUBMIT), draft="e" * 64)  # pyright: ignore[reportCallIssue]: a submission
    with pytest.raises(AuthorityError, match=r"want d+"):
        go(reached(A.DRAFT), body)


@pytest.mark.parametrize("action", [A.START, A.RESUME])
@pytest.mark.parametrize(
    ("hours", "holds"), [(-2.001, False), (-2, True), (1.999, True), (2, False)]
)
def test_nothing_starts_or_goes_on_outside_the_window(
    action: DeploymentAction, hours: float, *, holds: bool
) -> None:
    record = reached(*READY) if action is A.START else reached(*READY, A.START, A.PAUSE)
    at = NOON + timedelta(hours=hours)
    if holds:
        assert go(record, step(action), at=at).state is S.RUNNING
    else:
        with pytest.raises(WindowError):
            go(record, step(action), at=at)


@pytest.mark.parametrize(
    ("change", "want"),
    [
        ({"signs": " "}, "signs"),
        ({"notice": ""}, "announced"),
        ({"staff": 0}, "officers"),
        ({"cameras": ("gate",)}, "check of camera north"),
        ({"cameras": ("gate", "north", "south")}, "no camera but"),
    ],
)
def test_a_briefing_is_complete_or_none(change: dict[str, object], want: str) -> None:
    body = step(A.BRIEF)
    assert isinstance(body, DeploymentBriefed)
    record = reached(A.DRAFT, A.SUBMIT, A.AUTHORISE)
    assert go(record, body).state is S.BRIEFED
    with pytest.raises(RefusedError, match=want):
        go(record, replace(body, **change))  # pyright: ignore[reportArgumentType]: as parametrised


@pytest.mark.parametrize(
    ("checks", "failing"),
    [
        ((), "gate, north"),
        ((checked("gate"),), "north"),
        ((checked("gate"), checked("north", verdict=GoNoGo.NO_GO)), "north"),
        ((checked("gate"), checked("north", verdict=GoNoGo.CANNOT_TELL)), "north"),
        ((checked("gate"), checked("north"), checked("gate", verdict=GoNoGo.NO_GO)), "gate"),
        ((checked("gate", at=NOON - timedelta(hours=26, seconds=1)), checked("north")), "gate"),
        ((checked("gate", at=NOON - timedelta(hours=26)), checked("north")), ""),
        ((checked("gate", verdict=GoNoGo.NO_GO), checked("gate"), checked("north")), ""),
    ],
)
def test_no_briefing_and_no_start_without_a_go_of_every_camera(
    checks: tuple[CameraChecked, ...], failing: str
) -> None:
    authorised_one = replace(reached(A.DRAFT, A.SUBMIT, A.AUTHORISE), checks=checks)
    briefed_one = replace(reached(*READY), checks=checks)
    for record, action in ((authorised_one, A.BRIEF), (briefed_one, A.START)):
        if not failing:
            go(record, step(action))
            continue
        with pytest.raises(RefusedError, match=f"no go of camera {failing}, want") as refused:
            go(record, step(action))
        assert f"--camera {failing.split(', ', maxsplit=1)[0]} --by" in refused.value.hint


def test_a_check_counts_for_the_draft_that_it_was_made_for() -> None:
    events = [event(step(A.DRAFT)), event(checked("gate"), minute=1)]
    assert set(fold_deployment(events, deployment="d1").passed) == {"gate"}
    again = [*events, event(step(A.DRAFT), minute=2)]
    assert not fold_deployment(again, deployment="d1").passed


def test_a_machine_that_failed_starts_again_although_a_camera_failed_since() -> None:
    paused = reached(*READY, A.START, A.PAUSE)
    failed = replace(paused, checks=(*paused.checks, checked("gate", verdict=GoNoGo.NO_GO)))
    assert go(failed, step(A.START)).state is S.RUNNING


def urgent(*, hours: float = 40) -> DeploymentRecord:
    record = go(reached(A.DRAFT, A.SUBMIT), authorised(urgent=True, hours=hours))
    return go(record, step(A.BRIEF))


def test_an_urgent_authority_fails_without_its_review() -> None:
    record = urgent()
    due = NOON - timedelta(hours=3) + DAY
    for at, want in ((due, Review.WAITED_FOR), (due + timedelta(seconds=1), Review.OVERDUE)):
        assert review_due(record, at, within=DAY) is want
    assert go(record, step(A.START), at=due).state is S.RUNNING
    with pytest.raises(AuthorityError, match="overdue"):
        go(record, step(A.START), at=due + timedelta(seconds=1))
    late = go(record, step(A.UPHOLD, by="Senior"), at=due + timedelta(seconds=1))
    assert review_due(late, due + DAY, within=DAY) is Review.OVERDUE
    upheld = go(record, step(A.UPHOLD, by="Senior"), at=due)
    assert review_due(upheld, due + DAY, within=DAY) is Review.UPHELD
    assert go(upheld, step(A.START), at=due + timedelta(hours=3)).state is S.RUNNING


def test_an_urgent_authority_that_is_not_upheld_ends_it() -> None:
    record = go(go(urgent(), step(A.START)), step(A.OVERTURN, by="Senior"))
    assert record.state is S.STOPPED
    assert review_due(record, NOON, within=DAY) is Review.NOT_UPHELD
    assert record.stop_reason == "review: not urgent"


def test_a_review_is_of_an_urgent_authority_by_a_senior_who_had_no_part() -> None:
    assert review_due(RUNNING, NOON, within=DAY) is Review.NOT_NEEDED
    with pytest.raises(RefusedError, match="urgent"):
        go(RUNNING, step(A.UPHOLD, by="Senior"))
    for name in ("drafter", "a officer"):
        with pytest.raises(PersonError):
            go(urgent(), step(A.UPHOLD, by=name))
    with pytest.raises(PersonError, match="rank"):
        go(urgent(), AuthorityReviewed("Senior", "Chief Inspector", upheld=True, reason="right"))


@pytest.mark.parametrize(
    ("change", "want"),
    [
        ({"after": 0.59}, r"want 0\.6 or more"),
        ({"after": 0.64}, "that is in force"),
        ({"before": 0.63}, r"want 0\.64"),
        ({"reason": ""}, "no reason"),
        ({"rank": "Inspector"}, "rank"),
        ({"rank": "none"}, "rank"),
        ({"predicted_after": 0.002}, "1 in 1,000"),
    ],
)
def test_a_threshold_is_changed_on_a_senior_word_and_never_too_low(
    change: dict[str, object], want: str
) -> None:
    body = step(A.THRESHOLD)
    assert isinstance(body, ThresholdChanged)
    changed = go(RUNNING, body)
    assert (changed.threshold, changed.changes, changed.state) == (0.66, (body,), S.RUNNING)
    lowest = replace(body, after=0.60)
    assert go(RUNNING, lowest).threshold == 0.60
    with pytest.raises(RefusedError, match=want):
        go(RUNNING, replace(body, **change))  # pyright: ignore[reportArgumentType]: as parametrised


def test_a_trial_changes_its_threshold_as_its_policy_admits() -> None:
    trial = reached(A.AUTHORISE, A.START, trial=True)
    lower = ThresholdChanged("A Researcher", "none", "to see more", 0.64, 0.45, 5e-7, 9e-4)
    assert go(trial, lower).threshold == 0.45
    with pytest.raises(RefusedError, match="1 in 1,000"):
        go(trial, replace(lower, predicted_after=0.0011))
    with pytest.raises(RefusedError):
        advance(trial, lower, policy=open_policy("strict"), at=NOON)


def test_anybody_stops_it_at_any_time_and_it_never_starts_again() -> None:
    late = NOON + 30 * DAY
    for record in (RUNNING, reached(*READY, A.START, A.PAUSE), reached(*READY), urgent()):
        stopped = go(record, step(A.STOP, by="a passer-by"), at=late)
        assert stopped.state is S.STOPPED
        assert stopped.stop_reason == "enough"
        for action in (A.START, A.RESUME, A.PAUSE, A.BRIEF):
            with pytest.raises(MoveError):
                go(stopped, step(action))
        assert go(stopped, step(A.STOP, by="another")).stop_reason == "enough"
        ended = go(stopped, step(A.END))
        assert (ended.state, ended.stop_reason, ended.ended_at) == (S.STOPPED, "enough", NOON)


def test_it_is_closed_when_the_list_is_destroyed() -> None:
    stopped = reached(*READY, A.START, A.END)
    with pytest.raises(RefusedError, match="still there"):
        go(stopped, step(A.CLOSE))
    events = [event(step(action), minute=n) for n, action in enumerate((*READY, A.START, A.END))]
    destroyed = event(WatchlistDestroyed(LIST_DIGEST, 20), minute=9)
    complaint = event(ComplaintRecorded("", "Ann", "C/1"), minute=10)
    record = fold_deployment([*events, destroyed, complaint], deployment="d1")
    assert record.list_destroyed == NOON + timedelta(minutes=9)
    assert record.complaints == 1
    assert go(record, step(A.CLOSE)).closed_at == NOON
    assert go(reached(A.DRAFT, A.SUBMIT), step(A.CLOSE)).state is S.CLOSED  # withdrawn


def test_what_was_erased_can_still_be_read_and_forbids_nobody() -> None:
    record = go(DeploymentRecord("d1"), step(A.DRAFT, by=ERASED))
    record = go(record, step(A.SUBMIT, by=ERASED))
    assert go(record, authorised(officer=ERASED)).state is S.AUTHORISED


def test_after_a_stop_nothing_else_is_obeyed() -> None:
    orders: list[Order] = []
    for action in (A.STOP, A.RESUME, A.START, A.THRESHOLD):
        body = step(action)
        assert isinstance(body, Order)
        orders.append(body)
    stopped = Standing().obey(orders)
    assert stopped == Standing(Act.STOP, "enough")
    assert Standing().obey([DeploymentPaused("Ann", "crowd")]) == Standing(Act.PAUSE, "crowd")


def test_a_machine_that_comes_too_late_keeps_nobody_from_stopping_it() -> None:
    twice = reached(*READY, A.START, A.START)
    assert (twice.state, twice.out_of_turn) == (S.RUNNING, 1)
    assert go(twice, step(A.STOP)).state is S.STOPPED
    late = reached(*READY, A.START, A.STOP, A.START, A.END)
    assert (late.state, late.out_of_turn) == (S.STOPPED, 1)
    with pytest.raises(MoveError):  # what is about to be recorded is refused all the same
        go(twice, step(A.START))
