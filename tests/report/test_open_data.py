"""Open data is what was counted: the same rows in every form, as the schemas beside them say."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from polars.testing import assert_frame_equal
from report_examples import FORCE, HOSTILE, SIGNED, facts_of, report_of

from overt.errors import ReportError
from overt.facts.facts import Facts, empty
from overt.facts.published import HOURS
from overt.facts.schema import TABLES, Kind, Table
from overt.report.open_data import IS_FORMULA, write_open_data
from overt.text import sheet_cell

ALL: Final[Mapping[str, Table]] = {**TABLES, HOURS.name: HOURS}
READ: Final[Mapping[str, pl.DataType]] = {
    "string": pl.String(),
    "integer": pl.UInt32(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
    "datetime": pl.String(),
}


@pytest.fixture(scope="module")
def facts() -> Facts:
    return facts_of(HOSTILE, alerts=4, false=2, minutes=130)


@pytest.fixture(scope="module")
def folder(facts: Facts, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("report") / "data"
    write_open_data(made, facts, report_of(facts), licence="OGL-UK-3.0")
    return made


def package(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))


def resource(folder: Path, name: str) -> dict[str, Any]:
    return next(one for one in package(folder)["resources"] if one["name"] == name)


def read_csv(folder: Path, name: str) -> pl.DataFrame:
    """Read a CSV by its descriptor alone, as another program would."""
    found = resource(folder, name)
    fields = found["schema"]["fields"]
    rows = pl.read_csv(
        folder / found["path"],
        schema={field["name"]: READ[field["type"]] for field in fields},
        null_values=found["schema"]["missingValues"],
    )
    times = [
        pl.col(f["name"]).str.to_datetime(f["format"].replace(".%f", "%.6f"), time_zone="UTC")
        for f in fields
        if f["type"] == "datetime"
    ]
    return rows.with_columns(times)


@pytest.mark.parametrize("name", ALL)
def test_csv_read_back_is_parquet_is_facts(name: str, folder: Path, facts: Facts) -> None:
    table = ALL[name]
    parquet = pl.read_parquet(folder / f"{name}.parquet")
    assert parquet.columns == [column.name for column in table.columns]
    texts = [c.name for c in table.columns if c.kind in {Kind.NAME, Kind.TEXT}]
    as_text = [
        pl.col(one).map_elements(sheet_cell, return_dtype=pl.String, skip_nulls=True)
        for one in texts
    ]
    assert_frame_equal(read_csv(folder, name), parquet.with_columns(as_text))
    if name in TABLES:
        rows = facts.tables()[name].with_columns(pl.col(texts).cast(pl.String)).collect()
        assert rows.height > 0
        assert_frame_equal(parquet, rows.sort(table.key), check_row_order=False)


def test_hours_are_minutes_added_up(folder: Path) -> None:
    minutes = pl.read_parquet(folder / "minutes.parquet")
    hours = pl.read_parquet(folder / "hours.parquet")
    assert hours["minutes"].sum() == minutes.height
    slow: dict[tuple[object, ...], int] = {}
    for row in minutes.iter_rows(named=True):
        hour = row["minute"].replace(minute=0, second=0)
        key = (row["deployment"], row["camera"], row["threshold"], hour)
        slow[key] = slow.get(key, 0) + row["seen"]
    found = hours.select("deployment", "camera", "threshold", "hour", "seen").rows()
    assert {row[:-1]: row[-1] for row in found} == slow
    assert len(slow) > 2 * len(HOSTILE)


@pytest.mark.parametrize("name", ALL)
def test_every_row_is_as_its_schema_says(name: str, folder: Path) -> None:
    schema = json.loads((folder / f"{name}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    rows = [as_json(row) for row in pl.read_parquet(folder / f"{name}.parquet").to_dicts()]
    assert rows
    assert [error.message for row in rows for error in validator.iter_errors(row)] == []
    for column in ALL[name].columns:  # and it can say no
        wrong = {**rows[0], column.name: [column.name]}
        assert not validator.is_valid(wrong), column.name
        if column.among:
            assert not validator.is_valid({**rows[0], column.name: "something else"})
    assert not validator.is_valid({**rows[0], "name": "A. Person"})


def as_json(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: f"{value:%Y-%m-%dT%H:%M:%S.%fZ}" if isinstance(value, datetime) else value
        for name, value in row.items()
    }


@pytest.mark.parametrize("name", ALL)
def test_constraints_and_keys_hold(name: str, folder: Path) -> None:
    schema = resource(folder, name)["schema"]
    rows = read_csv(folder, name)
    for field in schema["fields"]:
        cells = rows[field["name"]].drop_nulls()
        required, among = field["constraints"]["required"], field["constraints"].get("enum")
        assert not required or len(cells) == rows.height, field["name"]
        assert among is None or set(cells) <= set(among)
    key = rows.select(schema["primaryKey"])
    assert key.is_unique().all()
    for foreign in schema.get("foreignKeys", []):
        to = foreign["reference"]
        here = rows.select(foreign["fields"]).drop_nulls()
        there = read_csv(folder, to["resource"]).select(to["fields"])
        assert here.join(there, on=foreign["fields"], how="anti").is_empty()


def test_the_descriptor_says_whence_and_on_what_terms(folder: Path) -> None:
    told = package(folder)
    assert told["profile"] == "tabular-data-package"
    assert told["licenses"] == [{"name": "OGL-UK-3.0"}]
    (source,) = told["sources"]
    assert (source["origin"], source["size"], source["root"]) == (FORCE, 12_345, SIGNED.root)
    assert {one["name"] for one in told["resources"]} == set(ALL)
    for one in (*told["resources"], *told["parquet"]):
        data = (folder / one["path"]).read_bytes()
        assert one["bytes"] == len(data)
        assert one["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
    assert (folder / "alerts.csv").read_bytes().decode("utf-8").startswith("force,deployment,")


def test_no_cell_is_a_formula(folder: Path) -> None:
    places = pl.read_csv(folder / "deployments.csv", infer_schema=False)["place"].to_list()
    assert places == [sheet_cell(place) for place in HOSTILE]
    assert places[1].startswith("'=HYPERLINK")
    reasons = pl.read_csv(folder / "thresholds.csv", infer_schema=False)["reason"].to_list()
    assert set(reasons) == {"'-1 after a crowd"}


@given(st.lists(st.text(min_size=1), max_size=20))
def test_formulas_are_found_as_elsewhere(cells: list[str]) -> None:
    found = pl.Series(cells, dtype=pl.String).str.contains(IS_FORMULA).to_list()
    assert found == [sheet_cell(cell) != cell for cell in cells]


def test_demographics_are_withheld_where_small_numbers_are(facts: Facts, tmp_path: Path) -> None:
    report = report_of(facts, suppress_below=5)
    write_open_data(tmp_path, facts, report)
    hidden = ["ethnicity", "group", "self_defined", "gender", "age"]
    for name, columns in {"alerts": hidden, "passages": ["group", "gender", "age"]}.items():
        for rows in (read_csv(tmp_path, name), pl.read_parquet(tmp_path / f"{name}.parquet")):
            assert rows.height
            assert rows.select(pl.col(columns).null_count()).row(0) == (rows.height,) * len(columns)
        schema = json.loads((tmp_path / f"{name}.schema.json").read_text())
        validator = Draft202012Validator(schema)
        for row in pl.read_parquet(tmp_path / f"{name}.parquet").to_dicts():
            assert validator.is_valid(as_json(row))
            assert not validator.is_valid({**as_json(row), "gender": "male"})
        fields = {one["name"]: one for one in resource(tmp_path, name)["schema"]["fields"]}
        assert "withheld" in fields["group"]["description"]
        assert fields["group"]["constraints"]["required"] is False
    listed = pl.read_parquet(tmp_path / "lists.parquet")  # a row is of one deployment
    assert listed["listed"].sum() > 0
    assert listed.select(pl.col("under_18", "vulnerable").count()).row(0) == (0, 0)
    assert "fewer than 5 people" in package(tmp_path)["description"]
    everything = b"".join(path.read_bytes() for path in tmp_path.glob("*.csv"))
    assert b"African" not in everything


def test_minutes_beyond_a_spreadsheet_are_added_up_in_csv(facts: Facts, tmp_path: Path) -> None:
    report = report_of(facts)
    write_open_data(tmp_path, facts, report)
    assert (tmp_path / "minutes.csv").is_file()
    write_open_data(tmp_path, facts, report, most=100)
    assert not (tmp_path / "minutes.csv").exists()
    assert "minutes" not in {one["name"] for one in package(tmp_path)["resources"]}
    assert "more than 100 minutes" in package(tmp_path)["description"]
    whole = pl.read_parquet(tmp_path / "minutes.parquet")
    assert whole.height == 130 * len(HOSTILE)
    assert read_csv(tmp_path, "hours")["minutes"].sum() == whole.height


def test_tables_without_a_row_have_their_heads(tmp_path: Path) -> None:
    paths = write_open_data(tmp_path, empty(), report_of(empty()))
    assert paths[0].name == "datapackage.json"
    assert sorted(paths) == sorted(tmp_path.iterdir())
    for name, table in ALL.items():
        head = (tmp_path / f"{name}.csv").read_text().strip()
        assert head == ",".join(column.name for column in table.columns)


def test_times_are_utc_to_the_microsecond(folder: Path) -> None:
    raised = pl.read_csv(folder / "alerts.csv", infer_schema=False)["raised"][0]
    assert datetime.strptime(raised, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def test_a_folder_that_is_a_file_is_named(facts: Facts, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(ReportError, match="want a folder"):
        write_open_data(tmp_path / "data", facts, report_of(facts))
