"""Raking: weights that give each variable the population's shares (iterative proportional fitting).

Deming and Stephan (1940); Deville, Sarndal and Sautory (1993). Each pass scales the weights so
that one variable after the other fits; what one pass spoils the next one mends, until all fit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from overt.arrays import F64, I64
from overt.errors import SurveyError

__all__ = ["Margin", "Raked", "kish_effect", "rake"]

PASSES: Final = 2000
NEAR: Final = 1e-9  # as a fraction: how far a share may be from the population's
ROUNDED: Final = 0.005  # published shares may miss 1 together by their rounding


@dataclass(frozen=True, slots=True, eq=False)
class Margin:
    """The population's shares of one variable, and each respondent's place in it."""

    name: str
    categories: tuple[str, ...]
    shares: F64  # (k,) above 0; scaled to sum to 1
    places: I64  # (n,) which category each respondent is in

    @classmethod
    def of(cls, name: str, answers: Sequence[str], shares: Sequence[tuple[str, float]]) -> Margin:
        """Match each respondent's answer with a category.

        Raises:
            SurveyError: shares that do not sum to 1; an answer without a category; a category
                without a respondent.
        """
        total = sum(share for _, share in shares)
        if abs(total - 1) > ROUNDED or any(not 0 < share < 1 for _, share in shares):
            raise SurveyError(
                f"margin {name}: got shares that sum to {total:.6g}, want each within (0, 1), "
                "together 1"
            )
        place = {category: number for number, (category, _) in enumerate(shares)}
        strange = sorted(set(answers) - place.keys())
        if strange:
            raise SurveyError(
                f"margin {name}: got respondents in {_few(strange)}, want one of {_few(place)}",
                hint="give the category its share of the population, or join it with another",
            )
        nobody = sorted(place.keys() - set(answers))
        if nobody:
            raise SurveyError(
                f"margin {name}: got no respondent in {_few(nobody)}, want one at least",
                hint="join the category with another, in the margin and in the file",
            )
        return cls(
            name,
            tuple(place),
            np.array([share / total for _, share in shares]),
            np.array([place[answer] for answer in answers], dtype=np.int64),
        )

    def totals(self, weights: F64) -> F64:
        """Give the sum of weights in each category."""
        summed = np.bincount(self.places, weights=weights, minlength=len(self.categories))
        return summed.astype(np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Raked:
    """Weights that fit every margin, with mean 1."""

    weights: F64  # (n,)
    passes: int
    furthest: float  # a category's share from the population's, as a fraction of it
    trimmed: int  # respondents whose weight was held at the most allowed


def rake(weights: F64, margins: Sequence[Margin], *, most: float | None) -> Raked:
    """Scale weights until every margin fits.

    Args:
        weights: (n,) before, such as one over the chance of being drawn; above 0.
        margins: at least one.
        most: times the mean weight that a weight may be; None is without limit. Weights above it
            are held there in each pass and the others make up for it (Izrael, Battaglia and
            Frankel, 2009).

    Raises:
        SurveyError: the margins cannot be fitted.
    """
    held = weights / weights.mean()
    furthest = math.inf
    for passed in range(1, PASSES + 1):
        for margin in margins:
            held = held * (margin.shares * held.size / margin.totals(held))[margin.places]
        if most is not None:
            held = np.minimum(held, most)
        furthest = max(_furthest(held, margin) for margin in margins)
        if furthest <= NEAR:
            trimmed = 0 if most is None else int(np.sum(held >= most * (1 - 1e-6)))
            held.setflags(write=False)
            return Raked(held, passed, furthest, trimmed)
    limit = "" if most is None else f" with no weight above {most:g} times the mean"
    names = ", ".join(margin.name for margin in margins)
    raise SurveyError(
        f"margins {names}: got shares still off by {furthest:.1e} after {PASSES} passes, "
        f"want a fit{limit}",
        hint="join small categories, rake to fewer margins, or allow larger weights",
    )


def kish_effect(weights: F64) -> float:
    """Give how much unequal weights widen a variance: n sum(w^2) / sum(w)^2 (Kish, 1965)."""
    return float(weights.size * np.sum(weights**2) / np.sum(weights) ** 2)


def _furthest(weights: F64, margin: Margin) -> float:
    shares = margin.totals(weights) / weights.sum()
    return float(np.max(np.abs(shares / margin.shares - 1)))


def _few(names: Sequence[str] | dict[str, int] | set[str]) -> str:
    listed = [repr(name)[:60] for name in names]
    return ", ".join(listed[:8]) + (f" and {len(listed) - 8} more" if len(listed) > 8 else "")
