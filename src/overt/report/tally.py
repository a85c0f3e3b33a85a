"""What was counted, in whole numbers: of everything, or of each site, month or threshold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import polars as pl

from overt.facts.facts import Facts
from overt.values.review import ArrestCategory, Decision, Disposal, Finding
from overt.values.watchlist import Category

__all__ = [
    "ALERT_COUNTS",
    "IS_BLUE",
    "IS_FALSE",
    "By",
    "Tally",
    "tallies",
    "tallies_of_two",
    "tally",
]


class By(StrEnum):
    """What figures are told apart by."""

    FORCE = "force"
    SITE = "site"
    MONTH = "month"
    YEAR = "year"
    THRESHOLD = "threshold"
    CAMERA = "camera"
    DEPLOYMENT = "deployment"


@dataclass(frozen=True, slots=True)
class Tally:
    """Whole numbers of one stratum. What an alert counts as is said in `ALERT_COUNTS`."""

    deployments: int = 0
    camera_losses: int = 0
    alerts_repeated: int = 0
    camera_minutes: int = 0
    frames: int = 0
    dropped: int = 0
    thinned: int = 0
    partial: int = 0
    seen: int = 0
    compared: int = 0
    counted_alerts: int = 0  # by the cameras' own counters, of the blue list too
    blue_alerts: int = 0  # of the blue list: volunteers who test recognition; in no other count
    alerts: int = 0
    unadjudicated: int = 0
    rejected: int = 0  # false alerts found at adjudication
    to_engage: int = 0
    engaged: int = 0
    confirmed_true: int = 0
    confirmed_false: int = 0  # false alerts found after an engagement
    unconfirmed: int = 0
    not_located: int = 0
    arrests: int = 0
    arrests_courts: int = 0
    arrests_grounds: int = 0
    arrests_mappa: int = 0
    arrests_vawg: int = 0
    other_disposals: int = 0
    no_action: int = 0
    force_used: int = 0
    complaints: int = 0
    judged_unseen: int = 0  # judgements, of second opinions too, without a look before them

    @property
    def false_alerts(self) -> int:
        """Rejected at adjudication, or found false after an engagement."""
        return self.rejected + self.confirmed_false

    @property
    def not_compared(self) -> int:
        """Faces seen that were not compared with the watchlist."""
        return self.seen - self.compared

    @property
    def hours(self) -> float:
        """Camera-hours of recognition."""
        return self.camera_minutes / 60


COL: Final = pl.col
IS_BLUE: Final = COL("category") == Category.BLUE.value
IS_FALSE: Final = ~IS_BLUE & (
    (COL("decision") == Decision.REJECT.value) | (COL("finding") == Finding.FALSE.value)
)
ALERT_COUNTS: Final[Mapping[str, pl.Expr]] = {
    "alerts": pl.len(),
    "unadjudicated": COL("decision").is_null().sum(),
    "rejected": (COL("decision") == Decision.REJECT.value).sum(),
    "to_engage": (COL("decision") == Decision.ENGAGE.value).sum(),
    "engaged": COL("engaged").is_not_null().sum(),
    "confirmed_true": (COL("finding") == Finding.TRUE.value).sum(),
    "confirmed_false": (COL("finding") == Finding.FALSE.value).sum(),
    "unconfirmed": (COL("finding") == Finding.UNCONFIRMED.value).sum(),
    "not_located": (COL("disposal") == Disposal.NOT_LOCATED.value).sum(),
    "arrests": (COL("disposal") == Disposal.ARREST.value).sum(),
    "arrests_courts": (COL("arrest") == ArrestCategory.COURTS.value).sum(),
    "arrests_grounds": (COL("arrest") == ArrestCategory.GROUNDS.value).sum(),
    "arrests_mappa": (COL("arrest") == ArrestCategory.MAPPA.value).sum(),
    "arrests_vawg": (
        (COL("disposal") == Disposal.ARREST.value) & COL("violence_against_women_and_girls")
    ).sum(),
    "other_disposals": (COL("disposal") == Disposal.OTHER.value).sum(),
    "no_action": (COL("disposal") == Disposal.NO_ACTION.value).sum(),
    "force_used": (COL("force_used") > 0).sum(),
    "complaints": (COL("complaints") > 0).sum(),
    "judged_unseen": COL("judged_unseen").sum(),
}


def total(column: str) -> pl.Expr:
    """Add up a column of whole numbers; in 64 bits, for frames of years pass 32."""
    return COL(column).cast(pl.Int64).sum()


MINUTE_COUNTS: Final[Mapping[str, pl.Expr]] = {
    "camera_minutes": pl.len(),
    "frames": total("frames"),
    "dropped": total("dropped"),
    "thinned": total("thinned"),
    "partial": total("partial"),
    "seen": total("seen"),
    "compared": total("compared"),
    "counted_alerts": total("alerts"),
}
BLUE_COUNTS: Final[Mapping[str, pl.Expr]] = {"blue_alerts": pl.len()}
DEPLOYMENT_COUNTS: Final[Mapping[str, pl.Expr]] = {
    "deployments": pl.len(),
    "camera_losses": total("camera_losses"),
    "alerts_repeated": total("alerts_repeated"),
}
ALL: Final = "all"
ONE_DEPLOYMENT: Final = ("force", "deployment")


def tally(facts: Facts) -> Tally:
    """Count everything."""
    return tallies(facts, by=None).get(ALL, Tally())


def tallies(facts: Facts, *, by: By | None) -> Mapping[str, Tally]:
    """Count each stratum; strata in order of their names.

    By camera or threshold, deployments are not counted: one has several of them.
    """
    keys = () if by is None else (by,)
    return {names[0] if names else ALL: found for names, found in _counted(facts, keys).items()}


def tallies_of_two(facts: Facts, *, by: tuple[By, By]) -> Mapping[tuple[str, str], Tally]:
    """Count each pair of strata, as of each place in each month; in order of their names."""
    return {(names[0], names[1]): found for names, found in _counted(facts, by).items()}


def _counted(facts: Facts, keys: tuple[By, ...]) -> dict[tuple[str, ...], Tally]:
    counted: dict[tuple[str, ...], dict[str, int]] = {}
    parts = [
        (facts.minutes, MINUTE_COUNTS, "minute"),
        (facts.alerts.filter(~IS_BLUE), ALERT_COUNTS, "raised"),
        (facts.alerts.filter(IS_BLUE), BLUE_COUNTS, "raised"),
    ]
    if not {By.CAMERA, By.THRESHOLD} & set(keys):
        parts.append((facts.deployments, DEPLOYMENT_COUNTS, "start"))
    sites = facts.deployments.select(*ONE_DEPLOYMENT, COL("place").alias(By.SITE.value))
    for table, counts, time in parts:
        added = _added(table, counts, keys, time=time, sites=sites)
        for row in added.collect(engine="streaming").to_dicts():
            names = tuple(named(key, row.pop(key.value)) for key in keys)
            row.pop(ALL, None)
            counted.setdefault(names, {}).update(row)
    return {names: Tally(**counted[names]) for names in sorted(counted)}


def _added(
    table: pl.LazyFrame,
    counts: Mapping[str, pl.Expr],
    keys: tuple[By, ...],
    *,
    time: str,
    sites: pl.LazyFrame,
) -> pl.LazyFrame:
    """Add a table up by keys; by deployment first where the place is asked, for it has few rows."""
    exact = {name: expression.cast(pl.Int64) for name, expression in counts.items()}
    by = [_key(key, time).alias(key.value) for key in keys if key is not By.SITE]
    if By.SITE not in keys:
        return table.group_by(*by, *([] if by else [pl.lit(value=True).alias(ALL)])).agg(**exact)
    deployment = [COL(name).alias(f"of {name}") for name in ONE_DEPLOYMENT]
    joined = [f"of {name}" for name in ONE_DEPLOYMENT]
    return (
        table.group_by(*deployment, *by)
        .agg(**exact)
        .join(sites, left_on=joined, right_on=list(ONE_DEPLOYMENT))
        .group_by(key.value for key in keys)
        .agg(COL(name).sum() for name in counts)
    )


def _key(by: By, time: str) -> pl.Expr:
    match by:
        case By.MONTH:
            return COL(time).dt.truncate("1mo")
        case By.YEAR:
            return COL(time).dt.truncate("1y")
        case By.THRESHOLD:
            return COL("threshold").round(4)
        case _:
            return COL(by.value)


def named(by: By, value: object) -> str:
    """Write a stratum's name."""
    match value:
        case datetime():
            return f"{value:%Y-%m}" if by is By.MONTH else f"{value:%Y}"
        case float():
            return f"{value:g}"
        case _:
            return str(value)
