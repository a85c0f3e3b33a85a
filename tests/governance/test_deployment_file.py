"""A deployment's file is complete, or it is refused and says where."""

from __future__ import annotations

import copy
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from overt.errors import DeploymentError
from overt.governance.deployment_file import read_deployment
from overt.values.deployment import Deployment, Purpose, Rank, Recognition

EXAMPLE: dict[str, Any] = {
    "name": "high street",
    "place": "High Street",
    "purpose": "protective security",
    "threshold": 0.64,
    "bundle": "default",
    "watchlist": "lists/one",
    "trial": False,
    "window": {"start": "2026-03-01T10:00:00Z", "end": "2026-03-01T15:00:00+01:00"},
    "authority": {
        "officer": "A. Officer",
        "rank": "Superintendent",
        "given": "2026-02-28T10:00:00Z",
        "reference": "REG/12",
        "necessity": "because",
        "proportionality": "little",
        "urgent": True,
    },
    "recognition": {
        "confirm_shots": 6,
        "min_face_px": 30,
        "min_eyes_px": 12.5,
        "detect_interval_s": 0.2,
        "best_shots": 8,
        "max_shots": 12,
    },
    "camera": [
        {"name": "gate", "source": "rtsp://camera.example/1"},
        {"name": "door", "source": "clips/door.mp4", "zone": [[0, 0], [1, 0], [1, 1]]},
    ],
}
OPTIONAL = {
    "trial",
    "authority.urgent",
    "camera.1.zone",
    *(f"recognition.{name}" for name in EXAMPLE["recognition"] if name != "confirm_shots"),
}


def shown(item: object) -> str:
    if isinstance(item, bool):
        return str(item).lower()
    is_text = isinstance(item, str) and not item.startswith("202")  # a time has no quotes
    return f'"{item}"' if is_text else str(item)


def toml(content: dict[str, Any], path: str = "") -> str:
    """Write what the example holds as TOML: values first, then tables."""
    lines: list[str] = []
    below: list[str] = []
    for key, item in content.items():
        within: Any = item
        if isinstance(item, dict):
            below += [f"[{path}{key}]", toml(within, f"{path}{key}.")]
        elif key == "camera" and isinstance(item, list) and item:
            below += [text for camera in within for text in ("[[camera]]", toml(camera))]
        else:
            lines.append(f"{key} = {shown(within)}")
    return "\n".join(lines + below)


def places(content: dict[str, Any], path: str = "") -> list[str]:
    found: list[str] = []
    for key, item in content.items():
        within: Any = item
        found.append(f"{path}{key}")
        if isinstance(item, dict):
            found += places(within, f"{path}{key}.")
        if key == "camera":
            for number, camera in enumerate(within):
                found += places(camera, f"{path}{key}.{number}.")
    return found


def parent(content: dict[str, Any], place: str) -> tuple[dict[str, Any], str]:
    *way, last = place.split(".")
    at: Any = content
    for step in way:
        at = at[int(step)] if step.isdigit() else at[step]
    return at, last


def read(folder: Path, content: dict[str, Any]) -> Deployment:
    path = folder / "deployment.toml"
    path.write_text(toml(content), encoding="utf-8")
    return read_deployment(path)


def test_a_complete_file_is_read(tmp_path: Path) -> None:
    deployment = read(tmp_path, EXAMPLE)
    assert deployment.purpose is Purpose.PROTECTION
    assert deployment.window.start == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert deployment.window.end == datetime(2026, 3, 1, 14, tzinfo=UTC)
    assert deployment.watchlist == tmp_path / "lists" / "one"
    assert deployment.statement.rank is Rank.SUPERINTENDENT
    assert deployment.statement.urgent
    assert deployment.recognition == Recognition(6, 30, 12.5, 0.2, 8, 12)
    gate, door = deployment.cameras
    assert gate.source == "rtsp://camera.example/1"
    assert door.source == str(tmp_path / "clips" / "door.mp4")
    assert door.zone == ((0, 0), (1, 0), (1, 1))
    assert deployment.trial is False


@pytest.mark.parametrize("place", places(EXAMPLE))
def test_what_is_missing_is_named_or_has_a_default(tmp_path: Path, place: str) -> None:
    content = copy.deepcopy(EXAMPLE)
    table, key = parent(content, place)
    del table[key]
    if place in OPTIONAL:
        if place in {"recognition.best_shots", "recognition.max_shots"}:
            content["recognition"] |= {"confirm_shots": 2}
        assert read(tmp_path, content).name == "high street"
        return
    with pytest.raises(DeploymentError, match=rf"deployment\.toml: .*{key}: got nothing, want"):
        read(tmp_path, content)


@pytest.mark.parametrize("place", places(EXAMPLE))
def test_what_has_another_type_is_named(tmp_path: Path, place: str) -> None:
    content = copy.deepcopy(EXAMPLE)
    table, key = parent(content, place)
    table[key] = [] if isinstance(table[key], str | float | int) else 7
    with pytest.raises(DeploymentError, match=rf"deployment\.toml: .*{key}: got (\[\]|7), want "):
        read(tmp_path, content)


@pytest.mark.parametrize("place", ["x", "window.x", "authority.x", "recognition.x", "camera.1.x"])
def test_what_is_unknown_is_named(tmp_path: Path, place: str) -> None:
    content = copy.deepcopy(EXAMPLE)
    table, key = parent(content, place)
    table[key] = 1
    named = re.escape(place.replace(".1.", "[1]."))
    with pytest.raises(DeploymentError, match=rf"got unknown keys {named}, want none"):
        read(tmp_path, content)


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ("threshold", 1.5, "threshold: got 1.5, want a number from 0 to 1"),
        ("threshold", 0, "threshold: got 0.0, want a similarity"),
        ("purpose", "fun", "purpose: got 'fun', want one of"),
        ("window.end", "2026-03-01T09:00:00Z", "want it later"),
        ("window.start", "2026-03-01T10:00:00", "want a time with its zone"),
        ("authority.rank", "Sergeant", "rank: got 'Sergeant', want one of"),
        ("recognition.confirm_shots", 9, "confirm_shots: got 9, want 1 to 8"),
        ("recognition.detect_interval_s", 0.6, "detect_interval_s: got 0.6, want 0 to 0.5"),
        ("camera.1.zone", [[0, 0], [1, 1]], "got a zone of 2 points, want 3 or more"),
        ("camera.1.name", "gate", "want one or more, each with a name of its own"),
    ],
)
def test_what_is_out_of_range_is_named(
    tmp_path: Path, place: str, value: object, said: str
) -> None:
    content = copy.deepcopy(EXAMPLE)
    table, key = parent(content, place)
    table[key] = value
    with pytest.raises(DeploymentError) as refused:
        read(tmp_path, content)
    assert said in str(refused.value)


@pytest.mark.parametrize("content", [b"name = ", b"\xff\xfe", b"name = 'a'\nname = 'b'"])
def test_what_is_no_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "deployment.toml"
    path.write_bytes(content)
    with pytest.raises(DeploymentError, match="want TOML"):
        read_deployment(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeploymentError, match=r"no\.toml: got No such file.*want a deployment"):
        read_deployment(tmp_path / "no.toml")
    with pytest.raises(DeploymentError, match="want a deployment file"):
        read_deployment(tmp_path)
