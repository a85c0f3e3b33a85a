"""Events and their canonical bytes."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, get_args

import pytest
from event_strategies import events, events_with, of
from hypothesis import given, settings
from hypothesis import strategies as st

from overt.errors import RecordsError
from overt.records.codec import KINDS, decode, encode
from overt.records.shapes import Record, shape_of
from overt.values.counts import FaceCounts
from overt.values.events import (
    AlertRaised,
    Body,
    DeploymentStarted,
    DeploymentStopped,
    Event,
    FacesCounted,
    WatchlistDestroyed,
)
from overt.values.quality import Reason
from overt.values.watchlist import Category

NO = False
NOON = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC)
COUNTED = Event(
    "e1",
    "d1",
    NOON,
    FacesCounted(FaceCounts("north", NOON, 9, 1, 3, 1, {Reason.BLURRED: 2}, 4, 0)),
)
COUNTED_BYTES = (
    b'{"at":"2026-03-01T12:00:00.000005Z","body":{"counts":{"alerts":0,"brief":4,'
    b'"camera":"north","compared":1,"dropped":1,"frames":9,'
    b'"minute":"2026-03-01T12:00:00.000005Z","seen":3,"unfit":{"blurred":2}}},'
    b'"deployment":"d1","id":"e1","kind":"faces-counted","version":1}'
)
RAISED = Event(
    "e2",
    "d1",
    NOON,
    AlertRaised(
        "a1", "north", NOON, Category.COURTS, 0.5, 0.65, 0.64, 1000, 1e-7, NO, 3, ("é",), "00ff"
    ),
)
RAISED_BYTES = (
    '{"at":"2026-03-01T12:00:00.000005Z","body":{"alert":"a1","camera":"north",'
    '"category":"wanted by the courts","commitment":"00ff","extrapolated":false,"flags":["é"],'
    '"listed":1000,"predicted_rate":1e-7,"score":0.5,"shots":3,"similarity":0.65,'
    '"threshold":0.64,"time":"2026-03-01T12:00:00.000005Z"},'
    '"deployment":"d1","id":"e2","kind":"alert-raised","version":1}'
).encode()


@pytest.mark.parametrize(("event", "data"), [(COUNTED, COUNTED_BYTES), (RAISED, RAISED_BYTES)])
def test_bytes_stay_what_they_are(event: Event, data: bytes) -> None:
    """Bytes written by hand from RFC 8785: proofs over old events hold only while these do."""
    assert encode(event) == data
    assert decode(data) == event


def test_every_body_has_its_kind() -> None:
    bodies = get_args(Body)
    assert set(KINDS) == {(body.kind, body.version) for body in bodies}
    assert [KINDS[body.kind, body.version].type for body in bodies] == list(bodies)


@pytest.mark.parametrize("body", get_args(Body))
def test_every_kind_comes_back(body: type[Body]) -> None:
    @settings(max_examples=40)
    @given(events_with(of(body)))
    def comes_back(event: Event) -> None:
        assert decode(encode(event)) == event

    comes_back()


@settings(max_examples=50)
@given(events())
def test_bytes_are_canonical_json(event: Event) -> None:
    """Held to the standard library: same value, and keys in order at every level."""
    data = encode(event)
    pairs: list[list[str]] = []

    def keep(found: list[tuple[str, Any]]) -> dict[str, Any]:
        pairs.append([key for key, _ in found])
        return dict(found)

    value = json.loads(data, object_pairs_hook=keep)
    assert all(keys == sorted(keys, key=lambda key: key.encode("utf-16-be")) for keys in pairs)
    assert value["id"] == event.id
    assert datetime.fromisoformat(value["at"]) == event.at
    assert value["at"].endswith("Z")
    assert len(value["at"]) == 27
    assert set(value["body"]) == {field.name for field in dataclasses.fields(event.body)}


@given(st.binary(max_size=300))
def test_noise_is_refused(data: bytes) -> None:
    with pytest.raises(RecordsError):
        decode(data)


@given(st.data())
def test_changed_bytes_are_refused_or_mean_what_they_say(data: st.DataObject) -> None:
    """A changed byte is found, or it makes another event, whose own bytes these are."""
    altered = bytearray(data.draw(events().map(encode)))
    altered[data.draw(st.integers(0, len(altered) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        event = decode(bytes(altered))
    except RecordsError:
        return
    assert encode(event) == bytes(altered)


Edit = Callable[[dict[str, Any]], object]
EDITS: dict[str, Edit] = {
    "an unknown kind": lambda e: e.update(kind="face-stored"),
    "an unknown version": lambda e: e.update(version=2),
    "a version that is a text": lambda e: e.update(version="1"),
    "a version that is true": lambda e: e.update(version=True),
    "a missing key": lambda e: e.pop("deployment"),
    "a key too many": lambda e: e.update(note=""),
    "a missing key in the body": lambda e: e["body"]["counts"].pop("brief"),
    "a key too many in the body": lambda e: e["body"].update(template=[0.1]),
    "a text for a number": lambda e: e["body"]["counts"].update(seen="3"),
    "a truth for a number": lambda e: e["body"]["counts"].update(brief=True),
    "a fraction for a whole number": lambda e: e["body"]["counts"].update(brief=1.5),
    "a number beyond 2**53": lambda e: e["body"]["counts"].update(brief=2**53),
    "null": lambda e: e["body"].update(counts=None),
    "a list for a mapping": lambda e: e["body"]["counts"].update(unfit=[]),
    "an unknown reason": lambda e: e["body"]["counts"].update(unfit={"ugly": 2}),
    "counts that do not add up": lambda e: e["body"]["counts"].update(seen=4),
    "a time without zone": lambda e: e.update(at="2026-03-01T12:00:00.000005"),
    "a time in another zone": lambda e: e.update(at="2026-03-01T12:00:00.000005+00:00"),
    "a time without microseconds": lambda e: e.update(at="2026-03-01T12:00:00Z"),
    "a day that is not": lambda e: e.update(at="2026-02-30T12:00:00.000005Z"),
    "an empty id": lambda e: e.update(id=""),
    "an id with a control character": lambda e: e.update(id="a\0b"),
    "half a character": lambda e: e["body"]["counts"].update(camera="\ud800"),
}


@pytest.mark.parametrize("name", EDITS)
def test_what_is_not_an_event_is_refused(name: str) -> None:
    event = json.loads(COUNTED_BYTES)
    EDITS[name](event)
    data = json.dumps(event, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(RecordsError, match=r"got .*, want "):
        decode(data)


@pytest.mark.parametrize(
    "data",
    [
        COUNTED_BYTES.replace(b'"brief":4', b'"brief": 4'),
        COUNTED_BYTES.replace(b'"brief":4', b'"brief":4,"brief":4'),
        COUNTED_BYTES.replace(b"north", b"\\u006eorth"),
        COUNTED_BYTES + b"\n",
        RAISED_BYTES.replace(b"0.5", b"0.50"),
        RAISED_BYTES.replace(b"1e-7", b"NaN"),
        RAISED_BYTES.replace(b"1e-7", b"1e999"),
        b'{"at":' * 100_000,
        b"9" * 5000,
    ],
)
def test_other_ways_to_write_it_are_refused(data: bytes) -> None:
    with pytest.raises(RecordsError, match=r"got .*, want "):
        decode(data)


@pytest.mark.parametrize(
    "body",
    [
        DeploymentStarted("1", float("nan"), NO),
        DeploymentStarted("1", float("inf"), NO),
        DeploymentStarted("1", 2**53, NO),
        DeploymentStarted("1", 0.5, 1),  # pyright: ignore[reportArgumentType]
        DeploymentStopped("\udc00"),
        DeploymentStopped(None),  # pyright: ignore[reportArgumentType]
        WatchlistDestroyed("00", not NO),
        WatchlistDestroyed("00", 1.0),  # pyright: ignore[reportArgumentType]
        dataclasses.replace(RAISED.body, category="wanted by the courts"),
        dataclasses.replace(RAISED.body, flags=["a"]),
        dataclasses.replace(RAISED.body, time=NOON.replace(tzinfo=None)),
    ],
)
def test_a_value_of_another_type_is_not_recorded(body: Body) -> None:
    with pytest.raises(RecordsError, match=r"got .*, want "):
        encode(Event("e", "d", NOON, body))


@pytest.mark.parametrize("name", ["", "a\nb", "a\0", "x" * 201])
def test_names_that_a_store_cannot_hold_are_refused(name: str) -> None:
    with pytest.raises(RecordsError, match="printable"):
        encode(dataclasses.replace(COUNTED, deployment=name))
    with pytest.raises(RecordsError, match="printable"):
        encode(dataclasses.replace(COUNTED, id=name))


def test_times_of_other_zones_are_the_same_time() -> None:
    india = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert encode(dataclasses.replace(COUNTED, at=india)) == COUNTED_BYTES
    last = datetime.max.replace(tzinfo=timezone(timedelta(hours=-1)))
    with pytest.raises(RecordsError, match="years 1 to 9999"):
        encode(dataclasses.replace(COUNTED, at=last))
    with pytest.raises(RecordsError, match="zone"):
        encode(dataclasses.replace(COUNTED, at=NOON.replace(tzinfo=None)))


@dataclass(frozen=True, slots=True)
class Later:
    """Shapes that later events may need."""

    day: date
    maybe: date | None
    table: dict[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Days:
    """A date, and one that may be missing."""

    day: date
    maybe: date | None


def test_dates_and_missing_values() -> None:
    shape = shape_of(Days)
    assert isinstance(shape, Record)
    value = Days(date(2026, 3, 1), None)
    written = shape.write(value, "days")
    assert written == {"day": "2026-03-01", "maybe": None}
    assert shape.read(written, "days") == value
    for wrong in ("2026-02-30", "20260301", 1, None):
        with pytest.raises(RecordsError, match=r"days\.day: got .*, want "):
            shape.read({"day": wrong, "maybe": None}, "days")
    with pytest.raises(RecordsError, match="want a date"):
        shape.write(Days(NOON, None), "days")


def test_types_that_json_cannot_hold_are_a_fault() -> None:
    for hint in (dict[str, int], bytes, object, set[str], int | str, Later):
        with pytest.raises(TypeError, match="want a type that JSON can hold"):
            shape_of(hint)
