"""The life cycle of an alert: the table against a slow telling of it, and who may do what."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import NOON
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from review_steps import event, may, raised, step

from overt.errors import MoveError, PersonError, RefusedError
from overt.review.alert_record import AlertRecord, advance, allowed, fold_alert
from overt.review.alert_state import DECOY_MOVES, MOVES, AlertAction, AlertState, action_of
from overt.review.decoys import DecoyResults, decoy_results, real
from overt.review.unjudged import Agreement, agreement, unjudged
from overt.values.alert_events import AlertAdjudicated, AlertClaimed
from overt.values.duty_events import EvidenceDeleted, EvidenceViewed
from overt.values.events import Event
from overt.values.private import ERASED
from overt.values.review import Decision, Factors, FollowUp

A, S = AlertAction, AlertState
PEOPLE = ("Ann One", "ann  ONE", "Bob Two", "Cy Three")


def person(name: str) -> str:
    return name.replace(" ", "").lower()


# Everybody who judges here has looked; what holds for who has not is told at the end.
LOOKS = tuple(
    event(EvidenceViewed("a1", by, "adjudicate"))
    for by in (*PEOPLE, "Officer One", "Officer Two", "Ben One", "Ann", "Bob")
)


def fresh(*, decoy: bool = False) -> AlertRecord:
    return fold_alert([event(raised(decoy=decoy)), *LOOKS])


USUAL = (A.CLAIM, A.RELEASE, A.CLAIM, A.ENGAGE, A.START, A.END_TRUE, A.ARREST, A.FOLLOW_UP)


class AlertLife(RuleBasedStateMachine):
    """Random actions by random people; what is refused must change nothing."""

    @initialize(decoy=st.booleans(), lead=st.integers(0, len(USUAL)))
    def begin(self, *, decoy: bool, lead: int) -> None:
        """Begin anywhere on the usual way: chance alone seldom gets as far as an outcome."""
        self.decoy = decoy
        self.record = fresh(decoy=decoy)
        self.events = [event(raised(decoy=decoy)), *LOOKS]
        self.history: list[AlertAction] = []
        self.by: dict[AlertAction, str] = {}
        for action in USUAL[:lead]:
            self.act(action, PEOPLE[0])

    def may_person(self, action: AlertAction, by: str) -> bool:
        claimed = next(
            (e.body.by for e in reversed(self.events) if isinstance(e.body, AlertClaimed)), ""
        )
        if action in (A.ENGAGE, A.REJECT):
            return person(claimed) == person(by) and person(self.by.get(A.SECOND, "")) != person(by)
        if action is not A.SECOND:
            return True
        first = self.by.get(A.ENGAGE) or self.by.get(A.REJECT) or claimed
        return A.SECOND not in self.by and person(first) != person(by)

    @rule(action=st.sampled_from(AlertAction), by=st.sampled_from(PEOPLE))
    def act(self, action: AlertAction, by: str) -> None:
        body = step(action, by=by)
        at = NOON + timedelta(minutes=len(self.events))
        if may(self.history, action, decoy=self.decoy) and self.may_person(action, by):
            self.record = advance(self.record, body, at=at)
            self.events.append(event(body, minute=len(self.events)))
            self.history.append(action)
            self.by[action] = by
        else:
            with pytest.raises((MoveError, PersonError)):
                advance(self.record, body, at=at)

    @precondition(lambda self: self.history)
    @rule()
    def is_one_step_further(self) -> None:
        """Go on from what a fold gives: the process that decides next reads it so."""
        self.record = fold_alert(self.events)

    @invariant()
    def folds_to_the_same(self) -> None:
        if hasattr(self, "record"):
            assert fold_alert(self.events) == self.record
            assert set(allowed(self.record)) == {
                action for action in A if may(self.history, action, decoy=self.decoy)
            }


TestAlertLife = AlertLife.TestCase
TestAlertLife.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


@pytest.mark.parametrize("decoy", [False, True])
@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("action", A)
def test_what_is_not_in_the_table_is_refused(
    state: AlertState, action: AlertAction, *, decoy: bool
) -> None:
    record = replace(fresh(decoy=decoy), state=state, holder="Officer Two")
    moves = DECOY_MOVES if decoy else MOVES
    by = "Officer Two" if action in (A.ENGAGE, A.REJECT) else "Officer One"
    if (state, action) in moves:
        assert advance(record, step(action, by=by), at=NOON).state is moves[state, action]
        return
    with pytest.raises(MoveError) as refused:
        advance(record, step(action, by=by), at=NOON)
    told = str(refused.value)
    assert str(action) in told
    assert f"it is {state}" in told
    assert all(str(possible) in told for possible in allowed(record))


def test_every_body_has_its_action() -> None:
    assert [action_of(step(action)) for action in A] == list(A)


def test_a_decoy_never_leads_to_an_engagement() -> None:
    reached = {S.RAISED}
    for _ in S:
        reached |= {to for (state, _), to in DECOY_MOVES.items() if state in reached}
    assert reached == {S.RAISED, S.CLAIMED, S.CLOSED}


def test_before_it_is_judged_a_decoy_can_do_what_a_real_alert_can() -> None:
    for state in (S.RAISED, S.CLAIMED):
        real_one, decoy = (replace(fresh(decoy=d), state=state) for d in (False, True))
        assert allowed(real_one) == allowed(decoy)
        assert unjudged(real_one) == unjudged(decoy)


@given(
    spelt=st.sampled_from(
        [
            "Ann One",
            " ann one ",
            "ANN ONE",
            "A\uff4eN One",
            "Ann\u00a0One",
            "Ann-One",
            "An\u200bn One",
        ]
    )
)
def test_a_second_opinion_is_not_of_the_first_in_any_spelling(spelt: str) -> None:
    held = advance(fresh(), step(A.CLAIM, by="Ann One"), at=NOON)
    judged = advance(held, step(A.ENGAGE, by=spelt), at=NOON)
    for record in (held, judged):
        with pytest.raises(PersonError):
            advance(record, step(A.SECOND, by=spelt), at=NOON)
        assert advance(record, step(A.SECOND, by="Ben One"), at=NOON).state is record.state


def test_who_gave_the_second_opinion_does_not_decide_afterwards() -> None:
    record = advance(fresh(), step(A.CLAIM, by="Ann One"), at=NOON)
    record = advance(record, step(A.SECOND, by="Bob Two"), at=NOON)
    record = advance(record, step(A.RELEASE, by="Ann One"), at=NOON)
    record = advance(record, step(A.CLAIM, by="Bob Two"), at=NOON)
    with pytest.raises(PersonError, match="from two"):
        advance(record, step(A.REJECT, by="bob two"), at=NOON)


def test_what_was_erased_can_still_be_read() -> None:
    events = [
        event(raised()),
        event(step(A.CLAIM, by=ERASED), minute=1),
        event(step(A.ENGAGE, by=ERASED), minute=2),
        event(step(A.SECOND, by=ERASED), minute=3),
        event(EvidenceDeleted("a1", "c" * 64, "due after use"), minute=4),
    ]
    record = fold_alert(events)
    assert record.second is not None
    assert record.evidence_deleted
    assert advance(record, step(A.START), at=NOON).state is S.ENGAGING


def test_a_record_holds_what_was_said_and_when() -> None:
    actions = [A.CLAIM, A.ENGAGE, A.START, A.FORCE, A.END_TRUE, A.ARREST, A.DEMOGRAPHICS]
    actions += [A.FOLLOW_UP, A.COMPLAINT]
    events = [event(step(action), minute=n) for n, action in enumerate(actions, start=1)]
    record = fold_alert([event(raised()), *events])
    assert record.state is S.ARRESTED
    assert record.arrested
    assert (record.claimed, record.decided) == (
        NOON + timedelta(minutes=1),
        NOON + timedelta(minutes=2),
    )
    assert record.engaged is not None
    assert record.ended is not None
    assert record.ended - record.engaged == timedelta(minutes=2)
    assert record.demographics is not None
    assert record.follow_ups == (FollowUp.RELEASED,)
    assert (record.force, record.complaints) == (1, 1)


def test_events_of_no_alert_or_of_several_are_no_alert() -> None:
    for events, told in (
        ([], "events of 0"),
        ([event(raised("a1")), event(raised("a2"))], "events of 2"),
        ([event(raised()), event(raised())], "raised again"),
        ([event(step(A.CLAIM))], "raised first"),
    ):
        with pytest.raises(MoveError, match=told):
            fold_alert(events)


def judged_twice(first: Decision, second: Decision, *, decoy: bool = False) -> AlertRecord:
    record = advance(fresh(decoy=decoy), step(A.CLAIM, by="Ann"), at=NOON)
    action = {Decision.ENGAGE: A.ENGAGE, Decision.REJECT: A.REJECT}
    record = advance(record, step(action[first], by="Ann"), at=NOON)
    body = step(action[second], by="Bob")
    assert isinstance(body, AlertAdjudicated)
    return advance(record, replace(body, second=True), at=NOON)


def test_agreement_is_counted_without_decoys() -> None:
    pairs = list(itertools.product(Decision, Decision))
    records = [judged_twice(*pair) for pair in pairs for _ in range(1 + pairs.index(pair))]
    decoys = [judged_twice(*pair, decoy=True) for pair in pairs]
    alone = [fresh(), advance(fresh(), step(A.CLAIM), at=NOON)]
    found = agreement([*decoys, *records, *alone])
    assert found == Agreement(both_engage=1, first_engages=2, second_engages=3, both_reject=4)
    assert (found.pairs, found.agreed) == (10, 5)
    assert decoy_results([*decoys, fresh(decoy=True), *records]) == DecoyResults(5, 2, 2)
    assert not any(record.decoy for record in real([*decoys, *records]))


def test_what_is_shown_before_judging_tells_nothing_of_the_first() -> None:
    one, other = (judged_twice(decision, Decision.ENGAGE) for decision in Decision)
    assert unjudged(one) == unjudged(other)
    text = repr(unjudged(one))
    factors = repr(Factors())
    assert not any(word in text for word in ("engage", "reject", "decoy", factors))


def looked(by: str, alert: str = "a1") -> Event:
    return event(EvidenceViewed(alert, by, "adjudicate"))


DELETED = event(EvidenceDeleted("a1", "c" * 64, "due after use"))


@pytest.mark.parametrize("decoy", [False, True])
@pytest.mark.parametrize("action", [A.ENGAGE, A.REJECT, A.SECOND])
def test_nobody_judges_what_they_have_not_looked_at(action: AlertAction, *, decoy: bool) -> None:
    """By whom a look is counts, not that there is one; a decoy says the same as a real alert."""
    holder, other = "Ann One", "Bob Two"
    by = other if action is A.SECOND else holder
    claimed = [event(raised(decoy=decoy)), event(step(A.CLAIM, by=holder))]
    for looks in ([], [looked(ERASED)], [looked(holder if by == other else other)]):
        with pytest.raises(PersonError, match=r"got .* not looked at it, want") as refused:
            advance(fold_alert([*claimed, *looks]), step(action, by=by), at=NOON)
        assert "overt alert view" in refused.value.hint
        assert "decoy" not in str(refused.value)
    own = fold_alert([*claimed, looked(by.upper())])
    assert advance(own, step(action, by=by), at=NOON).viewers == {by.upper()}


@pytest.mark.parametrize("decoy", [False, True])
def test_once_the_pictures_are_deleted_only_who_had_looked_judges(*, decoy: bool) -> None:
    claimed = [event(raised(decoy=decoy)), event(step(A.CLAIM, by="Ann One")), looked("Ann One")]
    record = fold_alert([*claimed, DELETED])
    assert advance(record, step(A.ENGAGE, by="Ann One"), at=NOON).first is not None
    with pytest.raises(RefusedError, match="its pictures are deleted") as refused:
        advance(record, step(A.SECOND, by="Bob Two"), at=NOON)
    assert not isinstance(refused.value, PersonError)  # nobody else could, either
    assert advance(record, step(A.RELEASE, by="Ann One"), at=NOON).state is S.RAISED


def test_what_was_judged_without_a_look_before_this_rule_can_still_be_read() -> None:
    judged = [event(raised()), event(step(A.CLAIM)), event(step(A.ENGAGE)), looked("Officer One")]
    record = fold_alert([*judged, looked("Officer Two", "a2")])
    assert record.state is S.TO_ENGAGE
    assert record.viewers == {"Officer One"}
