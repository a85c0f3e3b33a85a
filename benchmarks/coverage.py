"""Shows which intervals keep their promise: `python -m benchmarks.coverage`; under a minute.

Simulated deployments, with a fixed seed. How often is a ceiling said to be exceeded, or a share
said to be another, where it is not: for an interval made for one look, looked at after every false
alert or every minute, and for the sequences of `overt.statistics.sequences`? How well do the
intervals for one look cover at one look? How many faces until a rate above the ceiling is found?
How wide is each way to make a sequence? Writes benchmarks/results/DATE-coverage.json, and the
tables of docs/concepts/monitoring.md.
"""

from __future__ import annotations

import argparse
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr, bdtrc
from scipy.stats import binom, poisson

from benchmarks.coverage_page import write_page
from benchmarks.coverage_widths import widths
from overt.arrays import F64, I64, Mask
from overt.statistics.group_sequences import ratio_sequence, share_sequence
from overt.statistics.intervals import clopper_pearson, garwood, wilson
from overt.statistics.sequences import count_ends

ROOT: Final = Path(__file__).resolve().parent.parent
SEED: Final = 20_261_127
CEILING: Final = 1e-3
DOUBT: Final = 0.025
A_MINUTE: Final = 40  # faces seen by all cameras
LENGTHS: Final = (15_000, 100_000, 1_000_000)  # faces: a deployment, a week, four months
TIMES: Final = (2, 5, 10)  # the ceiling, for power


def main() -> None:
    """Simulate, print, write."""
    parser = argparse.ArgumentParser(description="Measure what intervals promise.")
    parser.add_argument("--runs", type=int, default=20_000)
    arguments = parser.parse_args()
    began = time.perf_counter()
    found = measure(runs=arguments.runs)
    path = ROOT / f"benchmarks/results/{datetime.now(UTC).date()}-coverage.json"
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    write_page(ROOT / "docs/concepts/monitoring.md", found)
    print(json.dumps(found, indent=1))
    print(f"{time.perf_counter() - began:.0f} s; written to {path}")


def measure(*, runs: int) -> dict[str, Any]:
    """Give every figure, by simulation of so many runs each or by exact sums."""
    rng = np.random.default_rng(SEED)
    return {
        "command": "python -m benchmarks.coverage",
        "seed": SEED,
        "runs": runs,
        "ceiling": CEILING,
        "faces_a_minute": A_MINUTE,
        "rates": [
            rate_errors(rng, runs=runs // (4 if faces > 1e5 else 1), share=share, faces=faces)
            for faces in LENGTHS
            for share in (1.0, 0.5)
        ],
        "varying": varying_errors(rng, runs=runs, faces=LENGTHS[1]),
        "low_rates": [
            rate_errors(rng, runs=runs, share=1.0, faces=3_000_000, ceiling=rate)
            for rate in (1e-4, 1e-5)
        ],
        "intervals": [interval_errors(rng, runs=runs, rate=rate) for rate in (1e-3, 1e-4, 1e-5)],
        "shares": [share_errors(rng, runs=runs // 4, share=s) for s in (0.05, 0.135, 0.5)],
        "ratios": [ratio_errors(rng, runs=runs // 40, share=s) for s in (0.05, 0.135, 0.5)],
        "once": once(),
        "power": [power(rng, runs=runs // 4, times=times) for times in TIMES],
        "widths": widths(),
    }


def alert_places(rng: np.random.Generator, *, runs: int, rate: float, faces: int) -> I64:
    """Draw at which face, from 1, each false alert comes: (runs, most), `faces` + 1 where none."""
    most = int(rate * faces + 8 * np.sqrt(rate * faces) + 12)
    gaps = rng.geometric(rate, (runs, most))
    return np.minimum(np.cumsum(gaps, axis=1), faces + 1)


def end_of_minute(places: I64) -> I64:
    """Give how many faces were counted when the minute of these was over."""
    return -(-places // A_MINUTE) * A_MINUTE


def counts_of(places: I64, *, first: int = 1) -> I64:
    """Give the number of false alerts at each place: 1, 2, ..."""
    return np.arange(first, int(places.shape[1]) + 1, dtype=np.int64)


def share_of(told: Mask) -> float:
    """Give the share of runs (runs, looks) in which it was ever told."""
    return float(np.count_nonzero(told.any(axis=1))) / len(told)


def tail(x: ArrayLike, n: ArrayLike, share: ArrayLike) -> F64:
    """Give the probability of so many events or more."""
    return np.asarray(bdtrc(np.asarray(x) - 1.0, n, share), np.float64)


def less_likely_tail(x: ArrayLike, n: ArrayLike, share: ArrayLike) -> F64:
    """Give the probability of so many events or more, or of so many or fewer: the lesser."""
    return np.minimum(np.asarray(bdtr(np.asarray(x) * 1.0, n, share)), tail(x, n, share))


def fires_until(x: I64, *, ceiling: float) -> I64:
    """Give the most faces in which so many false alerts are too many for the exact interval.

    One look, 2.5 %: Clopper and Pearson's low end lies above the ceiling. 0 where none is.
    """
    low, high = np.zeros_like(x), np.ceil(x / ceiling).astype(np.int64)
    while np.any(high - low > 1):
        middle = (low + high) // 2
        fires = (middle >= x) & (tail(x, np.maximum(middle, x), ceiling) < DOUBT)
        # With no more faces than false alerts all of them are false: the smallest chance there is.
        fires |= middle < x
        low, high = np.where(fires, middle, low), np.where(fires, high, middle)
    return low


def share_told(places: I64, told: Mask, *, faces: int) -> float:
    """Give the share of runs in which a false alert within the run was told of (runs, most)."""
    return share_of(told & (places <= faces))


def rate_errors(
    rng: np.random.Generator, *, runs: int, share: float, faces: int, ceiling: float = CEILING
) -> dict[str, Any]:
    """Count runs that were ever stopped, where the rate is `share` of the ceiling.

    Evidence that a rate is above the ceiling grows with false alerts alone: to look after each
    (or at the end of its minute) is to look always. Once: at the end only.
    """
    places = alert_places(rng, runs=runs, rate=share * ceiling, faces=faces)
    x = counts_of(places)
    low, until = count_ends(x)[0], fires_until(x, ceiling=ceiling)
    end = np.sum(places <= faces, axis=1)
    minute = np.minimum(end_of_minute(places), faces)
    # At the end of a minute all of its false alerts are known: the last one's count.
    last = np.diff(minute, axis=1, append=faces + A_MINUTE) > 0
    before = np.maximum((places - 1) // A_MINUTE * A_MINUTE, x)  # its minute is not counted yet
    return {
        "ceiling": ceiling,
        "rate": share * ceiling,
        "faces": faces,
        "fixed_once": float(np.mean(tail(end, faces, ceiling) < DOUBT)),
        "fixed_every_alert": share_told(places, places <= until, faces=faces),
        "fixed_every_minute": share_told(places, (minute <= until) & last, faces=faces),
        "sequence_every_alert": share_told(places, low > ceiling * places, faces=faces),
        "sequence_every_minute": share_told(places, (low > ceiling * minute) & last, faces=faces),
        "sequence_before_its_minute": share_told(places, low > ceiling * before, faces=faces),
    }


def varying_errors(rng: np.random.Generator, *, runs: int, faces: int) -> dict[str, Any]:
    """Likewise, with a rate that is 0.2 and 1.8 times the ceiling by turns, an hour each."""
    hour = 60 * A_MINUTE
    places = alert_places(rng, runs=runs, rate=1.8 * CEILING, faces=faces)
    kept = ((places - 1) // hour % 2 == 1) | (rng.random(places.shape) < 0.2 / 1.8)
    x = np.cumsum(kept, axis=1).astype(np.int64)
    low = count_ends(x)[0]
    told = kept & (low.reshape(x.shape) > CEILING * places)
    return {"faces": faces, "sequence_every_alert": share_told(places, told, faces=faces)}


def interval_errors(rng: np.random.Generator, *, runs: int, rate: float) -> dict[str, Any]:
    """Count runs in which a two-sided interval ever missed the rate, at any face of the run."""
    faces = int(100 / rate)
    places = alert_places(rng, runs=runs, rate=rate, faces=faces)
    x = counts_of(places, first=0)
    sequence = count_ends(x)
    once_only = np.array([garwood(int(each)) for each in x]).T
    return {
        "rate": rate,
        "faces": faces,
        "fixed_every_face": missed(places, once_only, rate=rate, faces=faces),
        "sequence_every_face": missed(places, sequence, rate=rate, faces=faces),
    }


def missed(places: I64, ends: tuple[F64, F64] | F64, *, rate: float, faces: int) -> float:
    """Give the share of runs that missed: low ends where they rise, high ends before they rise."""
    above = (ends[0][1:] > rate * places) & (places <= faces)
    until = np.minimum(places - 1, faces)  # the last face with as many false alerts as before
    below = ends[1][:-1] < rate * until
    return share_of(above | below)


def share_errors(rng: np.random.Generator, *, runs: int, share: float) -> dict[str, Any]:
    """Count runs of 200 false alerts in which a group's share was ever said to be another."""
    most = 200
    x = np.cumsum(rng.random((runs, most)) < share, axis=1).astype(np.int64)
    n = np.arange(1, most + 1)
    evidence = np.full((most + 1, most + 1), -np.inf)  # by trials, events
    for events in range(most + 1):
        trials = np.arange(max(events, 1), most + 1)
        found = share_sequence(np.full(len(trials), events), trials, against=share)
        evidence[trials, events] = found.log_e
    less = less_likely_tail(x, n, share)
    return {
        "share": share,
        "false_alerts": most,
        "fixed_every_alert": share_of(less < DOUBT),
        "sequence_every_alert": share_of(evidence[n, x] >= np.log(20)),
    }


def ratio_errors(rng: np.random.Generator, *, runs: int, share: float) -> dict[str, Any]:
    """Count runs in which two rates that are alike were ever said to differ; uneven exposure."""
    looks, rate, enough = 60, 1e-3, np.log(20)
    fixed = sequence = 0
    for _ in range(runs):
        faces = rng.poisson(1000, looks)
        a = rng.binomial(faces, share * (1 + 0.5 * np.sin(np.arange(looks) / 4)))
        first, second = rng.binomial(a, rate).cumsum(), rng.binomial(faces - a, rate).cumsum()
        seen, others = a.cumsum(), (faces - a).cumsum()
        sequence += bool(np.any(ratio_sequence((first, seen), (second, others)).log_e >= enough))
        part, n = seen / (seen + others), (first + second)
        less = less_likely_tail(first, n, part)
        fixed += bool(np.any(less[n > 0] < DOUBT))
    return {
        "share": share,
        "runs": runs,
        "looks": looks,
        "fixed_every_look": fixed / runs,
        "sequence_every_look": sequence / runs,
    }


def once() -> list[dict[str, Any]]:
    """Give how often intervals cover at one look: exact sums, over 200 rates."""
    n, rates = 2_000, np.geomspace(1e-4, 0.5, 200)
    x = np.arange(n + 1, dtype=np.int64)
    pmf = binom.pmf(x, n, rates[:, None])
    rows: list[dict[str, Any]] = []
    for name, ends in (("Clopper-Pearson", clopper_pearson), ("Wilson", wilson)):
        low, high = np.array([ends(int(each), n) for each in x]).T
        held = (low <= rates[:, None]) & (rates[:, None] <= high)
        rows.append(covered(f"{name}, {n:,} trials", np.sum(pmf * held, axis=1)))
    means, counts = np.geomspace(0.1, 200, 200), np.arange(500)
    low, high = np.array([garwood(int(each)) for each in counts]).T
    held = (low <= means[:, None]) & (means[:, None] <= high)
    mass = poisson.pmf(counts, means[:, None])
    rows.append(covered("Garwood, means of 0.1 to 200", np.sum(mass * held, axis=1)))
    return rows


def covered(name: str, coverage: F64) -> dict[str, Any]:
    """Sum up how often an interval covers."""
    return {"interval": name, "least": float(coverage.min()), "mean": float(coverage.mean())}


def power(rng: np.random.Generator, *, runs: int, times: int) -> dict[str, Any]:
    """Give how many faces are seen until a rate of so many times the ceiling is found."""
    rate, faces = times * CEILING, 200_000
    places = alert_places(rng, runs=runs, rate=rate, faces=faces // times)
    x = counts_of(places)
    sequence = first_told(places, count_ends(x)[0] > CEILING * places)
    fixed = first_told(places, places <= fires_until(x, ceiling=CEILING))
    return {
        "times": times,
        "faces_median": float(np.median(sequence)),
        "faces_nine_in_ten": float(np.quantile(sequence, 0.9)),
        "false_alerts_median": float(np.median(np.sum(places <= sequence[:, None], axis=1))),
        "fixed_every_alert_faces_median": float(np.median(fixed)),
    }


def first_told(places: I64, told: Mask) -> F64:
    """Give the face at which it was told first; infinite where it never was."""
    first = places[np.arange(len(places)), told.argmax(axis=1)]
    return np.where(told.any(axis=1), first, np.inf)


if __name__ == "__main__":
    main()
