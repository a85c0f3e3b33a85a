"""What is lost where faces are looked for less often, or in parts: how far a camera may be slowed.

    python -m benchmarks.intervals DATA

DATA holds `clips-dev` and `faces-dev`; the street of `overt demo` is measured too. The clips are
evaluated whole, as `overt evaluate clip` does, at 1 to 4 times the usual interval between two
looks, with every look, every other or every third at the whole frame and the rest only around the
faces that are followed. The faces are photographs that move.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.table import Table

from benchmarks.machine import describe
from benchmarks.printing import output_console
from benchmarks.trial import open_default
from overt.cli.clip_list import enlisted, proposed
from overt.cli.clip_trial import ClipTrial
from overt.cli.evaluate import model_of
from overt.engine.pace import Step
from overt.evaluation.clips.evaluating import ALLOWED, AboutClips, AskedOfClips, evaluate_clips
from overt.evaluation.clips.passages import judge
from overt.evaluation.evaluating import RATES
from overt.settings import read_settings
from overt.simulation.demo_scene import CLIP, LISTED, TRUTH, write_demo_inputs
from overt.sources.truth_file import read_truth
from overt.values.deployment import Recognition
from overt.wiring import Models, make_enrolment

RESULTS: Final = Path(__file__).resolve().parent / "results"
TRIED: Final = (
    *(Step(1.0, every) for every in (1, 2, 3)),
    *(Step(1.25, every) for every in (1, 2, 3)),
    *(Step(1.5, every) for every in (1, 2, 3)),
    *(Step(times, 1) for times in (2.0, 3.0, 4.0)),
)
CLIPS: Final = ("walk1", "walk2")
USUAL_S: Final = Recognition(confirm_shots=2).detect_interval_s


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of all clips at one interval."""

    times: float  # of the usual interval
    interval_s: float
    whole_every: int  # of so many looks, one was at the whole frame
    cpu_s: float  # that running all clips took
    passages: int  # of people
    seen: int  # faces seen: should be as many
    swapped: int  # of them, those that held two passages or more
    missed: int  # passages that became no face seen
    listed: int  # clear passages of listed people
    found: int  # of them, with a right alert
    false_alerts: int


@dataclass(frozen=True, slots=True)
class Clips:
    """Clips with their truth, and who is to be listed."""

    videos: tuple[Path, ...]
    truths: tuple[Path, ...]
    lists: tuple[Path, ...]
    photos: Path

    @classmethod
    def of(cls, data: Path, street: Path) -> Clips:
        """Find the development clips, and make the demo's street."""
        write_demo_inputs(street)
        folder = data / "clips-dev"
        return cls(
            (*(folder / f"{name}.mp4" for name in CLIPS), street / CLIP),
            (*(folder / f"{name}.truth.csv" for name in CLIPS), street / TRUTH),
            (*(folder / f"{name}.people.csv" for name in CLIPS), street / LISTED),
            data / "faces-dev",
        )


def looked(clips: Clips, step: Step, models: Models) -> Looked:
    """Run every clip at one step, and measure."""
    applications = proposed(clips.lists, photos=clips.photos)
    watchlist, listing = enlisted(applications, enrolment=make_enrolment(models))
    trial = ClipTrial.authorised(
        clips.videos,
        watchlist=watchlist,
        models=models,
        bundle="default",
        settings=read_settings(),
        step=step,
    )
    rows = {person: row for row, person in enumerate(listing.people)}
    truths = [read_truth(path) for path in clips.truths]
    begun = time.process_time()
    judged = [
        judge(trial.run(place, truth, told=lambda _: None).seen, truth, rows=rows)
        for place, truth in enumerate(truths)
    ]
    spent = time.process_time() - begun
    operated = trial.authority.deployment.threshold
    about = AboutClips(
        made=datetime.now(UTC),
        software="",
        model=model_of(models),
        data="",
        labels_sha256="",
        footage=(("", ""),) * len(judged),
        settings=(),
        operated=operated,
        least_px=float(trial.recognition.min_face_px),
    )
    asked = AskedOfClips((operated,), RATES, ALLOWED, 1.25)
    record = evaluate_clips(judged, listing=listing, scale=models.scale, about=about, asked=asked)
    if record.video is None:
        raise ValueError("record: got no video, want what was measured of clips")
    tracking, at = record.video.tracking, record.video.alerts[0]
    return Looked(
        times=step.times,
        interval_s=step.times * USUAL_S,
        whole_every=step.whole_every,
        cpu_s=spent,
        passages=tracking.passages,
        seen=tracking.faces_seen,
        swapped=tracking.swapped,
        missed=tracking.missed.events if tracking.missed else 0,
        listed=at.clear.trials if at.clear else 0,
        found=at.clear.events if at.clear else 0,
        false_alerts=at.false_alerts,
    )


def main() -> None:
    """Run, print, write JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    given = parser.parse_args()
    output, machine, models = output_console(), describe(), open_default()
    with tempfile.TemporaryDirectory(prefix="overt-intervals-") as folder:
        clips = Clips.of(given.data, Path(folder) / "street")
        rows = [looked(clips, step, models) for step in TRIED]
    table = Table(*(name for name in asdict(rows[0])), box=None)
    for row in rows:
        table.add_row(*(f"{value:.3g}" for value in asdict(row).values()))
    output.print(table)
    RESULTS.mkdir(exist_ok=True)
    report = {
        "machine": asdict(machine),
        "bundle": models.opened.bundle.digest,
        "intervals": [asdict(row) for row in rows],
    }
    path = RESULTS / f"{datetime.now(UTC).date()}-intervals.json"
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    output.print(f"written to {path}", soft_wrap=True)


if __name__ == "__main__":
    main()
