"""A browser that looks at a console: Chromium where there is one, else the test is skipped."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from consoles import COOKIE, Console

from overt.values.account import Role

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


@contextmanager
def chromium_page(
    console: Console, role: Role, *, size: dict[str, int] = PHONE, **more: Any
) -> Generator[Any]:
    """Give a page of a browser where somebody of a role is logged in. Any: playwright's page."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("needs Chromium")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            context = browser.new_context(viewport=size, has_touch=size is PHONE, **more)
            context.add_cookies(
                [{"name": COOKIE, "value": console.token(role), "url": console.address}]
            )
            page = context.new_page()
            page.set_default_timeout(15_000)
            yield page
        finally:
            browser.close()


def serious(page: Any, *rules: str) -> list[str]:
    """Name what axe finds serious on a page, with other rules than its usual ones if named."""
    source = pytest.importorskip("axe_playwright_python", reason="needs axe")
    script = Path(source.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
    # Into the page's own world the policy lets no script; this is the debugger's.
    page.evaluate(script)
    options = {"rules": {rule: {"enabled": True} for rule in rules}}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{each['id']}: {node['html'][:200]} {node['failureSummary'][:200]}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]
