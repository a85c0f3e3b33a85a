"""`overt combine`: exports of several forces, verified and put together."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from commands import Commands, Done
from simulated_records import exported, simulated

from overt.facts.from_events import fold_facts
from overt.facts.parquet import write_facts
from overt.ledger.keys import VerifierKey
from overt.report.combining import Failed, Force, combine
from overt.simulation.years.export import EXPORT

pytestmark = pytest.mark.slow

ONE, TWO, THREE = (f"simulated-0{number}.example/lfr" for number in (1, 2, 3))


class Nation:
    """Three forces, and what puts them together."""

    def __init__(self, overt: Commands, folder: Path) -> None:
        self.overt, self.folder = overt, folder
        self.exports = [folder / f"force-{number}" / EXPORT for number in (1, 2, 3)]
        self.keys = folder / "keys.txt"

    @classmethod
    def made(cls, overt: Commands, folder: Path) -> Nation:
        numbers = (1, 2, 3)
        keys = [exported(folder / f"force-{n}", simulated(n), number=n)[1] for n in numbers]
        nation = cls(overt, folder)
        nation.keys.write_text("\n".join(keys) + "\n")
        return nation

    def copied(self, folder: Path) -> Nation:
        shutil.copytree(self.folder, folder)
        return Nation(self.overt, folder)

    def combine(self, *more: str | Path, exports: list[Path] | None = None) -> Done:
        paths = self.exports if exports is None else exports
        words = ("--keys", self.keys, "--work", self.folder / "work", "--out", self.out)
        return self.overt.run("combine", *paths, *words, *more, home=self.folder / "home")

    @property
    def out(self) -> Path:
        return self.folder / "national"

    def figures(self) -> dict[str, Any]:
        report = json.loads((self.out / "report.json").read_text())
        sections = report["sections"]
        found = {f["id"]: f["value"] for s in sections for f in s["figures"]}
        cells = (f for s in sections for g in s["grids"] for _, row in g["rows"] for f in row)
        return {**found, **{cell["id"]: cell["value"] for cell in cells}}

    def statements(self) -> dict[str, str]:
        report = json.loads((self.out / "report.json").read_text())
        return {s["id"]: s["text"] for section in report["sections"] for s in section["statements"]}


@pytest.fixture(scope="module")
def made(overt: Commands, tmp_path_factory: pytest.TempPathFactory) -> Nation:
    return Nation.made(overt, tmp_path_factory.mktemp("forces"))


@pytest.fixture(scope="module")
def once(made: Nation, tmp_path_factory: pytest.TempPathFactory) -> tuple[Nation, Done]:
    """Give forces that were combined once, and how that went."""
    nation = made.copied(tmp_path_factory.mktemp("once") / "nation")
    done = nation.combine()
    assert done.code == 0, done.err
    return nation, done


@pytest.fixture
def nation(made: Nation, tmp_path: Path) -> Nation:
    """Give forces that were not combined yet, for one test."""
    return made.copied(tmp_path / "nation")


@pytest.fixture
def combined(once: tuple[Nation, Done], tmp_path: Path) -> Nation:
    """Give forces that were combined before, for one test."""
    return once[0].copied(tmp_path / "nation")


def test_three_forces_make_one_report_and_are_verified_once(
    combined: Nation, once: tuple[Nation, Done]
) -> None:
    nation, (_, done) = combined, once
    told = [line.split("\t") for line in done.out.splitlines()]
    assert [cells[:2] for cells in told[:3]] == [[f, "verified"] for f in (ONE, TWO, THREE)]
    report = json.loads((nation.out / "report.json").read_text())
    assert report["scope"] == "national"
    assert [source["force"] for source in report["sources"]] == [ONE, TWO, THREE]
    assert all(len(source["root"]) == 64 for source in report["sources"])
    figures = nation.figures()
    names = ("simulated-01-example-lfr", "simulated-02-example-lfr", "simulated-03-example-lfr")
    for what, whole in (("seen", "faces.seen"), ("alerts", "alerts.raised")):
        parts = [figures[f"forces.each.{name}.{what}"]["number"] for name in names]
        assert min(parts) > 0
        assert sum(parts) == figures[whole]["number"]
    for number, name in enumerate(names, start=1):  # each force's own tables, counted slowly
        alone = fold_facts(simulated(number), force="f").minutes.collect()
        assert figures[f"forces.each.{name}.seen"]["number"] == sum(alone["seen"].to_list())
    again = nation.combine()
    assert [line.split("\t")[1] for line in again.out.splitlines()[:3]] == ["verified before"] * 3
    assert nation.figures() == figures


def test_what_was_verified_before_is_trusted_only_as_it_was(combined: Nation) -> None:
    nation = combined
    first, second, third = (path for path in sorted((nation.folder / "work").iterdir()))
    (first / "verified.json").unlink()  # cut short
    table = second / "tables" / "alerts.parquet"
    table.write_bytes(table.read_bytes() + b"\0")
    told = third / "verified.json"
    told.write_text(
        told.read_text().replace('"keys": [', '"keys": ["another",').replace("lfr+", "x+")
    )
    done = nation.combine()
    assert done.code == 0, done.err
    assert done.out.count("verified before") == 0
    assert nation.combine().out.count("verified before") == 3


def test_tables_that_an_earlier_overt_kept_are_made_again(combined: Nation) -> None:
    export, work = combined.exports[0], combined.folder / "work"
    folder = work / hashlib.sha256(export.read_bytes()).hexdigest()
    table, told = folder / "tables" / "minutes.parquet", folder / "verified.json"
    pl.read_parquet(table).drop("partial").write_parquet(table)
    verified = json.loads(told.read_text())
    verified["tables"]["minutes"] = hashlib.sha256(table.read_bytes()).hexdigest()
    told.write_text(json.dumps(verified))
    keys = [VerifierKey.parse(line) for line in combined.keys.read_text().splitlines()]

    def again() -> bool:
        told: list[Force | Failed] = []
        combine([export], keys=keys, work=work, without=(), progress=told.append)
        (force,) = told
        assert isinstance(force, Force)
        return force.again

    assert not again()
    assert again()


def test_a_force_that_does_not_verify_is_named_and_only_left_out_when_told(
    nation: Nation,
) -> None:
    broken = nation.exports[1]
    broken.write_bytes(broken.read_bytes().replace(b'"seen":1', b'"seen":2', 1))
    done = nation.combine()
    assert done.code == 1
    assert f"{TWO}\tdoes not verify" in done.out
    assert f"  - {TWO}: " in done.err
    assert "--without" in done.err
    assert not nation.out.exists()
    done = nation.combine("--without", TWO)
    assert done.code == 0, done.err
    assert done.out.count("verified before") == 2  # the others' work was kept
    assert nation.statements()["left-out.force-1"].startswith(f"{TWO} was left out")
    assert "forces.each.simulated-02-example-lfr.seen" not in nation.figures()
    wrong = nation.combine("--without", "nowhere.example/lfr")
    assert wrong.code == 2
    assert "want forces that are there" in wrong.err


def test_a_force_counts_once_and_under_its_own_key(nation: Nation) -> None:
    copy = nation.folder / "copy.jsonl"
    shutil.copyfile(nation.exports[0], copy)
    twice = nation.combine(exports=[nation.exports[0], copy])
    assert twice.code == 2
    assert "want one export" in twice.err
    nation.keys.write_text(nation.keys.read_text().splitlines()[0] + "\n")
    done = nation.combine(exports=nation.exports[:2])
    assert done.code == 1
    assert f"{TWO}\tdoes not verify" in done.out


def test_tables_count_of_simulated_forces_only_and_are_marked(
    nation: Nation, tmp_path: Path
) -> None:
    for number, force in ((1, ONE), (2, TWO)):
        write_facts(tmp_path / "tables" / force[:12], fold_facts(simulated(number), force=force))
    done = nation.combine(exports=[tmp_path / "tables"])
    assert done.code == 0, done.err
    assert done.out.count("tables, not signed") == 2
    assert "Not counted from a signed log" in nation.statements()["methods.unsigned"]
    assert nation.combine("--final", exports=[tmp_path / "tables"]).code == 1
    write_facts(tmp_path / "real" / "force", fold_facts(simulated(), force="police.example/lfr"))
    refused = nation.combine(exports=[tmp_path / "real"])
    assert refused.code == 2
    assert "nothing proves tables" in refused.err


def test_a_national_report_is_computed_again_from_the_exports(combined: Nation) -> None:
    nation = combined
    keys = [word for key in nation.keys.read_text().split() for word in ("--key", key)]
    three, *others = reversed(nation.exports)
    words = [word for path in others for word in ("--with", path)]
    path = nation.out / "report.json"
    verify = ("verify", three, *words, *keys, "--report", path)
    done = nation.overt.run(*verify, home=nation.folder / "home")
    assert (done.code, "follow from the log" in done.out) == (0, True), done.out
    seen = nation.figures()["faces.seen"]["number"]
    path.write_text(path.read_text().replace(f'"number": {seen}', f'"number": {seen + 1}'))
    done = nation.overt.run(*verify, home=nation.folder / "home")
    assert done.code == 1
    assert f"faces.seen: published {seen + 1:,}" in done.out
