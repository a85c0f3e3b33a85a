"""Links in the Markdown pages lead to a file and a heading that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", flags=re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")


def pages(root: Path) -> list[Path]:
    return sorted([*root.glob("*.md"), *(root / "docs").rglob("*.md")])


def prose(page: Path) -> str:
    return CODE.sub("`x`", FENCE.sub("", page.read_text()))


def anchors(page: Path) -> set[str]:
    """Give the anchors of a page's headings: lower case, spaces to dashes, signs dropped."""
    headings = re.findall(r"^#+ +(.+?) *#*$", FENCE.sub("", page.read_text()), flags=re.MULTILINE)
    words = (re.sub(r"[^\w\- ]", "", heading).strip().lower() for heading in headings)
    return {re.sub(r" +", "-", word) for word in words}


def broken(page: Path) -> list[str]:
    """Give the links of a page that lead nowhere, links to other sites left out."""
    found: list[str] = []
    for target in ("".join(match) for match in LINK.findall(prose(page))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        to = (page.parent / name) if name else page
        if not to.exists() or (anchor and to.suffix == ".md" and anchor not in anchors(to)):
            found.append(f"{page.name}: {target}")
    return found


def test_links_lead_somewhere(root: Path) -> None:
    found = pages(root)
    assert found, "got no page"
    assert [link for page in found for link in broken(page)] == []


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("[a](b.md)", []),
        ("[a](b.md#the-rule-so)", []),
        ("[a](#here)\n# Here", []),
        ("[a](https://example.org/c.md)", []),
        ("`[a](c.md)`", []),
        ("```\n[a](c.md)\n```", []),
        ("[a](c.md)", ["a.md: c.md"]),
        ("![a](c.png)", ["a.md: c.png"]),
        ("[a](b.md#rule)", ["a.md: b.md#rule"]),
    ],
)
def test_a_broken_link_is_found(tmp_path: Path, text: str, want: list[str]) -> None:
    (tmp_path / "b.md").write_text("# B\n## The rule, so")
    page = tmp_path / "a.md"
    page.write_text(text)
    assert broken(page) == want
