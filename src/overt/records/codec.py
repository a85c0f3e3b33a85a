"""Events as bytes: RFC 8785 canonical JSON, so that equal events have equal bytes for ever.

    {"at":...,"body":{...},"deployment":...,"id":...,"kind":...,"version":...}

Times are RFC 3339 in UTC with microseconds and Z, enumerations their values, tuples arrays. A new
kind of event needs no code here: its shape is read from its type hints. Reading is strict: bytes
that are not exactly what `encode` would write of the same event are refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, cast, get_args

import rfc8785

from overt.errors import RecordsError
from overt.records.shapes import Record, Text, Time, Whole, as_object, shape_of, wrong
from overt.values.events import Body, Event

__all__ = ["KINDS", "decode", "encode"]

KEYS: Final = frozenset({"at", "body", "deployment", "id", "kind", "version"})
LONGEST_NAME: Final = 200  # characters of an event's id and of a deployment's


def shapes_of_bodies() -> Mapping[tuple[str, int], Record]:
    """Read the shape of every body from its type hints, by kind and version."""
    shapes: dict[tuple[str, int], Record] = {}
    for body in cast("tuple[type[Body], ...]", get_args(Body)):
        shape = shape_of(body)
        if not isinstance(shape, Record) or (body.kind, body.version) in shapes:
            raise TypeError(f"{body.__name__}: want a dataclass with a kind and version of its own")
        shapes[body.kind, body.version] = shape
    return MappingProxyType(shapes)


KINDS: Final = shapes_of_bodies()


def encode(event: Event) -> bytes:
    """Write an event as its canonical bytes.

    Raises:
        RecordsError: a value that cannot be recorded: a time without zone, a number that is not
            finite, an empty name.
    """
    body = event.body
    shape = KINDS.get((body.kind, body.version))
    if shape is None:
        raise wrong("event", type(body).__name__, f"one of {known()}")
    where = f"{body.kind} event"
    return rfc8785.dumps(
        {
            "id": check_name(event.id, f"{where}.id"),
            "deployment": check_name(event.deployment, f"{where}.deployment"),
            "at": cast("str", Time().write(event.at, f"{where}.at")),
            "kind": body.kind,
            "version": body.version,
            "body": shape.write(body, where),
        }
    )


def decode(data: bytes) -> Event:
    """Read an event from its canonical bytes.

    Raises:
        RecordsError: the bytes are not those of an event that this version of overt knows.
    """
    found = parse(data)
    if found.keys() != KEYS:
        raise wrong("event", sorted(found), f"the keys {sorted(KEYS)}")
    kind = Text().read(found["kind"], "event.kind")
    version = Whole().read(found["version"], "event.version")
    shape = KINDS.get((kind, version))
    if shape is None:
        raise RecordsError(
            f"event: got {kind!r} version {version}, want one of {known()}",
            hint="the record was written by another version of overt: use that one or a newer one",
        )
    where = f"{kind} event"
    event = Event(
        id=check_name(found["id"], f"{where}.id"),
        deployment=check_name(found["deployment"], f"{where}.deployment"),
        at=Time().read(found["at"], f"{where}.at"),
        body=cast("Body", shape.read(found["body"], where)),
    )
    if encode(event) != data:  # order, white space, double keys, another way to write a number
        raise wrong(where, data, "its canonical bytes (RFC 8785)")
    return event


def parse(data: bytes) -> dict[str, object]:
    """Parse bytes as one JSON object."""
    try:
        return as_object(json.loads(data.decode("utf-8")), "event")
    except (ValueError, RecursionError) as error:
        raise RecordsError(
            f"event: got bytes that are no JSON ({error}), want an object"
        ) from error


def check_name(got: object, where: str) -> str:
    """Take a name that every store can hold, look up and show."""
    name = Text().read(got, where)
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise wrong(where, name, f"1 to {LONGEST_NAME} printable characters")
    return name


def known() -> list[str]:
    """List the kinds and versions that can be read."""
    return sorted(f"{kind} version {version}" for kind, version in KINDS)
