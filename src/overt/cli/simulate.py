"""`overt simulate`: years that nobody lived, with a known truth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from overt.cli.extras import needs_extra
from overt.cli.plain import plain_console
from overt.simulation.years.truth import Scale

if TYPE_CHECKING:
    from overt.simulation.years.writing import Written

__all__ = ["simulate"]

EXPORTED: Final = 2  # force-years up to which exports are written unasked


def simulate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="new or empty folder to write")],
    *,
    years: Annotated[int, typer.Option(help="years of each force")] = 1,
    forces: Annotated[int, typer.Option(help="how many forces")] = 1,
    seed: Annotated[int, typer.Option(help="the same seed gives the same tables")] = 1,
    scale: Annotated[Scale, typer.Option(help="how large a force's year is")] = Scale.REFERENCE,
    events: Annotated[
        bool | None,
        typer.Option(
            help="write a signed export of events too; if not said, up to 2 years of forces"
        ),
    ] = None,
) -> None:
    """Simulate years of deployments with a known truth, for tests, demonstrations and power.

    Nobody is filmed, listed or spoken to. Every place, force, bundle and policy is called
    simulated, and nothing enters this machine's record.
    """
    with needs_extra("report"):
        from overt.simulation.years.writing import TRUTH, Asked, simulate_years
    exported = years * forces <= EXPORTED if events is None else events
    asked = Asked(years, forces, seed, scale, exported)
    columns = (
        TextColumn("simulating"), BarColumn(), MofNCompleteColumn(), TextColumn("forces"),
        TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=plain_console(stderr=True), transient=True) as shown:
        task = shown.add_task("forces", total=forces)

        def done(written: Written) -> None:
            shown.advance(task)
            counted = f"\t{written.events} events" if written.events else ""
            print(f"{written.folder}{counted}")

        simulate_years(folder, asked, progress=done)
    print(folder / TRUTH)
