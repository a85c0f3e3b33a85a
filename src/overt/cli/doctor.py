"""`overt doctor`: whether this machine is well, line by line, and what to do where it is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from overt.cli.plain import plain_console
from overt.clock import SystemClock
from overt.errors import OvertError
from overt.governance.deployment_file import read_deployment
from overt.operations.doctor.examination import Asked, examine
from overt.operations.doctor.finding import Family, Finding, Verdict, failure
from overt.operations.doctor.models import LONGEST_MS
from overt.operations.doctor.settings import find_settings
from overt.text import printable
from overt.values.deployment import Deployment

__all__ = ["doctor"]


def doctor(
    deployment: Annotated[
        Path | None,
        typer.Argument(help="a deployment's TOML file: its cameras and bundle are looked at too"),
    ] = None,
    *,
    only: Annotated[
        list[Family] | None, typer.Option(help="look at this alone; may be given several times")
    ] = None,
    longest_ms: Annotated[
        float, typer.Option(help="what a warm look at one picture may take, milliseconds", min=1)
    ] = LONGEST_MS,
    as_data: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> int:
    """Check this machine: settings, disk, record, keys, ledger, timers, models, cameras, ...

    Each line holds, fails or cannot be told. Nothing is recorded, made or repaired. Exit code 1
    where something fails.
    """
    families = tuple(only) if only else tuple(Family)
    found: list[Finding] = []
    console = plain_console(stderr=True)
    with console.status("looking"):
        for finding in _findings(deployment, families, longest_ms):
            found.append(finding)
            if not as_data:
                _print(finding)
    wrong = sum(each.verdict is Verdict.FAILS for each in found)
    unknown = sum(each.verdict is Verdict.CANNOT_TELL for each in found)
    if as_data:
        lines = [asdict(each) for each in found]
        print(json.dumps({"fails": wrong, "findings": lines}, indent=2))
    else:
        console.print(f"{len(found)} checks: {wrong} fail, {unknown} cannot be told")
    return 1 if wrong else 0


def _findings(
    file: Path | None, families: tuple[Family, ...], longest_ms: float
) -> Iterator[Finding]:
    settings, told = find_settings()
    if Family.SETTINGS in families or settings is None:
        yield told
    if settings is None:
        return
    drafted: Deployment | None = None
    if file is not None:
        try:
            drafted = read_deployment(file)
        except OvertError as error:
            yield failure(Family.CAMERAS, str(file), error)
    yield from examine(Asked(settings, drafted, families, longest_ms), clock=SystemClock())


def _print(finding: Finding) -> None:
    cells = (finding.verdict, finding.family, finding.about, finding.got)
    print("\t".join(printable(cell) for cell in cells))
    if finding.advice and finding.verdict is not Verdict.HOLDS:
        print(f"\t-> {printable(finding.advice)}")
