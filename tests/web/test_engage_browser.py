"""The phone view in a browser: without a connection, with the keyboard alone, and for everybody."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest
from browser import Chromium
from browsers import DESK, PHONE, as_somebody, serious
from consoles import Console, console_in
from web_deployments import running, to_engage

from overt.review.alert_state import AlertState
from overt.values.account import Role
from overt.values.demographics import Ethnicity
from overt.values.review import Disposal

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.slow

KEPT = "Object.keys(localStorage).filter(name => name.startsWith('overt.act.')).length"

OPEN_ALL = """() => {
  for (const part of document.querySelectorAll(".part, .only")) part.hidden = false;
  for (const details of document.querySelectorAll("details")) details.open = true;
}"""
TARGETS = "main a, main button, main select, main textarea, main summary, main label.big, .top a"
SMALL = f"""() => [...document.querySelectorAll("{TARGETS}")]
  .map((each) => [each.innerText.slice(0, 40), each.getBoundingClientRect()])
  .filter(([, box]) => box.height && (box.height < 48 || box.width < 48))
  .map(([text, box]) => `${{text}}: ${{box.width}} x ${{box.height}} px`)"""
FOCUSED = (
    "document.activeElement.closest('label')?.innerText ?? document.activeElement.innerText ?? ''"
)


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[Console, str]]:
    with console_in(tmp_path_factory.mktemp("phones")) as console:
        yield console, running(console)


def acts(console: Console, alert: str) -> list[str]:
    """Name what was recorded of an alert after it was judged."""
    found = [each.event.body for each in console.services.store.events()]
    return [
        body.kind
        for body in found
        if getattr(body, "alert", "") == alert
        and body.kind.startswith(("engagement", "outcome", "demographics", "force"))
    ]


def submit(page: Page, part: str) -> None:
    page.locator(f"#part-{part} form button").click()


def test_what_is_done_without_a_connection_arrives_once(
    chromium: Chromium, street: tuple[Console, str]
) -> None:
    console, deployment = street
    alert = to_engage(console, deployment)

    def act(page: Page) -> None:
        page.goto(f"{console.address}/engage")
        page.locator(f'a[href$="{alert}"]').click()
        submit(page, "start")
        page.get_by_text("Everything is recorded").wait_for()
        assert acts(console, alert) == ["engagement-started"]

        page.context.set_offline(True)
        page.get_by_text("No, somebody else").click()
        page.locator("#part-end select").select_option("identical twin")
        submit(page, "end")
        page.get_by_text("No connection: 1 act waits on this phone").wait_for()
        assert page.locator("#state").inner_text() == "confirmed false (not sent yet)"
        page.get_by_text("No action").click()
        submit(page, "outcome")
        page.locator("#part-demographics summary").click()
        page.locator("#self_defined").select_option(Ethnicity.B1.value)
        submit(page, "demographics")
        page.get_by_text("3 acts wait on this phone").wait_for()
        assert acts(console, alert) == ["engagement-started"]
        assert page.evaluate(KEPT) == 3
        kept = page.evaluate("JSON.stringify({...localStorage})")
        assert "Ada Example" not in kept
        assert "pictures" not in kept

        # Sent, and the answer lost on the way: it is sent again, and recorded once.
        lost: list[str] = []

        def lose(route: Route) -> None:
            if lost:
                route.continue_()
                return
            lost.append(route.request.url)
            route.fetch()
            route.abort()

        page.route("**/engage/*/*/end", lose)
        page.context.set_offline(False)
        page.get_by_text("Everything is recorded").wait_for()
        assert page.evaluate(KEPT) == 0
        assert len(lost) == 1
        assert page.locator("#state").inner_text() == "closed"

    as_somebody(chromium, console, Role.ENGAGEMENT, act)
    assert acts(console, alert) == [
        "engagement-started",
        "engagement-ended",
        "outcome-recorded",
        "demographics-recorded",
    ]
    record = console.services.desk(deployment).alert(alert)
    assert record.outcome
    assert record.outcome.disposal is Disposal.NO_ACTION
    assert record.demographics
    assert record.demographics.self_defined is Ethnicity.B1


def test_a_conflict_is_shown_and_a_page_loaded_anew_still_sends(
    chromium: Chromium, street: tuple[Console, str]
) -> None:
    console, deployment = street
    alert = to_engage(console, deployment)

    def act(page: Page) -> None:
        page.goto(f"{console.address}/engage/{deployment}/{alert}")
        page.context.set_offline(True)
        submit(page, "not-located")
        page.get_by_text("No connection: 1 act waits").wait_for()
        console.services.desk(deployment).start_engagement(alert, by="Another Officer")
        page.goto("about:blank")  # the page is gone before it could send
        page.context.set_offline(False)
        page.goto(f"{console.address}/engage")
        page.get_by_text("Not recorded (not-located").wait_for()
        assert "engaging by now" in page.locator("#refused").inner_text()
        page.get_by_role("button", name="Understood").click()
        assert page.evaluate(KEPT) == 0

    as_somebody(chromium, console, Role.ENGAGEMENT, act)
    assert acts(console, alert) == ["engagement-started"]
    assert console.services.desk(deployment).alert(alert).state is AlertState.ENGAGING


def test_another_account_s_acts_wait_for_that_account(
    chromium: Chromium, street: tuple[Console, str]
) -> None:
    console, deployment = street
    alert = to_engage(console, deployment)

    def act(page: Page) -> None:
        page.goto(f"{console.address}/engage/{deployment}/{alert}")
        page.evaluate(
            "([deployment, alert]) => localStorage.setItem('overt.act.other', JSON.stringify("
            "{key: 'other-key-0123456789', order: 1, at: 1, account: 'somebody else',"
            " deployment, alert, what: 'start', answers: {}}))",
            [deployment, alert],
        )
        page.reload()
        page.get_by_text("1 of another account").wait_for()
        assert page.evaluate(KEPT) == 1

    as_somebody(chromium, console, Role.ENGAGEMENT, act)
    assert acts(console, alert) == []


def test_the_keyboard_alone_is_enough(chromium: Chromium, street: tuple[Console, str]) -> None:
    console, deployment = street
    alert = to_engage(console, deployment)

    def act(page: Page) -> None:
        page.goto(f"{console.address}/engage/{deployment}/{alert}")

        def press_until(*, has: str, key: str = "Tab") -> None:
            for _ in range(30):
                page.keyboard.press(key)
                if has in page.evaluate(FOCUSED):
                    return
            pytest.fail(f"the keyboard does not reach {has!r}")

        press_until(has="Start the engagement")
        page.keyboard.press("Enter")
        page.get_by_text("Everything is recorded").wait_for()
        press_until(has="Yes, confirmed")
        page.keyboard.press("Space")
        press_until(has="End the engagement")
        page.keyboard.press("Enter")
        page.locator("#part-outcome").wait_for()
        page.get_by_text("Everything is recorded").wait_for()

    as_somebody(chromium, console, Role.ENGAGEMENT, act)
    assert acts(console, alert) == ["engagement-started", "engagement-ended"]


def test_it_is_for_gloves_sun_and_readers_of_words(
    chromium: Chromium, street: tuple[Console, str]
) -> None:
    """Targets of 48 px, contrast of 7 : 1, nothing wider than the screen, nothing serious."""
    console, deployment = street
    alert = to_engage(console, deployment)

    def act(page: Page) -> None:
        for path in ("/engage", f"/engage/{deployment}/{alert}"):
            page.goto(f"{console.address}{path}")
            assert serious(page, "color-contrast-enhanced") == []
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.evaluate(OPEN_ALL)
        assert serious(page, "color-contrast-enhanced") == []
        assert page.evaluate(SMALL) == []

    as_somebody(chromium, console, Role.ENGAGEMENT, act)


def test_deployments_are_for_everybody_on_a_phone_and_a_desk(
    chromium: Chromium, street: tuple[Console, str]
) -> None:
    console, deployment = street
    to_engage(console, deployment)
    path = f"/deployments/{deployment}"
    pages = ("/deployments", path, f"{path}/after", "/retention")

    def act(page: Page) -> None:
        for each in pages:
            for size in (PHONE, DESK):
                page.set_viewport_size(size)  # pyright: ignore[reportArgumentType]: a size
                page.goto(each)
                assert serious(page) == []
                assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]

    as_somebody(chromium, console, Role.COMMANDER, act)
