"""Identifiers sort by time and are never the same."""

from __future__ import annotations

from datetime import timedelta

from builders import NOON
from hypothesis import given
from hypothesis import strategies as st

from overt.ids import ALPHABET, time_ordered_id


def test_they_have_26_characters_of_the_alphabet() -> None:
    made = time_ordered_id(NOON)
    assert len(made) == 26
    assert set(made) <= set(ALPHABET)
    assert len(set(ALPHABET)) == 32


def test_none_is_made_twice() -> None:
    assert len({time_ordered_id(NOON) for _ in range(5000)}) == 5000


@given(st.integers(0, 10**11), st.integers(1, 10**11))
def test_they_sort_by_time(start_ms: int, later_ms: int) -> None:
    first = NOON + timedelta(milliseconds=start_ms)
    assert time_ordered_id(first) < time_ordered_id(first + timedelta(milliseconds=later_ms))


def test_the_time_is_in_it() -> None:
    number = 0
    for letter in time_ordered_id(NOON):
        number = number * 32 + ALPHABET.index(letter)
    assert number >> 80 == int(NOON.timestamp() * 1000)
