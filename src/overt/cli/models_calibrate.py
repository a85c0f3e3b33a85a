"""`overt models calibrate`: what a bundle's scores mean, measured on labelled photographs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.progress import track

from overt.cli.extras import needs_extra
from overt.cli.labelled import Identity, Same
from overt.cli.plain import plain_console
from overt.errors import InputError
from overt.evaluation.evaluating import THRESHOLDS
from overt.evaluation.photographs import Half, Photograph, PhotoSet, read_photographs
from overt.evaluation.written import percent
from overt.select.limits import Limits
from overt.settings import read_settings
from overt.values.deployment import Recognition
from overt.wiring import evaluation_stages, open_bundle_here

if TYPE_CHECKING:
    from overt.evaluation.calibrating import Calibrated
    from overt.evaluation.making import Left

__all__ = ["calibrate"]

LINES_FILE: Final = "manifest-lines.toml"


def calibrate(
    photos: Annotated[Path, typer.Argument(help="folder of photographs")],
    *,
    labels: Annotated[Path, typer.Option(help="their table (CSV) with a column `file`")],
    group: Annotated[list[str], typer.Option(help="a column of groups, or a+b for both together")],
    dataset: Annotated[str, typer.Option(help="what they are and under which licence, in words")],
    out: Annotated[Path, typer.Option(help="a new folder for the mixture and the TOML")],
    identity: Identity = None,
    same: Same = None,
    bundle: Annotated[str, typer.Option(help="a bundle's name, manifest or folder")] = "default",
) -> None:
    """Fit a cohort to photographs, and measure what scores mean then, for the worst group.

    The cohort is kept only where it makes groups more alike. OUT holds the mixture and the lines
    for the bundle's manifest. The other half of the people stays unseen, to test on.
    """
    with needs_extra("evaluation"):
        from overt.evaluation.labelled import embed_all
        from overt.evaluation.making import COHORT_FILE, Told, left_of, make, manifest_lines
    if out.exists():
        raise InputError(f"{out}: got a folder that is there, want a new one")
    told = Told("overt models calibrate (development half)", dataset)
    console = plain_console(stderr=True)
    chosen = _chosen(
        read_photographs(labels, photos, groups=_one(group), identity=identity, same=same), console
    )
    stages = evaluation_stages(open_bundle_here(bundle, read_settings()))
    templates = embed_all(
        track(chosen, "photographs", console=console),
        stages=stages,
        limits=Limits(min_eyes_px=Recognition(confirm_shots=1).min_eyes_px),
    )
    console.print(f"{len(templates)} of {len(chosen)} photographs have a face fit to be compared")
    made = make(templates, metric=stages.metric, told=told)
    lines, mixture = manifest_lines(made, told=told)
    console.print(
        f"worst to best group at 1e-2 overall: {made.ratio_before:.1f} without a cohort, "
        f"{made.ratio_after:.1f} with one: {'left out' if mixture is None else 'kept'}"
    )
    _tell(made.calibrated, console)
    for line in _left(left_of(made, thresholds=THRESHOLDS)):
        console.print(line, soft_wrap=True)
    out.mkdir(parents=True)
    if mixture is not None:
        (out / COHORT_FILE).write_bytes(mixture)
    (out / LINES_FILE).write_text(lines, encoding="utf-8")
    print(out / LINES_FILE)


def _one(group: list[str]) -> list[str]:
    if len(group) != 1:
        raise InputError(
            f"--group: got {' and '.join(group)}, want one: several columns make a group together "
            f"as {'+'.join(group)}"
        )
    return group


def _chosen(people: PhotoSet, console: Console) -> list[Photograph]:
    """Give the photographs of the development half whose group is known."""
    of_half = people.half(Half.DEVELOPMENT).photographs
    chosen = [photo for photo in of_half if photo.groups[0]]
    if len(chosen) < len(of_half):
        console.print(f"left out, as nobody said their group: {len(of_half) - len(chosen)}")
    return chosen


def _tell(calibrated: Calibrated, console: Console) -> None:
    for name, pairs, rates in calibrated.shown:
        figures = " ".join(f"{each:6.2f}" for each in rates)
        console.print(f"{name:28} {pairs:7,} pairs, log10 FMR {figures}", soft_wrap=True)
    console.print(
        f"tail: shape {calibrated.shape:.3f} ({calibrated.shape_low:.3f} to "
        f"{calibrated.shape_high:.3f}, 95 % by bootstrap over groups)"
    )


def _left(rows: Sequence[Left]) -> Iterator[str]:
    """Say what recognition the new scale leaves, or that it is not known."""
    if all(row.recognised is None for row in rows):
        yield (
            "recognised: not known, as nobody has two photographs here; `overt evaluate photos` "
            "measures it on people who have"
        )
        return
    for row in rows:
        yield f"recognised at {row.threshold:.2f}, {row.group}: {percent(row.recognised)}"
