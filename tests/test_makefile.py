"""The Makefile offers what the pages promise."""

from __future__ import annotations

import re
from pathlib import Path

TARGETS = {"setup", "demo", "test", "lint", "types", "docs", "bench", "serve", "lock", "clean"}


def test_every_target_is_there_and_explained(root: Path) -> None:
    makefile = (root / "Makefile").read_text()
    explained = set(re.findall(r"^([a-z]+):.*##", makefile, flags=re.MULTILINE))
    assert explained == TARGETS | {"help"}


def test_pages_name_only_targets_that_exist(root: Path) -> None:
    pages = [*root.glob("*.md"), *(root / "docs").rglob("*.md")]
    named = {
        target
        for page in pages
        for target in re.findall(r"(?:`|^ +|^\$ )make ([a-z]+)", page.read_text(), re.MULTILINE)
    }
    assert named - TARGETS == set()
