"""What an auditor sees, and what anybody sees without logging in."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from browser import Chromium
from console_record import (
    RUNNING,
    count_faces,
    look_at,
    raise_alert,
    record,
    run_deployment,
)
from consoles import Console, console_in
from test_browser import findings, in_browser

from overt.ledger.keys import KeyKind, SigningKey
from overt.ledger.verify import verify_export
from overt.values.account import Role
from overt.values.alert_events import AlertAdjudicated, AlertClaimed
from overt.values.duty_events import DeploymentClosed
from overt.values.events import DeploymentStopped, WatchlistDestroyed
from overt.values.review import Decision, Factors, FalseAlertReason
from overt.wiring import make_log

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

PAGES = ("/oversight", "/oversight/audit", "/oversight/monitor", "/oversight/verify", "/public")
SIZES = {"light": {"width": 1440, "height": 900}, "dark": {"width": 390, "height": 844}}


@pytest.fixture(scope="module")
def overseen(tmp_path_factory: pytest.TempPathFactory) -> Generator[Console]:
    """Give a console with a deployment that ran, alerts that were judged, and a signed log."""
    folder = tmp_path_factory.mktemp("oversight")
    published = folder / "published"
    published.mkdir()
    (published / "report.html").write_text("<style>p{color:red}</style><p>A report</p>")
    (published / ".hidden.html").write_text("hidden")
    (published / "notes.docx").write_text("no kind that is known")
    (published / "link.json").symlink_to("/etc/hostname")
    witness = SigningKey.generate("oversight.example/w1", kind=KeyKind.WITNESS).verifier.text
    chosen = {"web_public_dir": published, "witnesses": (witness,)}
    with console_in(folder, settings=chosen) as console:
        log = make_log(console.services.settings, store=console.services.store)
        log.begin("police.example/lfr")
        run_deployment(console)
        log.checkpoint()
        count_faces(console, 4000)
        for number in range(6):
            alert = raise_alert(console, f"alert-{number}", decoy=number == 5)
            judge(console, alert, reject=number == 0)
            count_faces(console, 4000)
        record(console, DeploymentStopped("window over"))
        record(console, WatchlistDestroyed("1" * 64, 20))
        record(console, DeploymentClosed("Commander"))
        log.rotate()
        log.checkpoint()
        yield console


def judge(console: Console, alert: str, *, reject: bool) -> None:
    record(console, AlertClaimed(alert, "Operator Person"))
    look_at(console, alert)
    for second in (False, True):
        by = "Second Person" if second else "Operator Person"
        turned_down = reject and not second
        record(
            console,
            AlertAdjudicated(
                alert,
                by,
                Decision.REJECT if turned_down else Decision.ENGAGE,
                Factors("her scar"),
                FalseAlertReason.ANGLE if turned_down else None,
                "",
                second=second,
            ),
        )
        if alert == "alert-5":
            return


@pytest.fixture(scope="module")
def auditor(overseen: Console) -> Generator[httpx.Client]:
    with overseen.as_role(Role.AUDITOR) as client:
        yield client


def test_who_did_what_is_listed_and_narrowed(auditor: httpx.Client) -> None:
    everything = auditor.get("/oversight/audit").text
    assert "alert-adjudicated" in everything
    assert "faces-counted</td>" not in everything
    looked = auditor.get("/oversight/audit", params={"kind": "evidence-viewed"}).text
    assert looked.count("alert=alert-") == 6
    assert "purpose=adjudicate" in looked
    one = auditor.get("/oversight/audit", params={"alert": "alert-3", "by": "Second Person"})
    assert "1 event<" in one.text
    later = auditor.get("/oversight/audit", params={"since": "2100-01-01"})
    assert "0 events" in later.text
    wrong = auditor.get("/oversight/audit", params={"since": "yesterday"})
    assert wrong.status_code == 422
    assert "want 2026-03-01" in wrong.text


def test_the_sheet_has_all_of_it(overseen: Console, auditor: httpx.Client) -> None:
    answer = auditor.get("/oversight/audit.csv", params={"deployment": RUNNING})
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    want = overseen.services.store.events(deployment=RUNNING, without=("faces-counted",))
    assert [int(row["sequence"]) for row in rows] == [each.sequence for each in want]
    assert {row["by"] for row in rows if row["kind"] == "alert-claimed"} == {"Operator Person"}


def test_the_log_is_told_and_its_export_verifies(
    overseen: Console, auditor: httpx.Client, tmp_path: Path
) -> None:
    log = make_log(overseen.services.settings, store=overseen.services.store)
    page = auditor.get("/oversight").text
    assert log.first_key().text.replace("+", "&#43;") in page or log.first_key().text in page
    assert "has not cosigned" in page
    before = len(log.checkpoints())
    answer = auditor.get("/oversight/export")
    path = tmp_path / "record.jsonl"
    path.write_bytes(answer.content)
    verified = verify_export(path, keys=[log.first_key()], against=None, witnesses=None)
    assert verified.size == sum(1 for _ in overseen.services.store.events())
    assert len(log.checkpoints()) == before == 2
    assert b"Operator Person" not in answer.content


def test_the_figures_name_nobody(auditor: httpx.Client) -> None:
    page = auditor.get("/oversight/monitor").text
    assert "28,000" in page
    assert "4 of 5 alerts were judged alike" in page
    names = ("Operator Person", "Second Person", "Commander", "A. Officer")
    assert [name for name in names if name in page] == []
    chart = auditor.get("/oversight/monitor.svg")
    assert chart.headers["content-type"] == "image/svg+xml"
    assert "faces seen" in chart.text


def test_the_public_sees_what_was_done_and_no_names(overseen: Console) -> None:
    with overseen.browser() as anybody:
        page = anybody.get("/public").text
        note = anybody.get("/public/checkpoint")
        report = anybody.get("/public/files/report.html")
        hidden = [
            anybody.get(f"/public/files/{name}").status_code
            for name in (".hidden.html", "notes.docx", "link.json", "..%2Fdata%2Faccounts.sqlite")
        ]
    log = make_log(overseen.services.settings, store=overseen.services.store)
    assert note.text == log.checkpoints()[-1].data.decode()
    assert note.headers["content-type"].startswith("text/plain")
    assert "High Street" in page
    assert "overt verify record.jsonl --key" in page
    assert "A. Officer" not in page
    assert "<input" not in page
    assert "<form" not in page
    assert hidden == [404] * 4
    assert "A report" in report.text
    assert "sandbox" in report.headers["content-security-policy"]


def test_nothing_signed_is_told(own_console: Console) -> None:
    with own_console.as_role(Role.AUDITOR) as client:
        assert "never begun" in client.get("/oversight").text
        assert "nothing to check" in client.get("/oversight/verify").text
        assert client.get("/oversight/export").status_code == 404
        assert client.get("/public/checkpoint").status_code == 404
        assert "No face was seen yet" in client.get("/oversight/monitor").text
        assert client.get("/oversight/monitor.svg").status_code == 404
        assert client.get("/public").status_code == 200


@pytest.mark.parametrize("scheme", list(SIZES))
def test_pages_are_accessible_and_fit(chromium: Chromium, overseen: Console, scheme: str) -> None:
    size = SIZES[scheme]

    def look(page: Page) -> list[str]:
        wrong: list[str] = []
        for path in (*PAGES, "/profile/tokens"):
            page.goto(path)
            wrong += findings(page)
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > size["width"]:
                wrong.append(f"{path}: got {width} px, want {size['width']}")
        return wrong

    given: dict[str, Any] = {"color_scheme": scheme, "viewport": size, "reduced_motion": "reduce"}
    assert in_browser(chromium, overseen, look, Role.AUDITOR, **given) == []


def checked(page: Page, *, key: str = "", sequence: str = "") -> str:
    page.goto("/oversight/verify")
    page.fill("#key", key)
    page.fill("#sequence", sequence)
    page.click("button.main")
    page.wait_for_selector("#verify[data-done]")
    return page.inner_text("#lines")


def test_a_browser_checks_the_record(chromium: Chromium, overseen: Console) -> None:
    log = make_log(overseen.services.settings, store=overseen.services.store)
    key, last = log.first_key().text, log.latest()
    foreign = SigningKey.generate("police.example/lfr", kind=KeyKind.LOG).verifier.text
    assert last is not None

    def act(page: Page) -> None:
        for sequence in ("", "1", "7"):
            told = checked(page, key=key, sequence=sequence)
            assert "wrong" not in told
            assert "is in it, by a path of" in told
            assert "of the key that you gave" in told
            assert "signed (Ed25519)" in told
            assert last.root.hex() in told
            assert '"kind"' in (page.text_content("#event") or "")
        assert "wrong" in checked(page, key=foreign)
        assert "want 1 to" in checked(page, sequence="999999")

    in_browser(chromium, overseen, act, Role.AUDITOR)


def fulfilled(content: bytes) -> Callable[[Route], None]:
    return lambda route: route.fulfill(body=content)


def test_a_browser_finds_what_was_rewritten(chromium: Chromium, overseen: Console) -> None:
    with overseen.as_role(Role.AUDITOR) as client:
        export = client.get("/oversight/export").content
    lines = export.split(b"\n")
    altered = export.replace(b'"alert-2"', b'"alert-9"', 1)
    dropped = b"\n".join(lines[:-5] + lines[-4:])
    at = export.index(b"police.example/lfr ", export.index(b'"checkpoint":')) + 40
    forged = export[:at] + (b"A" if export[at : at + 1] != b"A" else b"B") + export[at + 1 :]
    cases = ((altered, "rewritten"), (dropped, "lines"), (forged, "signature"))
    assert export not in dict(cases)

    def act(page: Page) -> None:
        for content, told in cases:
            page.route("**/oversight/export", fulfilled(content))
            got = checked(page)
            assert "wrong" in got
            assert told in got
            page.unroute("**/oversight/export")

    in_browser(chromium, overseen, act, Role.AUDITOR)


def test_a_browser_without_ed25519_says_so(chromium: Chromium, overseen: Console) -> None:
    def act(page: Page) -> str:
        page.add_init_script(
            "crypto.subtle.importKey = () => Promise.reject("
            "new DOMException('no such kind', 'NotSupportedError'))"
        )
        return checked(page)

    told = in_browser(chromium, overseen, act, Role.AUDITOR)
    assert "this browser has no Ed25519" in told
    assert "wrong" not in told
    assert "signed (Ed25519)" not in told
