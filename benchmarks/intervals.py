"""What is lost where faces are looked for less often: how far a loaded camera may be slowed.

    python -m benchmarks.intervals DATA

DATA as for `benchmarks.clips`; the street of `overt demo` is measured too. Each clip runs whole, at
1 to 4 times the usual interval between two looks. The faces are photographs that move.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.table import Table

from benchmarks.clips import Clip, run_clip
from benchmarks.machine import describe
from benchmarks.printing import output_console
from benchmarks.trial import open_default
from overt.simulation.demo_scene import CLIP, LISTED, TRUTH, write_demo_inputs
from overt.values.deployment import Recognition
from overt.wiring import Models

RESULTS: Final = Path(__file__).resolve().parent / "results"
TIMES: Final = (1.0, 1.5, 2.0, 3.0, 4.0)
CLIPS: Final = ("walk1", "walk2")
STREET: Final = "street"
USUAL: Final = Recognition(confirm_shots=2)


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of all clips at one interval."""

    times: float  # of the usual interval
    interval_s: float
    people: int
    seen: int  # faces seen: should be as many as people
    compared: int
    held: float  # share of frames looked at in which a clear face had a track, mean over people
    tracks: int  # that held somebody: more than people are pieces of passages
    mixed: int  # tracks that changed over from one person to another
    listed: int  # on the lists, and clearly in view
    found: int  # of them, with a right alert
    own: float  # best similarity with the own entry, mean over those compared


def looked(times: float, clips: Sequence[Clip]) -> Looked:
    """Add up clips."""
    people = [person for clip in clips for person in clip.people]
    held = [person.held for person in people if person.held is not None]
    own = [person.own for person in people if person.own is not None]
    clear = {
        (clip.name, p.identity) for clip in clips for p in clip.people if p.enrolled and p.clear
    }
    right = {(clip.name, each.identity) for clip in clips for each in clip.alerts if each.true}
    return Looked(
        times=times,
        interval_s=times * USUAL.detect_interval_s,
        people=len(people),
        seen=sum(clip.seen for clip in clips),
        compared=sum(clip.compared for clip in clips),
        held=sum(held) / max(len(held), 1),
        tracks=sum(len(person.tracks) for person in people),
        mixed=sum(clip.mixed for clip in clips),
        listed=len(clear),
        found=len(clear & right),
        own=sum(own) / max(len(own), 1),
    )


def run_all(data: Path, street: Path, times: float, models: Models) -> Looked:
    """Run every clip at one interval."""
    recognition = Recognition(confirm_shots=2, detect_interval_s=times * USUAL.detect_interval_s)
    places = [*((data, name) for name in CLIPS), (street, STREET)]
    clips = [
        run_clip(place, name, models=models, threshold=None, recognition=recognition)
        for place, name in places
    ]
    return looked(times, clips)


def lay_out_street(folder: Path) -> Path:
    """Write the demo's street as `run_clip` finds clips."""
    write_demo_inputs(folder / "demo")
    clips, faces = folder / "clips-dev", folder / "faces-dev"
    clips.mkdir()
    faces.mkdir()
    (folder / "demo" / CLIP).rename(clips / f"{STREET}.mp4")
    (folder / "demo" / TRUTH).rename(clips / f"{STREET}.truth.csv")
    (photo,) = (folder / "demo" / LISTED).iterdir()
    photo.rename(faces / photo.name)
    people = f"identity,listed,enrol_photo\n{photo.stem},1,{photo.name}\n"
    (clips / f"{STREET}.people.csv").write_text(people, encoding="utf-8")
    return folder


def main() -> None:
    """Run, print, write JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    given = parser.parse_args()
    output, machine, models = output_console(), describe(), open_default()
    with tempfile.TemporaryDirectory(prefix="overt-intervals-") as folder:
        street = lay_out_street(Path(folder))
        rows = [run_all(given.data, street, times, models) for times in TIMES]
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
