"""When and where deployments are, with which cameras, threshold and list: drawn by the truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from overt.arrays import F64, I64, Mask
from overt.simulation.years.truth import THRESHOLDS, Truth

__all__ = [
    "DAY",
    "HOUR",
    "MINUTE",
    "NEVER",
    "SECOND",
    "Deployments",
    "Sites",
    "draw_deployments",
    "draw_sites",
    "one_mean",
]

SECOND: Final = 1_000_000  # all times here are microseconds since 1970, UTC
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
NEVER: Final = int(np.iinfo(np.int64).min)  # what numpy reads as no time
WINDOW: Final = 6 * HOUR
LONGEST: Final = 320  # minutes of recognition, so that they lie in the window
SHORTEST: Final = 60


@dataclass(frozen=True, slots=True, eq=False)
class Sites:
    """What is so at a force's sites, whoever deploys there when: row i is one site."""

    share: F64  # (s,) of deployments
    faces: F64  # (s,) effect on faces seen; mean 1, as of the next two
    false_alerts: F64  # (s,)
    listed: F64  # (s,)
    exposure: F64  # (s, groups) shares of faces seen: what nobody can know
    reasons: F64  # (s, reasons) shares of faces that are not compared


@dataclass(frozen=True, slots=True, eq=False)
class Deployments:
    """Row i of every array is the same deployment, by its window's start."""

    ids: tuple[str, ...]
    site: I64
    trial: Mask
    start: I64
    end: I64
    started: I64
    minutes: I64  # of recognition
    cameras: I64
    threshold: I64  # row of THRESHOLDS, as authorised
    changed_from: I64  # first minute with another threshold; the number of minutes where none
    changed_to: I64  # row of THRESHOLDS
    blue: Mask  # whether volunteers walk
    urgent: Mask
    reviewed: I64
    officers: I64
    purpose: I64

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def stopped(self) -> I64:
        """Half a second after the last minute of recognition."""
        return self.started + self.minutes * MINUTE + SECOND // 2


def one_mean(rng: np.random.Generator, sd: float, size: int) -> F64:
    """Draw lognormal effects of mean 1, `sd` that of their logarithm."""
    return np.exp(rng.normal(-sd * sd / 2, sd, size))


def draw_sites(truth: Truth, rng: np.random.Generator) -> Sites:
    """Draw a force's sites."""
    count, traffic, recognition = truth.calendar.sites, truth.traffic, truth.recognition
    return Sites(
        share=rng.dirichlet(np.full(count, 8.0)),
        faces=one_mean(rng, traffic.site_sd, count),
        false_alerts=one_mean(rng, recognition.false_site_sd, count),
        listed=one_mean(rng, recognition.listed_site_sd, count),
        exposure=rng.dirichlet(
            np.array(recognition.exposure) * recognition.exposure_precision, count
        ),
        reasons=rng.dirichlet(np.array(traffic.unfit_reasons) * traffic.reason_precision, count),
    )


def draw_deployments(
    truth: Truth, sites: Sites, *, force: int, years: int, rng: np.random.Generator
) -> Deployments:
    """Draw a force's deployments over some years."""
    calendar, recognition = truth.calendar, truth.recognition
    a_year = calendar.deployments + calendar.trials
    n = years * a_year
    first = int(calendar.start.timestamp()) * SECOND
    days = np.sort(rng.integers(0, 365, (years, a_year)), axis=1) + 365 * np.arange(years)[:, None]
    trial = np.zeros((years, a_year), dtype=bool)
    for year in range(years):
        trial[year, rng.choice(a_year, calendar.trials, replace=False)] = True
    start = first + days.ravel() * DAY + rng.integers(9, 16, n) * HOUR
    start = np.sort(start)
    minutes = np.rint(rng.normal(calendar.minutes, calendar.minutes_sd, n)).astype(np.int64)
    minutes = np.clip(minutes, SHORTEST, LONGEST)
    threshold = rng.choice(len(THRESHOLDS), n, p=recognition.thresholds)
    changes = rng.random(n) < recognition.changed
    after = rng.integers(1, minutes)
    urgent = (rng.random(n) < calendar.urgent) & ~trial.ravel()
    started = start + rng.integers(1, 21, n) * MINUTE
    late = urgent & (rng.random(n) < calendar.not_reviewed)
    review = started + rng.integers(1 * HOUR, 10 * HOUR, n)
    return Deployments(
        ids=tuple(f"simulated-{force:02}-{number + 1:05}" for number in range(n)),
        site=rng.choice(calendar.sites, n, p=sites.share),
        trial=trial.ravel(),
        start=start,
        end=start + WINDOW,
        started=started,
        minutes=minutes,
        cameras=1 + rng.choice(len(calendar.cameras), n, p=calendar.cameras),
        threshold=threshold,
        changed_from=np.where(changes, after, minutes),
        changed_to=(threshold + rng.integers(1, len(THRESHOLDS), n)) % len(THRESHOLDS),
        blue=trial.ravel() | (rng.random(n) < truth.blue_list.deployments),
        urgent=urgent,
        reviewed=np.where(urgent & ~late, review, NEVER),
        officers=rng.integers(4, 15, n),
        purpose=rng.choice(3, n, p=(0.8, 0.12, 0.08)),
    )
