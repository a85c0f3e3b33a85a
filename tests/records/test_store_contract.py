"""What every store of events must do, over SQLite and a real PostgreSQL alike."""

from __future__ import annotations

import dataclasses
import itertools
import threading
import tracemalloc

import pytest
from event_strategies import events
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from record_places import Place, Start
from record_workers import append_often, claim_each, claimed, counted, raised, stopped
from sqlalchemy.exc import DBAPIError

from overt.errors import ConflictError, RecordsError
from overt.records.base import Guard, Recorded
from overt.records.codec import encode
from overt.values.alert_events import AlertAdjudicated, AlertClaimed
from overt.values.events import Event
from overt.values.private import ERASED
from overt.values.review import Decision, Factors
from overt.vault.sealed import new_salt

COLUMNS = "deployment, kind, version, at, canonical FROM events WHERE seq = 1"


def test_events_come_back_in_order(place: Place) -> None:
    first, second, third = stopped(), counted(), stopped("other")
    with place.store() as store:
        assert store.last() == 0
        assert store.append([first, second]) == (1, 2)
        assert store.append([third]) == (3,)
        assert store.append([]) == ()
        assert store.last() == 3
        want = [Recorded(1, first), Recorded(2, second), Recorded(3, third)]
        assert list(store.events()) == want
    with place.store() as store:
        assert list(store.events()) == want
        assert store.append([stopped()]) == (4,)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(events(), max_size=4), max_size=4, unique_by=id))
def test_any_events_come_back(place: Place, batches: list[list[Event]]) -> None:
    with place.store() as store:
        before = list(store.events())
        there = {recorded.event.id for recorded in before}
        want = list(before)
        for batch in batches:
            new = [e for e in {e.id: e for e in batch}.values() if e.id not in there]
            there.update(e.id for e in new)
            numbers = store.append(new)
            want.extend(map(Recorded, numbers, new))
        assert list(store.events()) == want
        assert [recorded.sequence for recorded in want] == list(range(1, len(want) + 1))


def test_filters(place: Place) -> None:
    kinds = [
        (),
        ("faces-counted",),
        ("deployment-stopped",),
        ("faces-counted", "deployment-stopped"),
        ("none",),
    ]
    with place.store() as store:
        store.append([make(d) for d, make, _ in itertools.product("ab", (stopped, counted), "123")])
        everything = list(store.events())
        assert len(everything) == 12
        for deployment, wanted, after, without in itertools.product(
            [None, "a", "b", "c"], kinds, (-1, 0, 3, 11, 12, 99), ((), ("faces-counted", "none"))
        ):
            got = list(
                store.events(deployment=deployment, kinds=wanted, without=without, after=after)
            )
            assert got == [
                recorded
                for recorded in everything
                if recorded.sequence > after
                and deployment in (None, recorded.event.deployment)
                and (not wanted or recorded.event.body.kind in wanted)
                and recorded.event.body.kind not in without
            ]


def test_events_at_places(place: Place) -> None:
    with place.store() as store:
        store.append([counted(seen=n) for n in range(1100)])
        store.append([stopped("other", reason="private")])
        everything = list(store.events())
        assert store.at(()) == ()
        assert store.at((1101, 2, 2)) == (everything[1], everything[1100])
        assert store.at({0, -1, 7, 1102, 9999}) == (everything[6],)
        assert list(store.at(range(1, 1102))) == everything


def test_many_pages(place: Place) -> None:
    with place.store() as store:
        for _ in range(13):
            store.append([counted(seen=n) for n in range(100)])
        assert [r.sequence for r in store.events()] == list(range(1, 1301))
        assert [r.sequence for r in store.events(after=700)] == list(range(701, 1301))
        assert [r.sequence for r in store.events(kinds=("faces-counted",), after=700)] == list(
            range(701, 1301)
        )


def test_what_is_appended_during_a_reading_is_left_for_the_next(place: Place) -> None:
    with place.store() as store:
        store.append([stopped() for _ in range(3)])
        reading = store.events()
        first = next(reading)
        store.append([stopped()])
        assert [r.sequence for r in (first, *reading)] == [1, 2, 3]
        assert [r.sequence for r in store.events(after=3)] == [4]


def test_a_refused_batch_leaves_nothing(place: Place) -> None:
    once = stopped()
    with place.store() as store:
        store.append([once])
        for batch in ([stopped(), once], [once, stopped()], [twice := stopped(), twice]):
            with pytest.raises(RecordsError, match="refuses the events"):
                store.append(batch)
        assert list(store.events()) == [Recorded(1, once)]
        assert store.append([stopped()]) == (2,)


def test_an_event_that_cannot_be_written_leaves_nothing(place: Place) -> None:
    with place.store() as store:
        with pytest.raises(RecordsError, match="half characters"):
            store.append([stopped(), stopped(reason="\ud800")])
        assert list(store.events()) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET deployment = 'x'",
        "UPDATE events SET seq = 9 WHERE seq = 2",
        "DELETE FROM events WHERE seq = 2",
        f"INSERT INTO events SELECT 4, 'x', {COLUMNS}",
        f"INSERT INTO events SELECT 2, 'x', {COLUMNS}",
        f"INSERT INTO events SELECT 3, id, {COLUMNS}",
    ],
)
def test_the_database_refuses_changes(place: Place, statement: str) -> None:
    with place.store() as store:
        store.append([stopped(), counted()])
        before = list(store.events())
        with pytest.raises(DBAPIError):
            place.execute(statement)
        assert list(store.events()) == before


def test_truncate_and_replace_are_refused(place: Place) -> None:
    statement = (
        f"INSERT OR REPLACE INTO events SELECT 3, id, {COLUMNS}"
        if place.engine.startswith("sqlite")
        else "TRUNCATE events"
    )
    with place.store() as store:
        store.append([stopped(), counted()])
        with pytest.raises(DBAPIError):
            place.execute(statement)
        assert [r.sequence for r in store.events()] == [1, 2]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ("DELETE FROM events WHERE seq = 2", "got event 3 after 1, want 2"),
        ("UPDATE events SET deployment = 'x' WHERE seq = 2", "event 2: got columns"),
        ("UPDATE events SET canonical = '\x7b\x7d' WHERE seq = 2", "event 2: event: got"),
    ],
)
def test_what_was_changed_behind_our_back_is_found(place: Place, change: str, match: str) -> None:
    with place.store() as store:
        store.append([stopped() for _ in range(3)])
    if place.engine.startswith("sqlite"):
        for trigger in ("events_update", "events_delete"):
            place.execute(f"DROP TRIGGER {trigger}")
        change = change.replace("'\x7b\x7d'", "x'7b7d'")
    else:
        place.execute("ALTER TABLE events DISABLE TRIGGER ALL")
    place.execute(change)
    with place.store() as store, pytest.raises(RecordsError, match=match):
        list(store.events())


def test_a_newer_schema_is_refused(place: Place) -> None:
    with place.store() as store:
        store.append([stopped()])
    place.execute("UPDATE overt_schema SET version_num = '0004'")
    with pytest.raises(RecordsError, match="got schema version 0004, want 0003") as caught:
        place.store().__enter__()
    assert "newer overt" in caught.value.hint
    place.execute("DELETE FROM overt_schema")
    with pytest.raises(RecordsError, match="got schema version none, want 0003"):
        place.store().__enter__()


def judged(text: str = "PC 12") -> Event:
    body = AlertAdjudicated(
        "a1", text, Decision.ENGAGE, Factors("cap", "", "rain"), None, "", second=False
    )
    return dataclasses.replace(stopped(), body=body)


def test_private_texts_can_be_erased(place: Place) -> None:
    events = [judged(), stopped(), judged("PC 13"), claimed()]
    with place.store() as store:
        store.append(events)
        leaves = list(store.leaves())
        assert not any(b"PC 1" in leaf or b"rain" in leaf for leaf in leaves)
        assert store.erase_openings([]) == 0
        assert store.erase_openings([1, 2, 99, 1]) == 1
        assert store.erase_openings([1]) == 0
        gone = AlertAdjudicated(
            "a1",
            ERASED,
            Decision.ENGAGE,
            Factors(ERASED, ERASED, ERASED),
            None,
            ERASED,
            second=False,
        )
        want = [dataclasses.replace(events[0], body=gone), *events[1:]]
        assert [r.event for r in store.events()] == want
        assert list(store.leaves()) == leaves
        assert store.check() == ()
    with place.store() as store:
        assert [r.event for r in store.events()] == want
        assert store.erase_openings(range(2000)) == 2


def test_leaves_are_the_canonical_bytes(place: Place) -> None:
    events = [stopped(), counted(), *(counted(seen=n) for n in range(600))]
    want = [encode(e, new_salt=new_salt).canonical for e in events]  # nothing private in them
    with place.store() as store:
        for first in range(0, 602, 100):
            store.append(events[first : first + 100])
        assert list(store.leaves()) == want
        assert list(store.leaves(after=550)) == want[550:]
        assert list(store.leaves(after=602)) == []
        reading = store.leaves()
        first_leaf = next(reading)
        store.append([stopped()])
        assert [first_leaf, *reading] == want


def test_an_opening_that_was_changed_is_found(place: Place) -> None:
    with place.store() as store:
        store.append([judged(), judged()])
    with pytest.raises(DBAPIError):
        place.execute("UPDATE openings SET seq = 3 WHERE seq = 1")
    with pytest.raises(DBAPIError):
        place.execute("INSERT INTO openings SELECT 3, canonical FROM openings WHERE seq = 1")
    if place.engine.startswith("sqlite"):
        place.execute("DROP TRIGGER openings_update")
    else:
        place.execute("ALTER TABLE openings DISABLE TRIGGER USER")
    place.execute(
        "UPDATE openings SET canonical = (SELECT canonical FROM openings WHERE seq = 1)"
        " WHERE seq = 2"
    )
    with place.store() as store, pytest.raises(RecordsError, match=r"event 2: .*another commitm"):
        list(store.events())


def test_a_guard_holds_a_deployment_still(place: Place) -> None:
    with place.store() as store:
        store.append([stopped(), stopped("other"), raised()])
        assert store.append([claimed()], guard=Guard("d", 1)) == (4,)  # alerts raised come alone
        with pytest.raises(ConflictError, match=r"d: got event 4 \(alert-claimed\), want none af"):
            store.append([stopped("other"), claimed()], guard=Guard("d", 3))
        store.append([counted(), raised()])
        store.append([stopped("other")])
        assert store.append([claimed()], guard=Guard("d", 4)) == (8,)
        assert store.append([stopped("new")], guard=Guard("new", 0)) == (9,)
        with pytest.raises(ConflictError):
            store.append([stopped("new")], guard=Guard("new", 0))
        assert len(list(store.events())) == 9
        assert store.append([], guard=Guard("new", 0)) == ()


def test_one_of_many_claims_an_alert(place: Place, start: Start) -> None:
    alerts = 8
    with place.store() as store:
        store.append([raised(alert=f"a{n}") for n in range(alerts)])
    workers = [start(claim_each, place.address, f"officer {n}", alerts) for n in range(4)]
    won = [claim for _, told in workers for claim in told.recv()]
    with place.store() as store:
        claims = [r.event.body for r in store.events(kinds=("alert-claimed",))]
        assert store.check() == ()
    assert sorted(won) == sorted((c.alert, c.by) for c in claims if isinstance(c, AlertClaimed))
    assert sorted(alert for alert, _ in won) == sorted(f"a{n}" for n in range(alerts))


def test_others_append_while_the_leaves_are_read(place: Place, start: Start) -> None:
    with place.store() as store:
        store.append([stopped() for _ in range(1200)])
        _, told = start(append_often, place.address, 1, 30)
        read: list[bytes] = []
        while not told.poll():
            read.extend(store.leaves(after=len(read)))
        read.extend(store.leaves(after=len(read)))
        assert read == list(store.leaves())
        assert len(read) == 1200 + len(told.recv())


def test_several_threads_share_a_store(place: Place) -> None:
    done: list[int] = []
    with place.store() as store:

        def work() -> None:
            for _ in range(10):
                done.extend(store.append([stopped(), counted()]))

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(done) == list(range(1, 81))
        assert [r.sequence for r in store.events()] == list(range(1, 81))


def test_several_processes_append_without_a_gap(place: Place, start: Start) -> None:
    """They also make the record at once: nobody made it before."""
    workers = [start(append_often, place.address, writer, 25) for writer in range(4)]
    acknowledged = [number for _, told in workers for number in told.recv()]
    for process, _ in workers:
        process.join()
        assert process.exitcode == 0
    with place.store() as store:
        recorded = [(r.sequence, r.event.id) for r in store.events()]
    assert sorted(acknowledged) == recorded
    assert [sequence for sequence, _ in recorded] == list(range(1, len(recorded) + 1))


def test_a_long_record_is_read_in_little_memory(place: Place) -> None:
    with place.store() as store:
        for _ in range(30):
            store.append([stopped(reason="x" * 2000) for _ in range(100)])  # 6 MB
        for _ in store.events(after=2000):
            pass
        tracemalloc.start()
        try:
            read = sum(1 for _ in store.events())
            leaves = sum(1 for _ in store.leaves())
            assert store.check() == ()
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert read == leaves == 3000
    assert peak < 5_000_000
