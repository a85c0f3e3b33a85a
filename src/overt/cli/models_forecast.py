"""`overt models forecast`: whom false alerts of a bundle are to be expected of."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer
from rich.console import Console
from rich.progress import Progress, track

from overt.arrays import F64, Vectors
from overt.cli.extras import needs_extra
from overt.cli.labelled import Identity, Same
from overt.cli.plain import plain_console
from overt.clock import SystemClock
from overt.errors import InputError
from overt.evaluation.photographs import Half, read_photographs
from overt.inference.bundle import Bundle
from overt.inference.evaluation_file import write_record
from overt.inference.mixture import cohort_of
from overt.inference.store import write_whole
from overt.match.comparing import Comparer
from overt.select.limits import Limits
from overt.settings import read_settings
from overt.values.deployment import Recognition
from overt.values.forecast import Forecast
from overt.wiring import comparer_of, evaluation_stages, open_models

if TYPE_CHECKING:
    from overt.evaluation.labelled import Template

__all__ = ["forecast"]


def forecast(
    photos: Annotated[Path, typer.Argument(help="folder of photographs")],
    *,
    labels: Annotated[Path, typer.Option(help="their table (CSV) with a column `file`")],
    group: Annotated[str, typer.Option(help="a column of groups, or a+b for both together")],
    dataset: Annotated[str, typer.Option(help="what they are and under which licence, in words")],
    out: Annotated[Path, typer.Option(help="a new file (JSON)")],
    identity: Identity = None,
    same: Same = None,
    bundle: Annotated[str, typer.Option(help="a bundle's name, manifest or folder")] = "default",
) -> None:
    """Measure which pairs of different people come nearest, for a forecast by group.

    People of the development half, whom a cohort is fitted to, are each held against a cohort of
    others. `overt thresholds --forecast` says what follows for a threshold.
    """
    if out.exists():
        raise InputError(f"{out}: got a file that is there, want a new one")
    with needs_extra("evaluation"):
        from overt.evaluation.forecasting import FOLDS, nearest, one_each
        from overt.evaluation.labelled import embed_all
    console = plain_console(stderr=True)
    found = read_photographs(labels, photos, groups=[group], identity=identity, same=same)
    chosen = [photo for photo in found.half(Half.DEVELOPMENT).photographs if photo.groups[0]]
    models = open_models(bundle, settings=read_settings())
    templates = one_each(
        embed_all(
            track(chosen, "photographs", console=console),
            stages=evaluation_stages(models.opened),
            limits=Limits(min_eyes_px=Recognition(confirm_shots=1).min_eyes_px),
        )
    )
    if len(templates) < 2:
        raise InputError(f"forecast: got {len(templates)} people with a face, want some hundreds")
    opened = models.opened.bundle
    apart = opened.cohort is not None
    scores = _apart(templates, opened, console) if apart else _plain(templates, opened)
    floor, near = nearest(models.scale.similarity(scores))
    bend = 0.0 if opened.calibration is None else opened.calibration.extrapolated_above
    names = sorted({each.group for each in templates})
    made = Forecast(
        made=SystemClock().now().isoformat(timespec="seconds"),
        software=f"overt {version('overt')}",
        bundle=opened.evaluated,
        data=dataset,
        labels_sha256=hashlib.sha256(labels.read_bytes()).hexdigest(),
        half=Half.DEVELOPMENT,
        folds=FOLDS if apart else 0,
        groups=tuple(names),
        people=tuple(names.index(each.group) for each in templates),
        floor=floor,
        measured_to=float(models.scale.similarity(np.array([bend]))[0]),
        near=near,
    )
    console.print(
        f"{len(templates)} people in {len(names)} groups, {len(near):,} pairs from {floor:.2f} on"
    )
    write_whole(out, write_record(made))
    print(out)


def _apart(templates: list[Template], bundle: Bundle, console: Console) -> F64:
    """Hold each pair against a cohort of other people, drawn as the bundle's is."""
    from overt.evaluation.forecasting import FOLDS, held_apart
    from overt.evaluation.mixture import fit_mixture

    entry, metric = bundle.cohort, bundle.recogniser.metric
    assert entry is not None  # noqa: S101 - only asked where there is one

    def fit(vectors: Vectors) -> Comparer:
        mixture = fit_mixture(vectors)
        cohort = cohort_of(mixture, size=entry.size, seed=entry.seed, top=entry.top, metric=metric)
        return Comparer(metric, cohort)

    with Progress(console=console) as progress:
        task = progress.add_task("cohorts of others", total=FOLDS * (FOLDS + 1) // 2)
        return held_apart(templates, fit=fit, told=lambda: progress.advance(task))


def _plain(templates: list[Template], bundle: Bundle) -> F64:
    """Compare by the bundle's own scores, as it has no cohort."""
    comparer = comparer_of(bundle)
    side = comparer.side(np.stack([each.vector for each in templates]))
    return comparer.compare(side, side).scores.astype(np.float64)
