"""`overt publish`: a site, as its publisher writes it and as anybody checks it."""

from __future__ import annotations

import html
import json
import re
import shlex
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

import pytest
from commands import Commands, Done
from simulated_records import exported, ids, simulated

from overt.ids import time_ordered_id
from overt.records.store import open_store
from overt.values.alert_events import ComplaintRecorded
from overt.values.duty_events import DeploymentBriefed, EvidenceDeleted
from overt.values.events import DeploymentAuthorised, Event

pytestmark = pytest.mark.slow

ATOM = "{http://www.w3.org/2005/Atom}"
BASE = "https://police.example/lfr/"


class Links(HTMLParser):
    """Collects where a page leads, and what it would load."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.loaded: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids.add(given.get("id") or "")
        if tag in {"script", "img", "iframe", "source"} or given.get("rel") == "stylesheet":
            self.loaded.append(tag)
        if target := given.get("href"):
            self.found.append(target)


def links(page: Path) -> Links:
    read = Links()
    read.feed(page.read_text())
    return read


def state(site: Path) -> dict[str, tuple[bytes, int]]:
    """Give every file with its content and the time it was written."""
    files = (path for path in site.rglob("*") if path.is_file())
    return {str(p.relative_to(site)): (p.read_bytes(), p.stat().st_mtime_ns) for p in files}


class Site:
    """A site, and what publishes it."""

    def __init__(self, overt: Commands, folder: Path) -> None:
        self.overt, self.home, self.folder = overt, folder / "home", folder / "site"

    def publish(self, export: Path, key: str, *more: str) -> Done:
        return self.overt.run(
            "publish", self.folder, "--export", export, "--key", key, "--no-pdf", *more,
            home=self.home,
        )  # fmt: skip

    def told(self) -> dict[str, Any]:
        return json.loads((self.folder / "site.json").read_text())


@pytest.fixture(scope="module")
def published(overt: Commands, tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, str]:
    """Give a site that was published once, of two deployments; and its key."""
    folder = tmp_path_factory.mktemp("published")
    export, key = exported(folder / "force", simulated())
    site = Site(overt, folder)
    done = site.publish(export, key)
    assert done.code == 0, done.err
    return site, key


@pytest.fixture
def site(overt: Commands, tmp_path: Path) -> Site:
    return Site(overt, tmp_path)


def test_a_site_from_an_export_is_whole_and_can_be_checked(
    published: tuple[Site, str], tmp_path: Path
) -> None:
    site, _ = published
    assert not (site.home / "data").exists()  # nothing was recorded
    for page in site.folder.rglob("*.html"):
        read = links(page)
        assert read.loaded == [], page
        for target in read.found:
            parts = urlsplit(target)
            assert not parts.scheme, target  # no address beyond the site
            to = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            assert to.is_file(), f"{page}: {target}"
            if parts.fragment:
                assert parts.fragment in links(to).ids, f"{page}: {target}"
    first, second = ids(simulated())
    for deployment in (first, second):
        report = json.loads((site.folder / f"deployments/{deployment}/report.json").read_text())
        assert report["options"]["suppress_below"] == 5
    year = site.folder / "periods" / "2024" / "data" / "datapackage.json"
    package = json.loads(year.read_text())
    assert "withheld" in package["description"]
    assert f'../periods/2024/data/{year.name}"' in (site.folder / "data/index.html").read_text()
    # The commands of the page, as a reader of a copy runs them.
    verify = (site.folder / "verify.html").read_text()
    commands = [html.unescape(c) for c in re.findall(r"<pre>(.*?)</pre>", verify, re.DOTALL)]
    assert len(commands) == 4
    for command in commands:
        program, *words = shlex.split(command)
        if program == "overt":
            checked = site.overt.run(*words, home=tmp_path / "reader", cwd=site.folder)
            assert (checked.code, checked.out[:3]) == (0, "ok:"), checked.err
        else:
            ran = subprocess.run([sys.executable, *words], cwd=site.folder, check=False)  # noqa: S603
            assert (program, ran.returncode) == ("python", 0)


def test_a_second_run_writes_nothing(published: tuple[Site, str]) -> None:
    site, key = published
    before = state(site.folder)
    again = site.publish(site.home.parent / "force" / "export.jsonl", key)
    assert (again.code, again.out) == (0, ""), again.err
    assert state(site.folder) == before


def test_a_correction_is_a_new_version_and_keeps_the_old_one(site: Site) -> None:
    events = simulated(deployments=1)
    corrected = ids(events)[0]
    folder = site.folder / "deployments" / corrected
    home = site.home

    def run(*words: str | Path) -> Done:
        return site.overt.run(*words, home=home)

    assert run("ledger", "begin", "police.example/lfr").code == 0
    record(home, *events)
    words = ("publish", site.folder, "--by", "A. Publisher", "--base", BASE, "--no-pdf")
    done = run(*words)
    assert done.code == 0, done.err
    page, old = (folder / "index.html").read_bytes(), (folder / "report.json").read_bytes()
    told = done.out.splitlines()
    where = f"{BASE}deployments/{corrected}/index.html"
    assert sum(line.startswith(f"{corrected}\tpublished\t{where}\t") for line in told) == 1
    aftermath = run("deployment", "aftermath", corrected)
    assert "holds\tpublished" in aftermath.out
    again = run(*words)  # only what was published is new in the record: nothing to publish
    assert (again.code, again.out) == (0, ""), again.err
    last = max(event.at for event in events)
    record(home, Event("c1", corrected, last, ComplaintRecorded("", "A. Clerk", "C/1")))
    assert run(*words).code == 0
    kept = folder / "versions" / "1"
    assert (kept / "report.json").read_bytes() == old
    assert strip(kept / "index.html") == strip_bytes(page)
    assert "Version 1, kept as it was published" in (kept / "index.html").read_text()
    assert "versions/1/index.html" in (folder / "index.html").read_text()
    assert "version 2: corrected" in (site.folder / "index.html").read_text()
    found = {each["folder"]: each["versions"] for each in site.told()["reports"]}
    versions = found[f"deployments/{corrected}"]
    assert [each["version"] for each in versions] == [1, 2]
    trusted = run("ledger", "key").out.split()[0]
    for each in versions:  # each from the record that it was counted from
        paths = (site.folder / each["record"], site.folder / each["folder"] / "report.json")
        checked = run("verify", paths[0], "--key", trusted, "--report", paths[1])
        assert checked.code == 0, checked.out + checked.err


def test_a_record_that_does_not_add_up_is_refused_or_says_so(site: Site, tmp_path: Path) -> None:
    events = [e for e in simulated(deployments=1) if not isinstance(e.body, EvidenceDeleted)]
    export, key = exported(tmp_path / "force", events)
    refused = site.publish(export, key)
    assert refused.code == 1
    assert "Overdue" in refused.err
    assert "--as-it-is" in refused.err
    assert not site.folder.exists()
    done = site.publish(export, key, "--as-it-is")
    assert done.code == 0, done.err
    assert "does not add up" in (site.folder / "index.html").read_text()
    page = site.folder / "deployments" / ids(events)[0] / "index.html"
    assert "not final" in page.read_text()


def test_what_is_to_come_is_announced_and_what_is_open_has_no_figures(
    site: Site, tmp_path: Path
) -> None:
    events = simulated()
    last = next(e for e in reversed(events) if isinstance(e.body, DeploymentAuthorised))
    body = last.body
    assert isinstance(body, DeploymentAuthorised)
    at = last.at + timedelta(minutes=1)
    notice = Event(time_ordered_id(at), last.deployment, at, brief())
    export, key = exported(tmp_path / "force", [last, notice])
    when = ("--as-of", (body.start - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%S"))
    done = site.publish(export, key, *when)
    assert done.code == 0, done.err
    text = html.unescape((site.folder / "index.html").read_text())
    announced = text.partition('id="announced"')[2].partition("</section>")[0]
    assert body.place in announced
    assert f"{body.start:%-d %B %Y}" in announced
    assert "in the High Street's <paper>" in announced
    entries = ET.parse(site.folder / "feed.atom").getroot().findall(f"{ATOM}entry")  # noqa: S314
    titles = [entry.findtext(f"{ATOM}title") or "" for entry in entries]
    assert sum(title.startswith("Announced: ") for title in titles) == 1
    assert not (site.folder / "deployments" / last.deployment).exists()
    # Addresses are whole only where the site's own is given.
    assert "<loc>index.html</loc>" in (site.folder / "sitemap.xml").read_text()
    assert "https://" not in (site.folder / "feed.atom").read_text()
    assert site.publish(export, key, *when, "--base", BASE[:-1]).code == 0
    assert f"<loc>{BASE}index.html</loc>" in (site.folder / "sitemap.xml").read_text()
    assert f'href="{BASE}feed.atom"' in (site.folder / "feed.atom").read_text()
    # An hour later it runs: no longer announced, and nothing is told of it but that.
    later = ("--as-of", (body.start + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S"))
    done = site.publish(export, key, *later)
    assert done.code == 0, done.err
    assert "1 deployment is not closed yet" in done.err
    text = (site.folder / "index.html").read_text()
    assert "not closed yet: no figures" in text
    assert "No deployment is authorised for a time that is still to come" in text


def test_another_history_is_never_published_over_the_first(
    published: tuple[Site, str], tmp_path: Path
) -> None:
    site, _ = published
    before = state(site.folder)
    shorter, other = exported(tmp_path / "forged", simulated()[:-1])
    forged = site.publish(shorter, other)
    assert forged.code == 1, forged.out
    strange, third = exported(tmp_path / "third", simulated(2, deployments=1), number=2)
    refused = site.publish(strange, third)
    assert refused.code == 2
    assert "got a site of 'simulated-01.example/lfr'" in refused.err
    assert state(site.folder) == before


def test_a_record_is_published_by_somebody_at_an_address(site: Site) -> None:
    for words in ((), ("--by", "A")):
        done = site.overt.run("publish", site.folder, *words, home=site.home)
        assert done.code == 2
        assert "want who publishes and at which address" in done.err
    assert not site.folder.exists()


def record(home: Path, *events: Event) -> None:
    """Append to the record of a home."""
    with closing(open_store(home / "data" / "events.sqlite")) as store:
        store.append(list(events))


def brief() -> DeploymentBriefed:
    return replace(
        DeploymentBriefed("C", "both ends", "", 4, ("simulated-1",)),
        notice="in the High Street's <paper>",
    )


def strip(page: Path) -> bytes:
    """Give a page without the site's bar."""
    return strip_bytes(page.read_bytes())


def strip_bytes(page: bytes) -> bytes:
    return re.sub(rb"<!-- site -->.*<!-- /site -->", b"", page, flags=re.DOTALL)
