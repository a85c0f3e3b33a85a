"""Hypothesis strategies for events, read from their type hints: a new body needs none of its own.

A type whose own check ties its fields together has a strategy of its own in `of`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta, timezone
from types import NoneType, UnionType
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from hypothesis import reject
from hypothesis import strategies as st

from overt.errors import InputError
from overt.values.alert_events import AlertAdjudicated, EngagementEnded, OutcomeRecorded
from overt.values.counts import FaceCounts
from overt.values.events import Body, Event
from overt.values.quality import Reason
from overt.values.review import ArrestCategory, Decision, Disposal, FalseAlertReason, Finding

__all__ = ["bodies", "events", "events_with", "names", "of", "times"]

SAFE = 2**53 - 1
TIED = (AlertAdjudicated, EngagementEnded, OutcomeRecorded)


def times() -> st.SearchStrategy[datetime]:
    """Times with any offset that a clock may show."""
    zones = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
    first, last = datetime(1, 1, 2), datetime(9999, 12, 30)  # noqa: DTZ001 - zoned by `timezones`
    return st.datetimes(first, last, timezones=st.just(UTC) | zones)


def names() -> st.SearchStrategy[str]:
    """Ids and names of deployments."""
    printable = st.characters(exclude_categories=("C", "Z"), include_characters=" ")
    return st.text(printable, min_size=1, max_size=200)


@st.composite
def face_counts(draw: st.DrawFn) -> FaceCounts:
    """Counts that add up, as they must."""
    counts = st.integers(0, 10**6)
    unfit = draw(st.dictionaries(st.sampled_from(Reason), counts))
    compared = draw(counts)
    return FaceCounts(
        camera=draw(st.text()),
        minute=draw(times()),
        frames=draw(counts),
        dropped=draw(counts),
        seen=compared + sum(unfit.values()),
        compared=compared,
        unfit=unfit,
        brief=draw(counts),
        alerts=draw(counts),
        thinned=draw(counts),
        partial=draw(counts),
    )


@st.composite
def tied(draw: st.DrawFn, body: type[Any]) -> Any:
    """Bodies in which one field says whether another is there."""
    hints = get_type_hints(body)
    values = {name: draw(of(hints[name])) for name in names_of(body)}
    if body is AlertAdjudicated:
        rejected = values["decision"] is Decision.REJECT
        values["reason"] = draw(st.sampled_from(FalseAlertReason)) if rejected else None
        if values["reason"] is FalseAlertReason.OTHER:
            values["text"] += "."
    elif body is EngagementEnded:
        false = values["finding"] is Finding.FALSE
        values["reason"] = draw(st.sampled_from(FalseAlertReason)) if false else None
    else:
        arrested = values["disposal"] is Disposal.ARREST
        values["arrest"] = draw(st.sampled_from(ArrestCategory)) if arrested else None
    return body(**values)


@st.composite
def built(draw: st.DrawFn, kind: type[Any]) -> Any:
    """Values of any other dataclass; those that its own check refuses are thrown away."""
    hints = get_type_hints(kind)
    values = {name: draw(of(hints[name])) for name in names_of(kind)}
    try:
        return kind(**values)
    except InputError:
        reject()


def names_of(kind: type[Any]) -> list[str]:
    """List the fields of a dataclass."""
    return [field.name for field in fields(kind)]


def of(hint: Any) -> st.SearchStrategy[Any]:
    """Find a strategy for a type hint."""
    simple: dict[Any, st.SearchStrategy[Any]] = {
        str: st.text(),
        bool: st.booleans(),
        int: st.integers(-SAFE, SAFE),
        float: st.floats(allow_nan=False, allow_infinity=False),
        datetime: times(),
        NoneType: st.none(),
        FaceCounts: face_counts(),
    }
    if hint in simple:
        return simple[hint]
    if get_origin(hint) is not None:
        return of_parts(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        return tied(hint) if hint in TIED else built(hint)
    return st.from_type(cast("type[Any]", hint))


def of_parts(hint: Any) -> st.SearchStrategy[Any]:
    """Find a strategy for a union, a tuple of any length or a mapping."""
    parts = [of(part) for part in get_args(hint) if part is not ...]
    if get_origin(hint) in (Union, UnionType):
        return st.one_of(parts)
    if get_origin(hint) is Mapping:
        return st.dictionaries(parts[0], parts[1])
    return st.lists(parts[0]).map(tuple)


def bodies() -> st.SearchStrategy[Body]:
    """Every kind of body."""
    return cast("st.SearchStrategy[Body]", of(Body))


def events_with(body: st.SearchStrategy[Body]) -> st.SearchStrategy[Event]:
    """Events with bodies of some kind."""
    return st.builds(Event, id=names(), deployment=names(), at=times(), body=body)


def events() -> st.SearchStrategy[Event]:
    """Events of every kind."""
    return events_with(bodies())
