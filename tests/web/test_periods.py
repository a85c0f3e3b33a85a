"""The report on a month or a year, read in the console and published: once, and exactly that."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx
import pytest
from browser import Chromium
from browsers import as_somebody, looked_at
from console_record import program, token_for
from consoles import Console, console_in, csrf_in
from simulated_records import ids, simulated
from test_publication import BASE, form_of

from overt.report.document.written import read_report_file
from overt.report.verifying import verify_report
from overt.values.account import Role
from overt.values.alert_events import ComplaintRecorded
from overt.values.duty_events import ReportPublished
from overt.values.events import DeploymentAuthorised, Event
from overt.wiring import make_log

if TYPE_CHECKING:
    from playwright.sync_api import Page

EVENTS = simulated(deployments=2)
GIVEN = [each.body for each in EVENTS if isinstance(each.body, DeploymentAuthorised)]
MONTHS = sorted({each.start.astimezone(UTC).strftime("%Y-%m") for each in GIVEN})
MONTH, YEAR = MONTHS[0], MONTHS[0][:4]


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Generator[Console]:
    folder = tmp_path_factory.mktemp("periods")
    chosen = {
        "web_public_dir": folder / "site",
        "web_public_base": BASE,
        "web_public_licence": "OGL-UK-3.0",
    }
    with console_in(folder, settings=chosen) as running:
        settings, store = running.services.settings, running.services.store
        store.append(list(EVENTS))
        make_log(settings, store=store).begin("police.example/lfr")
        yield running


def read(client: httpx.Client, period: str) -> httpx.Response:
    token = csrf_in(client.get("/").text)
    shown = client.post(f"/periods/{period}/read", data={"csrf": token}, follow_redirects=True)
    assert shown.status_code == 200, shown.text
    return shown


def test_a_month_is_read_and_published_in_a_browser(
    chromium: Chromium, console: Console, tmp_path: Path
) -> None:
    wrong: list[str] = []
    read_there: list[str] = []

    def look(page: Page, name: str) -> None:
        wrong.extend(looked_at(page, tmp_path / name))

    def act(page: Page) -> None:
        page.goto("/deployments")
        page.get_by_role("link", name="Months and years").click()
        page.get_by_text("not published").first.wait_for()
        page.get_by_role("link", name=MONTH, exact=True).click()
        page.get_by_role("button", name="Read what will be published").click()
        paper = page.frame_locator("iframe.paper")
        paper.get_by_text("Whether it adds up").first.wait_for()
        read_there.append(paper.locator("main").inner_text())
        look(page, "read")
        as_it_is = page.get_by_label("Publish it as it is")
        if as_it_is.count():
            as_it_is.check()
        page.get_by_role("button", name="Publish version 1").click()
        page.get_by_text("Version 1 is published.").wait_for()
        page.get_by_role("link", name="Read it (version 1)").click()
        page.get_by_text("All reports").wait_for()
        assert page.locator("main").inner_text() == read_there[0]
        page.goto("/periods")
        page.get_by_text("version 1 published").wait_for()
        look(page, "periods")

    as_somebody(chromium, console, Role.COMMANDER, act)
    site = console.services.settings.web_public_dir
    assert site is not None
    assert wrong == []
    with console.browser() as anybody:
        figures = anybody.get(f"/public/site/periods/{MONTH}/report.json").content
        assert hashlib.sha256(figures).hexdigest() in anybody.get("/public").text
        package = anybody.get(f"/public/site/periods/{MONTH}/data/datapackage.json").json()
        assert package["licenses"] == [{"name": "OGL-UK-3.0"}]
    log = make_log(console.services.settings, store=console.services.store)
    report = read_report_file(site / f"periods/{MONTH}/report.json")
    record = site / "record" / f"{report.sources[0].events:015d}.jsonl"
    assert verify_report(report, [record], keys=[log.first_key()]) == ()
    assert not list(console.services.store.events(kinds=(ReportPublished.kind,)))
    assert not (site / "deployments").exists()  # nothing but what was read


def test_a_year_is_published_once_and_corrected(console: Console) -> None:
    here, path = console.services, f"/periods/{YEAR}"
    with console.as_role(Role.COMMANDER) as client, console.as_role(Role.AUTHORISING) as other:

        def send(one: tuple[httpx.Client, dict[str, str]]) -> int:
            return one[0].post(path, data=one[1]).status_code

        stale = form_of(read(client, YEAR)) | {"as_it_is": "yes"}
        body = ComplaintRecorded("", "A. Clerk", "C/1")
        here.store.append([Event("c-year", ids(EVENTS)[0], EVENTS[-1].at, body)])
        refused = client.post(path, data=stale)
        assert refused.status_code == 409
        assert "read it again" in refused.text
        form = form_of(read(client, YEAR)) | {"as_it_is": "yes"}
        assert client.post(path, data=form | {"seen": "0" * 64}).status_code == 409
        theirs = form | {"csrf": csrf_in(other.get("/").text)}
        with ThreadPoolExecutor() as pool:
            assert list(pool.map(send, [(client, form), (other, theirs)])) == [303, 303]
        shown = html.unescape(client.get(path).text)
        assert re.findall(r"<b>Version (\d)</b>", shown) == ["1"]
        assert "There is nothing to publish" in read(client, YEAR).text
    again = Event("c-again", ids(EVENTS)[0], EVENTS[-1].at, replace(body, reference="C/2"))
    here.store.append([again])
    publish_by_program(console)


def publish_by_program(console: Console) -> None:
    """Correct it by the API."""
    at = f"/api/v1/periods/{YEAR}"
    with program(console, token_for(console, Role.AUTHORISING)) as asking:

        def post(path: str, body: object = None) -> httpx.Response:
            return asking.post(path, json=body, headers={"Idempotency-Key": uuid4().hex})

        listed = asking.get("/api/v1/periods").json()["periods"]
        assert {"period": YEAR, "deployments": len(GIVEN), "not_closed": 0} in listed
        assert [one["version"] for one in asking.get(at).json()["versions"]] == [1]
        shown = post(f"{at}/read").json()
        assert (shown["version"], shown["new"], shown["deployment"]) == (2, True, "")
        body = {name: shown[name] for name in ("size", "as_of", "sha256")} | {"as_it_is": True}
        assert post(at, body | {"sha256": "0" * 64}).status_code == 409
        first, again = post(at, body), post(at, body)
        assert (first.json()["version"], first.json()["now"]) == (2, True)
        assert again.json() == first.json() | {"now": False}
        assert [one["version"] for one in asking.get(at).json()["versions"]] == [2, 1]


def test_a_period_waits_for_its_deployments(tmp_path: Path) -> None:
    last = [each for each in EVENTS if each.body.kind == "deployment-closed"][-1]
    with console_in(tmp_path) as console, console.as_role(Role.COMMANDER) as client:
        console.services.store.append(list(EVENTS[: EVENTS.index(last)]))
        shown = client.get(f"/periods/{YEAR}").text
        for said in ("not closed", "ledger begin", "web_public_dir", "_base"):
            assert said in shown
        token = csrf_in(shown)
        refused = client.post(f"/periods/{YEAR}/read", data={"csrf": token})
        assert refused.status_code == 409
        for wrong in ("1999", "1999-01", "2026-99"):
            assert client.get(f"/periods/{wrong}").status_code == 404, wrong
        assert client.get("/periods/..%2fx").status_code in {404, 422}
