"""Measures what a bundle's scores mean, and prints the [calibration] of its manifest.

    python -m benchmarks.calibrate DATA [BUNDLE]

DATA holds `demographic-dev/` with `demographic-dev.csv` (file, ethnicity, gender, age): one
photograph a person, so that every pair is of two different people. Pairs are compared within a
group (ethnicity and gender): two people of one group are confused most often, and at every score
the group with the highest false match rate counts. Beyond the rarest rate that a group's pairs can
show (ten pairs), a generalised Pareto tail goes on: its shape is one for all groups, since a
hundred photographs of a group say too little about it; rate and scale are the group's own.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import stats

from benchmarks.embedding import embed_photos
from overt.arrays import F64
from overt.match.metric import scores
from overt.settings import read_settings
from overt.values.calibration import Tail
from overt.wiring import open_bundle_here

TAIL_SHARE = 0.02  # of a group's pairs are taken for its tail
FEWEST = 10  # pairs: a rate seen in fewer is left to the tail
LOWEST_LOG10 = -10.0  # how far down the table goes
POINTS = 48
BOOTSTRAPS = 200


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """One group's comparisons of different people."""

    name: str
    scores: F64  # (pairs,), rising

    @property
    def bend(self) -> float:
        """The score where the tail begins."""
        return float(np.quantile(self.scores, 1 - TAIL_SHARE))

    @property
    def excesses(self) -> F64:
        """How far scores lie above the bend."""
        return self.scores[self.scores > self.bend] - self.bend


def pooled_shape(groups: list[Group]) -> tuple[float, float]:
    """Fit one tail to all groups, each scaled to a mean excess of 1: (shape, scale)."""
    pooled = np.concatenate([group.excesses / group.excesses.mean() for group in groups])
    fitted: tuple[float, float, float] = stats.genpareto.fit(pooled, floc=0)  # pyright: ignore[reportUnknownVariableType]: has no types
    return float(fitted[0]), float(fitted[2])


def log10_fmr(group: Group, at: F64, *, shape: float, scale: float) -> F64:
    """Give log10 of a group's false match rate at scores `at`: counted, then by its tail."""
    n = len(group.scores)
    counted = n - np.searchsorted(group.scores, at, side="left")
    own = scale * float(group.excesses.mean())
    beyond = np.maximum(at - group.bend, 0)
    fitted = TAIL_SHARE * stats.genpareto.sf(beyond, shape, scale=own)
    rate = np.where(counted >= FEWEST, counted / n, np.minimum(fitted, FEWEST / n))
    return np.log10(np.maximum(rate, 1e-300))


def main() -> None:
    """Measure, and print TOML."""
    data = Path(sys.argv[1])
    models = open_bundle_here(sys.argv[2] if len(sys.argv) > 2 else "default", read_settings())
    folder, metric = data / "demographic-dev", models.bundle.recogniser.metric
    with (data / "demographic-dev.csv").open() as file:
        rows = list(csv.DictReader(file))
    found = embed_photos([folder / row["file"] for row in rows], models)
    members: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(found.rows):
        members[f"{rows[row]['ethnicity']}, {rows[row]['gender']}"].append(place)
    groups: list[Group] = []
    for name, places in sorted(members.items()):
        vectors = found.vectors[places]
        pairs = scores(vectors, vectors, metric=metric)[np.triu_indices(len(places), 1)]
        groups.append(Group(name, np.sort(pairs.astype(np.float64))))
    print(f"# {len(found.rows)} of {len(rows)} photographs had a face", file=sys.stderr)
    print_calibration(groups)


def print_calibration(groups: list[Group]) -> None:
    """Print the worst group's table as TOML, and every group's rates to stderr."""
    shape, scale = pooled_shape(groups)
    low, high = bootstrap_shape(groups)
    grid = np.linspace(min(float(g.scores[0]) for g in groups), 1.2, 20_000)
    curves = np.stack([log10_fmr(group, grid, shape=shape, scale=scale) for group in groups])
    worst = np.maximum.accumulate(curves.max(axis=0)[::-1])[::-1]
    ends = np.array([group.scores[-FEWEST] for group in groups])
    at_bend = int(np.argmin(np.abs(worst - np.log10(TAIL_SHARE / 10))))
    group = groups[int(curves[:, at_bend].argmax())]
    wanted = np.linspace(-0.3, LOWEST_LOG10, POINTS)
    places = np.unique(np.searchsorted(-worst, -wanted))
    places = places[(places < len(grid)) & (worst[np.minimum(places, len(grid) - 1)] > -50)]
    tail = Tail(group.bend, shape, scale * float(group.excesses.mean()), TAIL_SHARE)
    for other, curve in zip(groups, curves, strict=True):
        rates = ", ".join(
            f"{curve[np.searchsorted(grid, s)]:6.2f}" for s in group_scores(grid, worst)
        )
        print(f"# {other.name:28} {len(other.scores)} pairs, log10 FMR {rates}", file=sys.stderr)
    print("[calibration]")
    print('script = "benchmarks/calibrate.py"')
    print('datasets = ["FairFace (CC BY 4.0): 2,100 photographs, 150 a group"]')
    print(f'group = "{group.name}"')
    print(f"pairs = {len(group.scores)}")
    print(f"scores = {[round(float(s), 5) for s in grid[places]]}")
    print(f"log10_fmr = {[round(float(r), 4) for r in worst[places]]}")
    print(f"extrapolated_above = {ends.max():.5f}")
    print(f"\n[calibration.tail] # shape: 95 % by bootstrap over people {low:.3f} to {high:.3f}")
    print(f"threshold = {tail.threshold:.5f}\nshape = {tail.shape:.4f}")
    print(f"scale = {tail.scale:.6f}\nrate = {tail.rate}")


def group_scores(grid: F64, worst: F64) -> F64:
    """Give the scores at which the worst group's rate is 1e-1, 1e-2, ..., 1e-5."""
    return grid[np.searchsorted(-worst, np.arange(1.0, 6.0)).clip(max=len(grid) - 1)]


def bootstrap_shape(groups: list[Group]) -> tuple[float, float]:
    """Give the 95 % interval of the pooled shape, groups drawn anew."""
    random = np.random.default_rng(1)
    shapes = [
        pooled_shape([groups[i] for i in random.integers(0, len(groups), len(groups))])[0]
        for _ in range(BOOTSTRAPS)
    ]
    low, high = np.quantile(shapes, [0.025, 0.975])
    return float(low), float(high)


if __name__ == "__main__":
    main()
