"""Everything the code has, the pages have, and nothing more: commands, settings, events, errors."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields
from pathlib import Path
from typing import cast

import pytest
from typer.main import get_command

from overt import errors
from overt.alert import raiser
from overt.cli.app import app
from overt.errors import OvertError
from overt.facts.published import HOURS
from overt.facts.schema import TABLES
from overt.governance.applications import COLUMNS
from overt.governance.policy_file import reference_policy
from overt.governance.policy_known import KNOWN
from overt.records.codec import KEYS, KINDS
from overt.settings import Settings
from overt.values import events
from overt.values.counts import FaceCounts
from overt.values.deployment import (
    Camera,
    Deployment,
    Purpose,
    Rank,
    Recognition,
    Statement,
    Window,
)
from overt.values.quality import Reason
from overt.values.watchlist import Category

RULES_HEAD = "| rule | reference | when it fails | in plain words | source |"


@pytest.fixture(scope="module")
def docs(root: Path) -> Path:
    return root / "docs"


def headings(page: Path, level: int = 2) -> list[str]:
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    return re.findall(rf"^#{{{level}}} (.+)$", text, flags=re.MULTILINE)


def section(page: Path, heading: str) -> str:
    """Give the text below a heading of the second level, up to the next one."""
    found = re.search(
        rf"^## {re.escape(heading)}$(.*?)(?=^## |\Z)",
        page.read_text(),
        flags=re.MULTILINE | re.DOTALL,
    )
    assert found is not None, f"{page.name}: got no heading {heading!r}"
    return found[1]


def first_cells(text: str) -> list[str]:
    """Give the first cell of each row of the tables, without back quotes; no heading rows."""
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    heads = [
        number for number, line in enumerate(text.splitlines()) if re.match(r"^\|[-|]+\|$", line)
    ]
    lines = text.splitlines()
    above = {lines[number - 1] for number in heads}
    return [row.split("|")[1].strip().strip("`") for row in rows if row not in above]


def commands() -> set[str]:
    """List every command, groups too."""
    waiting = [("overt", cast("object", get_command(app)))]
    found: set[str] = set()
    while waiting:
        name, command = waiting.pop()
        found.add(name)
        held = cast("dict[str, object]", getattr(command, "commands", {}))
        waiting += [(f"{name} {word}", held[word]) for word in held]
    return found


def error_classes() -> dict[str, type[OvertError]]:
    return {name: cast("type[OvertError]", getattr(errors, name)) for name in errors.__all__}


def test_every_command_has_its_heading(docs: Path) -> None:
    assert set(headings(docs / "reference/cli.md")) == commands()


def test_every_setting_has_its_heading(docs: Path) -> None:
    page = docs / "reference/settings.md"
    assert headings(page) == list(Settings.model_fields)
    for name in Settings.model_fields:
        assert f"`OVERT_{name.upper()}`" in section(page, name)


def test_every_error_has_its_heading_code_and_parent(docs: Path) -> None:
    page = docs / "reference/errors.md"
    assert sorted(headings(page)) == sorted(errors.__all__)
    for name, kind in error_classes().items():
        text = section(page, name).strip()
        assert text.startswith(f"{kind.exit_code}. "), name
        parent = kind.__mro__[1].__name__
        assert parent in {"OvertError", "Exception"} or f"a kind of {parent}" in text, name


def test_every_exit_code_of_an_error_is_listed(docs: Path) -> None:
    codes = {str(kind.exit_code) for kind in error_classes().values()}
    assert codes <= set(first_cells((docs / "reference/exit-codes.md").read_text()))


def test_every_event_has_its_heading_version_and_fields(docs: Path) -> None:
    by_hand, made = docs / "reference/events.md", docs / "reference/review-events.md"
    pages: dict[Path, list[str]] = {by_hand: ["Around every event"], made: []}
    for (kind, version), shape in KINDS.items():
        page = by_hand if shape.type.__module__ == events.__name__ else made
        pages[page].append(kind)
        text = section(page, kind)
        assert text.strip().startswith(f"Version {version}."), kind
        want = list(shape.fields)
        if shape.type is events.FacesCounted:
            want = [f"counts.{field.name}" for field in fields(FaceCounts)]
        assert sorted(first_cells(text)) == sorted(want), kind
    assert {page: sorted(headings(page)) for page in pages} == {
        page: sorted(kinds) for page, kinds in pages.items()
    }
    assert sorted(first_cells(section(by_hand, "Around every event"))) == sorted(KEYS)


def test_every_table_and_column_of_the_open_data_has_its_row(docs: Path) -> None:
    page = docs / "reference/open-data.md"
    tables = {**TABLES, HOURS.name: HOURS}
    assert headings(page) == list(tables)
    for name, table in tables.items():
        text = section(page, name)
        assert table.about in text
        assert first_cells(text) == [column.name for column in table.columns], name
        for column in table.columns:
            assert [value for value in column.among if f"`{value}`" not in text] == []


def test_every_key_of_a_deployment_has_its_row(docs: Path) -> None:
    # `notes` is for code that drafts a deployment; the file has no such key.
    renamed = {"window": None, "cameras": None, "statement": None, "recognition": None}
    want = [field.name for field in fields(Deployment) if field.name not in {*renamed, "notes"}]
    tables = {"window": Window, "camera": Camera, "authority": Statement}
    for table, kind in {**tables, "recognition": Recognition}.items():
        want += [f"{table}.{field.name}" for field in fields(kind)]
    assert sorted(first_cells((docs / "reference/deployment.md").read_text())) == sorted(want)


def test_what_a_recognition_has_when_left_out_is_told(docs: Path) -> None:
    page = (docs / "reference/deployment.md").read_text()
    told = dict(re.findall(r"^\| `recognition\.(\w+)` \| = (\S+) \|", page, flags=re.MULTILINE))
    usual = Recognition(confirm_shots=1)
    want = {
        field.name: float(getattr(usual, field.name))
        for field in fields(Recognition)
        if field.name != "confirm_shots"
    }
    assert {name: float(text) for name, text in told.items()} == want


def test_every_choice_in_a_file_is_told(docs: Path) -> None:
    page = (docs / "reference/deployment.md").read_text()
    assert [choice for choice in (*Purpose, *Rank) if f"`{choice}`" not in page] == []
    page = (docs / "guides/watchlist.md").read_text()
    assert [choice for choice in Category if f"`{choice}`" not in page] == []


def test_every_column_of_a_list_has_its_row(docs: Path) -> None:
    assert first_cells(section(docs / "guides/watchlist.md", "From a CSV")) == list(COLUMNS)


def test_every_reason_has_its_row(docs: Path) -> None:
    text = section(docs / "concepts/face-seen.md", "Compared or unfit")
    rows = [cell for cell in first_cells(text) if not cell.startswith("overt.")]
    assert rows == [str(reason) for reason in Reason]


def test_every_rule_has_its_row(docs: Path) -> None:
    page = (docs / "concepts/rules.md").read_text()
    rows = [
        f"| `{rule.id}` | {KNOWN[rule.id].write(rule.value)} | {rule.fails} | {rule.text} | "
        f"{rule.source} ({rule.grade}) |"
        for rule in reference_policy().rules
    ]
    assert [row for row in rows if row not in page] == []
    assert [line for line in page.splitlines() if line.count(" | ") == 4] == [
        line for line in page.splitlines() if line in {*rows, RULES_HEAD}
    ]


def test_every_flag_of_an_alert_has_its_row(docs: Path) -> None:
    flags = re.findall(r'^\s+"([^"]+)": ', inspect.getsource(raiser), flags=re.MULTILINE)
    assert len(flags) >= 5
    rows = first_cells(section(docs / "concepts/alert.md", "Flags"))
    assert [row for row in rows if not row.startswith("overt.")] == flags


def test_every_page_is_in_the_navigation(root: Path, docs: Path) -> None:
    listed = re.findall(r": ([\w/-]+\.md)$", (root / "mkdocs.yml").read_text(), re.MULTILINE)
    there = [str(page.relative_to(docs)) for page in docs.rglob("*.md")]
    assert sorted(listed) == sorted(there)


def test_decisions_are_numbered_and_short(docs: Path) -> None:
    for number, page in enumerate(sorted((docs / "decisions").glob("*.md")), start=1):
        assert page.name.startswith(f"{number:04d}-")
        assert headings(page) == ["Context", "Decision", "Consequences"], page.name
        assert 15 <= len(page.read_text().splitlines()) <= 40, page.name


def test_a_stale_table_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# P\n## A\n| key | x |\n|---|---|\n| `one` | |\n| two | |\n## B\n| three | |\n"
    )
    assert first_cells(section(page, "A")) == ["one", "two"]
    assert headings(page) == ["A", "B"]
    with pytest.raises(AssertionError):
        section(page, "C")
