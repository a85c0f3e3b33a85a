"""A threshold that is lowered while recognition runs needs the grounds of an authority."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from builders import make_bundle
from made_records import make_change, make_comparison, make_record, share
from record_places import Place
from review_places import Room

from overt.errors import RecordsError, RefusedError
from overt.governance.comparisons import keep_comparison
from overt.inference.bundle import Bundle
from overt.review.threshold_change import NewThreshold
from overt.values.comparison import Comparison
from overt.values.duty_events import ChangeAuthorised, ThresholdChanged

AUTHORISED, LOWER = ("b" * 64, 0.64), ("b" * 64, 0.62)


def lower(
    folder: Path | None, *, to: float = LOWER[1], bundle: Bundle | None = None
) -> NewThreshold:
    return NewThreshold(
        to, bundle or make_bundle(), "S. Senior", "Superintendent", "two were missed", folder
    )


def shown(*, by: float = 0.0, made: str = "2026-01-01T00:00:00+00:00") -> Comparison:
    change = make_change(measure="FPIR", by=by, base=0)
    found = make_comparison(before=AUTHORISED, after=LOWER, changes=(change,))
    record = make_bundle().record
    assert record is not None
    ends = [replace(used, evaluation=record.sha256) for used in (found.before, found.after)]
    return replace(found, before=ends[0], after=ends[1], made=made)


def recorded(room: Room, kind: type) -> list[object]:
    return [each.event.body for each in room.store.events() if isinstance(each.event.body, kind)]


def test_it_is_lowered_on_a_comparison_that_shows_no_harm(room: Room, tmp_path: Path) -> None:
    deployment, office = room.running(), room.office
    for folder in (None, tmp_path, tmp_path / "not there"):
        with pytest.raises(RefusedError) as told:
            office.change_threshold(deployment, lower(folder))
        assert "got 0.62, below 0.64 as authorised; want its grounds" in str(told.value)
        assert "change of bundle or threshold: got no comparison" in str(told.value)
        (foreseen,) = office.foresee_thresholds(deployment, lower(folder), instead=(LOWER[1],))
        assert isinstance(foreseen, RefusedError)
    assert recorded(room, ThresholdChanged) == []
    comparison = shown()
    keep_comparison(comparison, folder=tmp_path)
    foreseen = office.foresee_thresholds(
        deployment, lower(tmp_path, to=0.64), instead=(0.66, 0.62, 0.61)
    )
    assert [getattr(each, "after", None) for each in foreseen] == [0.66, 0.62, None]
    assert recorded(room, ThresholdChanged) == recorded(room, ChangeAuthorised) == []
    assert office.change_threshold(deployment, lower(tmp_path)).threshold == 0.62
    (grounds,) = recorded(room, ChangeAuthorised)
    assert isinstance(grounds, ChangeAuthorised)
    assert (grounds.comparison, grounds.accepted) == (comparison.sha256, "")
    assert grounds.finding.startswith("nothing worse")


def test_raising_it_needs_nothing_nor_does_going_back_to_what_was_authorised(room: Room) -> None:
    deployment, office = room.running(), room.office
    office.change_threshold(deployment, lower(None, to=0.68))
    office.change_threshold(deployment, lower(None, to=0.66))
    office.change_threshold(deployment, lower(None, to=0.64))
    with pytest.raises(RefusedError, match="as authorised"):
        office.change_threshold(deployment, lower(None, to=0.63))
    assert recorded(room, ChangeAuthorised) == []


def test_what_became_worse_is_not_accepted_while_it_runs(room: Room, tmp_path: Path) -> None:
    deployment = room.running()
    keep_comparison(shown(by=0.01), folder=tmp_path)
    with pytest.raises(RefusedError, match=r"false alerts of everybody 10\.00% to 11\.00%") as told:
        room.office.change_threshold(deployment, lower(tmp_path))
    assert "accept in writing" in str(told.value.hint)


def test_few_other_people_are_no_ground(room: Room, tmp_path: Path) -> None:
    """On twenty people nothing is shown to be worse, whatever became worse."""
    deployment, found = room.running(), shown()
    few = make_comparison(before=AUTHORISED, after=LOWER, mated=20, nonmated=20)
    other = [replace(used, evaluation="e" * 64) for used in (found.before, found.after)]
    for number, ends in enumerate((other, (found.before, other[1]), (other[0], found.after))):
        folder = tmp_path / str(number)
        folder.mkdir()
        keep_comparison(replace(few, before=ends[0], after=ends[1]), folder=folder)
        with pytest.raises(RefusedError, match="a comparison on another evaluation") as told:
            room.office.change_threshold(deployment, lower(folder))
        assert "which the bundle rests on" in str(told.value)
    assert recorded(room, ThresholdChanged) == []


def test_nobody_chooses_among_comparisons(room: Room, tmp_path: Path) -> None:
    deployment = room.running()
    keep_comparison(shown(), folder=tmp_path)
    keep_comparison(shown(by=0.01, made="2026-02-01T00:00:00+00:00"), folder=tmp_path)
    (tmp_path / "other.json").write_text("none")
    with pytest.raises(RefusedError, match="false alerts of everybody"):
        room.office.change_threshold(deployment, lower(tmp_path))


def test_the_evaluation_must_hold_at_the_lower_threshold(room: Room, tmp_path: Path) -> None:
    deployment = room.running()
    keep_comparison(shown(), folder=tmp_path)
    too_many = make_record(false_alerts=share(9, 5000, low=0.001, high=0.004))
    with pytest.raises(RefusedError, match="false alerts"):
        room.office.change_threshold(
            deployment, lower(tmp_path, bundle=make_bundle(record=too_many))
        )


def test_a_record_that_takes_no_grounds_takes_no_change(room: Room, tmp_path: Path) -> None:
    """The record's file refuses the second event: nothing of the first is left."""
    deployment = room.running()
    keep_comparison(shown(), folder=tmp_path)
    record = Place("", f"sqlite:///{tmp_path / 'events.sqlite'}")
    refusal = "INSERT ON events WHEN NEW.kind = 'change-authorised'"
    record.execute(f"CREATE TRIGGER full BEFORE {refusal} BEGIN SELECT RAISE(ABORT, 'full'); END")
    before = room.store.last()
    with pytest.raises(RecordsError):
        room.office.change_threshold(deployment, lower(tmp_path))
    assert room.store.last() == before
    record.execute("DROP TRIGGER full")
    room.office.change_threshold(deployment, lower(tmp_path))
    events = [each.event for each in room.store.events(after=before)]
    assert [type(each.body) for each in events] == [ThresholdChanged, ChangeAuthorised]
    assert events[0].at == events[1].at
