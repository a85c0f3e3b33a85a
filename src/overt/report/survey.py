"""What a survey says: shares by group, each with its interval, the question always beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from overt.arrays import F64, Mask
from overt.errors import SurveyError
from overt.report.survey_file import NOT_STATED, About, Measure, Plan, Respondents
from overt.statistics.estimate import Difference, NoTrials, WeightedShare
from overt.statistics.raking import Margin, kish_effect, rake
from overt.statistics.several import holm
from overt.statistics.suppression import Reason, withheld
from overt.statistics.survey import Design, difference_from_all, weighted_share

__all__ = ["Group", "MeasureFound", "OptionShare", "SurveyFound", "Weighting", "find"]


Texts: TypeAlias = NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Group:
    """One group's figure, or why it is withheld."""

    column: str
    name: str
    share: WeightedShare | NoTrials | None  # None where it is withheld
    difference: Difference | NoTrials | None  # from everybody; p-value by Holm over all groups
    withheld: Reason | None


@dataclass(frozen=True, slots=True)
class MeasureFound:
    """A measure for everybody and for each group."""

    measure: Measure
    everybody: WeightedShare | NoTrials
    groups: tuple[Group, ...]
    compared: int  # groups that Holm's adjustment is over


@dataclass(frozen=True, slots=True)
class OptionShare:
    """Everybody's share that gave one answer."""

    answer: str
    share: WeightedShare | NoTrials


@dataclass(frozen=True, slots=True)
class Weighting:
    """How the weights came about."""

    raked_to: tuple[str, ...]  # "column (source)"; none where they are as given
    passes: int
    trimmed: int  # respondents whose weight was held at the most allowed
    effect_before: float  # Kish's, of the weights as given
    effect: float


@dataclass(frozen=True, slots=True)
class SurveyFound:
    """All figures of a survey."""

    about: About
    respondents: int
    answered: int
    strata: int
    clusters: int
    weighting: Weighting
    options: tuple[OptionShare, ...]
    measures: tuple[MeasureFound, ...]
    fewest: int
    level: float


def find(plan: Plan, respondents: Respondents) -> SurveyFound:
    """Weight the answers, and give every figure of the plan.

    Raises:
        SurveyError: the margins cannot be fitted, a stratum has one cluster, or fewer answered
            than a published figure must have behind it.
    """
    columns, cells = plan.columns, respondents.cells
    answers = np.array(cells[columns.answer], dtype=np.str_)
    answered = answers != ""
    if answered.sum() < plan.fewest:
        raise SurveyError(
            f"survey: got fewer than {plan.fewest} answers, want as many at least",
            hint="figures of so few people are not published",
        )
    weights, weighting = _weights(plan, respondents)
    design = Design.of(
        weights,
        strata=cells[columns.stratum] if columns.stratum else None,
        clusters=cells[columns.cluster] if columns.cluster else None,
    )
    everybody = plan.about.population
    options = tuple(
        OptionShare(
            answer,
            weighted_share(
                design, answers == answer, among=answered, of=everybody, level=plan.level
            ),
        )
        for answer in plan.about.answers
    )
    found = [
        _measure(plan, measure, design, answers=answers, respondents=respondents)
        for measure in plan.measures
    ]
    return SurveyFound(
        about=plan.about,
        respondents=len(respondents.weights),
        answered=int(answered.sum()),
        strata=int(design.stratum_of.max()) + 1,
        clusters=design.stratum_of.size,
        weighting=weighting,
        options=options,
        measures=tuple(found),
        fewest=plan.fewest,
        level=plan.level,
    )


def _weights(plan: Plan, respondents: Respondents) -> tuple[F64, Weighting]:
    given = np.array(respondents.weights)
    before = kish_effect(given)
    if not plan.margins:
        return given, Weighting((), 0, 0, before, before)
    margins = [
        Margin.of(margin.column, respondents.cells[margin.column], margin.shares)
        for margin in plan.margins
    ]
    raked = rake(given, margins, most=plan.most_weight)
    told = tuple(f"{margin.column} ({margin.source})" for margin in plan.margins)
    return raked.weights, Weighting(
        told, raked.passes, raked.trimmed, before, kish_effect(raked.weights)
    )


def _measure(
    plan: Plan, measure: Measure, design: Design, *, answers: Texts, respondents: Respondents
) -> MeasureFound:
    answered, yes = answers != "", np.isin(answers, measure.answers)
    groups: list[Group] = []
    for column in plan.columns.groups:
        names = np.array([cell or NOT_STATED for cell in respondents.cells[column]], dtype=np.str_)
        members = {name: answered & (names == name) for name in _ordered(plan, column, names)}
        kept_back = withheld(
            {name: int(who.sum()) for name, who in members.items()}, fewest=plan.fewest
        )
        groups += [
            Group(column, name, None, None, kept_back[name])
            if name in kept_back
            else _group(plan, column, name, design, yes=yes, who=who, answered=answered)
            for name, who in members.items()
        ]
    everybody = weighted_share(
        design, yes, among=answered, of=plan.about.population, level=plan.level
    )
    adjusted = adjust(groups)
    compared = sum(isinstance(group.difference, Difference) for group in groups)
    return MeasureFound(measure, everybody, adjusted, compared)


def _group(
    plan: Plan, column: str, name: str, design: Design, *, yes: Mask, who: Mask, answered: Mask
) -> Group:
    of = f"{column}: {name}"
    return Group(
        column,
        name,
        weighted_share(design, yes, among=who, of=of, level=plan.level),
        difference_from_all(design, yes, among=who, everybody=answered, of=of, level=plan.level),
        None,
    )


def _ordered(plan: Plan, column: str, names: Texts) -> list[str]:
    """Give a column's groups as its margin has them, or by name; who did not say comes last."""
    margin = next((each.shares for each in plan.margins if each.column == column), ())
    there = {str(name) for name in np.unique(names)}
    first = [name for name, _ in margin if name in there]
    rest = sorted(there - set(first) - {NOT_STATED})
    return first + rest + ([NOT_STATED] if NOT_STATED in there - set(first) else [])


def adjust(groups: Sequence[Group]) -> tuple[Group, ...]:
    """Adjust the p-values so that alpha holds for all groups together."""
    found = {
        place: group.difference
        for place, group in enumerate(groups)
        if isinstance(group.difference, Difference)
    }
    adjusted = list(groups)
    for place, p in zip(found, holm([each.p for each in found.values()]), strict=True):
        adjusted[place] = replace(groups[place], difference=replace(found[place], p=p))
    return tuple(adjusted)
