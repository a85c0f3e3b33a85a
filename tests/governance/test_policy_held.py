"""What holds by construction: shown on the code itself, since no run can show that nothing does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import cast, get_args

import pytest

from overt.inference.bundle import Bundle
from overt.values import alert, crop, embeddings, faces, match, quality, shots, tracks
from overt.values.alert_events import AlertBody, DecoyRaised
from overt.values.counts import FaceCounts
from overt.values.events import AlertRaised

GUESSED = re.compile(r"ethnic|race|gender|sex|(?<![a-z])age(?![a-z])|emotion|mood|feeling|skin")


def fields_of(kind: type) -> set[str]:
    return {field.name for field in fields(kind)}


def words_for_people(names: set[str]) -> set[str]:
    return {name for name in names if GUESSED.search(name)}


def test_no_act_is_recorded_without_a_person() -> None:
    """All that follows an alert names who did it, but for the decoy, which is an alert itself."""
    acts = set(cast("tuple[type, ...]", get_args(AlertBody))) - {DecoyRaised}
    assert len(acts) >= 9
    assert [act.__name__ for act in acts if "by" not in fields_of(act)] == []
    assert "by" not in fields_of(AlertRaised)


def test_nothing_guesses_what_somebody_is() -> None:
    """No stage carries a guess, no model gives one: there is a detector and a recogniser."""
    for module in (alert, crop, embeddings, faces, match, quality, shots, tracks):
        kinds = [kind for kind in vars(module).values() if isinstance(kind, type)]
        for kind in (kind for kind in kinds if is_dataclass(kind)):
            if kind.__module__ == module.__name__:
                assert words_for_people(fields_of(kind)) == set(), kind
    assert words_for_people(fields_of(FaceCounts) | fields_of(AlertRaised)) == set()
    models = {name for name in fields_of(Bundle) if name.endswith(("or", "er"))}
    assert models == {"detector", "recogniser"}


@pytest.mark.parametrize("name", ["ethnicity", "gender", "age", "age_band", "skin_tone"])
def test_a_guess_would_be_found(name: str) -> None:
    assert words_for_people({name, "image", "stages"}) == {name}


def video_writers(source: str) -> Iterator[int]:
    """Yield the lines that open a video for writing, or make a stream to write to."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
            values = [each.value for each in arguments if isinstance(each, ast.Constant)]
            opens = node.func.attr == "open" and ast.unparse(node.func.value) == "av"
            if (opens and "w" in values) or node.func.attr in {"add_stream", "VideoWriter"}:
                yield node.lineno


def test_nothing_writes_video(root: Path) -> None:
    """Only the simulation makes videos: of drawn people, for the demonstration."""
    found = {
        path.relative_to(root / "src/overt").parts[0]
        for path in (root / "src/overt").rglob("*.py")
        if any(video_writers(path.read_text()))
    }
    assert found == {"simulation"}
