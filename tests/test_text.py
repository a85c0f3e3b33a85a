"""Names as people write them: what no one can see makes no other person."""

from __future__ import annotations

import unicodedata

import pytest

from overt.text import name_key

UNSEEN = (
    "\u034f",
    "\u115f",
    "\u1160",
    "\u17b4",
    "\u180b",
    "\u3164",
    "\ufe0f",
    "\uffa0",
    "\U000e0100",
)


@pytest.mark.parametrize("mark", [*UNSEEN, "\u200b", "\u00ad", "\u2060", "\u202e"])
def test_what_no_one_can_see_makes_no_other_person(mark: str) -> None:
    for name in (f"A. {mark}Officer", f"{mark}A Officer", f"a OFF{mark}ICER{mark}"):
        assert name_key(name) == name_key("A. Officer"), unicodedata.name(mark)
    assert name_key(mark) == "", "it names somebody"


@pytest.mark.parametrize(("one", "other"), [("Jose", "José"), ("A", "B"), ("Ann 1", "Ann 2")])
def test_what_can_be_seen_makes_another(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)
