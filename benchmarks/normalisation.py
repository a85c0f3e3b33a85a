"""What holding scores against a cohort gains, on photographs that nothing was chosen on.

    python -m benchmarks.normalisation DATA [--sweep] [--write]

DATA holds `faces-dev` (several photographs a person) and `demographic-dev` (one a person, balanced
over ethnicity and gender), each with its CSV. People are split into halves by a hash of their
identity (`overt.evaluation.photographs`): the bundle's cohort and calibration come from the
development half, and the figures below from the test half. `--sweep` tries components on the
development half instead, each pair scored by a mixture that knows neither of its people. Intervals
are 95 % by bootstrap over people. `--write` keeps the figures in benchmarks/results.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from benchmarks.machine import describe
from overt.arrays import F32, F64, I64, Vectors
from overt.embed.recogniser import Recogniser
from overt.evaluation.face import PhotoStages
from overt.evaluation.labelled import Template, embed_all
from overt.evaluation.making import worst_to_best
from overt.evaluation.mixture import SEED, SIZE, TOP, fit_mixture
from overt.evaluation.nonmated import cross_fitted
from overt.evaluation.photographs import Half, Photograph, read_photographs
from overt.inference.mixture import cohort_of
from overt.inference.opened import OpenedBundle
from overt.match.comparing import Comparer
from overt.match.scale import ReferenceScale
from overt.select.limits import Limits
from overt.settings import read_settings
from overt.statistics.intervals import clopper_pearson
from overt.values.metric import Metric
from overt.wiring import comparer_of, evaluation_stages, open_bundle_here

RESULTS: Final = Path(__file__).with_name("results")
SAME: Final = Path(__file__).with_name("demographic-dev-same.csv")
SAME_FACES: Final = {"Kosuke_Kitajima_0002.jpg"}  # shows Brendan Hansen, as Brendan_Hansen_0002
LISTED: Final = 600
MATED: Final = 250  # of the listed: the others have one photograph each
LISTS: Final = 10
DRAWS: Final = 100
FPIR: Final = 1e-2
RATES: Final = (1e-2, 3e-3, 1e-3)
SIMILARITIES: Final = (0.30, 0.34, 0.38)
LEAST_EYES_PX: Final = 16.0
COMPONENTS: Final = (1, 2, 4, 8, 12, 16)
Score: TypeAlias = Callable[[Vectors, Vectors], F32]
Figures: TypeAlias = dict[str, object]
stderr: Final = Console(stderr=True)


def main() -> None:
    """Measure, and print."""
    data, options = Path(sys.argv[1]), sys.argv[2:]
    opened = open_bundle_here("default", read_settings())
    half = Half.DEVELOPMENT if "--sweep" in options else Half.TEST
    people = demographic(data, opened, half)
    if "--sweep" in options:
        sweep(people)
        return
    faces = _faces(data, opened, half)
    raw, comparer = Comparer(Metric.L2), comparer_of(opened.bundle)
    methods: dict[str, Score] = {
        "L2 of the network's own templates": lambda a, b: raw.compare(raw.side(a), raw.side(b)).raw,
        "cosine": lambda a, b: unit(a) @ unit(b).T,
        "cosine, held against the cohort": lambda a, b: held(comparer, a, b),
    }
    found: Figures = {
        "photographs": {"faces-dev": len(faces), "demographic-dev": len(people)},
        "recognition": recognition(faces, methods),
        "groups": {name: groups(people, score) for name, score in methods.items()},
        "found where no group exceeds": promised(faces, people, methods),
        "calibration": calibration(people, opened, comparer),
        "ms a probe": cost(comparer, faces),
    }
    _print(found)
    if "--write" in options:
        today = datetime.now(UTC).date().isoformat()
        path = RESULTS / f"{today}-normalisation.json"
        content = {"machine": asdict(describe()), "bundle": opened.bundle.digest, **found}
        path.write_text(json.dumps(content, indent=1) + "\n")


def recognition(faces: Sequence[Template], methods: dict[str, Score]) -> Figures:
    """Give the TPIR at FPIR 1e-2 with 600 listed, and what each method gains on the first."""
    vectors = np.stack([each.vector for each in faces])
    scores = {name: score(vectors, vectors) for name, score in methods.items()}
    found: dict[str, list[float]] = {name: [] for name in methods}
    random = np.random.default_rng(1)
    mated: list[list[int]] = []
    for number in track(range(LISTS), "lists", console=stderr):
        listed, mated, others = _listing(faces, number)
        for draw in range(DRAWS):
            hits = _drawn(mated, random) if draw else mated
            rest = _drawn(others, random) if draw else others
            for name, table in scores.items():
                best = table[np.ix_([row for rows in rest for row in rows], listed)].max(axis=1)
                least = float(np.quantile(best, 1 - FPIR))
                own = [table[row, listed[at]] for at, *rows in hits for row in rows]
                found[name].append(float(np.mean(np.array(own) >= least)))
    first = np.array(next(iter(found.values())))
    probes = sum(len(rows) - 1 for rows in mated)
    gained: Figures = {
        name: {
            "tpir": _three(np.array(values), np.array(values)[::DRAWS]),
            "gain": _three(np.array(values) - first, (np.array(values) - first)[::DRAWS]),
        }
        for name, values in found.items()
    }
    return gained | {"listed": LISTED, "mated probes": probes}


def groups(people: Sequence[Template], score: Score) -> Figures:
    """Give how often the worst ethnic group is confused for each time that the best one is."""
    vectors = np.stack([each.vector for each in people])
    names = np.array([each.group.partition(",")[0] for each in people])
    table = score(vectors, vectors)
    random = np.random.default_rng(1)
    found: Figures = {}
    for rate in RATES:
        ratios: list[float] = []
        counts: dict[str, int] = {}
        for draw in range(DRAWS):
            rates, seen = _rates(table, names, rate, random if draw else None)
            counts = counts or seen
            ratios.append(max(rates) / min(rates))
        found[f"{rate:g}"] = {"ratio": _three(np.array(ratios), np.array(ratios[:1]))} | {
            "pairs at or above": counts
        }
    return found


def promised(
    faces: Sequence[Template], people: Sequence[Template], methods: dict[str, Score]
) -> Figures:
    """Give how many mated pairs are found where no ethnic group exceeds a false match rate.

    One threshold holds for everybody, so the group that is confused most often sets it.
    """
    mates, others = (np.stack([each.vector for each in some]) for some in (faces, people))
    identities = np.array([each.photo.identity for each in faces])
    same = np.triu(identities[:, None] == identities[None, :], 1)
    names = np.array([each.group.partition(",")[0] for each in people])
    random = np.random.default_rng(1)
    found: Figures = {}
    for rate in RATES:
        by_method: Figures = {}
        for name, score in methods.items():
            mated, table = score(mates, mates)[same], score(others, others)
            shares: list[float] = []
            for draw in range(DRAWS):
                least = _least_for_all(table, names, rate, random if draw else None)
                some = mated[random.integers(0, len(mated), len(mated))] if draw else mated
                shares.append(float((some >= least).mean()))
            by_method[name] = _three(np.array(shares), np.array(shares[:1]))
        found[f"{rate:g}"] = by_method
    return found


def calibration(people: Sequence[Template], opened: OpenedBundle, comparer: Comparer) -> Figures:
    """Give each group's false match rate where the scale says what the worst one's is."""
    if opened.bundle.calibration is None:
        raise SystemExit("calibration: got none, want one in the bundle")
    scale = ReferenceScale(opened.bundle.calibration)
    vectors = unit(np.stack([each.vector for each in people]))
    side = comparer.side(vectors)
    similar = scale.similarity(comparer.compare(side, side).scores)
    found: Figures = {}
    for similarity in SIMILARITIES:
        by_group: Figures = {}
        for name in sorted({each.group for each in people}):
            rows = [row for row, each in enumerate(people) if each.group == name]
            pairs = similar[np.ix_(rows, rows)][np.triu_indices(len(rows), 1)]
            events = int((pairs >= similarity).sum())
            low, high = clopper_pearson(events, len(pairs))
            by_group[name] = [events, len(pairs), low, high]
        found[f"{similarity:g}"] = {
            "said of the worst group": scale.false_match_rate(similarity),
            "found": by_group,
        }
    return found


def cost(comparer: Comparer, faces: Sequence[Template]) -> float:
    """Give the median time of holding one probe against the cohort, milliseconds."""
    vectors = unit(np.stack([each.vector for each in faces[:200]]))
    took: list[float] = []
    for row in range(len(vectors)):
        began = time.perf_counter()
        comparer.side(vectors[row : row + 1])
        took.append(time.perf_counter() - began)
    return float(np.median(took) * 1e3)


def sweep(people: Sequence[Template]) -> None:
    """Print what mixtures of other sizes give, on the development half."""
    units = [replace(each, vector=unit(each.vector[None])[0]) for each in people]
    for components in (0, *COMPONENTS):

        def fit(vectors: Vectors, count: int = components) -> Comparer:
            if not count:
                return Comparer(Metric.COSINE)
            mixture = fit_mixture(vectors, components=count)
            return Comparer(
                Metric.COSINE,
                cohort_of(mixture, size=SIZE, seed=SEED, top=TOP, metric=Metric.COSINE),
            )

        found = cross_fitted(units, fit=fit)
        told = "  ".join(f"{worst_to_best(found, overall=rate):6.1f}" for rate in RATES)
        print(f"{components or 'no':>3} components: worst to best group at {RATES}: {told}")


def demographic(data: Path, opened: OpenedBundle, half: str) -> tuple[Template, ...]:
    """Give a half of demographic-dev, one photograph a person, by ethnicity and gender."""
    labels, folder = data / "demographic-dev.csv", data / "demographic-dev"
    found = read_photographs(labels, folder, groups=("ethnicity+gender",), same=SAME)
    chosen: list[Photograph] = []
    seen: set[str] = set()
    for row in found.photographs:  # one photograph a person
        if row.half == half and row.identity not in seen:
            seen.add(row.identity)
            chosen.append(row)
    limits = Limits(min_eyes_px=LEAST_EYES_PX)
    return embed_all(track(chosen, "groups", console=stderr), stages=_stages(opened), limits=limits)


def held(comparer: Comparer, probes: Vectors, listed: Vectors) -> F32:
    """Compare templates of any length, held against the bundle's cohort: (probes, listed)."""
    return comparer.compare(comparer.side(unit(probes)), comparer.side(unit(listed))).scores


def _faces(data: Path, opened: OpenedBundle, half: str) -> tuple[Template, ...]:
    found = read_photographs(data / "faces-dev.csv", data / "faces-dev", groups=())
    chosen = [
        row for row in found.photographs if row.half == half and row.file.name not in SAME_FACES
    ]
    return embed_all(track(chosen, "faces", console=stderr), stages=_stages(opened), limits=None)


def _stages(opened: OpenedBundle) -> PhotoStages:
    """Give stages that leave templates at the length the network gave them."""
    entry = replace(opened.bundle.recogniser, metric=Metric.L2)
    return replace(
        evaluation_stages(opened), embedder=Recogniser(opened.recogniser_session(), entry)
    )


def _listing(
    faces: Sequence[Template], seed: int
) -> tuple[list[int], list[list[int]], list[list[int]]]:
    """Draw a list: rows listed; [place on the list, other rows...]; rows of people not listed."""
    people: dict[str, list[int]] = {}
    for row, each in enumerate(faces):
        people.setdefault(each.photo.identity, []).append(row)
    random = np.random.default_rng(seed)
    several = [rows for rows in people.values() if len(rows) > 1]
    single = [rows for rows in people.values() if len(rows) == 1]
    random.shuffle(several)
    random.shuffle(single)
    chosen = several[:MATED] + single[: LISTED - MATED]
    firsts = [int(random.integers(len(rows))) for rows in chosen]
    listed = [rows[first] for rows, first in zip(chosen, firsts, strict=True)]
    mated = [
        [at, *(row for row in rows if row != listed[at])] for at, rows in enumerate(chosen[:MATED])
    ]
    return listed, mated, single[LISTED - MATED :] + several[MATED:]


def _drawn(people: list[list[int]], random: np.random.Generator) -> list[list[int]]:
    return [people[row] for row in random.integers(0, len(people), len(people)).tolist()]


def _rates(
    table: F32, names: NDArray[np.str_], overall: float, random: np.random.Generator | None
) -> tuple[list[float], dict[str, int]]:
    """Give each group's rate at the score where all have the rate `overall`; people drawn anew."""
    scores: list[F64] = []
    weights: list[F64] = []
    for name in sorted(set(names.tolist())):
        rows: I64 = np.flatnonzero(names == name)
        times = np.ones(len(rows))
        if random is not None:
            drawn = random.integers(0, len(rows), len(rows))
            times = np.bincount(drawn, minlength=len(rows)).astype(np.float64)
        upper = np.triu_indices(len(rows), 1)
        scores.append(table[np.ix_(rows, rows)][upper].astype(np.float64))
        weights.append(np.outer(times, times)[upper])
    every, weight = np.concatenate(scores), np.concatenate(weights)
    order: I64 = np.argsort(-every)
    running: F64 = np.cumsum(weight[order])
    at = int(np.searchsorted(running, overall * float(weight.sum())))
    least = every[order[at]]
    counts = [
        float((own * (each >= least)).sum()) for each, own in zip(scores, weights, strict=True)
    ]
    rates = [
        (count + 0.5) / (float(own.sum()) + 1) for count, own in zip(counts, weights, strict=True)
    ]
    return rates, dict(zip(sorted(set(names.tolist())), map(int, counts), strict=True))


def _least_for_all(
    table: F32, names: NDArray[np.str_], rate: float, random: np.random.Generator | None
) -> float:
    """Give the score that no group exceeds more often than `rate`; people drawn anew."""
    least: list[float] = []
    for name in sorted(set(names.tolist())):
        rows: I64 = np.flatnonzero(names == name)
        drawn = rows if random is None else rows[random.integers(0, len(rows), len(rows))]
        upper = np.triu_indices(len(drawn), 1)
        apart = drawn[upper[0]] != drawn[upper[1]]  # one drawn twice is no pair
        least.append(float(np.quantile(table[drawn[upper[0]], drawn[upper[1]]][apart], 1 - rate)))
    return max(least)


def unit(vectors: Vectors) -> Vectors:
    """Give templates of length 1."""
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _three(values: F64, observed: F64) -> list[float]:
    """Give what was observed (the mean over lists), and the 95 % interval of all draws."""
    low, high = np.quantile(values, [0.025, 0.975])
    return [round(float(each), 4) for each in (observed.mean(), low, high)]


def _print(found: Figures) -> None:
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
