"""`overt evaluate` and `overt thresholds`, as a user runs them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from commands import Commands
from made_evaluations import record_of, write_photographs
from PIL import Image

from overt.inference.evaluation_file import write_record
from overt.inference.manifest import read_manifest
from overt.inference.opened import find_manifest
from overt.values.forecast import Forecast


def test_photographs_are_evaluated_twice_alike_and_forgotten(
    overt: Commands, tmp_path: Path
) -> None:
    folder = tmp_path / "photographs"
    write_photographs(folder)
    Image.new("RGB", (64, 64)).save(folder / "d.png")
    (folder / "e.png").write_text("no picture")
    labels = "file,identity,group\na.png,one,x\nb.png,one,x\nc.png,two,y\nd.png,3,y\ne.png,4,y\n"
    (tmp_path / "labels.csv").write_text(labels)
    words = ("evaluate", "photos", "photographs", "--labels", "labels.csv", "--listed", "1")
    for out in ("first.json", "second.json"):
        done = overt.run(*words, "--group", "group", "--out", out, home=tmp_path)
        assert done.code == 0, done.err
    first, second = (json.loads((tmp_path / f"{n}.json").read_text()) for n in ("first", "second"))
    assert first["probes"] == second["probes"]
    by_listed = {probe["listed"]: probe for probe in first["probes"]}
    assert by_listed[True]["own"] > by_listed[False]["others"] - 0.2
    failed = {each["part"]: dict(each["reasons"]) for each in first["acquired"]}
    assert sum(failed["probes"].values()) == 2
    assert failed["probes"]["no face found"] == 1
    compared = overt.run("evaluate", "compare", "first.json", "second.json", home=tmp_path)
    assert compared.code == 0, compared.err
    forgot = overt.run("evaluate", "forget", home=tmp_path)
    assert forgot.out == "deleted: 5 templates\n"


def test_a_worse_model_ends_with_1(overt: Commands, tmp_path: Path) -> None:
    before = record_of(noise=0.3)
    (tmp_path / "before.json").write_bytes(write_record(before))
    (tmp_path / "after.json").write_bytes(write_record(record_of(noise=1.2)))
    words = ("evaluate", "compare", "before.json", "after.json", "--threshold", "0.35")
    done = overt.run(*words, home=tmp_path)
    assert done.code == 1
    assert "FNIR" in done.err
    assert "worse" in done.out


def test_scores_become_a_record_and_a_page(overt: Commands, tmp_path: Path) -> None:
    rows = "".join(f"{score},{int(score >= 40)}\n" for score in range(100))
    (tmp_path / "scores.csv").write_text("score,same\n" + rows)
    done = overt.run("evaluate", "scores", "scores.csv", "--fmr", "0.1", home=tmp_path)
    assert done.code == 0, done.err
    record = json.loads((tmp_path / "evaluation.json").read_text())
    assert record["rates"][0]["realised"]["events"] == 4
    paged = overt.run("evaluate", "page", "evaluation.json", home=tmp_path)
    assert paged.code == 0, paged.err
    assert record["sha256"] in (tmp_path / "evaluation.html").read_text()
    both = overt.run("evaluate", "page", "evaluation.json", "--pdf", "e.pdf", home=tmp_path)
    assert (both.code, both.out.split()) == (0, ["evaluation.html", "e.pdf"])
    assert (tmp_path / "e.pdf").read_bytes().startswith(b"%PDF")


def test_a_threshold_is_told_for_a_limit(overt: Commands, tmp_path: Path) -> None:
    done = overt.run("thresholds", "--listed", "1000", "--limit", "1/1000", home=tmp_path)
    assert done.code == 0, done.err
    assert 0.3 < float(done.out.splitlines()[0]) < 0.64
    for wrong in ("1/0", "0", "2", "a"):
        refused = overt.run("thresholds", "--listed", "10", "--limit", wrong, home=tmp_path)
        assert refused.code == 2
        assert "want a share" in refused.err


def test_false_alerts_are_foretold_for_each_group(overt: Commands, tmp_path: Path) -> None:
    bundle = read_manifest(find_manifest("default", folder=tmp_path))
    pairs = tuple((number, number + 1, 0.31) for number in range(0, 40, 2))
    forecast = Forecast(
        "2026-01-01T00:00:00+00:00", "a test", bundle.evaluated, "nobody", "c" * 64, "development",
        8, ("first", "second"), tuple(number // 40 for number in range(80)), 0.2, 0.3, pairs,
    )  # fmt: skip
    (tmp_path / "forecast.json").write_bytes(write_record(forecast))
    words = ("thresholds", "--listed", "30", "--limit", "1/100", "--forecast", "forecast.json")
    done = overt.run(*words, home=tmp_path)
    assert done.code == 0, done.err
    threshold, said, *rows = done.out.splitlines()
    assert threshold == "0.39"
    assert "in the worst group of the calibration" in said
    first = next(row for row in rows if row.startswith("first") and "own group" in row)
    assert "20 of 780" in first
    assert first.rstrip().endswith(("0.30  cannot tell", "0.30  yes"))
    assert "What was counted from 0.30 on falls to 0.39" in done.out
    other = replace(forecast, bundle="d" * 64)
    (tmp_path / "forecast.json").write_bytes(write_record(other))
    refused = overt.run(*words, home=tmp_path)
    assert refused.code == 2
    assert "forecast: got one of bundle dddddddddddd, want one of default" in refused.err
