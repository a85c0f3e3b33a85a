"""How many false alerts a face seen gives for each that one comparison of photographs gives.

    python -m benchmarks.passages DATA [--half test] [--write]

The scale says how often two photographs of different people reach a similarity. A passage fuses
several shots into one template, which is compared again with each shot that is added, and one
comparison that reaches the threshold is an alert. Measured twice, with lists of hundreds of others:

photographs: people of `faces-dev` with three photographs pass by, one photograph after the other
is a shot, by the product's own quality, fusion and rule for beginning anew. They were taken on
different days: shots of one walk are more alike, so this is the far end.

clips: `clips-dev` run as `overt evaluate clip` runs it. The walkers are one photograph each, moved,
so that shots differ by size, blur and place alone: the near end.

The ratio is of passages that reach the similarity with an entry, to single shots that do, each
passage's shots averaged. People are drawn anew on both sides, 95 % by bootstrap. `--write` keeps
the figures in benchmarks/results.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
from rich.progress import track

from benchmarks.machine import describe
from benchmarks.normalisation import RESULTS, SAME_FACES, stderr
from benchmarks.printing import output_console
from benchmarks.trial import open_default
from overt.arrays import F32, F64, I64
from overt.cli.clip_list import enlisted, proposed
from overt.cli.clip_trial import ClipTrial
from overt.embed.base import Embedder
from overt.embed.cut import cut_shots
from overt.embed.fuse import Passages
from overt.engine.pipeline import Stages
from overt.evaluation.clips.noting import Notes
from overt.evaluation.clips.passages import Judged, judge
from overt.evaluation.photographs import HALVES, Half, Photograph, read_photographs
from overt.match.comparing import Comparer, Side
from overt.select.limits import Limits, reason_unfit
from overt.settings import read_settings
from overt.sources.stills import read_still
from overt.sources.truth_file import read_truth
from overt.values.deployment import Camera, Recognition
from overt.values.embeddings import Embeddings
from overt.values.frame import Frame
from overt.values.metric import Metric
from overt.values.shots import Shots
from overt.wiring import Models, evaluation_stages, make_enrolment
from overt.wiring.cameras import ONE_PERSON

SIMILARITIES: Final = (0.24, 0.26, 0.28, 0.30, 0.32)
SHOTS: Final = 3
TIMES: Final = 1000
RECOGNITION: Final = Recognition(confirm_shots=2)  # as `overt try`


@dataclass(frozen=True, slots=True, eq=False)
class Passed:
    """Passages against a list: a row a passage, NaN where an entry is the person's own."""

    people: I64  # (n,) number of the person
    singles: list[F64]  # (shots, listed) each, similarities
    best: F64  # (n, listed) highest similarity of the fused template


@dataclass(frozen=True, slots=True)
class Ratio:
    """What a face seen gives for each false match of one comparison."""

    similarity: float
    people: int
    passages: int
    listed: int
    single: float  # false match rate of one shot
    reached: int  # passages that reach it with an entry
    ratio: float
    low: float
    high: float


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--half", choices=HALVES, default=Half.DEVELOPMENT)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    models = open_default()
    everybody = read_photographs(given.data / "faces-dev.csv", given.data / "faces-dev", groups=())
    photographs = everybody.half(given.half).photographs
    half = [each for each in photographs if each.file.name not in SAME_FACES]
    found = {"photographs": ratios(of_photographs(half, models))}
    if given.half == Half.DEVELOPMENT:
        found["clips"] = ratios(of_clips(given.data, half, models))
    output = output_console()
    for name, rows in found.items():
        for row in rows:
            output.print(
                f"{name}, {row.similarity:.2f}: {row.ratio:.2f} ({row.low:.2f}-{row.high:.2f}), "
                f"{row.reached} of {row.passages} passages x {row.listed} listed, one shot "
                f"{row.single:.2e}",
                soft_wrap=True,
            )
    if given.write:
        path = RESULTS / f"{datetime.now(UTC).date()}-passages-{given.half}.json"
        content = {
            "machine": asdict(describe()),
            "bundle": models.opened.bundle.digest,
            **{name: [asdict(row) for row in rows] for name, rows in found.items()},
        }
        path.write_text(json.dumps(content, indent=1) + "\n")


def ratios(passed: Passed) -> list[Ratio]:
    """Divide passages that reach a similarity by single shots that do, at each similarity."""
    random = np.random.default_rng(1)
    kinds, rows = np.unique(passed.people, return_inverse=True)
    listed = passed.best.shape[1]
    drawn = random.multinomial(len(kinds), np.full(len(kinds), 1 / len(kinds)), TIMES)[:, rows]
    entries = random.multinomial(listed, np.full(listed, 1 / listed), TIMES)
    found: list[Ratio] = []
    for similarity in SIMILARITIES:
        one = np.stack([(each >= similarity).mean(axis=0) for each in passed.singles])
        best = (passed.best >= similarity).astype(np.float64)
        if not one.any():
            continue
        above, below = (((drawn @ each) * entries).sum(axis=1) for each in (best, one))
        values = above[below > 0] / below[below > 0]
        compared = int(np.isfinite(passed.best).sum())
        found.append(
            Ratio(
                similarity,
                len(kinds),
                len(passed.best),
                listed,
                float(one.sum() / compared),
                int(best.sum()),
                float(best.sum() / one.sum()),
                *(float(each) for each in np.quantile(values, [0.025, 0.975])),
            )
        )
    return found


def of_photographs(photographs: Sequence[Photograph], models: Models) -> Passed:
    """Let each person with three photographs pass by, against the first one of everybody else."""
    stages, limits = evaluation_stages(models.opened), Limits(min_eyes_px=RECOGNITION.min_eyes_px)
    people: dict[str, list[Photograph]] = {}
    for each in photographs:
        people.setdefault(each.identity, []).append(each)
    first: list[F32] = []
    names: list[str] = []
    shots: dict[str, tuple[list[F32], list[F32]]] = {}
    for name, rows in track(sorted(people.items()), "photographs", console=stderr):
        several = sorted(rows, key=lambda each: each.file.name)[:SHOTS]
        passages = Passages(
            best_shots=RECOGNITION.best_shots,
            unit_length=stages.metric is Metric.COSINE,
            score=models.comparer.score,
            least_score=models.scale.score(ONE_PERSON),
        )
        singles: list[F32] = []
        fused: list[F32] = []
        for row in several if len(several) == SHOTS else several[:1]:
            seen = stages.find(read_still(row.file))
            if seen is None or reason_unfit(seen.quality, limits) is not None:
                continue
            shot = Shots(np.array([0], np.int64), seen.face, (seen.quality,))
            vectors = stages.embedder.embed(seen.frame, shot)
            cuts = cut_shots(seen.frame, shot, faces=seen.face.boxes)
            probes = passages.add(shot, vectors, cuts).probes
            singles.append(vectors.vectors[0])
            if probes.shots[0] >= RECOGNITION.confirm_shots:
                fused.append(probes.embeddings.vectors[0])
        if singles:
            names.append(name)
            first.append(singles[0])
        if fused and len(singles) == SHOTS:
            shots[name] = (singles, fused)
    side = models.comparer.side(np.stack(first))
    tables = [
        tuple(_against(side, part, names.index(name), models) for part in parts)
        for name, parts in shots.items()
    ]
    return Passed(
        np.arange(len(tables), dtype=np.int64),
        [singles for singles, _ in tables],
        np.stack([fused.max(axis=0) for _, fused in tables]),
    )


def _against(side: Side, vectors: Sequence[F32], own: int, models: Models) -> F64:
    found = models.comparer.compare(models.comparer.side(np.stack(vectors)), side).scores
    similar = models.scale.similarity(found)
    similar[:, own] = -np.inf
    return similar


class _Singles:
    """Notes how each single shot scores with every entry."""

    def __init__(self, inner: Embedder, comparer: Comparer, side: Side) -> None:
        self._inner, self._comparer, self._side = inner, comparer, side
        self.found: list[tuple[int, int, F64]] = []  # frame, track, scores

    def embed(self, frame: Frame, shots: Shots, /) -> Embeddings:
        given = self._inner.embed(frame, shots)
        if len(shots):
            scored = self._comparer.compare(self._comparer.side(given.vectors), self._side).scores
            for name, row in zip(shots.tracks, scored.astype(np.float64), strict=True):
                self.found.append((frame.index, int(name), row))
        return given


@dataclass(frozen=True, slots=True, eq=False)
class _Trial(ClipTrial):
    """The same trial, that notes single shots too."""

    noted: list[_Singles] = field(default_factory=list["_Singles"])

    def _stages(self, camera: Camera, notes: Notes) -> Stages:
        stages = super(_Trial, self)._stages(camera, notes)
        listed = self.common.gallery.listed
        self.noted.append(_Singles(stages.embedder, self.common.models.comparer, listed))
        return replace(stages, embedder=self.noted[-1])


def of_clips(data: Path, others: Sequence[Photograph], models: Models) -> Passed:
    """Run the clips against a list of their people and of hundreds of others."""
    folder = data / "clips-dev"
    clips = [folder / "walk1.mp4", folder / "walk2.mp4"]
    tables = [folder / "walk1.people.csv", folder / "walk2.people.csv"]
    walkers: set[str] = set()
    for table in tables:
        with table.open(encoding="utf-8", newline="") as file:
            walkers |= {row["identity"] for row in csv.DictReader(file)}
    more = {each.identity: each.file.name for each in others if each.identity not in walkers}
    with tempfile.TemporaryDirectory(prefix="overt-passages-") as made:
        table = Path(made) / "others.csv"
        lines = [f"{name},{file}" for name, file in sorted(more.items())]
        table.write_text("identity,enrol_photo\n" + "\n".join(lines) + "\n")
        applications = proposed([*tables, table], photos=data / "faces-dev")
        watchlist, listing = enlisted(applications, enrolment=make_enrolment(models))
    trial = _Trial.authorised(
        clips, watchlist=watchlist, models=models, bundle="default", settings=read_settings()
    )
    rows = {person: row for row, person in enumerate(listing.people)}
    found: list[tuple[str, F64, F64]] = []
    for place, clip in enumerate(clips):
        truth = read_truth(clip.with_suffix(".truth.csv"))
        seen = trial.run(place, truth, told=lambda _: None).seen
        found += _of_clip(judge(seen, truth, rows=rows), trial.noted[-1], rows, models)
    names = sorted({name for name, _, _ in found})
    return Passed(
        np.array([names.index(name) for name, _, _ in found], np.int64),
        [singles for _, singles, _ in found],
        np.stack([best for _, _, best in found]),
    )


def _of_clip(
    judged: Judged, noted: _Singles, rows: dict[str, int], models: Models
) -> list[tuple[str, F64, F64]]:
    """Give each track that followed one person: whom, single shots, and the best fused."""
    fused: dict[int, list[F32]] = {}
    singles: dict[int, list[F64]] = {}
    walkers: dict[int, set[int | None]] = {}
    for each in judged.seen.scored:
        fused.setdefault(each.track, []).append(each.scores)
    for frame, number, scores in noted.found:
        singles.setdefault(number, []).append(scores)
        walkers.setdefault(number, set()).add(judged.followed.person(number, frame))
    found: list[tuple[str, F64, F64]] = []
    for number, scores in fused.items():
        walker = next(iter(walkers[number]))
        if len(walkers[number]) > 1 or walker is None:
            continue
        person = judged.passages[walker].person
        one = models.scale.similarity(np.stack(singles[number]))
        best = models.scale.similarity(np.stack(scores)).max(axis=0)
        if person in rows:
            one[:, rows[person]] = best[rows[person]] = -np.inf
        found.append((person, one, best))
    return found


if __name__ == "__main__":
    main()
