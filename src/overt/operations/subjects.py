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
    overlaps: tuple[str, ...]  # folders of reports that lie within it, or around it


def of_deployment(record: DeploymentRecord) -> Subject:
    """Give what the report on one deployment is on."""
    start = record.authorised and record.authorised.start.astimezone(UTC)
    around = (f"periods/{start:%Y}", f"periods/{start:%Y-%m}") if start else ()
    return Subject(f"deployment {record.id}", folder_of(record.id), record.id, (record.id,), around)


def of_period(period: Period, records: Iterable[DeploymentRecord]) -> Subject:
    """Give what the report on a month or a year is on."""
    inside = [
        each.id
        for each in records
        if each.authorised is not None
        and not each.trial
        and period.start <= each.authorised.start.astimezone(UTC) < period.end
    ]
    year = period.name[:4]
    others = (year, *(f"{year}-{month:02}" for month in range(1, 13)))
    near = [
        f"periods/{name}" for name in others if name != period.name and year in (name, period.name)
    ]
    overlaps = (*near, *(folder_of(each) for each in inside))
    return Subject(f"period {period.name}", period.folder, "", tuple(inside), overlaps)


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
