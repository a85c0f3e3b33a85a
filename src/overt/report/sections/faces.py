"""Faces seen: how many, how many could be compared, and why the others could not."""

from __future__ import annotations

import polars as pl

from overt.facts.facts import Facts
from overt.report.document.figures import Count, Figure, Part, Sort, Statement, Value
from overt.report.document.report import Section
from overt.report.document.wording import number, several
from overt.report.sections.making import amount, count, grid, part
from overt.report.tally import Tally
from overt.values.quality import Reason

__all__ = ["faces"]


def faces(facts: Facts, total: Tally) -> Section:
    """Count faces seen, the denominator of every rate of false alerts."""
    by_reason = facts.unfit.group_by("reason").agg(pl.col("faces").cast(pl.Int64).sum()).collect()
    unfit = {str(reason): int(faces) for reason, faces in by_reason.iter_rows()}
    rows: dict[str, list[tuple[str, Value]]] = {
        str(reason): [
            ("faces", Count(unfit.get(str(reason), 0), "faces seen")),
            ("share", Part(min(unfit.get(str(reason), 0), total.seen), total.seen, "faces seen")),
        ]
        for reason in Reason
    }
    return Section(
        "faces",
        "Faces seen",
        f"{several(total.seen, 'face was', 'faces were')} seen; {number(total.compared)} of them "
        f"could be "
        "compared with a watchlist.",
        _figures(total),
        (
            grid(
                "faces.not-compared",
                "Why faces were not compared",
                ("reason", "faces seen", "of all faces seen"),
                rows,
            ),
        ),
        statements=_statements(total, sum(unfit.values())),
    )


def _figures(total: Tally) -> tuple[Figure, ...]:
    per_deployment = total.seen / total.deployments if total.deployments else 0.0
    return (
        count("faces.seen", "faces seen", total.seen, of="faces seen"),
        amount("faces.per-deployment", "a deployment", per_deployment, unit="faces"),
        part(
            "faces.compared",
            "compared with the watchlist",
            total.compared,
            total.seen,
            of="faces seen",
            note="A face that was not compared can raise no alert.",
        ),
        count("faces.frames", "frames looked at", total.frames, of="frames"),
        part(
            "faces.dropped",
            "frames dropped",
            total.dropped,
            total.frames + total.dropped,
            of="frames",
        ),
        count(
            "faces.thinned",
            "looks left out because of load",
            total.thinned,
            of="looks",
            note="A camera that cannot keep up looks for faces less often; people are carried "
            "between two looks, and one who is in view for under a second may be missed.",
        ),
        count(
            "faces.partial",
            "looks around followed faces only, because of load",
            total.partial,
            of="looks",
            note="Somebody new is found at the next look at the whole frame: with the usual "
            "0.12 seconds between two looks, up to a third of a second later than otherwise.",
        ),
        count(
            "faces.camera-losses",
            "times that a camera was lost",
            total.camera_losses,
            of="losses",
            note="Nobody was looked at there until it was back; the others went on.",
        ),
        count(
            "faces.alerts-repeated",
            "alerts refused after a loss",
            total.alerts_repeated,
            of="alerts",
            note="A camera that was back saw a person again of whom the operator had an alert "
            "from within 30 seconds before. They are in no other figure.",
        ),
    )


def _statements(total: Tally, with_reason: int) -> tuple[Statement, ...]:
    found = [
        Statement(
            "faces.once",
            Sort.LIMIT,
            "A face seen is one passage of one person before one camera. Who passes three cameras, "
            "or comes back, is counted again: nobody is followed, so faces seen are not people.",
        )
    ]
    if total.alerts:
        found.append(
            Statement(
                "faces.per-alert",
                Sort.SAYS,
                f"One alert was raised for every {number(total.seen / total.alerts)} faces seen. "
                "Every other face was compared or passed over, and forgotten at once.",
            )
        )
    if with_reason != total.not_compared:
        found.append(
            Statement(
                "faces.reasons-do-not-add-up",
                Sort.WRONG,
                "Reasons are recorded for "
                + several(with_reason, "face that was not compared", "faces that were not compared")
                + ", but "
                f"{number(total.not_compared)} were not: {with_reason - total.not_compared:+,}.",
            )
        )
    return tuple(found)
