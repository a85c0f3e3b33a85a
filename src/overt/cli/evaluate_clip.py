"""`overt evaluate clip`: video whose truth is known, run as a trial and measured."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from overt.cli.clip_list import enlisted, proposed
from overt.cli.clip_trial import ClipTrial
from overt.cli.evaluate import Bundle, Margin, Out, Rates, Thresholds, keep, model_of
from overt.cli.plain import plain_console
from overt.clock import SystemClock
from overt.errors import InputError
from overt.evaluation.clips.checks import require_listed, require_of_clip
from overt.evaluation.clips.evaluating import (
    ALLOWED,
    AboutClips,
    AskedOfClips,
    evaluate_clips,
)
from overt.evaluation.clips.passages import Judged, judge
from overt.evaluation.clips.prepared import Listing
from overt.evaluation.evaluating import RATES, THRESHOLDS
from overt.settings import read_settings
from overt.sources.truth_file import read_truth
from overt.text import printable
from overt.values.deployment import Recognition
from overt.values.truth import Truth
from overt.wiring import make_enrolment, open_models

__all__ = ["clip"]

SUFFIX: Final = ".truth.csv"


def clip(  # noqa: PLR0913 - each is an option that people give
    clips: Annotated[list[Path], typer.Argument(help="video files in which everybody is known")],
    *,
    lists: Annotated[
        list[Path],
        typer.Option("--list", help="a folder of photographs, or a table (CSV); repeat it"),
    ],
    truth: Annotated[
        list[Path] | None,
        typer.Option(help="who is where (CSV), one for each clip; else CLIP.truth.csv"),
    ] = None,
    photos: Annotated[
        Path | None, typer.Option(help="the photographs that tables name; else beside them")
    ] = None,
    group: Annotated[
        list[str] | None, typer.Option(help="a column of groups in the truth; repeat it")
    ] = None,
    data: Annotated[str, typer.Option(help="what the clips are, in words")] = "not described",
    threshold: Thresholds = None,
    fpir: Rates = None,
    false_alerts: Annotated[
        list[int] | None, typer.Option(min=0, help="false alerts to allow; repeat it")
    ] = None,
    margin: Margin = 1.25,
    bundle: Bundle = "default",
    out: Out = Path("evaluation.json"),
) -> None:
    """Evaluate on clips with ground truth: passages, alerts, tracks and faces found.

    Each clip runs as a trial among people who agreed, as `overt try` runs one. Nothing is kept of
    it but the figures.
    """
    files, truths = _truths(clips, truth or [], group or [])
    settings = read_settings()
    applications = proposed(lists, photos=photos)
    require_listed(truths, [each.entry.reference for each in applications])
    models = open_models(bundle, settings=settings)
    watchlist, listing = enlisted(applications, enrolment=make_enrolment(models))
    trial = ClipTrial.authorised(
        clips, watchlist=watchlist, models=models, bundle=bundle, settings=settings
    )
    judged = _run(trial, clips, truths, listing)
    operated = trial.authority.deployment.threshold
    with plain_console(stderr=True).status("measuring"):
        record = evaluate_clips(
            judged,
            listing=listing,
            scale=models.scale,
            about=_about(trial, clips, files, data=data),
            asked=AskedOfClips(
                tuple(dict.fromkeys(threshold or (operated, *THRESHOLDS))),
                tuple(fpir or RATES),
                tuple(dict.fromkeys(false_alerts or ALLOWED)),
                margin,
            ),
        )
    keep(record, out)


def _truths(
    clips: Sequence[Path], given: Sequence[Path], groups: Sequence[str]
) -> tuple[list[Path], list[Truth]]:
    """Read the truth of each clip, before any of them is run."""
    for path in clips:
        if not path.is_file():
            raise InputError(
                f"{printable(str(path))}: got no file, want a video file",
                hint="an evaluation is of recorded clips made for it, never of a camera",
            )
    if len({_sha256(path) for path in clips}) < len(clips):
        raise InputError("clips: got one twice, want each once")
    if given and len(given) != len(clips):
        raise InputError(f"truth: got {len(given)} files for {len(clips)} clips, want one each")
    files = list(given) or [path.with_suffix(SUFFIX) for path in clips]
    with plain_console(stderr=True).status("reading the truth"):
        return files, [read_truth(file, groups=groups) for file in files]


def _run(
    trial: ClipTrial, clips: Sequence[Path], truths: Sequence[Truth], listing: Listing
) -> list[Judged]:
    """Run clip after clip, and hold each to its truth."""
    rows = {person: row for row, person in enumerate(listing.people)}
    judged: list[Judged] = []
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=plain_console(stderr=True),
        transient=True,
    ) as progress:
        for place, (path, truth) in enumerate(zip(clips, truths, strict=True)):
            name = printable(path.name)
            task = progress.add_task(name, total=trial.source(place).length)
            ran = trial.run(
                place,
                truth,
                told=lambda done, task=task: progress.update(task, completed=done),
            )
            judged.append(judge(ran.seen, truth, rows=rows))
            require_of_clip(judged[-1], clip=name)
    return judged


def _about(
    trial: ClipTrial, clips: Sequence[Path], truths: Sequence[Path], *, data: str
) -> AboutClips:
    """Say what was measured; files are named by their hashes alone."""
    hashes = [_sha256(file) for file in truths]
    return AboutClips(
        made=SystemClock().now(),
        software=f"overt {version('overt')}",
        model=model_of(trial.common.models),
        data=data,
        labels_sha256=hashlib.sha256("".join(hashes).encode()).hexdigest(),
        footage=tuple(zip((_sha256(each) for each in clips), hashes, strict=True)),
        settings=_told(trial.recognition),
        operated=trial.authority.deployment.threshold,
        least_px=float(trial.recognition.min_face_px),
    )


def _told(recognition: Recognition) -> tuple[tuple[str, str], ...]:
    """Say how the pipeline ran."""
    return (
        ("smallest face to be found", f"{recognition.min_face_px} px"),
        ("smallest distance between the eyes that is compared", f"{recognition.min_eyes_px:g} px"),
        ("seconds between two looks", f"{recognition.detect_interval_s:g}"),
        ("shots that confirm an alert", str(recognition.confirm_shots)),
        ("shots of a passage that are compared, at most", str(recognition.max_shots)),
        ("zone of recognition", "the whole view"),
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
