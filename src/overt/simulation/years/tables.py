"""What was drawn for one force as the tables of `facts`."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import numpy as np
import polars as pl

from overt.arrays import I64
from overt.facts.facts import frame
from overt.facts.schema import TABLES
from overt.simulation.years.alerts import Alerts
from overt.simulation.years.columns import names, one, times, words
from overt.simulation.years.deployments import MINUTE, NEVER, SECOND, Deployments, Sites
from overt.simulation.years.keeping import Keeping
from overt.simulation.years.minutes import Minutes, Passages
from overt.simulation.years.naming import (
    AFTER_USE,
    BUNDLE,
    CHANGE_REASON,
    DELETION_ERROR,
    HOLD_OVER,
    LIST_REASON,
    POLICY,
    WATCHLIST,
    camera_name,
    force_name,
    site_name,
)
from overt.simulation.years.people import Acts
from overt.simulation.years.truth import (
    AGES,
    CATEGORIES,
    GENDERS,
    GROUPS,
    THRESHOLDS,
    Truth,
    predicted,
)
from overt.values.demographics import AgeBand, Ethnicity, Gender, group_of
from overt.values.deployment import Purpose, Rank
from overt.values.quality import Reason
from overt.values.review import (
    ArrestCategory,
    Decision,
    Disposal,
    FalseAlertReason,
    Finding,
    FollowUp,
)
from overt.values.watchlist import Category

__all__ = ["Tables"]

LISTED: Final = (*CATEGORIES, Category.BLUE)
OPERATED: Final = np.array(THRESHOLDS)


class Tables:
    """The tables of one force."""

    def __init__(
        self, number: int, truth: Truth, deployments: Deployments, rng: np.random.Generator
    ) -> None:
        """Take the deployments that everything belongs to."""
        self._number = number
        self._truth = truth
        self._made = deployments
        self._rng = rng

    def deployments(self, lists: I64, keeping: Keeping) -> pl.LazyFrame:
        """Give one row a deployment."""
        made, n = self._made, len(self._made)
        listed = lists.sum(axis=1)
        threshold = OPERATED[made.threshold]
        places = [site_name(self._number, site) for site in range(self._truth.calendar.sites)]
        rank = np.select([made.trial, made.urgent], [list(Rank).index(Rank.NONE), 0], 2)
        return self._table(
            "deployments",
            np.arange(n),
            place=words(places, made.site),
            purpose=words([str(one) for one in Purpose], made.purpose),
            trial=made.trial,
            start=times(made.start),
            end=times(made.end),
            cameras=made.cameras,
            threshold=threshold,
            listed=listed,
            bundle=pl.repeat(BUNDLE, n, eager=True),
            policy_name=pl.repeat(POLICY, n, eager=True),
            policy=pl.repeat(POLICY, n, eager=True),
            rank=words([str(one) for one in Rank], rank),
            urgent=made.urgent,
            reviewed=times(made.reviewed),
            predicted_rate=predicted(threshold, listed=listed),
            started=times(made.started),
            stopped=times(made.stopped),
            list_destroyed=times(keeping.list_destroyed),
            closed=times(keeping.closed),
            officers=made.officers,
            camera_losses=np.zeros(n, np.int64),
            alerts_repeated=np.zeros(n, np.int64),
        )

    def lists(self, lists: I64) -> pl.LazyFrame:
        """Give one row a category that a list holds."""
        number, category = np.nonzero(lists)
        listed = lists[number, category]
        shares = self._truth.lists
        minors = np.array([*shares.under_18, 0.0])[category]
        vulnerable = np.array([*shares.vulnerable, 0.0])[category]
        return self._table(
            "lists",
            number,
            category=words([str(one) for one in LISTED], category),
            listed=listed,
            under_18=self._rng.binomial(listed, minors),
            vulnerable=self._rng.binomial(listed, vulnerable),
        )

    def minutes(self, minutes: Minutes, passages: Passages, alerts: Alerts) -> pl.LazyFrame:
        """Give one row a camera and minute; volunteers are faces seen and compared."""
        n = len(minutes)
        walked = np.bincount(passages.row, minlength=n)
        cameras = len(self._truth.calendar.cameras)
        return self._table(
            "minutes",
            minutes.deployment,
            camera=names([camera_name(number) for number in range(cameras)], minutes.camera),
            minute=times(minutes.minute),
            threshold=OPERATED[minutes.threshold],
            frames=minutes.frames,
            dropped=minutes.dropped,
            thinned=np.zeros(n, np.int64),
            partial=np.zeros(n, np.int64),
            seen=minutes.seen + walked,
            compared=minutes.compared + walked,
            brief=minutes.brief,
            alerts=np.bincount(alerts.row, minlength=n),
        )

    def unfit(self, minutes: Minutes, sites: Sites) -> pl.LazyFrame:
        """Give one row a deployment and reason; a site has a mix of its own."""
        total = np.bincount(
            minutes.deployment, weights=minutes.seen - minutes.compared, minlength=len(self._made)
        ).astype(np.int64)
        faces = self._rng.multinomial(total, sites.reasons[self._made.site])
        number, reason = np.nonzero(faces)
        return self._table(
            "unfit",
            number,
            reason=words([str(one) for one in Reason], reason),
            faces=faces[number, reason],
        )

    def alerts(
        self, minutes: Minutes, lists: I64, alerts: Alerts, acts: Acts, keeping: Keeping
    ) -> pl.LazyFrame:
        """Give one row an alert."""
        seen = acts.seen
        cameras = [camera_name(number) for number in range(len(self._truth.calendar.cameras))]
        return self._table(
            "alerts",
            alerts.deployment,
            alert=self._alert_ids(alerts),
            camera=names(cameras, minutes.camera[alerts.row]),
            raised=times(alerts.raised),
            category=words([str(one) for one in LISTED], alerts.category),
            similarity=alerts.similarity,
            threshold=OPERATED[minutes.threshold[alerts.row]],
            listed=lists.sum(axis=1)[alerts.deployment],
            claimed=times(acts.claimed),
            adjudicated=times(acts.adjudicated),
            decision=chosen(Decision, acts.decision),
            second_decision=chosen(Decision, acts.second),
            engaged=times(acts.engaged),
            disengaged=times(acts.disengaged),
            finding=chosen(Finding, acts.finding),
            reason=chosen(FalseAlertReason, acts.reason),
            disposal=chosen(Disposal, acts.disposal),
            arrest=chosen(ArrestCategory, acts.arrest),
            violence_against_women_and_girls=acts.violence,
            follow_up=chosen(FollowUp, acts.follow_up),
            ethnicity=chosen(Ethnicity, seen.ethnicity),
            group=words([str(group_of(one)) for one in Ethnicity], seen.ethnicity),
            self_defined=seen.self_defined,
            gender=chosen(Gender, seen.gender),
            age=chosen(AgeBand, seen.age),
            force_used=acts.force_used,
            complaints=(acts.complained != NEVER).astype(np.int64),
            judged_unseen=np.zeros_like(acts.complained),
            evidence_deleted=times(keeping.evidence_deleted),
            held_until=times(keeping.held_until),
        )

    def thresholds(self, lists: I64) -> pl.LazyFrame:
        """Give one row a change; it is made in the last second of a minute."""
        made = self._made
        rows = np.flatnonzero(made.changed_from < made.minutes)
        listed = lists.sum(axis=1)[rows]
        before, after = OPERATED[made.threshold[rows]], OPERATED[made.changed_to[rows]]
        at = made.started[rows] + made.changed_from[rows] * MINUTE
        return self._table(
            "thresholds",
            rows,
            at=times(at - self._rng.integers(SECOND // 10, SECOND, len(rows))),
            before=before,
            after=after,
            predicted_before=predicted(before, listed=listed),
            predicted_after=predicted(after, listed=listed),
            reason=pl.repeat(CHANGE_REASON, len(rows), eager=True),
        )

    def deletions(self, alerts: Alerts, keeping: Keeping) -> pl.LazyFrame:
        """Give one row a deletion, done or failed."""
        everything = np.arange(len(self._made))
        failed = np.flatnonzero(keeping.deletion_failed != NEVER)
        lists_failed = np.flatnonzero(keeping.list_failed != NEVER)
        reason = (keeping.held_until != NEVER).astype(np.int64)
        ids = self._alert_ids(alerts)
        parts = [
            (everything, watchlists(everything), keeping.list_destroyed, 1, LIST_REASON),
            (lists_failed, watchlists(lists_failed), keeping.list_failed[lists_failed], 0, None),
            (alerts.deployment, ids, keeping.evidence_deleted, 1, reason),
            (
                alerts.deployment[failed],
                ids.gather(failed),
                keeping.deletion_failed[failed],
                0,
                None,
            ),
        ]
        at = np.concatenate([part[2] for part in parts])
        number = np.concatenate([part[0] for part in parts])
        done = np.repeat([part[3] for part in parts], [len(part[0]) for part in parts])
        reasons = np.concatenate([reason_rows(part[0], part[4]) for part in parts])
        order = np.lexsort((at, number))
        return self._table(
            "deletions",
            number[order],
            what=pl.concat([part[1] for part in parts]).gather(order),
            at=times(at[order]),
            done=(done == 1)[order],
            reason=words((LIST_REASON, DELETION_ERROR, AFTER_USE, HOLD_OVER), reasons[order]),
        )

    def complaints(self, alerts: Alerts, acts: Acts) -> pl.LazyFrame:
        """Give one row a complaint, about an alert or a deployment."""
        made = self._made
        about = np.flatnonzero(acts.complained != NEVER)
        rows = np.flatnonzero(
            self._rng.random(len(made)) < self._truth.people.deployment_complaints
        )
        at = made.stopped[rows] + self._rng.integers(MINUTE, 24 * 14 * 60 * MINUTE, len(rows))
        return self._table(
            "complaints",
            np.concatenate([alerts.deployment[about], rows]),
            alert=pl.concat(
                [
                    self._alert_ids(alerts).gather(about),
                    pl.Series([None] * len(rows), dtype=pl.String),
                ]
            ),
            at=times(np.concatenate([acts.complained[about], at])),
        )

    def passages(self, minutes: Minutes, passages: Passages) -> pl.LazyFrame:
        """Give one row a known passage, numbered within its deployment."""
        number = minutes.deployment[passages.row]
        within = np.arange(len(number)) - np.searchsorted(number, number) + 1
        cameras = [camera_name(one) for one in range(len(self._truth.calendar.cameras))]
        return self._table(
            "passages",
            number,
            passage=pl.Series(within).cast(pl.String),
            camera=names(cameras, minutes.camera[passages.row]),
            volunteer="simulated-" + pl.Series(passages.volunteer).cast(pl.String),
            at=times(passages.at),
            recognised=passages.recognised,
            threshold=OPERATED[minutes.threshold[passages.row]],
            group=words([str(one) for one in GROUPS], passages.group),
            gender=words([str(one) for one in GENDERS], passages.gender),
            age=words([str(one) for one in AGES], passages.age),
        )

    def _alert_ids(self, alerts: Alerts) -> pl.Series:
        ids = words(self._made.ids, alerts.deployment)
        return ids + "-" + pl.Series(alerts.number).cast(pl.String).str.zfill(4)

    def _table(
        self, name: str, number: I64, **columns: pl.Series | np.ndarray[tuple[int], np.dtype]
    ) -> pl.LazyFrame:
        placed: Mapping[str, pl.Series | np.ndarray] = {
            "force": one(force_name(self._number), len(number)),
            "deployment": names(self._made.ids, number),
            **columns,
        }
        return frame(TABLES[name], placed)


def chosen(among: type[StrEnum], rows: I64) -> pl.Series:
    """Take each row's value of an enumeration."""
    return words([str(value) for value in among], rows)


def watchlists(rows: I64) -> pl.Series:
    """Say of deletions that they were of lists."""
    return pl.repeat(WATCHLIST, len(rows), eager=True)


def reason_rows(rows: I64, reason: str | I64 | None) -> I64:
    """Give the row of each deletion's reason: of a list, failed, after use, or after a hold."""
    if isinstance(reason, np.ndarray):
        return 2 + reason
    return np.full(len(rows), 1 if reason is None else 0)
