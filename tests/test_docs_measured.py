"""Tables of measured figures in the pages are those of the newest results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ORDINALS = {1: "each", 2: "every other", 3: "every third"}


def newest(root: Path, key: str, *, ending: str) -> list[dict[str, Any]]:
    """Give a list of the newest result that has it."""
    paths = sorted((root / "benchmarks/results").glob(f"*{ending}.json"), reverse=True)
    found = (json.loads(path.read_text(encoding="utf-8")) for path in paths)
    return next(each[key] for each in found if key in each)


def interval(times: float) -> str:
    return "usual, 0.12 s" if times == 1 else f"{times:g} times"


def test_what_looking_less_costs(root: Path) -> None:
    page = (root / "docs/guides/many-cameras.md").read_text(encoding="utf-8")
    rows = newest(root, "intervals", ending="-intervals")
    told = [
        f"| {interval(each['times'])} | {ORDINALS[each['whole_every']]} "
        f"| {each['cpu_s'] / rows[0]['cpu_s']:.2f} | {each['seen']} | {each['missed']} "
        f"| {each['found']} | {each['false_alerts']} |"
        for each in rows
    ]
    assert "\n".join(told) in page


def test_what_two_cameras_take_up(root: Path) -> None:
    page = (root / "docs/guides/many-cameras.md").read_text(encoding="utf-8")
    told = [
        f"| {interval(each['times'])} | {ORDINALS[each['whole_every']]} | {each['cores']:.2f} "
        f"| {each['seen']} |"
        for each in newest(root, "steps", ending="-cameras")
    ]
    assert "\n".join(told) in page
