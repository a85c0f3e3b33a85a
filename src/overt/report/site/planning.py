"""What there is to publish: which deployments are announced, over or closed, and which periods."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from overt.report.document.report import Options
from overt.report.site.reading import Material

__all__ = ["Listed", "Period", "Plan", "Standing", "folder_of", "plan_site"]

SAFE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class Standing(StrEnum):
    """What a site may say of a deployment."""

    ANNOUNCED = "announced"  # authorised, its window is still to come: place and window
    OPEN = "not closed yet"  # no figure before the record of it is whole
    CLOSED = "closed"  # its report


@dataclass(frozen=True, slots=True)
class Listed:
    """A deployment as a site lists it."""

    id: str
    place: str
    purpose: str
    start: datetime
    end: datetime
    standing: Standing
    authorised: datetime
    notice: str
    signs: str

    @property
    def folder(self) -> str:
        """Name its folder in the site."""
        return folder_of(self.id)


@dataclass(frozen=True, slots=True)
class Period:
    """A month or a year that is over, and what it waits for."""

    name: str  # 2026-03, or 2026
    start: datetime
    end: datetime
    deployments: int
    waits: int  # of those, not closed yet: the report comes when all are

    @property
    def folder(self) -> str:
        """Name its folder in the site."""
        return f"periods/{self.name}"


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a site tells of, in order of time."""

    deployments: tuple[Listed, ...]  # in public; trials among people who agreed are left out
    trials: int
    periods: tuple[Period, ...]

    def of(self, standing: Standing) -> tuple[Listed, ...]:
        """Give the deployments that stand so."""
        return tuple(one for one in self.deployments if one.standing is standing)

    def reports(self, *, as_of: str, suppress_below: int) -> Iterator[tuple[str, Options]]:
        """Give each report to be published: its folder, and what is chosen for it."""
        for one in self.of(Standing.CLOSED):
            options = Options(as_of, deployment=one.id, suppress_below=suppress_below)
            yield one.folder, options
        for period in self.periods:
            if not period.waits:
                start, end = (
                    time.isoformat(timespec="seconds") for time in (period.start, period.end)
                )
                options = Options(as_of, start=start, end=end, suppress_below=suppress_below)
                yield period.folder, options


def folder_of(deployment: str) -> str:
    """Name a deployment's folder in a site; an id of another's record may be no file's name."""
    safe = SAFE.fullmatch(deployment) and not deployment.endswith(".")
    digest = hashlib.sha256(deployment.encode()).hexdigest()[:24]
    return f"deployments/{deployment if safe else f'id-{digest}'}"


def plan_site(material: Material, *, as_of: datetime) -> Plan:
    """Say what may be told, as of a time."""
    table = material.facts.deployments.sort("start", "deployment").collect()
    public = [row for row in table.iter_rows(named=True) if not row["trial"]]
    listed = tuple(one(row, material, as_of) for row in public)
    return Plan(listed, table.height - len(public), tuple(periods(listed, as_of)))


def one(row: dict[str, object], material: Material, as_of: datetime) -> Listed:
    """List a deployment."""
    name, start, end = str(row["deployment"]), row["start"], row["end"]
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        raise TypeError(f"deployment {name}: got no window, want one")
    noted = material.noted[name]
    if row["closed"] is not None:
        standing = Standing.CLOSED
    elif start > as_of and not noted.over:
        standing = Standing.ANNOUNCED
    else:
        standing = Standing.OPEN
    return Listed(
        name,
        str(row["place"]),
        str(row["purpose"]),
        start,
        end,
        standing,
        noted.authorised,
        noted.notice,
        noted.signs,
    )


def periods(listed: Iterable[Listed], as_of: datetime) -> Iterator[Period]:
    """Give the years and months, UTC, that are over and had a deployment; the latest first."""
    counted: dict[tuple[int, int], list[Listed]] = {}
    for deployment in listed:
        for month in (0, deployment.start.month):  # month 0 is the whole year
            counted.setdefault((deployment.start.year, month), []).append(deployment)
    for year, month in sorted(counted, key=lambda at: (at[0], at[1] or 13), reverse=True):
        start = datetime(year, month or 1, 1, tzinfo=UTC)
        end = datetime(year + 1, 1, 1, tzinfo=UTC)
        if month and month < 12:
            end = datetime(year, month + 1, 1, tzinfo=UTC)
        if end <= as_of:
            inside = counted[year, month]
            waits = sum(each.standing is not Standing.CLOSED for each in inside)
            name = f"{year}-{month:02}" if month else str(year)
            yield Period(name, start, end, len(inside), waits)
