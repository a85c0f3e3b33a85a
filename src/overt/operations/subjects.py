"""What a report is on: one deployment, or a month or a year that is over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from overt.report.site.planning import Listed, Period, Standing, folder_of, periods
from overt.review.deployment_record import DeploymentRecord
from overt.review.deployment_state import DeploymentState

__all__ = ["Subject", "of_deployment", "of_period", "periods_of"]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a report is on."""

    title: str  # as errors name it
    folder: str  # of the report, within the site
    deployment: str  # "" of a period
    covers: tuple[str, ...]  # deployments, by id


def of_deployment(deployment: str) -> Subject:
    """Give what the report on one deployment is on."""
    return Subject(f"deployment {deployment}", folder_of(deployment), deployment, (deployment,))


def of_period(period: Period, records: Iterable[DeploymentRecord]) -> Subject:
    """Give what the report on a month or a year is on."""
    inside = [
        each.id
        for each in records
        if each.authorised is not None
        and not each.trial
        and period.start <= each.authorised.start.astimezone(UTC) < period.end
    ]
    return Subject(f"period {period.name}", period.folder, "", tuple(inside))


def periods_of(records: Sequence[DeploymentRecord], *, as_of: datetime) -> tuple[Period, ...]:
    """Give the years and months that are over and had a deployment, as a site plans them."""
    return tuple(periods(listed(records), as_of))


def listed(records: Iterable[DeploymentRecord]) -> Iterable[Listed]:
    for each in records:
        authorised, at = each.authorised, each.authorised_at
        if authorised is None or at is None or each.trial:
            continue
        closed = each.state is DeploymentState.CLOSED
        yield Listed(
            each.id,
            authorised.place,
            authorised.purpose,
            authorised.start.astimezone(UTC),
            authorised.end.astimezone(UTC),
            Standing.CLOSED if closed else Standing.OPEN,
            at,
            notice="",
            signs="",
        )
