"""Events and their canonical bytes."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, cast, get_args

import pytest
import rfc8785
from event_strategies import events, events_with, of
from hypothesis import given, settings
from hypothesis import strategies as st

from overt.errors import RecordsError
from overt.records.codec import KINDS, PRIVATE_PATHS, Encoded, decode
from overt.records.codec import encode as encode_with
from overt.records.openings import Opening
from overt.records.shapes import Record, private_paths, shape_of
from overt.values.alert_events import AlertAdjudicated
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
from overt.values.private import ERASED, Private
from overt.values.quality import Reason
from overt.values.review import Decision, Factors, FalseAlertReason
from overt.values.watchlist import Category
from overt.vault.sealed import new_salt

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
    b'"minute":"2026-03-01T12:00:00.000005Z","partial":0,"seen":3,"thinned":0,"unfit":{"blurred":2}}},'
    b'"deployment":"d1","id":"e1","kind":"faces-counted","version":3}'
)
SECOND_BYTES = COUNTED_BYTES.replace(b'"partial":0,', b"").replace(b'"version":3', b'"version":2')
EARLIER_BYTES = SECOND_BYTES.replace(b'"thinned":0,', b"").replace(b'"version":2', b'"version":1')
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


SALT = bytes(range(32))
JUDGED = Event(
    "e3",
    "d1",
    NOON,
    AlertAdjudicated(
        "a1", "PC 12", Decision.REJECT, Factors("cap", "", "rain"), FalseAlertReason.OTHER, "é", NO
    ),
)


def encode(event: Event) -> bytes:
    return encode_with(event, new_salt=new_salt).canonical


def both_ways(event: Event) -> Event:
    return decode(*encode_with(event, new_salt=new_salt))


@pytest.mark.parametrize(("event", "data"), [(COUNTED, COUNTED_BYTES), (RAISED, RAISED_BYTES)])
def test_bytes_stay_what_they_are(event: Event, data: bytes) -> None:
    """Bytes written by hand from RFC 8785: proofs over old events hold only while these do."""
    assert encode(event) == data
    assert decode(data, None) == event


def test_every_body_has_its_kind() -> None:
    bodies = get_args(Body)
    assert set(KINDS) == {(body.kind, body.version) for body in bodies}
    assert [KINDS[body.kind, body.version].type for body in bodies] == list(bodies)


@pytest.mark.parametrize("body", get_args(Body))
def test_every_kind_comes_back(body: type[Body]) -> None:
    @settings(max_examples=10)
    @given(events_with(of(body)))
    def comes_back(event: Event) -> None:
        assert both_ways(event) == event

    comes_back()


@settings(max_examples=30)
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
        decode(data, None)


@settings(max_examples=60)
@given(st.data())
def test_changed_bytes_are_refused_or_mean_what_they_say(data: st.DataObject) -> None:
    """A changed byte is found, or it makes another event, whose own bytes these are."""
    canonical, openings = encode_with(data.draw(events()), new_salt=new_salt)
    altered = bytearray(canonical)
    altered[data.draw(st.integers(0, len(altered) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        event = decode(bytes(altered), openings)
    except RecordsError:
        return
    salts = iter([bytes.fromhex(o["salt"]) for o in json.loads(openings or b"[]")])
    assert encode_with(event, new_salt=lambda: next(salts)).canonical == bytes(altered)


Edit = Callable[[dict[str, Any]], object]
EDITS: dict[str, Edit] = {
    "an unknown kind": lambda e: e.update(kind="face-stored"),
    "an unknown version": lambda e: e.update(version=9),
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
        decode(data, None)


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
        decode(data, None)


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


def commitment(text: str, salt: bytes = SALT) -> str:
    """RFC 8785 apart, this is all that a stranger needs to check an opening."""
    return "sha256:" + hashlib.sha256(salt + text.encode()).hexdigest()


def test_private_texts_are_commitments() -> None:
    """Bytes written by hand: nested texts and empty ones too."""
    canonical, openings = encode_with(JUDGED, new_salt=lambda: SALT)
    assert (
        canonical
        == (
            '{"at":"2026-03-01T12:00:00.000005Z","body":{"alert":"a1",'
            f'"by":"{commitment("PC 12")}","decision":"reject",'
            f'"factors":{{"environment":"{commitment("rain")}","subject":"{commitment("cap")}",'
            f'"system":"{commitment("")}"}},"reason":"other","second":false,'
            f'"text":"{commitment("é")}"}},'
            '"deployment":"d1","id":"e3","kind":"alert-adjudicated","version":1}'
        ).encode()
    )
    salt = SALT.hex()
    assert (
        openings
        == (
            f'[{{"path":"by","salt":"{salt}","text":"PC 12"}},'
            f'{{"path":"factors.subject","salt":"{salt}","text":"cap"}},'
            f'{{"path":"factors.system","salt":"{salt}","text":""}},'
            f'{{"path":"factors.environment","salt":"{salt}","text":"rain"}},'
            f'{{"path":"text","salt":"{salt}","text":"é"}}]'
        ).encode()
    )
    assert decode(canonical, openings) == JUDGED


def test_every_text_has_a_salt_of_its_own() -> None:
    salts = [
        opening["salt"]
        for _ in range(2)
        for opening in json.loads(encode_with(JUDGED, new_salt=new_salt).openings or b"")
    ]
    assert len(set(salts)) == 10
    assert {len(salt) for salt in salts} == {64}


def test_every_private_field_is_known() -> None:
    """Held to the annotations themselves."""
    assert PRIVATE_PATHS["alert-adjudicated", 1] == (
        ("by",),
        ("factors", "subject"),
        ("factors", "system"),
        ("factors", "environment"),
        ("text",),
    )
    for (kind, version), shape in KINDS.items():
        annotated = [n for n, hint in shape.type.__annotations__.items() if hint == "Private"]
        assert [p[0] for p in PRIVATE_PATHS[kind, version] if len(p) == 1] == annotated


@settings(max_examples=40)
@given(events(), st.data())
def test_what_was_erased_reads_as_erased_and_the_rest_as_it_was(
    event: Event, data: st.DataObject
) -> None:
    canonical, openings = encode_with(event, new_salt=new_salt)
    kept = [o for o in json.loads(openings or b"[]") if data.draw(st.booleans())]
    got = decode(canonical, rfc8785.dumps(kept) if kept else None)
    paths = {o["path"] for o in kept}
    assert (got.id, got.deployment, got.at) == (event.id, event.deployment, event.at)
    shape = KINDS[event.body.kind, event.body.version]
    before = flat(shape.write(event.body, ""))
    private = {".".join(p) for p in PRIVATE_PATHS[event.body.kind, event.body.version]}
    assert flat(shape.write(got.body, "")) == {
        path: ERASED if path in private - paths else value for path, value in before.items()
    }
    assert decode(canonical, None).body.kind == event.body.kind


def flat(tree: Any, path: str = "") -> dict[str, Any]:
    """Lay a tree out by path."""
    if not isinstance(tree, Mapping):
        return {path: tree}
    items = cast("Mapping[str, Any]", tree).items()
    return {p: v for name, i in items for p, v in flat(i, f"{path}.{name}".strip(".")).items()}


OpeningEdit = Callable[[list[dict[str, Any]]], object]
OPENING_EDITS: dict[str, OpeningEdit] = {
    "another text": lambda o: o[0].update(text="PC 13"),
    "another salt": lambda o: o[0].update(salt="00" * 32),
    "a short salt": lambda o: o[0].update(salt="00" * 31),
    "a salt in capitals": lambda o: o[0].update(salt=o[0]["salt"].upper()),
    "another field": lambda o: o[0].update(path="text"),
    "a field that is not private": lambda o: o[0].update(path="alert"),
    "a field that is not there": lambda o: o[0].update(path="nothing"),
    "a field twice": lambda o: o.append(o[0]),
    "a text that is none": lambda o: o[0].update(text=None),
    "half a character": lambda o: o[0].update(text="\ud800"),
    "a key too many": lambda o: o[0].update(note=""),
    "an item that is none": lambda o: o.append("by"),  # pyright: ignore[reportArgumentType]
}


@pytest.mark.parametrize("name", OPENING_EDITS)
def test_an_opening_that_does_not_fit_is_refused(name: str) -> None:
    salt = bytes.fromhex("ab" * 32)
    canonical, openings = encode_with(JUDGED, new_salt=lambda: salt)
    edited = json.loads(openings or b"")
    OPENING_EDITS[name](edited)
    data = json.dumps(edited, separators=(",", ":"), ensure_ascii=name.startswith("half")).encode()
    with pytest.raises(RecordsError) as caught:
        decode(canonical, data)
    assert "PC 1" not in str(caught.value)  # errors go to logs


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b"[ ]", b"[" * 100_000])
def test_bytes_that_are_no_openings_are_refused(data: bytes) -> None:
    with pytest.raises(RecordsError, match="openings: got"):
        decode(encode(JUDGED), data)


def test_a_private_text_in_plain_is_refused() -> None:
    canonical, openings = encode_with(JUDGED, new_salt=lambda: SALT)
    plain = canonical.replace(commitment("PC 12").encode(), b"PC 12")
    assert plain != canonical
    for kept in (openings, None):
        with pytest.raises(RecordsError, match=r"event\.by: got 'str', want a commitment"):
            decode(plain, kept)


def test_openings_of_another_event_are_refused() -> None:
    one, other = (encode_with(JUDGED, new_salt=new_salt) for _ in range(2))
    assert decode(one.canonical, one.openings) == JUDGED
    with pytest.raises(RecordsError, match="got an opening of another commitment"):
        decode(one.canonical, other.openings)
    with pytest.raises(RecordsError, match="got openings of"):
        decode(COUNTED_BYTES, one.openings)


def test_a_private_text_that_cannot_be_written_is_not_shown() -> None:
    assert isinstance(JUDGED.body, AlertAdjudicated)
    for text in ("secret \ud800", 7):
        body = dataclasses.replace(JUDGED.body, by=text)  # pyright: ignore[reportArgumentType]
        with pytest.raises(RecordsError, match=r"event\.by: got") as caught:
            encode(dataclasses.replace(JUDGED, body=body))
        assert "secret" not in str(caught.value)


@dataclass(frozen=True, slots=True)
class Named:
    """A private text in a record of its own."""

    name: Private


@dataclass(frozen=True, slots=True)
class Several:
    """Private texts whose number would be told."""

    names: tuple[Private, ...]


@dataclass(frozen=True, slots=True)
class Perhaps:
    """A private text of which it would be told whether it is there."""

    named: Named | None


@pytest.mark.parametrize("kind", [Several, Perhaps])
def test_private_texts_whose_number_is_not_private_are_a_fault(kind: type[object]) -> None:
    shape = shape_of(kind)
    assert isinstance(shape, Record)
    with pytest.raises(TypeError, match="private text within"):
        private_paths(shape)


def test_an_opening_says_what_it_commits_to() -> None:
    assert Opening("by", SALT, "x").commitment == commitment("x")
    assert encode_with(COUNTED, new_salt=new_salt) == Encoded(COUNTED_BYTES, None)


@pytest.mark.parametrize("earlier", [EARLIER_BYTES, SECOND_BYTES])
def test_counts_of_earlier_versions_are_read_and_written_no_more(earlier: bytes) -> None:
    assert decode(earlier, None) == COUNTED
    assert encode_with(COUNTED, new_salt=new_salt).canonical == COUNTED_BYTES


@pytest.mark.parametrize(
    "data",
    [
        COUNTED_BYTES.replace(b'"version":3', b'"version":1'),
        COUNTED_BYTES.replace(b'"version":3', b'"version":2'),
        SECOND_BYTES.replace(b'"version":2', b'"version":1'),
        EARLIER_BYTES.replace(b'"version":1', b'"version":2'),
        EARLIER_BYTES.replace(b'"version":1', b'"version":4'),
    ],
)
def test_a_version_has_its_own_fields_alone(data: bytes) -> None:
    with pytest.raises(RecordsError):
        decode(data, None)
