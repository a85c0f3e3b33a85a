"""The page of life cycles has the moves of the code, and no others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

import pytest

from overt.review import alert_state, deployment_state
from overt.values.demographics import Ethnicity
from overt.values.review import FalseAlertReason


def told(page: str, name: str) -> set[tuple[str, str, str]]:
    """Read a table: from, action, to."""
    found = re.search(
        rf"<!-- moves of {re.escape(name)} -->\n(.*?)<!-- end of moves -->", page, re.DOTALL
    )
    assert found is not None, name
    moves: set[tuple[str, str, str]] = set()
    for line in found[1].splitlines()[2:]:
        state, leads, stays = (cell.strip() for cell in line.strip("|").split("|"))
        at = state.strip("*")
        for step in filter(None, leads.split("; ")):
            action, to = step.split(" → ")
            moves.add((at, action, to.strip("*")))
        moves |= {(at, action, at) for action in filter(None, stays.split("; "))}
    return moves


@pytest.mark.parametrize(
    ("name", "moves"),
    [
        ("overt.review.alert_state.MOVES", alert_state.MOVES),
        ("overt.review.alert_state.DECOY_MOVES", alert_state.DECOY_MOVES),
        ("overt.review.deployment_state.MOVES", deployment_state.MOVES),
    ],
)
def test_the_page_has_the_moves(
    root: Path, name: str, moves: Mapping[tuple[StrEnum, StrEnum], StrEnum]
) -> None:
    page = (root / "docs/concepts/life-cycles.md").read_text()
    want = {(str(at), str(action), str(to)) for (at, action), to in moves.items()}
    assert told(page, name) == want


def test_the_page_has_what_a_trial_may_besides(root: Path) -> None:
    page = (root / "docs/concepts/life-cycles.md").read_text()
    rows = re.findall(r"^\| \*\*(\w+)\*\*: (\w+) \| \*\*(\w+)\*\* \|$", page, re.MULTILINE)
    more = deployment_state.TRIAL_MOVES.items() - deployment_state.MOVES.items()
    assert set(rows) == {(str(at), str(action), str(to)) for (at, action), to in more}


def test_every_reason_and_code_is_told(root: Path) -> None:
    concept = (root / "docs/concepts/adjudication.md").read_text()
    assert [reason for reason in FalseAlertReason if reason not in concept] == []
    guide = (root / "docs/guides/adjudication.md").read_text()
    assert [code.name for code in Ethnicity if code.name not in guide] == []
