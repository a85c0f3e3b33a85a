"""`overt report` as a force and a reader use it: of a signed export, computed again by both."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from commands import Commands
from report_examples import FORCE, events_of

from overt.records.store import open_store

pytestmark = pytest.mark.slow

FILES = {"report.json", "index.html", "report.pdf", "data"}


class Published:
    """A force's record, its export and its key."""

    def __init__(self, overt: Commands, home: Path) -> None:
        self.overt = overt
        self.home = home
        with closing(open_store(home / "data" / "events.sqlite")) as store:
            store.append(events_of(["High Street", "Market"]))
        self.key = self.good("ledger", "begin", FORCE).strip()
        self.export = home / "record.jsonl"
        self.good("ledger", "export", self.export)

    def good(self, *arguments: str | Path) -> str:
        done = self.overt.run(*arguments, home=self.home)
        assert done.code == 0, done.err
        return done.out

    def report(self, out: Path, *more: str) -> list[Path]:
        source = ("--export", self.export, "--key", self.key, "--as-of", "2026-01-01")
        told = self.good("report", "period", "--out", out, *source, *more)
        return [Path(line) for line in told.splitlines()]


@pytest.fixture(scope="module")
def published(overt: Commands, tmp_path_factory: pytest.TempPathFactory) -> Published:
    return Published(overt, tmp_path_factory.mktemp("police"))


def test_a_report_of_an_export_is_whole_and_is_computed_again(
    published: Published, tmp_path: Path
) -> None:
    told = published.report(tmp_path / "r", "--final", "--licence", "OGL-UK-3.0")
    assert {path.name for path in (tmp_path / "r").iterdir()} == FILES
    assert told[-1] == tmp_path / "r" / "data" / "datapackage.json"
    package = json.loads(told[-1].read_text())
    assert package["licenses"] == [{"name": "OGL-UK-3.0"}]
    report = json.loads((tmp_path / "r" / "report.json").read_text())
    assert [one["root"] for one in package["sources"]] == [one["root"] for one in report["sources"]]
    verify = ("verify", published.export, "--key", published.key, "--report")
    published.good(*verify, tmp_path / "r" / "report.json")
    # One number altered, and it is found.
    (figure,) = [
        figure
        for section in report["sections"]
        for figure in section["figures"]
        if figure["id"] == "faces.seen"
    ]
    figure["value"]["number"] -= 1
    altered = tmp_path / "altered.json"
    altered.write_text(json.dumps(report))
    done = published.overt.run(*verify, altered, home=published.home)
    assert done.code == 1
    assert "faces.seen" in done.err + done.out


def test_paper_can_be_left_out_and_few_people_be_withheld(
    published: Published, tmp_path: Path
) -> None:
    published.report(tmp_path / "r", "--no-pdf", "--suppress-below", "5")
    assert {path.name for path in (tmp_path / "r").iterdir()} == FILES - {"report.pdf"}
    assert "African" not in (tmp_path / "r" / "data" / "alerts.csv").read_text()


def test_an_unsigned_record_gives_no_final_report(published: Published, tmp_path: Path) -> None:
    done = published.overt.run(
        "report", "deployment", "d001", "--final", "--out", tmp_path / "r", home=published.home
    )
    assert done.code == 1
    assert "Not counted from a signed log" in done.err
    assert not (tmp_path / "r").exists()
