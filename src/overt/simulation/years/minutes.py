"""What cameras see, minute by minute, and the passages of volunteers among it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import betaincinv

from overt.arrays import F64, I64, Mask
from overt.simulation.years.deployments import HOUR, MINUTE, SECOND, Deployments, Sites, one_mean
from overt.simulation.years.truth import AGES, Truth

__all__ = ["LAST_S", "Minutes", "Passages", "draw_minutes", "draw_passages"]

FRAMES: Final = 1500  # a minute, at 25 a second
LAST_S: Final = 58.0  # what happens in a minute happens before; a threshold changes after


@dataclass(frozen=True, slots=True, eq=False)
class Minutes:
    """Row i of every array is one minute of one camera; by deployment, minute, camera."""

    deployment: I64  # row of the deployments
    camera: I64  # from 0
    minute: I64
    threshold: I64  # row of THRESHOLDS
    dropped: I64
    seen: I64
    compared: I64
    brief: I64
    first: I64  # (deployments,) the first row of each deployment

    def __len__(self) -> int:
        return len(self.deployment)

    @property
    def frames(self) -> I64:
        """Frames that were looked at."""
        return FRAMES - self.dropped


@dataclass(frozen=True, slots=True, eq=False)
class Passages:
    """Row i of every array is one known passage, by time within its deployment."""

    row: I64  # of the minutes
    at: I64
    volunteer: I64
    group: I64  # row of GROUPS
    gender: I64  # row of GENDERS
    age: I64  # row of AGES
    recognised: Mask

    def __len__(self) -> int:
        return len(self.row)


def draw_minutes(
    truth: Truth, sites: Sites, deployments: Deployments, rng: np.random.Generator
) -> Minutes:
    """Draw what every camera sees, volunteers left out."""
    traffic, many = truth.traffic, deployments.cameras * deployments.minutes
    first = np.cumsum(many) - many
    deployment = np.repeat(np.arange(len(deployments)), many)
    within = np.arange(len(deployment)) - first[deployment]
    index, camera = np.divmod(within, deployments.cameras[deployment])
    minute = deployments.started[deployment] + index * MINUTE
    hours = np.array(traffic.hours)[minute // HOUR % 24]
    a_day = sites.faces[deployments.site] * one_mean(rng, traffic.deployment_sd, len(deployments))
    mean = traffic.faces_a_minute * a_day[deployment] * hours / hours.mean()
    mean = np.where(deployments.trial[deployment], traffic.trial_faces_a_minute, mean)
    k = traffic.dispersion
    seen = rng.negative_binomial(k, k / (k + mean))
    u, precision = traffic.unfit, traffic.unfit_precision
    unfit = rng.beta(u * precision, (1 - u) * precision, len(deployments))
    changed = index >= deployments.changed_from[deployment]
    return Minutes(
        deployment=deployment,
        camera=camera,
        minute=minute,
        threshold=np.where(
            changed, deployments.changed_to[deployment], deployments.threshold[deployment]
        ),
        dropped=rng.poisson(traffic.dropped, len(deployment)),
        seen=seen,
        compared=seen - rng.binomial(seen, unfit[deployment]),
        brief=rng.poisson(traffic.brief * seen),
        first=first,
    )


def draw_passages(
    truth: Truth, deployments: Deployments, minutes: Minutes, rng: np.random.Generator
) -> Passages:
    """Let volunteers walk past, each with a chance of their own to be recognised."""
    blue, recognition = truth.blue_list, truth.recognition
    groups = rng.choice(len(blue.groups), blue.pool, p=blue.groups)
    genders = rng.choice(2, blue.pool)
    ages = rng.integers(1, len(AGES), blue.pool)  # nobody under 18
    frailty = rng.random(blue.pool)
    rows: list[I64] = []
    walkers: list[I64] = []
    many = deployments.cameras * deployments.minutes
    for number in np.flatnonzero(deployments.blue):
        trial = deployments.trial[number]
        people = blue.trial_volunteers if trial else blue.volunteers
        each = blue.trial_passages if trial else blue.passages
        chosen = rng.choice(blue.pool, people, replace=False)
        walkers.append(np.repeat(chosen, each))
        rows.append(minutes.first[number] + rng.integers(0, many[number], people * each))
    row = np.concatenate([np.zeros(0, np.int64), *rows])
    walker = np.concatenate([np.zeros(0, np.int64), *walkers])
    at = minutes.minute[row] + (rng.random(len(row)) * LAST_S * SECOND).astype(np.int64)
    order = np.lexsort((at, minutes.deployment[row]))
    row, walker, at = row[order], walker[order], at[order]
    mean = chance(recognition.recognised, recognition.recognised_effects)[
        groups[walker], minutes.threshold[row]
    ]
    own = betaincinv(mean * blue.frailty, (1 - mean) * blue.frailty, frailty[walker])
    return Passages(
        row=row,
        at=at,
        volunteer=walker,
        group=groups[walker],
        gender=genders[walker],
        age=ages[walker],
        recognised=rng.random(len(row)) < own,
    )


def chance(groups: tuple[float, ...], effects: tuple[float, ...]) -> F64:
    """Give the chance to be recognised, by group (row) and threshold (column)."""
    return np.outer(groups, effects)
