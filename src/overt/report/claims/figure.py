"""A share as somebody published it: its number, and the digits that it was given to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

__all__ = ["WANTED", "Figure", "decimals_of"]

WANTED: Final = (
    "a share from 0 to 100 % as it was published: 0.48 %, 1 in 6,000, 6 of 10, more than 25 %, "
    "more than a quarter"
)
PREFIX: Final = r"(?:(?P<bound>more than|less than|at least|at most) )?"
NUMBER: Final = r"\d{1,3}(?:,\d{3})+|\d{1,15}"
FORMS: Final = re.compile(
    PREFIX
    + r"(?:"
    + r"(?P<percent>\d{1,3}(?:\.\d{1,15})?) ?%"
    + rf"|1 in (?P<one_in>{NUMBER})"
    + rf"|(?P<events>{NUMBER}) of (?P<trials>{NUMBER})"
    + r"|(?P<words>[a-z ]+)"
    + r")"
)
IN_WORDS: Final = {
    "a tenth": Fraction(1, 10),
    "a fifth": Fraction(1, 5),
    "a quarter": Fraction(1, 4),
    "a third": Fraction(1, 3),
    "half": Fraction(1, 2),
    "two thirds": Fraction(2, 3),
    "three quarters": Fraction(3, 4),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A published share. What rounds to it, or lies beyond it where it is a bound, agrees."""

    written: str
    bound: str  # "" or "more than", "less than", "at least", "at most"
    value: Fraction  # 0 to 1
    low: Fraction  # the shares that are written so: from `low` to `high`
    high: Fraction
    places: int | None  # decimals of the per cent; None where it is no per cent
    pair: tuple[int, int] | None  # where it is written as one number of another

    @classmethod
    def parse(cls, text: str) -> Figure | None:
        """Read a figure; None where it is none, or over the whole.

        A per cent has the digits that are written. The zeros at the end of "1 in 6,000" are
        taken for rounding.
        """
        found = FORMS.fullmatch(text)
        if found is None:
            return None
        bound, places, pair = found["bound"] or "", None, None
        if found["percent"]:
            places = decimals_of(found["percent"])
            value, half = Fraction(found["percent"]) / 100, Fraction(1, 200 * 10**places)
            low, high = value - half, value + half
        elif found["one_in"]:
            number = whole(found["one_in"])
            step = 10 ** (len(str(number)) - len(str(number).rstrip("0"))) if number else 1
            if not number:
                return None
            value, half = Fraction(1, number), Fraction(step, 2)
            low, high = 1 / (number + half), 1 / (number - half)
        elif found["events"]:
            pair = (whole(found["events"]), whole(found["trials"]))
            if not pair[1]:
                return None
            low = high = value = Fraction(*pair)
        else:
            # Nobody can tell to which digits "a quarter" alone was rounded.
            if found["words"] not in IN_WORDS or not bound:
                return None
            low = high = value = IN_WORDS[found["words"]]
        if value > 1:
            return None
        return cls(text, bound, value, low, high, places, pair)

    def agrees(self, events: int, trials: int) -> bool:
        """Say whether the figure follows from counts, to the digits it was given to."""
        share = Fraction(events, trials)
        match self.bound:
            case "more than":
                return share > self.value
            case "less than":
                return share < self.value
            case "at least":
                return share >= self.value
            case "at most":
                return share <= self.value
            case _ if self.pair:
                return self.pair == (events, trials)
            case _:
                return self.low <= share <= self.high

    def as_written(self, events: int, trials: int) -> str:
        """Write the share of counts to the figure's digits."""
        if self.pair:
            return f"{events:,} of {trials:,}"
        if self.places is None or self.bound:
            return f"1 in {trials / events:,.0f}" if events else "none"
        return f"{to_places(Fraction(100 * events, trials), self.places):f} %"

    def cut_off(self, events: int, trials: int) -> bool:
        """Say whether counts give the figure if further digits are dropped, not rounded."""
        if self.places is None or self.bound:
            return False
        return self.value <= Fraction(events, trials) < self.value + 2 * (self.high - self.value)


def decimals_of(number: str) -> int:
    """Count the decimals that a number is written with."""
    return len(number.partition(".")[2])


def to_places(value: Fraction, places: int) -> Decimal:
    """Round exactly, a half away from zero."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def whole(text: str) -> int:
    return int(text.replace(",", ""))
