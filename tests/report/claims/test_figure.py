"""A published figure follows from counts to the digits it was given to, and to no more."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from overt.report.claims.figure import Figure


def parsed(text: str) -> Figure:
    figure = Figure.parse(text)
    assert figure is not None, text
    return figure


@pytest.mark.parametrize(
    ("written", "events", "trials", "agrees"),
    [
        ("0.0003 %", 10, 3_147_436, True),
        ("0.00032 %", 10, 3_147_436, True),
        ("0.00031 %", 10, 3_147_436, False),
        ("0.0005 %", 10, 3_147_436, False),
        ("0.48 %", 10, 2077, True),
        ("0.49 %", 10, 2077, False),
        ("0.480 %", 10, 2077, False),
        ("1 in 314,744", 10, 3_147_436, True),
        ("1 in 315,000", 10, 3_147_436, True),
        ("1 in 300,000", 10, 3_147_436, True),
        ("1 in 316,000", 10, 3_147_436, False),
        ("1 in 1", 3, 3, True),
        ("6 of 10", 6, 10, True),
        ("6 of 10", 12, 20, False),
        ("more than a quarter", 241, 962, True),
        ("more than a quarter", 240, 962, False),
        ("more than 25 %", 1, 4, False),
        ("at least 25 %", 1, 4, True),
        ("less than half", 1, 2, False),
        ("at most half", 1, 2, True),
        ("0 %", 0, 5, True),
        ("100%", 5, 5, True),
    ],
)
def test_it_agrees_to_its_digits(written: str, events: int, trials: int, agrees: bool) -> None:  # noqa: FBT001
    assert parsed(written).agrees(events, trials) is agrees


@pytest.mark.parametrize(
    "text",
    ["", "0.5", "101 %", "7 of 6", "1 in 0", "3 of 0", "a quarter", "-1 %", "1e3 %", "more than",
     "1 in 12,34", "50 % %", "nan %", "about 5 %"],
)  # fmt: skip
def test_what_is_no_share_is_none(text: str) -> None:
    assert Figure.parse(text) is None


@given(st.integers(1, 10**9), st.integers(1, 10**9), st.integers(0, 9))
@example(1, 100050026, 9)  # too small for a Decimal to write without an exponent by itself
def test_what_is_written_from_counts_agrees_with_them(one: int, other: int, places: int) -> None:
    """The slow way: write the share to so many decimals, read it, and hold it to the counts."""
    events, trials = sorted((one, other))
    scaled = Fraction(100 * events * 10**places, trials)
    steps = int(scaled + Fraction(1, 2))
    written = f"{steps // 10**places}.{steps % 10**places:0{places}d}" if places else f"{steps}"
    figure = parsed(f"{written} %")
    assert figure.agrees(events, trials)
    assert figure.as_written(events, trials) == f"{written} %"
    beyond = Figure.parse(f"{(steps + 2) / 10**places:.{places}f} %")
    assert beyond is None or not beyond.agrees(events, trials)


def test_what_was_cut_off_is_told() -> None:
    assert parsed("46.3 %").cut_off(4638, 10_000)
    assert not parsed("46.3 %").cut_off(4628, 10_000)
