"""`overt thresholds`: which threshold keeps a limit of false alerts, and who is recognised."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.table import Table

from overt.cli.showing import plain_console
from overt.errors import EvaluationError
from overt.evaluation.thresholds import ForGroup, keep, recognised
from overt.evaluation.written import percent
from overt.inference.evaluation_file import read_record
from overt.report.words import about_one_in
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
    if evaluation is None:
        console.print("Nobody knows who is recognised there: give --evaluation.", soft_wrap=True)
        return
    record = read_record(evaluation)
    if record.model.digest != models.opened.bundle.evaluated:
        raise EvaluationError(
            f"evaluation: got one of bundle {record.model.name} ({record.model.digest[:12]}), want "
            f"one of {models.opened.bundle.name} ({models.opened.bundle.evaluated[:12]})",
            hint="evaluate this bundle with `overt evaluate photos`",
        )
    rows = recognised(record, kept.threshold, listed=listed, limit=share)
    console.print(_table(rows, record.method.listed))


def read_share(text: str) -> float:
    """Read a share as people write it, 1/1000 or 0.001.

    Raises:
        EvaluationError: it is none within 0 and 1.
    """
    value = float(Fraction(text)) if SHARE.fullmatch(text) and not text.endswith("/0") else 0.0
    if not 0 < value < 1:
        raise EvaluationError(f"limit: got {text!r}, want a share as 1/1000 or 0.001")
    return value


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
