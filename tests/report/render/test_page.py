"""The page is one file that anybody can read: at any width, by ear, without colour, on paper."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browser import Chromium
from report_examples import HOSTILE, UNSIGNED, facts_of, report_of, report_of_nothing

from overt.report.document.report import Report
from overt.report.render.page import page

PHONE, TABLET, DESK = 390, 768, 1440


@pytest.fixture(scope="module")
def hostile() -> Report:
    return report_of(facts_of(HOSTILE), sources=[UNSIGNED])


@pytest.fixture(scope="module")
def path(hostile: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("page") / "index.html"
    written.write_text(page(hostile), encoding="utf-8")
    return written


@pytest.mark.parametrize("width_px", [PHONE, TABLET, DESK])
def test_everybody_can_read_it(
    chromium: Chromium, path: Path, hostile: Report, width_px: int
) -> None:
    seen = chromium.see(path, width_px=width_px)
    assert seen.violations == ()
    assert seen.messages == ()
    assert seen.requests == ()
    assert seen.overflow_px == 0
    assert [name for name in hostile.figures() if name not in seen.ids] == []
    assert [one.id for one in hostile.statements() if one.id not in seen.ids] == []
    assert [target for target in seen.targets if target not in seen.ids] == []
    assert len(seen.ids) == len(set(seen.ids))


def test_what_is_wrong_is_found(chromium: Chromium, path: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.html"
    text = path.read_text(encoding="utf-8").replace('<html lang="en-GB">', "<html>")
    wide = '<div style="width: 3000px">wide</div><script>console.error("e")</script></body>'
    broken.write_text(text.replace("</body>", wide), encoding="utf-8")
    seen = chromium.see(broken, width_px=PHONE)
    assert [one for one in seen.violations if one.startswith("html-has-lang")]
    assert seen.messages == ("e",)
    assert seen.overflow_px > 2000


def test_it_prints(chromium: Chromium, path: Path) -> None:
    assert chromium.print(path).startswith(b"%PDF")


@pytest.mark.parametrize("made", [report_of_nothing(), report_of(facts_of(HOSTILE))])
def test_it_is_one_file_without_a_script(made: Report) -> None:
    text = page(made)
    assert not re.search(r"<script|<link|<iframe|<img|@import|url\(|\bon\w+=", text, re.IGNORECASE)
    assert not re.search(r'(?:src|href)="(?!#)', text)


def test_a_name_like_markup_is_a_name() -> None:
    text = page(report_of(facts_of(HOSTILE)))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; ${7*7} {{ 7*7 }}" in text
    assert r"left\u202eright\nand" in text
    assert "\u202e" not in text
