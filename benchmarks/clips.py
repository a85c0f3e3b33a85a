"""Whom the whole path finds in clips whose truth is known.

    python -m benchmarks.clips DATA [--threshold 0.5]

DATA holds `clips-dev/walkN.mp4` with `walkN.people.csv` (identity, listed, enrol_photo) and
`walkN.truth.csv`, and the photographs in `faces-dev/`. Each clip runs as a trial with its own list.
Beside the alerts at the threshold, it tells from the best fused similarity of each passage what
would have come of other thresholds. The faces on these clips are photographs that move: they show
whether the path works, and flatter it.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.machine import describe
from benchmarks.ours import NotingTracker
from benchmarks.passages import (
    Followed,
    NotingGallery,
    Passage,
    Raised,
    passages,
    would_raise,
)
from benchmarks.printing import output_console
from benchmarks.trial import RECOGNITION, Trial, open_default
from benchmarks.truth_file import read_truth
from overt.clock import SystemClock
from overt.engine.pipeline import Pipeline
from overt.governance.applications import Grounds, from_folder
from overt.governance.building import Built, build_list
from overt.simulation.truth import Truth
from overt.sources.base import Source
from overt.sources.opening import open_source
from overt.values.alert import Alert
from overt.values.counts import FaceCounts
from overt.values.deployment import Recognition
from overt.values.watchlist import Category
from overt.vault.keys import KeyRing
from overt.wiring import Models, make_enrolment

RESULTS: Final = Path(__file__).resolve().parent / "results"
CLIPS: Final = ("walk1", "walk2")
SWEEP: Final = tuple(round(float(t), 2) for t in np.arange(0.30, 0.645, 0.02))
WORD: Final = "measurement"


@dataclass(frozen=True, slots=True)
class Judged:
    """An alert, and whether the person in that frame is the one listed."""

    person: str | None  # by the truth; None: nobody
    identity: str  # of the entry
    similarity: float

    @property
    def true(self) -> bool:
        return self.person == self.identity


@dataclass(frozen=True, slots=True)
class Clip:
    """What came of one clip."""

    name: str
    people: tuple[Passage, ...]
    rejected: dict[str, str]  # identity: reason
    seen: int  # faces seen
    compared: int
    unfit: dict[str, int]
    brief: int
    threshold: float
    predicted_rate: float  # false alerts a comparison with the list, by the calibration
    mixed: int  # tracks that changed over from one person to another
    alerts: tuple[Judged, ...]
    sweep: tuple[tuple[Judged, ...], ...]  # what each threshold of SWEEP would have raised

    @property
    def count_error(self) -> float:
        """Faces seen against the people of the truth, as a share."""
        return self.seen / len(self.people) - 1


@dataclass(frozen=True, slots=True)
class AtThreshold:
    """What a threshold would have given, over all clips."""

    threshold: float
    found: int  # people for whom an alert would have been right
    clear_found: int  # those of them that were large and visible for a second
    false_alerts: int


def run_clip(
    data: Path,
    name: str,
    *,
    models: Models,
    threshold: float | None,
    recognition: Recognition = RECOGNITION,
) -> Clip:
    """Run one clip as a trial."""
    video = data / "clips-dev" / f"{name}.mp4"
    truth = read_truth(video.with_suffix(".truth.csv"))
    with tempfile.TemporaryDirectory(prefix="overt-clips-") as folder:
        built = _build(data, name, models, Path(folder))
        watchlist = built.list.watchlist
    trial = Trial.authorised(
        video,
        watchlist=watchlist,
        models=models,
        threshold=threshold,
        recognition=recognition,
    )
    stages = trial.stages()
    tracker = NotingTracker(stages.tracker)
    gallery = NotingGallery(
        watchlist,
        scale=models.scale,
        comparer=models.comparer,
        confirm_shots=trial.authority.deployment.recognition.confirm_shots,
        frame_of=lambda: tracker.frame,
    )
    pipeline = trial.pipeline(replace(stages, tracker=tracker, gallery=gallery))
    source = open_source(
        str(video), camera=trial.camera.name, clock=trial.clock, started=trial.started
    )
    raised, counts = _run(pipeline, source, tracker)
    followed = Followed.of(tracker.take(), truth)
    unfit: Counter[str] = Counter()
    for count in counts:
        unfit.update({str(reason): n for reason, n in count.unfit.items()})
    identities = [entry.reference for entry in watchlist.entries]
    rows = {identity: row for row, identity in enumerate(identities)}
    return Clip(
        name=name,
        people=tuple(passages(followed, truth, enrolled=rows, noted=gallery.noted)),
        rejected={item.reference: item.reason for item in built.rejected},
        seen=sum(count.seen for count in counts),
        compared=sum(count.compared for count in counts),
        unfit=dict(unfit),
        brief=sum(count.brief for count in counts),
        threshold=trial.point.threshold,
        predicted_rate=trial.point.predicted_rate,
        mixed=followed.mixed(range(len(truth.names))),
        alerts=_judged(raised, followed, truth),
        sweep=tuple(
            _judged(would_raise(gallery.noted, identities, threshold=each), followed, truth)
            for each in SWEEP
        ),
    )


def _judged(raised: Sequence[Raised], followed: Followed, truth: Truth) -> tuple[Judged, ...]:
    people = [followed.person(each) for each in raised]
    return tuple(
        Judged(None if who is None else truth.names[who], each.identity, each.similarity)
        for who, each in zip(people, raised, strict=True)
    )


def _build(data: Path, name: str, models: Models, folder: Path) -> Built:
    """List the people whom the clip's file names as listed, each under the own name."""
    photos = folder / "photos"
    photos.mkdir()
    with (data / "clips-dev" / f"{name}.people.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["listed"] == "1":
                photo = data / "faces-dev" / row["enrol_photo"]
                shutil.copyfile(photo, photos / f"{row['identity']}{photo.suffix}")
    grounds = Grounds(Category.BLUE, source=WORD, lawful_basis=WORD, reviewer=WORD)
    return build_list(
        from_folder(photos, grounds),
        enrolment=make_enrolment(models),
        folder=folder / "list",
        name=name,
        keys=KeyRing(folder / "keys"),
        now=SystemClock().now(),
    )


def _run(
    pipeline: Pipeline, source: Source, tracker: NotingTracker
) -> tuple[list[Raised], list[FaceCounts]]:
    alerts: list[Raised] = []
    counts: list[FaceCounts] = []
    for outcome in pipeline.run(source):
        if isinstance(outcome, Alert):
            reference, similarity = outcome.entry.reference, outcome.similarity
            alerts.append(Raised(tracker.frame, outcome.track, reference, similarity))
        else:
            counts.append(outcome)
    last = pipeline.finish(dropped=source.dropped)
    return alerts, [*counts, last] if last is not None else counts


def at_thresholds(clips: Sequence[Clip]) -> list[AtThreshold]:
    """Tell what each threshold would have given."""
    return [
        AtThreshold(
            threshold=threshold,
            found=sum(len(_found(clip, clip.sweep[place], clear=False)) for clip in clips),
            clear_found=sum(len(_found(clip, clip.sweep[place], clear=True)) for clip in clips),
            false_alerts=sum(not alert.true for clip in clips for alert in clip.sweep[place]),
        )
        for place, threshold in enumerate(SWEEP)
    ]


def _found(clip: Clip, alerts: Sequence[Judged], *, clear: bool) -> set[str]:
    """Give the listed people for whom an alert was right; `clear`: of those that could be seen."""
    true = {alert.identity for alert in alerts if alert.true}
    return true & {p.identity for p in clip.people if p.listed and (p.clear or not clear)}


def print_clip(clip: Clip, output: Console) -> None:
    """Print what became of everyone in a clip."""
    table = Table(title=f"{clip.name}, threshold {clip.threshold:.2f}")
    for heading in (
        "person",
        "listed",
        "clear",
        "tracks",
        "held",
        "compared",
        "own",
        "others",
        "alert",
    ):
        table.add_column(heading)
    alerted = _found(clip, clip.alerts, clear=False)
    for person in sorted(clip.people, key=lambda person: not person.listed):
        listed = "yes" if person.enrolled else f"no: {clip.rejected.get(person.identity, '?')}"
        table.add_row(
            person.identity,
            listed if person.listed else "",
            "yes" if person.clear else "no",
            str(len(person.tracks)),
            "" if person.held is None else f"{person.held:.0%}",
            "yes" if person.compared else "no",
            "" if person.own is None else f"{person.own:.3f}",
            "" if person.others is None else f"{person.others:.3f}",
            "yes" if person.identity in alerted else "",
        )
    output.print(table)
    unfit = ", ".join(f"{n} {reason}" for reason, n in clip.unfit.items()) or "none"
    output.print(
        f"{clip.seen} faces seen of {len(clip.people)} people ({clip.count_error:+.0%}); "
        f"{clip.compared} compared; unfit: {unfit}; {clip.brief} too brief to count; "
        f"{clip.mixed} tracks changed over from one person to another\n"
        f"{len(clip.alerts)} alerts, {sum(not alert.true for alert in clip.alerts)} false; "
        f"{clip.predicted_rate:.2g} a comparison predicted"
    )


def print_thresholds(clips: Sequence[Clip], rows: Sequence[AtThreshold], output: Console) -> None:
    """Print what each threshold would have given."""
    listed = [person for clip in clips for person in clip.people if person.listed]
    clear = sum(person.clear for person in listed)
    seen = sum(clip.seen for clip in clips)
    table = Table(title="by threshold, all clips")
    for heading in ("threshold", "TPIR", "TPIR, clear ones", f"false alerts of {seen} faces seen"):
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(
            f"{row.threshold:.2f}",
            f"{row.found} of {len(listed)}",
            f"{row.clear_found} of {clear}",
            str(row.false_alerts),
        )
    output.print(table)


def main() -> None:
    """Run, print, write JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--threshold", type=float, help="else 1 false alert in 1,000 comparisons")
    given = parser.parse_args()
    output, machine, models = output_console(), describe(), open_default()
    clips = [run_clip(given.data, name, models=models, threshold=given.threshold) for name in CLIPS]
    for clip in clips:
        print_clip(clip, output)
    rows = at_thresholds(clips)
    print_thresholds(clips, rows, output)
    report = {
        "machine": asdict(machine),
        "bundle": models.opened.bundle.digest,
        "clips": [_without_names(clip) for clip in clips],
        "thresholds": [asdict(row) for row in rows],
    }
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{datetime.now(UTC).date()}-{machine.slug}-clips.json"
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    output.print(f"written to {path}", soft_wrap=True)


def _without_names(clip: Clip) -> dict[str, object]:
    """Give a clip's figures without the names of people, who are not ours to publish."""
    numbers = {person.identity: f"person {i}" for i, person in enumerate(clip.people, start=1)}
    people = [asdict(replace(p, identity=numbers[p.identity])) for p in clip.people]
    return {
        "name": clip.name,
        "seen": clip.seen,
        "people": len(clip.people),
        "compared": clip.compared,
        "unfit": clip.unfit,
        "brief": clip.brief,
        "threshold": clip.threshold,
        "predicted_rate": clip.predicted_rate,
        "alerts": len(clip.alerts),
        "false_alerts": sum(not alert.true for alert in clip.alerts),
        "tracks_that_changed_over": clip.mixed,
        "rejected": sorted(clip.rejected.values()),
        "passages": people,
    }


if __name__ == "__main__":
    main()
