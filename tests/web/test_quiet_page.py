"""A page that is watched without a touch: its session does not end silently, nor go on for ever."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from alerts_raised import begin, raised, record
from browser import Chromium
from browsers import DESK, PHONE, as_somebody, serious
from consoles import Console, until

from overt.values.account import Role
from overt.web.routes.news import WARNED
from overt.web.sessions import IDLE, LONGEST

if TYPE_CHECKING:
    from playwright.sync_api import Page

TONES = """
window.tones = 0;
const make = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () {
  window.tones += 1;
  return make.call(this);
};
"""
AHEAD = timedelta(minutes=5)  # of the warning: as long a busy machine may take for what is done
BY_SCRIPT = 'dispatchEvent(new KeyboardEvent("keydown", { key: "x" }))'


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]: used by pytest
    """Look at sessions often, so that nobody waits here."""
    monkeypatch.setattr("overt.web.feed.BEAT_S", 0.2)


def moved(console: Console, by: timedelta) -> None:
    console.clock.moved += by


def watch(page: Page) -> None:
    """Open the queue, touch it once, and look on."""
    page.add_init_script(TONES)
    page.goto("/alerts")
    page.locator('[data-state="connected"]').wait_for()
    page.keyboard.down("x")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_who_watches_is_warned_and_one_key_has_it_go_on(
    chromium: Chromium, own_console: Console, size: dict[str, int]
) -> None:
    begin(own_console)
    record(own_console, raised(own_console, "a-1"))

    def act(page: Page) -> None:
        watch(page)
        moved(own_console, IDLE - WARNED - AHEAD)
        page.wait_for_timeout(600)
        assert page.locator("#ending").is_hidden()
        assert page.evaluate("tones") == 0
        moved(own_console, AHEAD)
        page.get_by_text("Are you there? You are logged out in").wait_for()
        assert re.fullmatch(r"[01]:[0-5]\d", page.locator("#ending [data-left]").inner_text())
        page.wait_for_function("window.tones > 0")
        assert "Press any key" in page.locator("#announce").inner_text()
        assert serious(page) == []
        if folder := os.environ.get("PICTURES"):
            page.screenshot(path=f"{folder}/ending-{size['width']}.png")
        page.evaluate(BY_SCRIPT)
        for _ in range(5):
            page.keyboard.down("x")  # again: something lies on the key
        page.wait_for_timeout(600)
        assert page.locator("#ending").is_visible()
        page.keyboard.up("x")
        page.keyboard.press("t")  # which takes the oldest alert at any other time
        page.locator("#ending").wait_for(state="hidden")
        assert page.url.endswith("/alerts")
        moved(own_console, IDLE - WARNED - AHEAD)
        page.wait_for_timeout(600)
        assert page.locator("#ending").is_hidden()
        assert page.locator('[data-state="connected"]').is_visible()

    as_somebody(chromium, own_console, Role.OPERATOR, act, size=size)


def test_who_is_not_there_is_logged_out_and_told_why(
    chromium: Chromium, own_console: Console
) -> None:
    def act(page: Page) -> None:
        watch(page)
        moved(own_console, IDLE - timedelta(minutes=1))
        page.locator("#ending").wait_for()
        moved(own_console, timedelta(minutes=1, seconds=1))
        page.wait_for_url("**/login?ended=yes")
        assert page.get_by_text("nobody moved or typed for 30 minutes").is_visible()
        assert serious(page) == []

    as_somebody(chromium, own_console, Role.OPERATOR, act, size=DESK)


def test_a_shift_ends_however_much_somebody_does(chromium: Chromium, own_console: Console) -> None:
    def act(page: Page) -> None:
        watch(page)
        token = page.context.cookies()[0]["value"]  # pyright: ignore[reportTypedDictNotRequiredAccess]: a cookie has one
        sessions = own_console.services.sessions
        for _ in range(int(LONGEST / IDLE * 2) - 1):  # somebody moves every quarter of an hour
            moved(own_console, IDLE / 2)
            assert sessions.find(token, active=True) is not None
        moved(own_console, IDLE / 2 - WARNED + timedelta(seconds=5))
        page.get_by_text("Your session ends, however much you do").wait_for()
        assert page.get_by_role("button", name="I am here").is_hidden()
        page.keyboard.press("x")
        page.wait_for_timeout(600)
        assert page.locator("#ending").is_visible()
        moved(own_console, WARNED)
        page.wait_for_url("**/login?ended=yes")

    as_somebody(chromium, own_console, Role.OPERATOR, act, size=DESK)


def test_a_busy_feed_notices_the_end_too(chromium: Chromium, own_console: Console) -> None:
    """News that never stops must not keep a session alive."""
    begin(own_console)

    def act(page: Page) -> None:
        watch(page)
        moved(own_console, IDLE + timedelta(seconds=1))
        count = 0

        def over() -> bool:
            nonlocal count
            count += 1
            record(own_console, raised(own_console, f"b-{count}"))
            page.wait_for_timeout(50)
            return "/login" in page.url

        until(over)

    as_somebody(chromium, own_console, Role.OPERATOR, act, size=DESK)


def test_an_engagement_officer_is_warned_too(chromium: Chromium, own_console: Console) -> None:
    def act(page: Page) -> None:
        page.clock.install()
        page.goto("/engage")
        moved(own_console, IDLE - WARNED)
        page.clock.run_for(5_500)
        page.get_by_text("Are you there? You are logged out in").wait_for()
        assert serious(page) == []
        page.get_by_role("button", name="I am here").tap()
        page.locator("#ending").wait_for(state="hidden")
        moved(own_console, IDLE - WARNED - AHEAD)
        assert page.request.get("/engage").ok
        assert page.locator("#ending").is_hidden()

    as_somebody(chromium, own_console, Role.ENGAGEMENT, act, size=PHONE)
