"""Events as bytes: RFC 8785 canonical JSON, so that equal events have equal bytes for ever.

    {"at":...,"body":{...},"deployment":...,"id":...,"kind":...,"version":...}

Times are RFC 3339 in UTC with microseconds and Z, enumerations their values, tuples arrays, private
texts commitments whose openings are kept apart. A new kind of event needs no code here: its shape
is read from its type hints. Reading is strict: bytes that are not exactly what `encode` would write
of the same event are refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias, cast, get_args

from overt.errors import RecordsError
from overt.records.canonical import canonical_bytes
from overt.records.openings import Opening, is_commitment, read_openings, write_openings
from overt.records.shapes import (
    Json,
    Record,
    Text,
    Time,
    Whole,
    as_object,
    private_paths,
    shape_of,
    wrong,
)
from overt.values.events import Body, Event, FacesCounted
from overt.values.private import ERASED

__all__ = ["KINDS", "Encoded", "decode", "encode", "time_of", "version_of"]

KEYS: Final = frozenset({"at", "body", "deployment", "id", "kind", "version"})
LONGEST_NAME: Final = 200  # characters of an event's id and of a deployment's

Path: TypeAlias = tuple[str, ...]  # names of fields, from the body down


class Encoded(NamedTuple):
    """An event's bytes, for ever, and what opens their commitments, until it is erased."""

    canonical: bytes
    openings: bytes | None  # None where nothing is private


def shapes_of_bodies() -> Mapping[tuple[str, int], Record]:
    """Read the shape of every body from its type hints, by kind and version."""
    shapes: dict[tuple[str, int], Record] = {}
    for body in cast("tuple[type[Body], ...]", get_args(Body)):
        shape = shape_of(body)
        if not isinstance(shape, Record) or (body.kind, body.version) in shapes:
            raise TypeError(f"{body.__name__}: want a dataclass with a kind and version of its own")
        shapes[body.kind, body.version] = shape
    return MappingProxyType(shapes)


def earlier_shapes() -> Mapping[tuple[str, int], Record]:
    """Give the shapes of versions that are written no more: what they lack has its default."""
    counted = KINDS[FacesCounted.kind, FacesCounted.version]
    counts = counted.fields["counts"]
    if not isinstance(counts, Record):
        raise TypeError("faces counted: want a dataclass of counts")
    lacked = {1: {"thinned", "partial"}, 2: {"partial"}}
    shapes: dict[tuple[str, int], Record] = {}
    for version, names in lacked.items():
        there = {name: shape for name, shape in counts.fields.items() if name not in names}
        shape = Record(counted.type, {"counts": Record(counts.type, there)})
        shapes[FacesCounted.kind, version] = shape
    return MappingProxyType(shapes)


KINDS: Final = shapes_of_bodies()
EARLIER: Final = earlier_shapes()
READ: Final = MappingProxyType({**KINDS, **EARLIER})
PRIVATE_PATHS: Final = MappingProxyType({key: private_paths(s) for key, s in READ.items()})


def encode(event: Event, *, new_salt: Callable[[], bytes]) -> Encoded:
    """Write an event as its canonical bytes, and the openings of its private texts.

    Args:
        event: what happened.
        new_salt: draws 32 random bytes, for each private text anew.

    Raises:
        RecordsError: a value that cannot be recorded: a time without zone, a number that is not
            finite, an empty name.
    """
    plain = written(event)
    kept = [
        Opening(".".join(path), new_salt(), cast("str", at(plain, path)))
        for path in paths_of(event.body)
    ]
    sealed = {opening.path: opening.commitment for opening in kept}
    return Encoded(canonical(event, plain, sealed), write_openings(kept) if kept else None)


def decode(data: bytes, openings: bytes | None) -> Event:
    """Read an event from its canonical bytes and what is left of its openings.

    A private text whose opening was erased reads as `values.private.ERASED`.

    Raises:
        RecordsError: the bytes are not those of an event that this version of overt knows, or an
            opening does not fit its commitment.
    """
    found = parse(data)
    if found.keys() != KEYS:
        raise wrong("event", sorted(found), f"the keys {sorted(KEYS)}")
    kind = Text().read(found["kind"], "event.kind")
    version = Whole().read(found["version"], "event.version")
    shape = READ.get((kind, version))
    if shape is None:
        raise RecordsError(
            f"event: got {kind!r} version {version}, want one of {known()}",
            hint="the record was written by another version of overt: use that one or a newer one",
        )
    where = f"{kind} event"
    sealed = commitments(found["body"], PRIVATE_PATHS[kind, version], where)
    texts = opened(sealed, openings, where)
    event = Event(
        id=check_name(found["id"], f"{where}.id"),
        deployment=check_name(found["deployment"], f"{where}.deployment"),
        at=Time().read(found["at"], f"{where}.at"),
        body=cast("Body", shape.read(exchanged(found["body"], texts), where)),
    )
    # Found here: order, white space, double keys, another way to write a number.
    plain = shape.write(event.body, where)
    if canonical(event, plain, sealed, version=version) != data:
        raise wrong(where, data, "its canonical bytes (RFC 8785)")
    return event


def time_of(data: bytes) -> str:
    """Cut an event's time out of its bytes: "at" is the first key, and its length is fixed."""
    start = len(b'{"at":"')
    return data[start : start + len("2026-03-01T10:00:00.000000Z")].decode()


def version_of(data: bytes) -> int:
    """Cut out in which version an event was written: "version" is the last key of its bytes."""
    return int(data.rpartition(b'"version":')[2].rstrip(b"}"))


def written(event: Event) -> Mapping[str, Json]:
    """Write an event's body with its private texts as they are."""
    body = event.body
    shape = KINDS.get((body.kind, body.version))
    if shape is None:
        raise wrong("event", type(body).__name__, f"one of {known()}")
    return shape.write(body, f"{body.kind} event")


def canonical(
    event: Event,
    plain: Mapping[str, Json],
    sealed: Mapping[str, str],
    *,
    version: int | None = None,
) -> bytes:
    """Write an event's bytes, with commitments for its private texts; in its version of today."""
    body = event.body
    where = f"{body.kind} event"
    tree: Mapping[str, object] = {
        "id": check_name(event.id, f"{where}.id"),
        "deployment": check_name(event.deployment, f"{where}.deployment"),
        "at": Time().write(event.at, f"{where}.at"),
        "kind": body.kind,
        "version": body.version if version is None else version,
        "body": exchanged(plain, sealed),
    }
    return canonical_bytes(tree)


def paths_of(body: Body) -> tuple[Path, ...]:
    """List where a body holds private text."""
    return PRIVATE_PATHS[body.kind, body.version]


def commitments(body: object, paths: tuple[Path, ...], where: str) -> dict[str, str]:
    """Take the commitments out of a body that was read, by path."""
    found: dict[str, str] = {}
    for path in paths:
        got = at(body, path)
        name = ".".join(path)
        if not is_commitment(got):
            raise wrong(f"{where}.{name}", type(got).__name__, "a commitment, sha256:...")
        found[name] = cast("str", got)
    return found


def opened(sealed: Mapping[str, str], openings: bytes | None, where: str) -> dict[str, str]:
    """Open commitments, by path; those that are not opened any more read as erased."""
    kept = read_openings(openings) if openings is not None else {}
    if strange := sorted(kept.keys() - sealed.keys()):
        raise RecordsError(f"{where}: got openings of {strange}, want some of {sorted(sealed)}")
    for name, opening in kept.items():
        if opening.commitment != sealed[name]:
            raise RecordsError(
                f"{where}.{name}: got an opening of another commitment, want one of {sealed[name]}"
            )
    return {name: kept[name].text if name in kept else ERASED for name in sealed}


def at(tree: object, path: Path) -> object:
    """Find what lies at a path, None where it leads nowhere: the shape tells what is missing."""
    for name in path:
        if not isinstance(tree, Mapping):
            return None
        tree = cast("Mapping[str, object]", tree).get(name)
    return tree


def exchanged(tree: object, texts: Mapping[str, str]) -> object:
    """Give the tree with other texts at some paths; the tree itself stays."""
    for name, text in texts.items():
        tree = put(tree, tuple(name.split(".")), text)
    return tree


def put(tree: object, path: Path, text: str) -> object:
    """Give the tree with another text at a path that is there."""
    if not path:
        return text
    values = cast("Mapping[str, object]", tree)
    return {**values, path[0]: put(values[path[0]], path[1:], text)}


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
    return sorted(f"{kind} version {version}" for kind, version in READ)
