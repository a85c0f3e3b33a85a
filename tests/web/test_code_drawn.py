"""The drawing that a phone looks at to set up one-time codes: it says what the text says."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from browser import PATIENCE_MS, Chromium
from browsers import serious
from consoles import COOKIE, Console

from overt.values.account import Role
from overt.web.codes import address_of, drawn, new_secret

if TYPE_CHECKING:
    from playwright.sync_api import Page


SECRET = "JBSWY3DPEHPK3PXP" * 2


def read(picture: bytes) -> str:
    """Read the QR code in a picture of a page, as a phone's camera would.

    OpenCV's first detector misses one code in fifty or so, whatever its size; its second none.
    """
    pixels = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    text, *_ = cv2.QRCodeDetector().detectAndDecode(pixels)
    return text or cv2.QRCodeDetectorAruco().detectAndDecode(pixels)[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_a_phone_reads_what_the_page_says(
    chromium: Chromium,
    console: Console,
    width: int,
    scheme: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The same drawing each time: not every one can be read by the detectors that we have.
    monkeypatch.setattr("overt.web.accounts.new_secret", lambda: SECRET)

    def act(plain: Page) -> None:
        assert plain.context.browser is not None
        given: dict[str, Any] = {
            "base_url": console.address,
            "viewport": {"width": width, "height": 900},
            "color_scheme": scheme,
        }
        context = plain.context.browser.new_context(**given)
        cookie = {"name": COOKIE, "value": console.token(Role.OPERATOR), "url": console.address}
        context.add_cookies([cookie])  # pyright: ignore[reportArgumentType]: a cookie's required keys
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        try:
            page.goto("/profile/code")
            secret = page.locator("#secret-text").inner_text()
            assert secret.replace(" ", "") == SECRET
            picture = page.screenshot(full_page=True)
            assert read(picture) == address_of(secret, login="operator")
            assert serious(page) == []
            wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            assert not page.evaluate(wide)
            assert said == []  # the policy of the page refuses nothing of it
            if folder := os.environ.get("PICTURES"):
                page.screenshot(path=f"{folder}/code-{width}-{scheme}.png", full_page=True)
        finally:
            context.close()

    chromium.run(act)


def test_it_holds_no_style_no_script_and_no_text() -> None:
    for login in ("ab", "x" * 40):
        markup = str(drawn(address_of(new_secret(), login=login)))
        assert set(re.findall(r"<(\w+)", markup)) == {"svg", "path"}
        assert "style" not in markup
        assert "http" not in markup
        assert login not in markup
