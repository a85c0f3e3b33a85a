"""Simulated events: the record that the tables could have been counted from."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from overt.errors import LedgerError
from overt.facts.facts import Facts
from overt.facts.from_events import fold_facts
from overt.facts.parquet import scan_facts
from overt.facts.schema import TABLES
from overt.ledger.keys import VerifierKey
from overt.ledger.verify import verify_export
from overt.report.recorded import facts_of_export
from overt.review import alert_record
from overt.review.deployment_record import fold_deployment
from overt.review.deployment_state import DeploymentState
from overt.simulation.years.events import events_of
from overt.simulation.years.export import export_events
from overt.simulation.years.force import Years, simulate_force
from overt.simulation.years.truth import Scale, truth_of
from overt.simulation.years.writing import Asked, Written, simulate_years
from overt.values.deployment import Rank
from overt.values.events import Event


@pytest.fixture(scope="module")
def made() -> Years:
    truth = truth_of(Scale.SMALL)
    truth = replace(
        truth,
        calendar=replace(truth.calendar, deployments=8, minutes=60, urgent=0.3),
        recognition=replace(truth.recognition, changed=0.5),
        people=replace(truth.people, complaints=0.2, force_used=0.3, deployment_complaints=0.3),
        data=replace(truth.data, failed=0.2, list_failed=0.3),
    )
    return simulate_force(truth, number=2, years=1, seed=5)


@pytest.fixture(scope="module")
def events(made: Years) -> list[Event]:
    return list(events_of(made.facts))


def assert_equal(got: Facts, want: Facts) -> None:
    for name, table in want.tables().items():
        keys = [pl.col(column).cast(pl.String) for column in TABLES[name].key]
        assert_frame_equal(
            got.tables()[name].sort(keys).collect(),
            table.sort(keys).collect(),
            categorical_as_str=True,
        )


def test_counting_the_events_gives_the_tables_again(made: Years, events: list[Event]) -> None:
    assert_equal(fold_facts(events, force=made.force), made.facts)
    for name, table in made.facts.tables().items():
        assert not table.collect().is_empty(), name


def test_events_are_in_order_and_ids_sort_by_it(events: list[Event]) -> None:
    assert all(a.at <= b.at and a.id < b.id for a, b in pairwise(events))


def test_every_life_cycle_is_kept(made: Years, events: list[Event]) -> None:
    alerts: dict[str, alert_record.AlertRecord] = {}
    for event in events:
        alert_record.fold_into(alerts, event)
    rows = made.facts.alerts.collect()
    assert set(alerts) == set(rows["alert"])
    for name, trial, rank in (
        made.facts.deployments.select(pl.col("deployment").cast(pl.String), "trial", "rank")
        .collect()
        .iter_rows()
    ):
        record = fold_deployment(events, deployment=name)
        assert (record.state, record.out_of_turn) == (DeploymentState.CLOSED, 0)
        assert (rank == str(Rank.NONE)) == trial


def test_the_export_verifies_and_gives_the_tables(made: Years, tmp_path: Path) -> None:
    root = export_events(tmp_path, events_of(made.facts), force=made.force).root
    key = VerifierKey.parse((tmp_path / "key.txt").read_text().strip())
    path = tmp_path / "export.jsonl"
    verified = verify_export(path, keys=[key], against=None, witnesses=None)
    assert (verified.origin, verified.root) == (made.force, root)
    assert_equal(facts_of_export(path, keys=[key]).facts, made.facts)
    # The leaves are the seed's alone; the key is new each time, and its secret is not kept.
    again = tmp_path / "again"
    again.mkdir()
    assert export_events(again, events_of(made.facts), force=made.force).root == root
    assert (again / "key.txt").read_text() != (tmp_path / "key.txt").read_text()
    assert "PRIVATE" not in path.read_text() + (tmp_path / "key.txt").read_text()


def test_another_key_does_not_verify(made: Years, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        export_events(tmp_path / name, events_of(made.facts), force=made.force)
    key = VerifierKey.parse((tmp_path / "two" / "key.txt").read_text().strip())
    with pytest.raises(LedgerError):
        verify_export(tmp_path / "one/export.jsonl", keys=[key], against=None, witnesses=None)


def test_forces_are_written_side_by_side(tmp_path: Path) -> None:
    told: list[Written] = []
    asked = Asked(years=1, forces=2, seed=9, scale=Scale.SMALL, events=False)
    simulate_years(tmp_path, asked, progress=told.append)
    assert [one.folder.name for one in told] == ["force-01", "force-02"]
    facts = scan_facts(tmp_path)
    assert set(facts.deployments.collect()["force"].cast(pl.String)) == {
        "simulated-01.example/lfr",
        "simulated-02.example/lfr",
    }
    alone = simulate_force(truth_of(Scale.SMALL), number=2, years=1, seed=9)
    assert_equal(scan_facts(tmp_path / "force-02"), alone.facts)
