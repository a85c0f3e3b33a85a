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


def test_what_fewer_digits_gain(root: Path) -> None:
    rows = newest(root, "speed", ending="-digits")
    told = [
        f"| {each['network']} | {' x '.join(map(str, each['input']))} "
        f"| {each['times as fast']:.1f} |"
        for each in rows
        if each["bundle"] == "both int8"
    ]
    assert "\n".join(told) in (root / "docs/guides/bundles.md").read_text(encoding="utf-8")


def test_what_fewer_digits_cost(root: Path) -> None:
    guide = (root / "docs/guides/bundles.md").read_text(encoding="utf-8")
    page = (root / "docs/decisions/0030-fewer-digits.md").read_text(encoding="utf-8")
    path = max((root / "benchmarks/results").glob("*-digits.json"))
    report = json.loads(path.read_text(encoding="utf-8"))
    heights = report["detection"]["both int8"]["heights"]
    found = [
        f"| {each['from_px']:g} to {each['below_px']:g} px "
        if each["below_px"]
        else f"| {each['from_px']:g} px and larger "
        for each in heights
    ]
    told = [
        f"{height}| {each['found']['events']} of {each['found']['trials']} "
        f"({each['found']['low']:.1%} to {each['found']['high']:.1%}) | {each['overlap']:.2f} "
        f"| {each['marks_apart']:.1%} | {each['marks_apart_95']:.1%} |"
        for height, each in zip(found, heights, strict=True)
    ]
    assert "\n".join(told) in guide
    told = [
        f"| {name} | {rates[0]} | {rates[1]} | {clips['cpu_s'] / first:.2f} | {clips['seen']} "
        f"| {clips['missed']} | {clips['found']} |"
        for first in (report["clips"]["default"]["cpu_s"],)
        for name, clips in report["clips"].items()
        for rates in ([recognised(each) for each in report["recognition"][name]["rates"]],)
    ]
    assert "\n".join(told) in page


def recognised(at: dict[str, Any]) -> str:
    share = at["tpir"]
    return f"{share['value']:.1%} ({share['low']:.1%} to {share['high']:.1%})"
