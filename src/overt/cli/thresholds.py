"""`overt thresholds`: which threshold keeps a limit of false alerts, and who is recognised."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.table import Table

from overt.cli.plain import plain_console
from overt.errors import EvaluationError
from overt.evaluation.forecasting import Foreseen, foresee
from overt.evaluation.thresholds import ForGroup, keep, recognised
from overt.evaluation.written import percent
from overt.inference.bundle import Bundle
from overt.inference.evaluation_file import read_forecast, read_record
from overt.report.words import about_faces_seen, about_one_in
from overt.settings import read_settings
from overt.text import printable
from overt.wiring import open_models

__all__ = ["thresholds"]

SHARE: Final = re.compile(r"\d+(?:/\d+)?|\d*\.?\d+(?:[eE]-?\d+)?")


def thresholds(
    *,
    listed: Annotated[int, typer.Option(min=1, help="entries on the list")],
    limit: Annotated[str, typer.Option(help="false alerts a comparison, as 1/1000")] = "1/1000",
    evaluation: Annotated[
        Path | None, typer.Option(help="an evaluation record: who is recognised there")
    ] = None,
    forecast: Annotated[
        Path | None, typer.Option(help="a forecast (`overt models forecast`): false alerts of whom")
    ] = None,
    bundle: Annotated[str, typer.Option(help="model bundle")] = "default",
) -> None:
    """Say which threshold keeps a limit of false alerts, with what recognition, for each group."""
    share = read_share(limit)
    models = open_models(bundle, settings=read_settings())
    kept = keep(models.scale, listed=listed, limit=share)
    guess = ", extrapolated: nobody measured it there" if kept.extrapolated else ""
    print(f"{kept.threshold:.2f}")
    console = plain_console(stderr=False)
    console.print(
        f"With {listed:,} listed, {about_one_in(kept.predicted)} comparisons with the list is "
        f"predicted to be a false alert, in the worst group of the calibration{guess}.",
        soft_wrap=True,
    )
    console.print(
        f"A face seen is compared several times, and as one of several shots: "
        f"{about_faces_seen(kept.predicted)}, measured where many alert.",
        soft_wrap=True,
    )
    if forecast is not None:
        foretold = read_forecast(forecast)
        _require(foretold.bundle, models.opened.bundle, what="forecast", by="models forecast")
        foreseen = tuple(foresee(foretold, threshold=kept.threshold, listed=listed))
        console.print(_foreseen(foreseen, share))
        if any(each.extrapolated for each in foreseen):
            console.print(
                f"What was counted from {foretold.measured_to:.2f} on falls to "
                f"{kept.threshold:.2f} as the scale does: extrapolated, and the interval does not "
                "know how sure that is.",
                soft_wrap=True,
            )
    if evaluation is None:
        console.print("Nobody knows who is recognised there: give --evaluation.", soft_wrap=True)
        return
    record = read_record(evaluation)
    _require(record.model.digest, models.opened.bundle, what="evaluation", by="evaluate photos")
    rows = recognised(record, kept.threshold, listed=listed, limit=share)
    console.print(_table(rows, record.method.listed))


def _require(digest: str, bundle: Bundle, *, what: str, by: str) -> None:
    """Refuse what was measured of another bundle."""
    if digest != bundle.evaluated:
        raise EvaluationError(
            f"{what}: got one of bundle {digest[:12]}, want one of {bundle.name} "
            f"({bundle.evaluated[:12]})",
            hint=f"measure this bundle with `overt {by}`",
        )


def read_share(text: str) -> float:
    """Read a share as people write it, 1/1000 or 0.001.

    Raises:
        EvaluationError: it is none within 0 and 1.
    """
    value = float(Fraction(text)) if SHARE.fullmatch(text) and not text.endswith("/0") else 0.0
    if not 0 < value < 1:
        raise EvaluationError(f"limit: got {text!r}, want a share as 1/1000 or 0.001")
    return value


def _foreseen(rows: Iterable[Foreseen], limit: float) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for head in ("group", "lists of", "false alerts a comparison", "pairs", "from", "keeps it"):
        table.add_column(head)
    for row in rows:
        rate = row.rate
        table.add_row(
            printable(row.group),
            row.lists_of,
            f"{rate.value:.2g} ({rate.low:.2g} to {rate.high:.2g})",
            f"{rate.reached:,} of {rate.pairs:,}",
            f"{row.counted_at:.2f}",
            "yes" if rate.high <= limit else "no" if rate.low > limit else "cannot tell",
        )
    return table


def _table(rows: tuple[ForGroup, ...], listed: int) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    heads = ("by", "group", "recognised (TPIR)", f"false alerts, {listed:,} listed", "keeps it")
    for head in heads:
        table.add_column(head)
    for row in rows:
        table.add_row(
            printable(row.column),
            printable(row.group),
            percent(row.tpir),
            percent(row.fpir),
            "not measured" if row.within is None else "yes" if row.within else "cannot tell",
        )
    return table
