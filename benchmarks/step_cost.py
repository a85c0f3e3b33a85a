"""What two cameras take up at each step that load makes them take: on a file, as fast as it goes.

Processor time alone is measured, so other work on the machine disturbs it little. Decoding and all
stages are in it; receiving a stream, and recording, are not.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console

from benchmarks.bench_clip import FPS, bench_clip
from benchmarks.trial import Trial, made_up_list, unit_vectors
from overt.clock import SystemClock
from overt.engine.pace import STEPS, Step
from overt.engine.pipeline import Pipeline
from overt.sources.opening import open_source
from overt.values.counts import FaceCounts
from overt.wiring import Models

__all__ = ["StepCost", "print_steps", "step_costs"]

LISTED = 1_000


@dataclass(frozen=True, slots=True)
class StepCost:
    """The benchmark's clip at one step."""

    times: float  # the interval between two looks, in usual intervals
    whole_every: int  # of so many looks, one is at the whole frame
    looks: int
    partial: int  # of them, those around followed faces only
    seen: int  # faces
    cores: float  # processor time of a second of video, as many cameras as are measured live


def step_costs(models: Models, *, cameras: int) -> list[StepCost]:
    """Run the clip once at each step."""
    return [_cost(step, models, cameras=cameras) for step in STEPS]


def _cost(step: Step, models: Models, *, cameras: int) -> StepCost:
    clip, bundle = bench_clip().path, models.opened.bundle
    vectors = unit_vectors(LISTED, bundle.recogniser.dimensions, seed=1)
    listed = made_up_list(vectors, bundle=bundle.digest, now=SystemClock().now())
    trial = Trial.authorised(clip, watchlist=listed, models=models)
    name = trial.camera.name
    pipeline = Pipeline(
        trial.stages(), authority=trial.authority, camera=name, clock=trial.clock, step=step
    )
    source = open_source(str(clip), camera=name, clock=trial.clock, started=trial.started)
    begun = time.process_time()
    outcomes = [*pipeline.run(source), pipeline.finish(dropped=0)]
    spent = time.process_time() - begun
    counts = [each for each in outcomes if isinstance(each, FaceCounts)]
    return StepCost(
        times=step.times,
        whole_every=step.whole_every,
        looks=pipeline.times.stages["detect"].count,
        partial=sum(each.partial for each in counts),
        seen=sum(each.seen for each in counts),
        cores=cameras * spent / pipeline.progress.frames * FPS,
    )


def print_steps(costs: Sequence[StepCost], console: Console) -> None:
    """Print one line for each step."""
    for each in costs:
        console.print(
            f"interval x {each.times:g}, one look of {each.whole_every} whole: {each.cores:.2f} "
            f"cores, {each.looks} looks, {each.partial} in part, {each.seen} faces seen"
        )
