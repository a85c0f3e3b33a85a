"""What fewer digits gain and cost: speed, faces found, recognition, and people on clips.

    python -m benchmarks.fewer_digits DATA [--quick] [--write]

DATA holds `faces-dev`, `demographic-dev` and `clips-dev`. `overt models quantise` makes bundles of
the default one, `overt models calibrate` calibrates them on the photographs that the default one
was calibrated on, and `overt evaluate photos` evaluates all on people of whom nothing was chosen.
Ranges are taken of photographs of the development half and of frames of the first clip; the second
clip and the street of `overt demo` gave none. Networks take turns, run by run, one thread; times
are of the processor, and medians. `--quick` leaves recognition and clips out.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from PIL import Image

from benchmarks.intervals import Clips, looked
from benchmarks.machine import describe
from benchmarks.printing import output_console
from overt.clock import SystemClock
from overt.detect.picture import small_rgb
from overt.engine.pace import Step
from overt.evaluation.photographs import Half, read_photographs
from overt.inference.agreement import made_picture
from overt.inference.evaluation_file import beside_from, read_record
from overt.inference.manifest import read_manifest
from overt.inference.opened import MANIFEST, OpenedBundle
from overt.inference.session import CPU, Session
from overt.settings import read_settings
from overt.sources.opening import open_source
from overt.values.digits import Precision
from overt.wiring import open_bundle_here, open_models

RESULTS: Final = Path(__file__).resolve().parent / "results"
SAME: Final = Path(__file__).with_name("demographic-dev-same.csv")
MADE: Final[Mapping[str, tuple[str, Precision]]] = {
    "detector int8": ("detector", Precision.INT8),
    "both int8": ("both", Precision.INT8),
    "both float16": ("both", Precision.FLOAT16),
}
DEFAULT: Final = "default"
SHAPES: Final = ((544, 960), (384, 640), (192, 192))  # of 1080p, of 720p, of a part
BATCHES: Final = (1, 5)  # faces
TIMES: Final = 25
PHOTOGRAPHS: Final = 240
EVERY: Final = 5  # of the first clip's frames
GROUPS: Final = ("--group", "ethnicity+gender")
SET: Final = "FairFace (CC BY 4.0), 150 a group of ethnicity and gender"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, write JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--quick", action="store_true", help="neither recognition nor clips")
    parser.add_argument("--write", action="store_true", help="write JSON to benchmarks/results")
    given = parser.parse_args(arguments)
    output, machine = output_console(), describe()
    with tempfile.TemporaryDirectory(prefix="overt-digits-") as name:
        room = Path(name)
        # Templates are personal data: those of this measurement are deleted with its folder.
        os.environ["OVERT_CACHE_DIR"] = str(room / "cache")
        pictures = write_pictures(given.data, room / "pictures")
        bundles = made_bundles(pictures, room)
        report: dict[str, Any] = {
            "machine": asdict(machine),
            "load_before": os.getloadavg()[0],
            "pictures": pictures_of(bundles),
            "speed": list(speeds(bundles)),
            "detection": {name: detection(path) for name, path in bundles.items()},
        }
        if not given.quick:
            calibrated = {DEFAULT: DEFAULT} | {
                name: str(with_calibration(path, given.data, room))
                for name, path in bundles.items()
                if MADE[name][1] is Precision.INT8
            }
            report["recognition"] = {
                name: recognition(bundle, given.data, room) for name, bundle in calibrated.items()
            }
            clips = Clips.of(given.data, room / "street")
            report["clips"] = {
                name: asdict(
                    looked(clips, Step(1.0, 1), open_models(bundle, settings=read_settings()))
                )
                for name, bundle in calibrated.items()
            }
        report["load_after"] = os.getloadavg()[0]
    output.print_json(json.dumps(report))
    if given.write:
        path = RESULTS / f"{datetime.now(UTC).date()}-{machine.slug}-digits.json"
        path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        output.print(f"written to {path}", soft_wrap=True)


def write_pictures(data: Path, folder: Path) -> Path:
    """Put photographs of the development half and frames of the first clip into a folder."""
    folder.mkdir()
    everybody = read_photographs(data / "faces-dev.csv", data / "faces-dev", groups=())
    for photo in everybody.half(Half.DEVELOPMENT).photographs[:PHOTOGRAPHS]:
        (folder / photo.file.name).symlink_to(photo.file.resolve())
    clip = str(data / "clips-dev" / "walk1.mp4")
    source = open_source(clip, camera="clip", clock=SystemClock(), started=datetime.now(UTC))
    for frame in source.frames():
        if frame.index % EVERY == 0:
            rgb = small_rgb(frame, width=frame.width, height=frame.height)
            Image.fromarray(rgb).save(folder / f"walk1-{frame.index}.png", compress_level=1)
    return folder


def made_bundles(pictures: Path, room: Path) -> dict[str, Path]:
    """Make each bundle, and give its folder."""
    made: dict[str, Path] = {}
    for name, (network, precision) in MADE.items():
        made[name] = room / name.replace(" ", "-")
        words = ("--network", network, "--precision", precision, "--name", made[name].name)
        overt("models", "quantise", DEFAULT, pictures, *words, "--out", made[name])
    return made


def pictures_of(bundles: Mapping[str, Path]) -> dict[str, int]:
    """Say how many pictures set ranges, and how many were compared."""
    bundle = read_manifest(bundles["both int8"] / MANIFEST)
    made = bundle.fewer_digits
    if made is None:
        raise ValueError(f"{bundle.name}: got no fewer digits, want them")
    beside = beside_from(made.file.read_bytes(), shown=made.file.name)
    return {"ranges": made.pictures, "compared": beside.pictures}


def detection(path: Path) -> dict[str, Any]:
    """Give what `overt models quantise` found."""
    content = (path / "compared.json").read_bytes()
    beside = beside_from(content, shown=path.name).plain()
    return {key: beside[key] for key in ("heights", "alike")}


def speeds(bundles: Mapping[str, Path]) -> Iterator[dict[str, Any]]:
    """Time each network beside the others that do the same, in turn."""
    opened = {DEFAULT: _opened(DEFAULT)} | {
        name: _opened(str(path)) for name, path in bundles.items() if name != "detector int8"
    }
    detector = opened[DEFAULT].bundle.detector
    sessions = {name: each.detector_session() for name, each in opened.items()}
    for height, width in SHAPES:
        yield from _timed("detector", sessions, made_picture(height, width, detector.normalisation))
    recogniser = opened[DEFAULT].bundle.recogniser
    chip = made_picture(recogniser.input_size, recogniser.input_size, recogniser.normalisation)
    sessions = {name: each.recogniser_session() for name, each in opened.items()}
    for batch in BATCHES:
        yield from _timed("recogniser", sessions, chip.repeat(batch, axis=0))


def _timed(network: str, sessions: Mapping[str, Session], picture: Any) -> Iterator[dict[str, Any]]:
    times: dict[str, list[float]] = {name: [] for name in sessions}
    for turn in range(TIMES + 2):
        for name, session in sessions.items():
            begun = time.process_time()
            session.run({session.inputs[0].name: picture})
            if turn >= 2:  # the first ones make room
                times[name].append((time.process_time() - begun) * 1e3)
    for name, took in times.items():
        ratios = [a / b for a, b in zip(times[DEFAULT], took, strict=True)]
        yield {
            "network": network,
            "input": list(picture.shape),
            "bundle": name,
            "ms": statistics.median(took),
            "times as fast": statistics.median(ratios),
        }


def with_calibration(bundle: Path, data: Path, room: Path) -> Path:
    """Calibrate a bundle on the photographs of the default one, and give it with the lines."""
    lines = room / f"{bundle.name}-lines"
    overt(
        "models", "calibrate", data / "demographic-dev", "--labels", data / "demographic-dev.csv",
        *GROUPS, "--dataset", SET, "--same", SAME, "--bundle", bundle, "--out", lines,
    )  # fmt: skip
    for file in lines.iterdir():
        if file.suffix == ".toml":
            manifest = bundle / MANIFEST
            manifest.write_text(manifest.read_text() + "\n" + file.read_text(), encoding="utf-8")
        else:
            (bundle / file.name).write_bytes(file.read_bytes())
    return bundle


def recognition(bundle: str, data: Path, room: Path) -> dict[str, Any]:
    """Evaluate a bundle on the half of the people that nothing was chosen on."""
    of_faces, of_groups = room / "faces.json", room / "groups.json"
    common = ("--half", "test", "--bundle", bundle, "--out")
    labels = data / "faces-dev.csv"
    overt("evaluate", "photos", data / "faces-dev", "--labels", labels, *common, of_faces)
    labels = data / "demographic-dev.csv"
    photographs = ("evaluate", "photos", data / "demographic-dev", "--labels", labels)
    overt(*photographs, *GROUPS, "--same", SAME, "--listed", "1", *common, of_groups)
    faces, groups = read_record(of_faces), read_record(of_groups)
    return {
        "acquired": [asdict(each) for each in faces.acquired],
        "rates": [asdict(each) for each in faces.rates],
        "worst": [asdict(each) for each in groups.worst if each.measure == "FMR"],
    }


def overt(*words: str | Path) -> None:
    """Run a command of overt; what it keeps goes with this measurement's folder."""
    command = (sys.executable, "-m", "overt.cli", *map(str, words))
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - this interpreter


def _opened(bundle: str) -> OpenedBundle:
    return open_bundle_here(bundle, read_settings()).on((CPU,))


if __name__ == "__main__":
    main()
