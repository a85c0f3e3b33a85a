"""Alerts: false ones, those of listed people, and those of volunteers; and what stays hidden."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from overt.arrays import F64, I64, Mask
from overt.simulation.years.deployments import SECOND, Deployments, Sites
from overt.simulation.years.minutes import LAST_S, Minutes, Passages, chance
from overt.simulation.years.truth import CATEGORIES, THRESHOLDS, Truth

__all__ = ["BLUE", "FALSE", "TRUE", "Alerts", "Hidden", "draw_alerts", "draw_lists"]

FALSE, TRUE, BLUE = 0, 1, 2  # what an alert is, whatever people say of it
BLUE_CATEGORY: Final = len(CATEGORIES)  # the row after the others


@dataclass(frozen=True, slots=True, eq=False)
class Alerts:
    """Row i of every array is the same alert; by deployment and time."""

    row: I64  # of the minutes
    deployment: I64
    number: I64  # within the deployment, from 1
    kind: I64  # FALSE, TRUE or BLUE
    group: I64  # of the person who passed, row of GROUPS
    category: I64  # row of CATEGORIES, or the one after it
    raised: I64
    similarity: F64
    volunteer: I64  # row of the passages; -1 where it is none's

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True, slots=True, eq=False)
class Hidden:
    """What no record holds, by site (row) and group (column); trials and volunteers left out."""

    seen: I64  # faces
    false_alerts: I64
    expected_false_alerts: F64  # the mean of the draw above, given sites and faces seen
    listed_passages: I64  # of listed people, compared
    recognised: I64  # of those


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Alerts of one kind, before they are put in order."""

    row: I64
    kind: I64
    group: I64
    category: I64
    raised: I64
    volunteer: I64


def draw_lists(truth: Truth, deployments: Deployments, rng: np.random.Generator) -> I64:
    """Draw how many of each category every list holds: (deployments, categories and blue list)."""
    lists, blue, n = truth.lists, truth.blue_list, len(deployments)
    total = np.maximum(np.rint(rng.normal(lists.listed, lists.listed_sd, n)), 1).astype(np.int64)
    total[deployments.trial] = 0  # a trial lists volunteers alone
    held = rng.multinomial(total, np.array(lists.categories))
    volunteers = np.where(deployments.trial, blue.trial_volunteers, blue.volunteers)
    return np.column_stack([held, np.where(deployments.blue, volunteers, 0)])


def draw_alerts(
    truth: Truth,
    sites: Sites,
    deployments: Deployments,
    minutes: Minutes,
    passages: Passages,
    lists: I64,
    rng: np.random.Generator,
) -> tuple[Alerts, Hidden]:
    """Draw every alert; the list's composition decides the category of a false one."""
    site = deployments.site[minutes.deployment]
    public = ~deployments.trial[minutes.deployment]
    compared = np.where(public, minutes.compared, 0) / (1 - truth.traffic.unfit)
    false, expected = draw_false(truth, sites, site, compared, minutes, lists, rng)
    listed, found = draw_listed(truth, sites, site, compared, minutes, rng)
    seen_here = passages.recognised
    walked = int(np.count_nonzero(seen_here))
    blue = Drawn(
        row=passages.row[seen_here],
        kind=np.full(walked, BLUE),
        group=passages.group[seen_here],
        category=np.full(walked, BLUE_CATEGORY),
        raised=passages.at[seen_here],
        volunteer=np.flatnonzero(seen_here),
    )
    true = select(listed, found)
    alerts = in_order([false, true, blue], minutes, rng)
    seen = np.bincount(site, weights=np.where(public, minutes.seen, 0), minlength=len(sites.share))
    hidden = Hidden(
        seen=rng.multinomial(seen.astype(np.int64), sites.exposure),
        false_alerts=counted(sites, site, false),
        expected_false_alerts=expected,
        listed_passages=counted(sites, site, listed),
        recognised=counted(sites, site, true),
    )
    return alerts, hidden


def draw_false(
    truth: Truth,
    sites: Sites,
    site: I64,
    compared: F64,
    minutes: Minutes,
    lists: I64,
    rng: np.random.Generator,
) -> tuple[Drawn, F64]:
    """Draw false alerts: the rate of a face depends on threshold, site and the person's group."""
    recognition = truth.recognition
    ratios = np.array(recognition.risk_ratios)
    risk = sites.exposure * ratios / (np.array(recognition.exposure) @ ratios)  # (sites, groups)
    base = recognition.false_alerts * np.array(recognition.threshold_effects)
    a_site: F64 = sites.false_alerts * risk.sum(axis=1)
    mean: F64 = compared * base[minutes.threshold] * a_site[site]
    row = often(rng.poisson(mean))
    held = lists[minutes.deployment[row], : len(CATEGORIES)]
    drawn = Drawn(
        row=row,
        kind=np.full(len(row), FALSE),
        group=choose(risk[site[row]], rng),
        category=choose(held.astype(np.float64), rng),
        raised=times(minutes, row, rng),
        volunteer=np.full(len(row), -1),
    )
    by_site = np.bincount(site, weights=mean, minlength=len(sites.share))
    return drawn, by_site[:, None] * risk / risk.sum(axis=1, keepdims=True)


def draw_listed(
    truth: Truth, sites: Sites, site: I64, compared: F64, minutes: Minutes, rng: np.random.Generator
) -> tuple[Drawn, Mask]:
    """Draw the passages of listed people, and which of them are recognised."""
    recognition = truth.recognition
    mean = compared * recognition.listed_passages * sites.listed[site]
    row = often(rng.poisson(mean))
    group = choose((sites.exposure * np.array(recognition.listed_ratios))[site[row]], rng)
    chances = chance(recognition.recognised, recognition.recognised_effects)
    found = rng.random(len(row)) < chances[group, minutes.threshold[row]]
    shares = np.broadcast_to(np.array(recognition.true_categories), (len(row), len(CATEGORIES)))
    drawn = Drawn(
        row=row,
        kind=np.full(len(row), TRUE),
        group=group,
        category=choose(shares, rng),
        raised=times(minutes, row, rng),
        volunteer=np.full(len(row), -1),
    )
    return drawn, found


def in_order(drawn: list[Drawn], minutes: Minutes, rng: np.random.Generator) -> Alerts:
    """Put alerts together, by deployment and time, and number them."""
    row = np.concatenate([one.row for one in drawn])
    raised = np.concatenate([one.raised for one in drawn])
    deployment = minutes.deployment[row]
    order = np.lexsort((row, raised, deployment))
    kind = np.concatenate([one.kind for one in drawn])[order]
    deployment = deployment[order]
    starts = np.searchsorted(deployment, deployment)  # the first alert of the same deployment
    above = np.where(kind == FALSE, rng.exponential(0.008, len(row)), rng.gamma(2, 0.05, len(row)))
    threshold = np.array(THRESHOLDS)[minutes.threshold[row[order]]]
    return Alerts(
        row=row[order],
        deployment=deployment,
        number=np.arange(len(row)) - starts + 1,
        kind=kind,
        group=np.concatenate([one.group for one in drawn])[order],
        category=np.concatenate([one.category for one in drawn])[order],
        raised=raised[order],
        similarity=(threshold + above).round(4),
        volunteer=np.concatenate([one.volunteer for one in drawn])[order],
    )


def select(drawn: Drawn, kept: Mask) -> Drawn:
    """Keep some."""
    return Drawn(
        drawn.row[kept],
        drawn.kind[kept],
        drawn.group[kept],
        drawn.category[kept],
        drawn.raised[kept],
        drawn.volunteer[kept],
    )


def often(counts: I64) -> I64:
    """Give each row as often as it counts."""
    return np.repeat(np.arange(len(counts)), counts)


def times(minutes: Minutes, row: I64, rng: np.random.Generator) -> I64:
    """Draw a time within each minute."""
    return minutes.minute[row] + (rng.random(len(row)) * LAST_S * SECOND).astype(np.int64)


def choose(weights: F64, rng: np.random.Generator) -> I64:
    """Choose a column for each row, by the row's weights."""
    upto = np.cumsum(weights, axis=1)
    drawn = rng.random(len(weights)) * upto[:, -1]
    return (drawn[:, None] >= upto).sum(axis=1)


def counted(sites: Sites, site: I64, drawn: Drawn) -> I64:
    """Count by site and group."""
    shape = sites.exposure.shape
    flat = site[drawn.row] * shape[1] + drawn.group
    return np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape)
