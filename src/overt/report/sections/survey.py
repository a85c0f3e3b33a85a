"""What the public says: a survey's figures, with the question always beside them."""

from __future__ import annotations

from overt.report.document.figures import (
    Count,
    Figure,
    Grid,
    Sort,
    Statement,
    Value,
    Withheld,
    Words,
)
from overt.report.document.report import Section
from overt.report.document.wording import several
from overt.report.sections.making import count, grid, slug
from overt.report.survey import Group, MeasureFound, SurveyFound
from overt.statistics.estimate import WeightedShare

__all__ = ["survey"]


def survey(found: SurveyFound) -> Section:
    """Give a survey's figures. They are counted from answers, not from the log."""
    about = found.about
    made_up = "SYNTHETIC: nobody was asked. " if about.synthetic else ""
    grids = [_answers(found), *(_measure(found, measure) for measure in found.measures)]
    figures: tuple[Figure, ...] = (
        count("survey.respondents", "respondents", found.respondents, of="respondents"),
        count("survey.answered", "of those, answered", found.answered, of="answers"),
    )
    return Section(
        "survey",
        "What the public says",
        f"{made_up}Asked of {about.population}, {about.mode}, {about.begin} to {about.end}; "
        f"commissioned by {about.commissioned_by}, conducted by {about.conducted_by}. "
        f"The question: \u201c{about.question}\u201d",
        figures,
        tuple(grids),
        statements=_statements(found),
    )


def _answers(found: SurveyFound) -> Grid:
    rows: dict[str, list[tuple[str, Value]]] = {
        option.answer: [("share", option.share)] for option in found.options
    }
    return grid("survey.answers", "Answers, weighted", ("answer", "share"), rows)


def _measure(found: SurveyFound, measure: MeasureFound) -> Grid:
    rows: dict[str, list[tuple[str, Value]]] = {
        "everybody": [
            ("share", measure.everybody),
            ("difference", Words("")),
            ("people", Count(found.answered, "people")),
        ]
    }
    for group in measure.groups:
        rows[f"{group.column}: {group.name}"] = _cells(found, group)
    return grid(
        f"survey.{slug(measure.measure.name)}",
        f"{measure.measure.name}: {' or '.join(measure.measure.answers)}",
        ("group", "share", "from everybody", "people"),
        rows,
    )


def _cells(found: SurveyFound, group: Group) -> list[tuple[str, Value]]:
    if group.share is None or group.difference is None:
        kept_back = Withheld(found.fewest, "people")
        return [("share", kept_back), ("difference", kept_back), ("people", kept_back)]
    people = group.share.count if isinstance(group.share, WeightedShare) else 0
    return [
        ("share", group.share),
        ("difference", group.difference),
        ("people", Count(people, "people")),
    ]


def _statements(found: SurveyFound) -> tuple[Statement, ...]:
    weighting = found.weighting
    raked = (
        f"Answers are weighted to {', '.join(weighting.raked_to)}."
        if weighting.raked_to
        else ("Answers carry the weights that they came with.")
    )
    return (
        Statement(
            "survey.weights",
            Sort.SAYS,
            f"{raked} Intervals take the design into account: "
            f"{several(found.clusters, 'cluster', 'clusters')} in "
            f"{several(found.strata, 'stratum', 'strata')}.",
        ),
        Statement(
            "survey.not-from-log",
            Sort.LIMIT,
            "A survey is counted from answers, not from the log: verifying this report against the "
            "log leaves this section out. Support for a question as it was worded is not support "
            "for everything that is done.",
        ),
    )
