"""The facts of one force as the events they could have been counted from, in order of time.

What the tables do not hold (words of an authority, when an outcome was noted) is made up, and says
that it is simulated. Counting these events gives the tables again.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import polars as pl

from overt.facts.facts import Facts
from overt.simulation.years.acts import Moment, Row, acts_of, commitment
from overt.simulation.years.naming import (
    BUNDLE,
    LIST_REASON,
    OFFICER,
    PLANNER,
    POLICY,
    SIMULATED,
    WATCHLIST,
    camera_name,
)
from overt.values.alert_events import ComplaintRecorded
from overt.values.counts import FaceCounts
from overt.values.demographics import (
    AgeBand,
    Demographics,
    Ethnicity,
    EthnicityGroup,
    Gender,
    group_of,
)
from overt.values.deployment import Rank
from overt.values.duty_events import (
    AuthorityReviewed,
    DeletionFailed,
    DeploymentBriefed,
    DeploymentClosed,
    DeploymentDrafted,
    DeploymentSubmitted,
    EvidenceDeleted,
    ThresholdChanged,
)
from overt.values.events import (
    DeploymentAuthorised,
    DeploymentConfigured,
    DeploymentStarted,
    DeploymentStopped,
    Event,
    FacesCounted,
    KnownPassage,
    WatchlistComposed,
    WatchlistDestroyed,
)
from overt.values.quality import Reason
from overt.values.watchlist import Category

__all__ = ["events_of"]

SOFTWARE: Final = "simulated"
DRAFT: Final = "simulated-draft"
HOUR: Final = timedelta(hours=1)
SECOND: Final = timedelta(seconds=1)
# A passage's table holds the group alone: the group's first ethnicity stands for it.
FIRST: Final = {group_of(ethnicity): ethnicity for ethnicity in reversed(Ethnicity)}


def events_of(facts: Facts) -> Iterator[Event]:
    """Give the events of one force's facts, in order of time, with ids that sort by it."""
    moments = [
        moment
        for steps in (
            deployments(facts),
            lists(facts),
            minutes(facts),
            alerts(facts),
            thresholds(facts),
            deletions(facts),
            complaints(facts),
            passages(facts),
        )
        for moment in steps
    ]
    moments.sort(key=lambda moment: moment.at)  # stable: what is given first comes first
    for number, (at, deployment, body) in enumerate(moments, start=1):
        yield Event(f"simulated-{number:09}", deployment, at, body)


def deployments(facts: Facts) -> Iterator[Moment]:
    """Take each deployment through its life cycle."""
    for row in rows(facts.deployments):
        name, start, given = row["deployment"], row["start"], row["start"] - HOUR
        cameras = tuple(camera_name(number) for number in range(row["cameras"]))
        yield Moment(start - 3 * HOUR, name, DeploymentDrafted(PLANNER, name, DRAFT))
        yield Moment(start - 2 * HOUR, name, DeploymentSubmitted(PLANNER, DRAFT))
        yield Moment(given, name, authorised(row, cameras, given))
        yield Moment(given, name, configured())
        if row["reviewed"] is not None:
            review = AuthorityReviewed(
                PLANNER, str(Rank.SUPERINTENDENT), upheld=True, reason=SIMULATED
            )
            yield Moment(row["reviewed"], name, review)
        if row["officers"]:
            briefed = DeploymentBriefed(SIMULATED, SIMULATED, SIMULATED, row["officers"], cameras)
            yield Moment(start - HOUR / 2, name, briefed)
        if row["started"] is not None:
            begun = DeploymentStarted(SOFTWARE, row["predicted_rate"], extrapolated=True)
            yield Moment(row["started"], name, begun)
        if row["stopped"] is not None:
            yield Moment(row["stopped"], name, DeploymentStopped("simulated: the window ended"))
        if row["list_destroyed"] is not None:
            destroyed = WatchlistDestroyed(list_name(name), row["listed"])
            yield Moment(row["list_destroyed"], name, destroyed)
        if row["closed"] is not None:
            yield Moment(row["closed"], name, DeploymentClosed(SIMULATED))


def authorised(row: Row, cameras: tuple[str, ...], given: datetime) -> DeploymentAuthorised:
    """Make the authority of a deployment."""
    return DeploymentAuthorised(
        place=row["place"],
        purpose=row["purpose"],
        trial=row["trial"],
        start=row["start"],
        end=row["end"],
        cameras=cameras,
        threshold=row["threshold"],
        watchlist=list_name(row["deployment"]),
        listed=row["listed"],
        bundle=row["bundle"],
        officer=OFFICER,
        rank=row["rank"],
        given=given,
        reference=SIMULATED,
        necessity=SIMULATED,
        proportionality=SIMULATED,
        urgent=row["urgent"],
        policy=row["policy"],
        policy_name=row["policy_name"],
    )


def configured() -> DeploymentConfigured:
    """Say what it ran with: nothing, for it did not run."""
    return DeploymentConfigured(POLICY, SIMULATED, BUNDLE, "{}", SOFTWARE, (), ())


def lists(facts: Facts) -> Iterator[Moment]:
    """Say how each list was composed, when its deployment is authorised."""
    composed: dict[str, list[Row]] = defaultdict(list)
    for row in rows(facts.lists):
        composed[row["deployment"]].append(row)
    for made in rows(facts.deployments):
        name = made["deployment"]
        if name in composed:
            yield Moment(made["start"] - HOUR, name, composition(name, composed[name]))


def composition(deployment: str, categories: Sequence[Row]) -> WatchlistComposed:
    """Make one of the rows of a list's categories."""

    def numbers(column: str) -> Mapping[Category, int]:
        return {Category(row["category"]): row[column] for row in categories}

    return WatchlistComposed(
        list_name(deployment), numbers("listed"), numbers("under_18"), numbers("vulnerable")
    )


def passages(facts: Facts) -> Iterator[Moment]:
    """Say how each volunteer passed; the alert is the one that was raised at that camera then."""
    blue = facts.alerts.filter(pl.col("category") == str(Category.BLUE)).select(
        "deployment", "alert", "camera", at=pl.col("raised")
    )
    walked = facts.passages.join(
        blue, on=["deployment", "camera", "at"], how="left", maintain_order="left"
    )
    for row in rows(walked):
        passage = KnownPassage(
            passage=row["passage"],
            camera=row["camera"],
            volunteer=row["volunteer"],
            time=row["at"],
            recognised=row["recognised"],
            alert=row["alert"] or "",
            demographics=Demographics(
                self_defined=FIRST[EthnicityGroup(row["group"])],
                gender=Gender(row["gender"]),
                age=AgeBand(row["age"]),
            ),
        )
        yield Moment(row["at"] + SECOND / 2, row["deployment"], passage)


def minutes(facts: Facts) -> Iterator[Moment]:
    """Give each minute's counts as it ends; reasons are dealt out over a deployment's."""
    reasons: dict[str, dict[Reason, int]] = defaultdict(dict)
    for row in rows(facts.unfit):
        reasons[row["deployment"]][Reason(row["reason"])] = row["faces"]
    for name, part in by_deployment(facts.minutes):
        dealt = deal(reasons[name], name)
        for row in part.iter_rows(named=True):
            unfit = row["seen"] - row["compared"]
            counts = FaceCounts(
                camera=row["camera"],
                minute=row["minute"],
                frames=row["frames"],
                dropped=row["dropped"],
                thinned=row["thinned"],
                partial=row["partial"],
                seen=row["seen"],
                compared=row["compared"],
                unfit=count(next(dealt) for _ in range(unfit)),
                brief=row["brief"],
                alerts=row["alerts"],
            )
            yield Moment(row["minute"] + 60 * SECOND, name, FacesCounted(counts))


def deal(reasons: Mapping[Reason, int], name: str) -> Iterator[Reason]:
    """Give reasons in an order that the deployment's name alone decides."""
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8])
    among = list(reasons)
    every = np.repeat(np.arange(len(among)), [reasons[reason] for reason in among])
    np.random.default_rng(seed).shuffle(every)
    return (among[int(one)] for one in every)


def count(reasons: Iterator[Reason]) -> Mapping[Reason, int]:
    """Count reasons."""
    found: dict[Reason, int] = defaultdict(int)
    for reason in reasons:
        found[reason] += 1
    return dict(found)


def alerts(facts: Facts) -> Iterator[Moment]:
    """Give each alert, and what people did about it."""
    columns = facts.deployments.select("deployment", "predicted_rate")
    for row in rows(facts.alerts.join(columns, on="deployment", how="left")):
        yield from acts_of(row)


def thresholds(facts: Facts) -> Iterator[Moment]:
    """Give each change of a threshold."""
    for row in rows(facts.thresholds):
        changed = ThresholdChanged(
            SIMULATED,
            str(Rank.SUPERINTENDENT),
            row["reason"],
            row["before"],
            row["after"],
            row["predicted_before"],
            row["predicted_after"],
        )
        yield Moment(row["at"], row["deployment"], changed)


def deletions(facts: Facts) -> Iterator[Moment]:
    """Give each deletion of evidence, and each that failed; lists end in their deployment."""
    for row in rows(facts.deletions):
        what, name = row["what"], row["deployment"]
        if not row["done"]:
            yield Moment(row["at"], name, DeletionFailed(what, row["reason"]))
        elif what != WATCHLIST:
            deleted = EvidenceDeleted(what, commitment(what), row["reason"])
            yield Moment(row["at"], name, deleted)
        elif row["reason"] != LIST_REASON:
            raise ValueError(f"deletion of a list: got {row['reason']!r}, want {LIST_REASON!r}")


def complaints(facts: Facts) -> Iterator[Moment]:
    """Give each complaint."""
    for row in rows(facts.complaints):
        body = ComplaintRecorded(row["alert"] or "", SIMULATED, SIMULATED)
        yield Moment(row["at"], row["deployment"], body)


def by_deployment(table: pl.LazyFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Give a table's rows, deployment by deployment."""
    whole = table.with_columns(
        pl.col("deployment").cast(pl.String), pl.col("camera").cast(pl.String)
    ).collect()
    for part in whole.partition_by("deployment", maintain_order=True):
        yield part["deployment"][0], part


def rows(table: pl.LazyFrame) -> Iterator[Row]:
    """Give a table's rows, by column."""
    return table.collect().iter_rows(named=True)


def list_name(deployment: str) -> str:
    """Stand in for a watchlist's digest: there is none."""
    return f"simulated-list-{deployment}"
