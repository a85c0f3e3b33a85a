"""The office knows what was authorised before, and asks for the comparison with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from builders import make_bundle
from made_records import make_change, make_comparison
from record_places import Place
from review_places import DRAFT, Room, subject

from overt.errors import AuthorityError, RecordsError
from overt.governance.rules import Before, Subject
from overt.inference.bundle import IntendedUse
from overt.values.duty_events import ChangeAuthorised
from overt.values.watchlist import Category

OLD, NEW = ("b" * 64, 0.64), ("b" * 64, 0.62)
REASON = "two people were missed twice at the higher threshold"


def changed(*, named: bool = True, reason: str = "") -> Subject:
    made = subject()
    comparison = make_comparison(
        before=OLD, after=NEW, changes=(make_change(measure="FPIR", by=0.01, base=0),)
    )
    deployment = replace(
        made.deployment,
        threshold=NEW[1],
        comparison=comparison.sha256 if named else "",
        statement=replace(made.deployment.statement, change=reason),
    )
    return replace(made, deployment=deployment, comparison=comparison if named else None)


def submitted(room: Room) -> str:
    deployment = room.office.draft(name="another", draft=DRAFT, by="A. Drafter")
    room.office.submit(deployment, draft=DRAFT, by="A. Drafter")
    return deployment


def test_a_change_is_authorised_on_its_comparison_and_recorded(room: Room) -> None:
    first = room.running()
    assert room.office.before(first) == ()
    second = submitted(room)
    assert room.office.before(second) == (Before(first, *OLD),)
    for refused, said in (
        (changed(named=False), "change of bundle or threshold: got no comparison, want one of"),
        (changed(), "false alerts of everybody 10.00% to 11.00%"),
    ):
        with pytest.raises(AuthorityError) as told:
            room.office.authorise(second, refused, draft=DRAFT, by="A. Officer")
        assert said in str(told.value)
        assert str(told.value).count("\n  - ") == 1
    room.office.authorise(second, changed(reason=REASON), draft=DRAFT, by="A. Officer")
    (event,) = [
        recorded.event.body
        for recorded in room.store.events(deployment=second)
        if isinstance(recorded.event.body, ChangeAuthorised)
    ]
    assert event.comparison == changed().deployment.comparison
    assert event.accepted == REASON
    assert event.finding.startswith("false alerts of everybody 10.00% to 11.00%")
    # Once it is authorised it is held to what came before it, whatever comes later.
    third = submitted(room)
    assert room.office.before(second) == (Before(first, *OLD),)
    assert room.office.before(third) == (Before(second, *NEW),)


def test_a_trial_is_compared_with_nothing_and_nothing_with_it(room: Room) -> None:
    room.running()
    made = changed(named=False)
    blue = tuple(replace(entry, category=Category.BLUE) for entry in made.watchlist.entries)
    trial = replace(
        made,
        deployment=replace(made.deployment, trial=True),
        watchlist=replace(made.watchlist, entries=blue),
        bundle=make_bundle(intended_use=IntendedUse.TRIAL),
    )
    deployment = submitted(room)
    room.office.authorise(deployment, trial, draft=DRAFT, by="A. Officer")
    (before,) = room.office.before(submitted(room))
    assert before.deployment != deployment


def test_an_authority_is_recorded_with_what_it_rests_on_or_not_at_all(
    room: Room, tmp_path: Path
) -> None:
    room.running()
    second = submitted(room)
    record, before = Place("", f"sqlite:///{tmp_path / 'events.sqlite'}"), room.store.last()
    for kind in ("watchlist-composed", "change-authorised"):
        refusal = f"INSERT ON events WHEN NEW.kind = '{kind}'"
        record.execute(
            f"CREATE TRIGGER full BEFORE {refusal} BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
        with pytest.raises(RecordsError):
            room.office.authorise(second, changed(reason=REASON), draft=DRAFT, by="A. Officer")
        record.execute("DROP TRIGGER full")
    assert room.store.last() == before
