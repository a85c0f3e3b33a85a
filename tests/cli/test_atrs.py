"""`overt report atrs`: a record of the transparency standard, with what is open left open."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from commands import Commands
from simulated_records import exported, simulated

from overt.report.atrs_fields import FIELDS
from overt.values.events import FacesCounted


@pytest.mark.parametrize("ending", ["json", "csv"])
def test_every_field_is_there_and_what_a_person_must_fill_says_so(
    overt: Commands, tmp_path: Path, ending: str
) -> None:
    export, key = exported(tmp_path / "force", simulated(deployments=1))
    file = tmp_path / f"atrs.{ending}"
    words = ("report", "atrs", file, "--bundle", "default", "--export", export, "--key", key)
    done = overt.run(*words, home=tmp_path / "home")
    assert done.code == 0, done.err
    if ending == "json":
        told = json.loads(file.read_text())
        assert told["standard_version"] == "3.0"
        rows = told["fields"]
        assert told["open"] == [row["attribute"] for row in rows if row["open"]]
    else:
        with file.open(newline="") as opened:
            rows = list[dict[str, Any]](csv.DictReader(opened))
        for row in rows:
            row["open"] = row["open"] == "True"
    assert [row["reference"] for row in rows] == [field.reference for field in FIELDS]
    by_name = {row["reference"]: row for row in rows}
    for reference in ("2.1.3", "2.2.3", "2.5.1", "2.3.6"):
        assert by_name[reference]["value"] == "[open: to be completed by a person]"
        assert f"open: {reference} {by_name[reference]['name']}\n" in done.err
    scale = by_name["2.3.3"]
    bodies = [event.body for event in simulated(deployments=1)]
    faces = sum(body.counts.seen for body in bodies if isinstance(body, FacesCounted))
    assert scale["value"].startswith("1 deployment from ")
    assert f": {faces:,} faces seen, " in scale["value"]
    assert "simulated-01.example/lfr" in scale["filled_from"]
    assert "A person judges every alert" in by_name["2.3.4"]["value"]
    assert "had another bundle" in by_name["2.4.2.2"]["value"]  # simulated, not the default


def test_the_fields_are_those_of_the_standard() -> None:
    """Counted by hand in the template's table of version 3.0."""
    counted = {tier: sum(field.tier == tier for field in FIELDS) for tier in ("N/A", "1", "2")}
    assert counted == {"N/A": 15, "1": 4, "2": 46}
    assert sum(not field.required for field in FIELDS) == 10
    names = {field.reference: field.attribute for field in FIELDS}
    assert len(names) == len(FIELDS)
    assert names["2.4.3.6"] == "data_completeness_and_representativeness"
    assert names["2.1.4.2"] == "companies_house_number"
    assert names["1.3"] == "website_url"


def test_another_ending_is_refused(overt: Commands, tmp_path: Path) -> None:
    words = ("report", "atrs", tmp_path / "atrs.pdf", "--bundle", "default")
    done = overt.run(*words, home=tmp_path / "home")
    assert (done.code, "want .json or .csv" in done.err) == (2, True)
