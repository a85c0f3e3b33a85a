"""A list built in a browser with the keyboard alone; its pages looked at by axe at three widths."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import Chromium
from browsers import DESK, PHONE, as_somebody, serious
from consoles import Console, console_in
from list_uploads import no_build, packed, portraits, rows, sheet

from overt.values.account import Role
from overt.wiring import Models

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Page

pytestmark = pytest.mark.slow

TABLET = {"width": 768, "height": 1024}
ZOOMED = {"width": 720, "height": 450}  # 1440 px wide at 200 %
NAMED = {0: "form", 1: "build", 2: "rejected", 3: "alike", 4: "entries", 5: "lists", 6: "list"}


@pytest.fixture
def office(tmp_path: Path, models: Models, model_cache: Path) -> Generator[Console]:
    assert models.opened.bundle.name
    with console_in(tmp_path, settings={"cache_dir": model_cache.parent}) as console:
        yield console


def payload(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def press_on(page: Page, name: str) -> None:
    """Go to what has this name with Tab, and press Enter."""
    for _ in range(80):
        page.keyboard.press("Tab")
        text: str = page.evaluate("document.activeElement.innerText ?? ''")
        if text.strip() == name:
            page.keyboard.press("Enter")
            return
    pytest.fail(f"no {name!r} on the way of Tab at {page.url}")


def choose(page: Page, number: int, key: str) -> None:
    """Go to an entry's choice with Tab, and choose: Space the first, ArrowRight the second."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == f"entry-{number}":
            page.keyboard.press(key)
            return
    pytest.fail(f"no choice of entry {number} on the way of Tab")


def send_files(page: Page) -> None:
    photos = portraits()
    told = rows(
        list(photos),
        grace={"under_18": "yes", "exception": "agreed by her mother, Supt B"},
        eileen={"relatives": "a twin sister", "image_date": ""},
    )
    page.goto("/watchlists")
    press_on(page, "Build a list")
    page.wait_for_url("**/watchlists/new")
    page.locator("#name").press_sequentially("list-a")
    page.locator("#csv").set_input_files([payload("people.csv", sheet(told))])
    page.locator("#photos").set_input_files([payload("all.zip", packed(photos))])
    page.locator("#photos").focus()
    press_on(page, "Upload")
    page.wait_for_url("**/watchlists/build/*")
    page.reload()
    page.get_by_role("heading", name="Rejected photographs").wait_for()


def test_a_list_is_built_with_the_keyboard_alone(office: Console, chromium: Chromium) -> None:
    def act(page: Page) -> None:
        send_files(page)
        build = page.url
        press_on(page, "See why")
        page.get_by_text("2 faces, want one").wait_for()
        page.goto(build)
        press_on(page, "Compare them")
        page.wait_for_url("**/alike")
        assert page.locator(".pair img").count() == 2
        choose(page, 2, "ArrowRight")
        press_on(page, "Note what I chose of these two")
        page.get_by_text("1 noted, 2 to be decided.").wait_for()
        page.goto(build)
        press_on(page, "Go through them")
        page.wait_for_url("**/entries")
        choose(page, 1, "Space")
        choose(page, 3, "Space")
        press_on(page, "Note what I chose")
        page.get_by_text("0 to be decided.").first.wait_for()
        page.goto(build)
        press_on(page, "Seal the list")
        page.wait_for_url("**/watchlists/lists/*")
        assert "Sealed: 2 entries" in page.inner_text("main")
        press_on(page, "Destroy this list")
        press_on(page, "Yes, destroy it")
        page.wait_for_url("**/watchlists")
        assert "Destroyed: its key is gone" in page.inner_text("main")

    as_somebody(chromium, office, Role.COMMANDER, act, size=DESK)
    assert no_build(office)


def test_every_page_is_for_everybody_at_every_width(office: Console, chromium: Chromium) -> None:
    """SCREENSHOTS names a folder where what was seen is kept, to be looked at."""
    kept = os.environ.get("SCREENSHOTS")
    found: list[str] = []

    def look(page: Page, address: str, number: int) -> None:
        page.goto(address)
        for size in (DESK, TABLET, PHONE, ZOOMED):
            page.set_viewport_size(size)  # pyright: ignore[reportArgumentType]: a size
            page.wait_for_load_state("networkidle")
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if over > 0:
                found.append(f"{page.url}: {over} px too wide at {size['width']}")
            found.extend(serious(page, "target-size"))
            if kept:
                file = Path(kept) / f"{NAMED[number]}-{size['width']}.png"
                page.screenshot(path=file, full_page=True)

    def act(page: Page) -> None:
        broken: list[str] = []
        page.on("response", lambda each: broken.append(each.url) if each.status >= 400 else None)
        look(page, "/watchlists/new", 0)
        send_files(page)
        build = page.url
        for number, part in enumerate(("", "/rejected", "/alike", "/entries"), start=1):
            look(page, build + part, number)
        page.goto(build + "/entries")
        for entry in (1, 2, 3):
            page.locator(f"[name=entry-{entry}][value=list]").check()
        page.get_by_role("button", name="Note what I chose").click()
        page.goto(build)
        page.get_by_role("button", name="Seal the list").click()
        page.wait_for_url("**/watchlists/lists/*")
        look(page, page.url, 6)
        look(page, "/watchlists", 5)
        assert broken == []

    as_somebody(chromium, office, Role.COMMANDER, act, size=DESK)
    assert found == []
