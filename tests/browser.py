"""A real Chromium for tests of pages, in a thread of its own.

Playwright's plain interface keeps an event loop running in the thread that uses it; there, no test
that starts a loop could run after it.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request

PATIENCE_MS = 180_000.0  # a busy machine is slow, not wrong
ARGUMENTS = (
    "--no-sandbox",  # root has none
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
)
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page was like in a window of some width."""

    violations: tuple[str, ...]  # of accessibility, by axe
    messages: tuple[str, ...]  # of the console, and errors
    requests: tuple[str, ...]  # beyond the page's own file
    overflow_px: int  # by how much the page is wider than its window
    ids: tuple[str, ...]
    targets: tuple[str, ...]  # of links within the page


class Chromium:
    """Opens pages; `browser` is Playwright's, to be used in `run` alone."""

    def __init__(self, thread: ThreadPoolExecutor, browser: Browser) -> None:
        self._thread = thread
        self._browser = browser

    def run(self, act: Callable[[Page], Made]) -> Made:
        """Do something with a page that is closed afterwards."""

        def acted() -> Made:
            page = self._browser.new_page()
            page.set_default_timeout(PATIENCE_MS)
            try:
                return act(page)
            finally:
                page.close()

        return self._thread.submit(acted).result()

    def see(self, path: Path, *, width_px: int) -> Seen:
        """Load a page of a file, and judge it."""
        return self.run(lambda page: _see(page, path, width_px))

    def print(self, path: Path) -> bytes:
        """Print a page of a file to PDF."""

        def printed(page: Page) -> bytes:
            page.goto(path.as_uri())
            return page.pdf(prefer_css_page_size=True)

        return self.run(printed)


def _see(page: Page, path: Path, width_px: int) -> Seen:
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415

    messages: list[str] = []
    requests: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        messages.append(message.text)

    def on_error(error: Error) -> None:
        messages.append(str(error))

    def on_request(request: Request) -> None:
        requests.append(request.url)

    page.on("console", on_console)
    page.on("pageerror", on_error)
    page.on("request", on_request)
    page.set_viewport_size({"width": width_px, "height": 900})
    page.goto(path.as_uri())
    found = cast("list[dict[str, Any]]", Axe().run(page).response["violations"])
    return Seen(
        tuple(f"{one['id']} ({one['impact']}): {one['nodes'][0]['html']}" for one in found),
        tuple(messages),
        tuple(url for url in requests if url != path.as_uri()),
        page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        ),
        tuple(page.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")),
        tuple(
            page.evaluate(
                "[...document.querySelectorAll('a[href^=\"#\"]')]"
                ".map(one => one.getAttribute('href').slice(1))"
            )
        ),
    )


def _runs(path: str) -> bool:
    """Tell whether it starts: on some systems the package is only a pointer to another."""
    done = subprocess.run([path, "--version"], capture_output=True, check=False)  # noqa: S603
    return done.returncode == 0


@contextmanager
def opened_chromium() -> Generator[Chromium]:
    """Start the system's Chromium, or skip and say what is missing."""
    path = shutil.which("chromium")
    if path is None or not _runs(path):
        pytest.skip("no Chromium here: apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    with ThreadPoolExecutor(1) as thread:
        started = thread.submit(playwright.sync_playwright().start).result()
        try:
            browser = thread.submit(
                started.chromium.launch, executable_path=path, args=list(ARGUMENTS)
            ).result()
            yield Chromium(thread, browser)
            thread.submit(browser.close).result()
        finally:
            thread.submit(started.stop).result()
