"""A report is read as the public will read it, then published: once, and exactly that."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from browser import Chromium
from browsers import as_somebody, looked_at
from console_record import program, token_for
from consoles import Console, console_in, csrf_in
from simulated_records import ids, simulated

from overt.report.document.written import read_report_file
from overt.report.verifying import verify_report
from overt.values.account import Role
from overt.values.alert_events import ComplaintRecorded
from overt.values.duty_events import ReportPublished
from overt.values.events import DeploymentAuthorised, Event
from overt.wiring import make_log

if TYPE_CHECKING:
    from playwright.sync_api import Page

BASE = "https://police.example/lfr/"
FIRST, SECOND, OPEN, UNREAD = ids(simulated(deployments=4))
GONE = {"evidence-deleted", "outcome-recorded", "follow-up-recorded"}  # of what is left open
PATHS = (
    "../secret.json", "%2e%2e/secret.json", "%2e%2e%2fsecret.json", "..%5csecret.json",
    "/etc/hostname", "%2fetc%2fhostname", ".hidden.json", "link.json", "linked/x.json",
    "notes.docx", "record", "x" * 600, "a%00.json",
)  # fmt: skip


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Generator[Console]:
    """Give a console whose record has closed deployments and a log; each test has its own."""
    folder = tmp_path_factory.mktemp("publication")
    chosen = {"web_public_dir": folder / "site", "web_public_base": BASE}
    with console_in(folder, settings=chosen) as running:
        settings, store = running.services.settings, running.services.store
        every = simulated(deployments=4)
        store.append([e for e in every if e.deployment != OPEN or e.body.kind not in GONE])
        make_log(settings, store=store).begin("police.example/lfr")
        yield running


def path_of(deployment: str) -> str:
    return f"/deployments/{deployment}/publication"


def read(client: httpx.Client, deployment: str) -> httpx.Response:
    """Have the report shown as it would be published."""
    token = csrf_in(client.get(path_of(deployment)).text)
    shown = client.post(f"{path_of(deployment)}/read", data={"csrf": token}, follow_redirects=True)
    assert shown.status_code == 200, shown.text
    return shown


def form_of(shown: httpx.Response) -> dict[str, str]:
    """Give what the page's last form sends."""
    form = shown.text.rpartition('<form method="post"')[2]
    found = re.findall(r'name="(\w+)" value="([^"]*)"', form.partition("</form>")[0])
    return {name: html.unescape(value) for name, value in found if name != "as_it_is"}


def published(console: Console, deployment: str) -> list[ReportPublished]:
    events = console.services.store.events(kinds=(ReportPublished.kind,), deployment=deployment)
    return [each.event.body for each in events if isinstance(each.event.body, ReportPublished)]


def test_what_is_read_in_a_browser_is_what_anybody_finds(
    chromium: Chromium, console: Console, tmp_path: Path
) -> None:
    wrong: list[str] = []
    read_there: list[str] = []

    def look(page: Page, name: str) -> None:
        wrong.extend(looked_at(page, tmp_path / name))

    def act(page: Page) -> None:
        page.goto(f"/deployments/{FIRST}")
        page.get_by_role("link", name="What the public is told").click()
        page.get_by_role("button", name="Read what will be published").click()
        paper = page.frame_locator("iframe.paper")
        paper.get_by_text("Whether it adds up").first.wait_for()
        read_there.append(paper.locator("main").inner_text())
        look(page, "read")
        page.get_by_role("button", name="Publish version 1").click()
        page.get_by_text("Version 1 is published.").wait_for()
        look(page, "published")
        page.get_by_role("link", name="Read it (version 1)").click()
        page.get_by_text("All reports").wait_for()
        assert urlsplit(page.url).path == f"/public/site/deployments/{FIRST}/index.html"
        assert page.locator("main").inner_text() == read_there[0]
        page.get_by_text("All reports").click()
        page.get_by_text("Check it yourself").first.wait_for()
        page.goto("/public")
        look(page, "public")

    site = console.services.settings.web_public_dir
    assert site is not None
    with console.browser() as anybody:
        as_somebody(chromium, console, Role.COMMANDER, act)
        front = anybody.get("/public").text
        figures = anybody.get(f"/public/site/deployments/{FIRST}/report.json").content
    assert wrong == []
    sha256 = hashlib.sha256(figures).hexdigest()
    assert sha256 in front
    where = f"{BASE}deployments/{FIRST}/index.html"
    assert [(one.sha256, one.where) for one in published(console, FIRST)] == [(sha256, where)]
    # Checked as anybody would.
    log = make_log(console.services.settings, store=console.services.store)
    report = read_report_file(site / f"deployments/{FIRST}/report.json")
    record = site / "record" / f"{report.sources[0].events:015d}.jsonl"
    assert verify_report(report, [record], keys=[log.first_key()]) == ()


def test_two_publish_once_and_a_correction_is_read_against_it(console: Console) -> None:
    here = console.services
    last = max(event.at for event in simulated(deployments=4))

    def complain(number: int) -> None:
        body = ComplaintRecorded("", "A. Clerk", f"C/{number}")
        here.store.append([Event(f"c{number}", SECOND, last, body)])

    with console.as_role(Role.COMMANDER) as client, console.as_role(Role.AUTHORISING) as other:
        early = form_of(read(client, SECOND))
        complain(1)
        stale = client.post(path_of(SECOND), data=early)
        assert stale.status_code == 409
        assert "read it again" in stale.text
        form = form_of(read(client, SECOND))
        theirs = form | {"csrf": csrf_in(other.get("/").text)}
        assert published(console, SECOND) == []

        def send(one: tuple[httpx.Client, dict[str, str]]) -> int:
            return one[0].post(path_of(SECOND), data=one[1]).status_code

        with ThreadPoolExecutor() as pool:
            assert list(pool.map(send, [(client, form), (other, theirs)])) == [303, 303]
        assert len(published(console, SECOND)) == 1
        assert "There is nothing to publish" in read(client, SECOND).text
        complain(2)
        shown = read(client, SECOND)
        assert "What version 2 says otherwise" in shown.text
        assert "complaints" in shown.text.partition("says otherwise")[2]
        publish_by_program(console)
        told = client.get(path_of(SECOND)).text
        assert [int(n) for n in re.findall(r"<b>Version (\d)</b>", told)] == [2, 1]
        assert "corrected since" in told
        assert client.get(f"/public/site/deployments/{SECOND}/versions/1/index.html").is_success
    assert len(published(console, SECOND)) == 2


def publish_by_program(console: Console) -> None:
    """Read and publish by the API."""
    at = f"/api/v1{path_of(SECOND)}"
    with program(console, token_for(console, Role.COMMANDER)) as asking:

        def post(path: str, body: object = None) -> httpx.Response:
            return asking.post(path, json=body, headers={"Idempotency-Key": uuid4().hex})

        before = asking.get(at).json()
        assert [one["version"] for one in before["versions"]] == [1]
        assert before["in_the_way"] == []
        shown = post(f"{at}/read").json()
        assert (shown["version"], shown["new"], shown["open"]) == (2, True, [])
        assert shown["report"]["options"]["suppress_below"] == 5
        body = {name: shown[name] for name in ("size", "as_of", "sha256")}
        assert post(at, body | {"sha256": "0" * 64}).status_code == 409
        first, again = post(at, body), post(at, body)
        assert (first.json()["version"], first.json()["now"]) == (2, True)
        assert again.json() == first.json() | {"now": False}


def test_what_was_read_too_long_ago_or_is_another_is_not_published(console: Console) -> None:
    with console.as_role(Role.COMMANDER) as client:
        form = form_of(read(client, UNREAD))
        for change in (
            {"seen": "0" * 64},
            {"size": str(int(form["size"]) - 1)},
            {"as_of": (console.clock.now() + timedelta(hours=1)).isoformat()},
            {"as_of": (console.clock.now() - timedelta(hours=2)).isoformat()},
        ):
            refused = client.post(path_of(UNREAD), data=form | change)
            assert refused.status_code == 409, change
        assert client.post(path_of(UNREAD), data=form | {"as_of": "now"}).status_code == 422


def test_what_stands_in_the_way_is_said(tmp_path: Path) -> None:
    with console_in(tmp_path) as console, console.as_role(Role.COMMANDER) as client:
        events = [event for event in simulated() if event.deployment == FIRST]
        given = next(e for e in events if isinstance(e.body, DeploymentAuthorised))
        assert isinstance(given.body, DeploymentAuthorised)
        trial = replace(given, id="t", deployment="t", body=replace(given.body, trial=True))
        console.services.store.append([*events[: events.index(given) + 1], trial])
        assert "a trial among people who agreed" in client.get(path_of("t")).text
        shown = client.get(path_of(FIRST)).text
        for said in ("what is published is closed", "ledger begin", "web_public_dir", "_base"):
            assert said in shown
        token = csrf_in(shown)
        refused = client.post(f"{path_of(FIRST)}/read", data={"csrf": token})
        assert refused.status_code == 409
        assert client.get(path_of("none")).status_code == 404


def test_what_is_open_or_does_not_add_up_is_published_as_it_is_only(console: Console) -> None:
    site = console.services.settings.web_public_dir
    assert site is not None
    with console.as_role(Role.COMMANDER) as client:
        shown = read(client, OPEN)
        assert "without an outcome" in shown.text
        assert "Overdue" in shown.text
        form = form_of(shown)
        refused = client.post(path_of(OPEN), data=form)
        assert refused.status_code == 409
        assert "not settled" in refused.text
        assert published(console, OPEN) == []
        done = client.post(path_of(OPEN), data=form | {"as_it_is": "yes"})
        assert done.status_code == 303
        assert "does not add up" in client.get("/public").text
    assert "not final" in (site / f"deployments/{OPEN}/index.html").read_text()


def test_nothing_but_the_site_is_shown(tmp_path: Path) -> None:
    site = tmp_path / "site"
    (tmp_path / "elsewhere").mkdir()
    for name in ("secret.json", "elsewhere/x.json"):
        (tmp_path / name).write_text("{}")
    (site / "record").mkdir(parents=True)
    (site / "site.json").write_text('{"reports": []}')
    (site / ".hidden.json").write_text("{}")
    (site / "notes.docx").write_text("x")
    (site / "link.json").symlink_to(tmp_path / "secret.json")
    (site / "linked").symlink_to(tmp_path / "elsewhere")
    with (
        console_in(tmp_path, settings={"web_public_dir": site}) as console,
        console.browser() as anybody,
    ):
        assert anybody.get("/public/site/site.json").json() == {"reports": []}
        for path in PATHS:
            assert anybody.get(f"/public/site/{path}").status_code == 404, path
