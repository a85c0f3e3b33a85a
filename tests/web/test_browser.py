"""What a person meets: by keyboard alone, on a phone, zoomed in, in the dark, without sight."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pytest
from browser import PATIENCE_MS, Chromium
from consoles import COOKIE, PASSWORD, Console, login_of

from overt.values.account import Role

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

Made = TypeVar("Made")
PHONE = {"width": 390, "height": 844}
ZOOMED = {"width": 640, "height": 512}  # 1280 x 1024 at 200 %
PAGES = {
    Role.ADMINISTRATOR: ("/", "/accounts", "/accounts/{id}", "/profile"),
    Role.OPERATOR: ("/", "/profile/password", "/profile/code", "/none"),
}


def in_browser(
    chromium: Chromium,
    console: Console,
    act: Callable[[Page], Made],
    role: Role | None = None,
    **given: Any,
) -> Made:
    """Do something in a browser where somebody of a role is logged in, or nobody."""

    def acted(plain: Page) -> Made:
        assert plain.context.browser is not None
        with opened(plain.context.browser, console, role, **given) as page:
            return act(page)

    return chromium.run(acted)


@contextmanager
def opened(browser: Browser, console: Console, role: Role | None, **given: Any) -> Generator[Page]:
    """Give a page; what goes wrong in it fails the test."""
    context = browser.new_context(base_url=console.address, **given)
    context.set_default_timeout(PATIENCE_MS)
    if role is not None:
        cookie = {"name": COOKIE, "value": console.token(role), "url": console.address}
        context.add_cookies([cookie])  # pyright: ignore[reportArgumentType]: a cookie's required keys
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    yield page
    context.close()
    # That a page is not there is what one test asks for.
    assert [each for each in wrong if "404" not in each and "401" not in each] == []


def findings(page: Page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - where it is installed

    found = cast("dict[str, Any]", Axe().run(page).response)
    violations: list[dict[str, Any]] = found["violations"]
    return [f"{page.url}: {each['id']}: {each['help']}" for each in violations]


def test_somebody_logs_in_and_out_by_keyboard(chromium: Chromium, console: Console) -> None:
    def act(page: Page) -> None:
        page.goto("/login")
        assert findings(page) == []
        page.keyboard.type("nobody")
        page.keyboard.press("Tab")
        page.keyboard.type("not the password")
        page.keyboard.press("Enter")
        page.wait_for_function("document.activeElement.getAttribute('role') === 'alert'")
        assert findings(page) == []
        page.keyboard.press("Tab")
        page.keyboard.type(login_of(Role.OPERATOR))
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**/")
        assert page.text_content("h1") == "Operator"
        assert findings(page) == []
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        page.wait_for_function("document.activeElement.id === 'main'")
        page.focus("text=Log out")
        page.keyboard.press("Enter")
        page.wait_for_url("**/login")

    in_browser(chromium, console, act)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("role", list(PAGES))
def test_pages_are_accessible_and_fit(
    chromium: Chromium, console: Console, role: Role, scheme: str
) -> None:
    def act(page: Page) -> list[str]:
        wrong: list[str] = []
        for path in PAGES[role]:
            for size in (PHONE, ZOOMED):
                page.set_viewport_size(size)  # pyright: ignore[reportArgumentType]: a size
                page.goto(path.format(id=console.accounts[Role.AUDITOR].id))
                wrong += findings(page)
                width = page.evaluate("document.documentElement.scrollWidth")
                if width > size["width"]:
                    wrong.append(f"{path}: got {width} px, want {size['width']}")
                for button in page.query_selector_all("button, .button, .top nav a, input, select"):
                    box = button.bounding_box()
                    kind = button.get_attribute("type")
                    if box and kind not in {"hidden", "radio", "checkbox"} and box["height"] < 44:
                        wrong.append(f"{path}: {button.inner_text()}: got {box['height']} px high")
        return wrong

    look = {"color_scheme": scheme, "reduced_motion": "reduce"}
    assert in_browser(chromium, console, act, role, **look) == []


def test_what_cannot_be_undone_asks_first(chromium: Chromium, console: Console) -> None:
    def act(page: Page) -> None:
        page.goto(f"/accounts/{console.accounts[Role.COMMANDER].id}")
        page.focus("#close > summary")
        page.keyboard.press("Enter")
        assert page.is_visible("text=They are logged out, and cannot log in.")
        assert findings(page) == []
        page.keyboard.press("Escape")
        assert not page.is_visible("text=They are logged out, and cannot log in.")
        assert page.evaluate("document.activeElement.textContent") == "Close the account"

    in_browser(chromium, console, act, Role.ADMINISTRATOR)
    assert not console.services.accounts.store.get(console.accounts[Role.COMMANDER].id).closed
