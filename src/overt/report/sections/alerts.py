"""Alerts: where each of them stands, and what a person decided."""

from __future__ import annotations

from overt.report.document.charts import Funnel, Stage
from overt.report.document.figures import Count, Figure, Sort, Statement, Value
from overt.report.document.report import Section
from overt.report.document.wording import number, several
from overt.report.sections.making import count, grid, part, share
from overt.report.tally import Tally

__all__ = ["alerts"]


def alerts(total: Tally) -> Section:
    """Count alerts by state; nothing follows from one before a person has judged it."""
    pending = total.to_engage - total.engaged - total.not_located
    states: dict[str, list[tuple[str, Value]]] = {
        name: [("alerts", Count(counted, "alerts"))]
        for name, counted in {
            "not adjudicated": total.unadjudicated,
            "rejected at adjudication": total.rejected,
            "to engage, not engaged yet": max(0, pending),
            "not located": total.not_located,
            "engaged, not ended yet": _open(total),
            "confirmed true": total.confirmed_true,
            "confirmed false": total.confirmed_false,
            "unconfirmed": total.unconfirmed,
        }.items()
    }
    return Section(
        "alerts",
        "Alerts, and what people decided",
        f"{several(total.alerts, 'alert was', 'alerts were')} raised. A person judged "
        f"{number(total.alerts - total.unadjudicated)} of them before anybody acted.",
        _figures(total),
        (grid("alerts.by-state", "Where each alert stands", ("state", "alerts"), states),),
        (funnel(total),),
        _statements(total, pending),
    )


def _figures(total: Tally) -> tuple[Figure, ...]:
    return (
        count("alerts.raised", "alerts raised", total.alerts, of="alerts"),
        count(
            "alerts.blue",
            "alerts of the blue list, in no other figure",
            total.blue_alerts,
            of="alerts",
            note="Volunteers who walk past to test recognition.",
        ),
        part(
            "alerts.unadjudicated",
            "never adjudicated",
            total.unadjudicated,
            total.alerts,
            of="alerts",
            note="Nobody acted on them; whether they were true is not known.",
        ),
        share(
            "alerts.rejected",
            "rejected at adjudication",
            total.rejected,
            total.alerts - total.unadjudicated,
            of="alerts adjudicated",
        ),
        part(
            "alerts.engaged",
            "led to an engagement",
            total.engaged,
            total.alerts,
            of="alerts",
        ),
        share(
            "alerts.precision",
            "precision: confirmed true",
            total.confirmed_true,
            total.confirmed_true + total.false_alerts,
            of="alerts whose truth was found out",
            note="Of the alerts that were confirmed true, confirmed false or rejected; a "
            "rejection is an operator's judgement, which nobody checked against the person.",
        ),
    )


def funnel(total: Tally) -> Funnel:
    """Show the way from faces to arrests."""
    stages = (
        Stage("faces seen", total.seen),
        Stage("compared", total.compared),
        Stage("alerts", total.alerts),
        Stage("engaged", total.engaged),
        Stage("confirmed true", total.confirmed_true),
        Stage("arrests", total.arrests),
    )
    told = ", ".join(f"{stage.name} {number(stage.number)}" for stage in stages)
    return Funnel("alerts.funnel", "From faces seen to arrests", f"{told}.", stages)


def _open(total: Tally) -> int:
    ended = total.confirmed_true + total.confirmed_false + total.unconfirmed
    return max(0, total.engaged - ended)


def _statements(total: Tally, pending: int) -> tuple[Statement, ...]:
    found: list[Statement] = []
    recorded = total.alerts + total.blue_alerts
    if total.counted_alerts != recorded:
        found.append(
            Statement(
                "alerts.counters-differ",
                Sort.WRONG,
                f"The cameras counted {several(total.counted_alerts, 'alert', 'alerts')}, but "
                f"{several(recorded, 'is', 'are')} recorded: {recorded - total.counted_alerts:+,}.",
            )
        )
    ended = total.confirmed_true + total.confirmed_false + total.unconfirmed
    if ended > total.engaged or pending < 0:
        found.append(
            Statement(
                "alerts.engagements-do-not-add-up",
                Sort.WRONG,
                f"{several(ended, 'engagement', 'engagements')} ended and "
                f"{several(total.not_located, 'person was', 'people were')} not located, but "
                f"{several(total.engaged, 'engagement', 'engagements')} began and "
                f"{several(total.to_engage, 'alert was', 'alerts were')} to be engaged.",
            )
        )
    if total.unadjudicated:
        found.append(
            Statement(
                "alerts.unadjudicated-are-not-true",
                Sort.LIMIT,
                f"{several(total.unadjudicated, 'alert was', 'alerts were')} never adjudicated. If "
                f"all of them were false, there were "
                f"{number(total.false_alerts + total.unadjudicated)} false alerts, not "
                f"{number(total.false_alerts)}.",
            )
        )
    return tuple(found)
