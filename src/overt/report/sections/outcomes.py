"""Outcomes: how alerts ended for people, and whether the sums add up."""

from __future__ import annotations

from overt.report.document.figures import Count, Figure, Part, Sort, Statement, Value
from overt.report.document.report import Section
from overt.report.document.wording import number, several
from overt.report.sections.making import grid, share
from overt.report.tally import Tally
from overt.statistics.intervals import intensity

__all__ = ["outcomes"]


def outcomes(total: Tally) -> Section:
    """Count how engagements ended; arrests by category, with their sum beside the total."""
    categories = {
        "wanted by the courts": total.arrests_courts,
        "reasonable grounds": total.arrests_grounds,
        "multi-agency managed": total.arrests_mappa,
    }
    by_category: dict[str, list[tuple[str, Value]]] = {
        name: [
            ("arrests", Count(number_of, "arrests")),
            ("share", Part(number_of, max(number_of, total.arrests), "arrests")),
        ]
        for name, number_of in categories.items()
    }
    by_disposal: dict[str, list[tuple[str, Value]]] = {
        name: [("alerts", Count(number_of, "alerts"))]
        for name, number_of in {
            "arrest": total.arrests,
            "other disposal": total.other_disposals,
            "no action": total.no_action,
            "not located": total.not_located,
        }.items()
    }
    return Section(
        "outcomes",
        "Outcomes",
        f"{several(total.arrests, 'arrest', 'arrests')} followed from "
        f"{several(total.alerts, 'alert', 'alerts')}.",
        _figures(total),
        (
            grid("outcomes.by-disposal", "How it ended", ("outcome", "alerts"), by_disposal),
            grid(
                "outcomes.by-category",
                "Arrests by category",
                ("category", "arrests", "of all arrests"),
                by_category,
            ),
        ),
        statements=_statements(total, sum(categories.values())),
    )


def _figures(total: Tally) -> tuple[Figure, ...]:
    return (
        share("outcomes.per-alert", "arrests per alert", total.arrests, total.alerts, of="alerts"),
        share(
            "outcomes.per-face", "arrests per face seen", total.arrests, total.seen, of="faces seen"
        ),
        share(
            "outcomes.per-engagement",
            "arrests per engagement",
            total.arrests,
            total.engaged,
            of="engagements",
        ),
        Figure(
            "outcomes.per-hour",
            "arrests per camera-hour",
            intensity(total.arrests, total.hours, unit="camera-hour"),
        ),
        share(
            "outcomes.vawg",
            "for violence against women and girls",
            total.arrests_vawg,
            total.arrests,
            of="arrests",
        ),
    )


def _statements(total: Tally, by_category: int) -> tuple[Statement, ...]:
    found: list[Statement] = []
    if by_category != total.arrests:
        found.append(
            Statement(
                "outcomes.categories-do-not-add-up",
                Sort.WRONG,
                f"Arrests by category add up to {number(by_category)}, but {number(total.arrests)} "
                f"arrests are recorded: {by_category - total.arrests:+,}.",
            )
        )
    if total.arrests > total.engaged:
        found.append(
            Statement(
                "outcomes.arrests-without-engagement",
                Sort.WRONG,
                f"{several(total.arrests, 'arrest is', 'arrests are')} recorded, but only "
                f"{several(total.engaged, 'engagement', 'engagements')}.",
            )
        )
    ended = total.confirmed_true + total.confirmed_false + total.unconfirmed
    disposed = total.arrests + total.other_disposals + total.no_action
    if disposed < ended:
        found.append(
            Statement(
                "outcomes.not-known",
                Sort.LIMIT,
                f"Of {several(ended, 'engagement', 'engagements')} that ended, the outcome of "
                f"{number(ended - disposed)} is not recorded.",
            )
        )
    found.append(
        Statement(
            "outcomes.not-effect",
            Sort.LIMIT,
            "An arrest that followed an alert might have happened without it. What recognition "
            "adds cannot be told from these numbers: it would take a comparison with similar "
            "places and times without it.",
        )
    )
    return tuple(found)
