"""A browser that looks at a console as somebody of a role."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from browser import PATIENCE_MS, Chromium
from consoles import COOKIE, Console

from overt.values.account import Role

if TYPE_CHECKING:
    from playwright.sync_api import Page

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
SIZES = ((1440, 900), (768, 1024), (390, 844))


def as_somebody(
    chromium: Chromium,
    console: Console,
    role: Role,
    act: Callable[[Page], None],
    *,
    size: dict[str, int] = PHONE,
) -> None:
    """Do something with a page where somebody of a role is logged in, in a context of its own."""

    def acted(plain: Page) -> None:
        assert plain.context.browser is not None
        context = plain.context.browser.new_context(
            base_url=console.address,
            viewport=size,  # pyright: ignore[reportArgumentType]: a size
            has_touch=size is PHONE,
        )
        context.set_default_timeout(PATIENCE_MS)
        cookie = {"name": COOKIE, "value": console.token(role), "url": console.address}
        context.add_cookies([cookie])  # pyright: ignore[reportArgumentType]: a cookie's required keys
        try:
            act(context.new_page())
        finally:
            context.close()

    chromium.run(acted)


def serious(page: Page, *rules: str) -> list[str]:
    """Name what axe finds serious on a page, with more rules than its usual ones if named."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - where it is installed

    options = {"rules": {rule: {"enabled": True} for rule in rules}}
    found = cast("dict[str, Any]", Axe().run(page, options=options).response)
    return [
        f"{page.url}: {each['id']}: {node['html'][:200]}"
        for each in found["violations"]
        if each["impact"] in {"serious", "critical"}
        for node in each["nodes"]
    ]


def looked_at(page: Page, picture: Path, *, sizes: Sequence[tuple[int, int]] = SIZES) -> list[str]:
    """Tell what is serious or too wide at any size; PICTURE-WIDTH.png shows each."""
    wrong = serious(page)
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        got = page.evaluate("document.documentElement.scrollWidth")
        if got > width:
            wrong.append(f"{page.url}: got {got} px, want {width}")
        shown = picture.with_name(f"{picture.name}-{width}.png")
        page.screenshot(path=shown, full_page=True, scale="css")
    return wrong
