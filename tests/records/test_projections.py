"""The projections: what the events say, kept up with every append."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from event_strategies import bodies
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from record_places import Place, Start
from record_workers import append_often, claimed, counted, raised, stopped
from sqlalchemy import create_engine, select

from overt.records.base import Mismatch
from overt.records.projections import EFFECTS, changes
from overt.records.tables import PROJECTIONS
from overt.values.alert_events import (
    AlertAdjudicated,
    ComplaintRecorded,
    DemographicsRecorded,
    EngagementEnded,
    OutcomeRecorded,
)
from overt.values.counts import FaceCounts
from overt.values.duty_events import (
    CameraChecked,
    ChangeAuthorised,
    ClockConfirmed,
    DeploymentDrafted,
    DisclosureDeleted,
    LedgerKeyChanged,
    ListPhotosViewed,
    PassagesRecorded,
    RecordRestored,
    RecordSynced,
    ReportPublished,
    ThresholdChanged,
    WatchlistBuilt,
)
from overt.values.events import (
    AlertRepeated,
    Body,
    CameraBack,
    CameraLost,
    Event,
    FacesCounted,
    KnownPassage,
    WatchlistComposed,
)
from overt.values.quality import Reason
from overt.values.review import ArrestCategory, Decision, Disposal, Factors, Finding
from overt.values.review import FalseAlertReason as Why

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOON_TEXT = "2026-03-01T12:00:00.000000Z"


def rows_of(place: Place, name: str) -> list[dict[str, Any]]:
    """Read a projection, what is NULL or 0 left out."""
    table = PROJECTIONS[name]
    engine = create_engine(place.engine)
    with engine.connect() as connection:
        found = connection.execute(select(table).order_by(*table.primary_key)).mappings().all()
    engine.dispose()
    return [{k: v for k, v in row.items() if v is not None and v != 0} for row in found]


def events_of(*things: Body) -> Iterator[Event]:
    for thing in things:
        yield dataclasses.replace(stopped(), body=thing)


def test_an_alert_from_end_to_end(place: Place) -> None:
    factors = Factors("cap", "", "rain")
    events = [
        raised(),
        claimed(),
        *events_of(
            AlertAdjudicated("a1", "PC 1", Decision.ENGAGE, factors, None, "secret", second=False),
            AlertAdjudicated("a1", "PC 2", Decision.REJECT, factors, Why.BLUR, "", second=True),
            EngagementEnded("a1", "PC 1", Finding.FALSE, Why.TWIN),
            OutcomeRecorded("a1", "PC 1", Disposal.ARREST, ArrestCategory.MAPPA, True),  # noqa: FBT003
            ComplaintRecorded("a1", "PC 3", "box 7"),
            ComplaintRecorded("", "PC 3", "box 8"),
        ),
    ]
    with place.store() as store:
        store.append(events)
    assert rows_of(place, "alerts") == [
        {
            "deployment": "d",
            "alert": "a1",
            "camera": "north",
            "raised": NOON_TEXT,
            "category": "wanted by the courts",
            "similarity": 0.65,
            "threshold": 0.64,
            "predicted_rate": 1e-7,
            "claimed": NOON_TEXT,
            "decided": NOON_TEXT,
            "decision": "engage",
            "second_decision": "reject",
            "engagement_ended": NOON_TEXT,
            "finding": "confirmed false",
            "false_reason": "identical twin",
            "disposal": "arrest",
            "arrest": "multi-agency managed",
            "violence_against_women_and_girls": True,
            "complaints": 1,
        }
    ]
    assert rows_of(place, "deployments") == [{"deployment": "d", "complaints": 1}]


def test_a_deployment_and_its_counts(place: Place) -> None:
    minute = FaceCounts("north", NOON, 10, 1, 3, 1, {Reason.BLURRED: 2}, 4, 0)
    with place.store() as store:
        store.append(
            [
                *events_of(
                    DeploymentDrafted("PC 1", "market day", "ab"),
                    FacesCounted(minute),
                    ThresholdChanged("CI 2", "inspector", "crowd", 0.64, 0.66, 1e-7, 1e-8),
                    FacesCounted(minute),
                    FacesCounted(dataclasses.replace(minute, minute=NOON + timedelta(minutes=1))),
                )
            ]
        )
        store.append(list(events_of(FacesCounted(minute))))
    assert rows_of(place, "deployments") == [
        {
            "deployment": "d",
            "name": "market day",
            "drafted": NOON_TEXT,
            "threshold": 0.66,
            "threshold_changes": 1,
        }
    ]
    key = {"deployment": "d", "camera": "north"}
    numbers = {"frames": 10, "dropped": 1, "seen": 3, "compared": 1, "brief": 4}
    assert rows_of(place, "counts") == [
        {**key, "minute": NOON_TEXT, **{name: 3 * n for name, n in numbers.items()}},
        {**key, "minute": NOON_TEXT.replace("12:00", "12:01"), **numbers},
    ]
    assert [row["faces"] for row in rows_of(place, "unfit")] == [6, 2]


def test_every_effect_names_columns_and_fields() -> None:
    for body, effect in EFFECTS.items():
        fields = {field.name for field in dataclasses.fields(body)}
        table = PROJECTIONS["alerts" if "alert" in fields else "deployments"]
        columns = {effect.at, *effect.copied, *effect.renamed, *effect.fixed, effect.counted} - {""}
        assert columns, body
        assert columns <= set(table.c.keys()), body
        assert {*effect.copied, *effect.renamed.values()} <= fields, body
        private = {name for name, hint in body.__annotations__.items() if hint == "Private"}
        assert not private & {*effect.copied, *effect.renamed.values()}, body


def test_every_kind_is_projected_or_left_out_on_purpose() -> None:
    left_out = set(get_args(Body)) - set(EFFECTS)
    assert left_out == {
        AlertRepeated,
        CameraBack,
        CameraChecked,
        ChangeAuthorised,
        CameraLost,
        ClockConfirmed,
        DemographicsRecorded,
        DisclosureDeleted,
        FacesCounted,
        KnownPassage,
        LedgerKeyChanged,
        ListPhotosViewed,
        PassagesRecorded,
        RecordRestored,
        RecordSynced,
        ReportPublished,
        WatchlistBuilt,
        WatchlistComposed,
    }


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from(["d", "é"]), bodies()), max_size=12),
        min_size=1,
        max_size=4,
    )
)
def test_live_projections_equal_rebuilt_ones(
    place: Place, batches: list[list[tuple[str, Body]]]
) -> None:
    """After any history at all; the record goes on from one example to the next."""
    with place.store() as store:
        for batch in batches:
            store.append(
                [dataclasses.replace(stopped(deployment), body=body) for deployment, body in batch]
            )
        assert store.check() == ()
        live = {name: rows_of(place, name) for name in PROJECTIONS}
        store.rebuild()
        assert {name: rows_of(place, name) for name in PROJECTIONS} == live


def test_a_fold_in_python_gives_the_same_rows(place: Place) -> None:
    """Slow and obvious: one row after another, in a dictionary."""
    chance = random.Random(7)  # noqa: S311 - not for secrets
    events = [
        chance.choice((stopped, raised, claimed, counted))(chance.choice("ab")) for _ in range(120)
    ]
    want: dict[str, dict[tuple[str, ...], dict[str, Any]]] = {name: {} for name in PROJECTIONS}
    for event in events:
        for change in changes(event):
            row = want[change.table].setdefault(tuple(change.key.values()), dict(change.key))
            row.update(change.put)
            for column, number in change.add.items():
                row[column] = row.get(column, 0) + number
    with place.store() as store:
        for first in range(0, 120, 7):
            store.append(events[first : first + 7])
    for name in PROJECTIONS:
        plain = [
            {k: v for k, v in row.items() if v is not None and v != 0}
            for _, row in sorted(want[name].items())
        ]
        assert rows_of(place, name) == plain


@pytest.mark.parametrize(
    ("change", "projection"),
    [
        ("UPDATE alerts SET similarity = 0.66 WHERE alert = 'a1'", "alerts"),
        ("UPDATE alerts SET claimed = NULL WHERE alert = 'a1'", "alerts"),
        ("DELETE FROM deployments", "deployments"),
        ("INSERT INTO counts (deployment, camera, minute) VALUES ('d', 'south', 'now')", "counts"),
    ],
)
def test_a_changed_projection_is_found_and_rebuilt(
    place: Place, change: str, projection: str
) -> None:
    with place.store() as store:
        store.append([raised(), raised(alert="a2"), claimed(), counted(), stopped()])
        assert store.check() == ()
        place.execute(change)
        assert store.check() == (Mismatch(projection, 1),)
        assert store.rebuild() == 5
        assert store.check() == ()
        assert store.append([stopped()]) == (6,)


def test_projections_are_rebuilt_and_checked_while_others_append(
    place: Place, start: Start
) -> None:
    with place.store(busy_timeout_s=60) as store:
        store.append([counted(seen=n) for n in range(300)])
        place.execute("DELETE FROM counts")
        workers = [start(append_often, place.address, writer, 20) for writer in range(2)]
        while not all(told.poll() for _, told in workers):
            store.rebuild()
            assert store.check() == ()
        appended = sum(len(told.recv()) for _, told in workers)
        assert store.rebuild() == 300 + appended
        assert store.check() == ()
