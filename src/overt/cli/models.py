"""`overt models`: which bundles there are, what they say, and whether their files are right."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from overt.cli.models_calibrate import calibrate
from overt.cli.models_forecast import forecast
from overt.cli.models_qualify import qualify
from overt.cli.models_quantise import quantise
from overt.cli.plain import plain_console
from overt.inference.agreement import agreements, require_agreement
from overt.inference.bundle import Bundle, ModelFile
from overt.inference.manifest import read_manifest
from overt.inference.opened import add_bundle, find_manifest, list_bundles, open_bundle
from overt.inference.session import CPU
from overt.settings import read_settings

__all__ = ["models"]

models = typer.Typer(help="Model bundles.", no_args_is_help=True)
models.command("calibrate")(calibrate)
models.command("forecast")(forecast)
models.command("qualify")(qualify)
models.command("quantise")(quantise)
BundleName = Annotated[str, typer.Argument(help="a bundle's name, manifest or folder")]


@models.command("list")
def list_all() -> None:
    """List the bundles: the one that comes with overt, then those that were added."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("name", "version", "use", "calibrated", "licence"):
        table.add_column(heading)
    for bundle in list_bundles(read_settings().bundles_dir):
        calibrated = "yes" if bundle.calibration else "no"
        table.add_row(bundle.name, bundle.version, bundle.intended_use, calibrated, bundle.licence)
    plain_console(stderr=False).print(table)


@models.command()
def show(name: BundleName = "default") -> None:
    """Show what a bundle says of itself."""
    bundle = read_manifest(find_manifest(name, folder=read_settings().bundles_dir))
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for heading, text in _facts(bundle):
        table.add_row(heading, text)
    plain_console(stderr=False).print(table)


@models.command()
def add(path: Annotated[Path, typer.Argument(help="a folder with bundle.toml")]) -> None:
    """Check a bundle and copy it to where overt finds it by name."""
    bundle = add_bundle(path, folder=read_settings().bundles_dir)
    print(bundle.name)


@models.command()
def check(name: BundleName = "default") -> None:
    """Check a bundle's files against their hashes, convert them if need be, load and run them.

    Says how far the answers of this machine's provider are from those of the reference.
    """
    settings = read_settings()
    opened = open_bundle(
        name,
        folder=settings.bundles_dir,
        cache=settings.cache_dir / "models",
        providers=settings.providers,
    )
    require_agreement(opened)
    networks = agreements(opened)
    names = ", ".join(found.network for found in networks)
    print(f"ok: {opened.bundle.name} {opened.bundle.version}, {names}")
    furthest = max(networks, key=lambda found: found.apart / found.tolerance)
    print(
        f"answers of {opened.providers[0]}: {furthest.apart:.1e} from those of {CPU}, "
        f"want {furthest.tolerance:.0e} at most"
    )


def _facts(bundle: Bundle) -> list[tuple[str, str]]:
    detector, recogniser = bundle.detector, bundle.recogniser
    facts = [
        ("name", f"{bundle.name} {bundle.version}"),
        ("digest", bundle.digest),
        ("intended use", str(bundle.intended_use)),
        ("licence", bundle.licence),
        ("source", bundle.source),
        ("description", " ".join(bundle.description.split())),
        ("detector", f"{detector.head}, smallest face {detector.min_face_px:g} px at its input"),
        ("  file", _file(detector.file)),
        ("recogniser", f"{recogniser.dimensions} numbers a face, {recogniser.metric}"),
        ("  file", _file(recogniser.file)),
    ]
    if (cohort := bundle.cohort) is not None:
        data = "; ".join(cohort.datasets)
        facts += [
            ("cohort", f"{cohort.size:,} faces of nobody, the {cohort.top} nearest count"),
            ("  fitted to", f"{cohort.photographs:,} photographs, {cohort.script}: {data}"),
            ("  file", f"{cohort.file}, sha256 {cohort.sha256}"),
        ]
    if (made := bundle.fewer_digits) is not None:
        networks = " and ".join(made.networks)
        facts += [
            (
                "fewer digits",
                f"{made.precision}: {networks}, of {made.mother} {made.mother_digest}",
            ),
            ("  made by", f"{made.tool}, with {made.pictures:,} pictures {made.pictures_sha256}"),
            ("  compared", f"{made.file}, sha256 {made.sha256}"),
        ]
    if bundle.evaluation is not None:
        record = bundle.record
        told = (
            "none that can be trusted"
            if record is None
            else f"{record.method.data}, {record.sha256}"
        )
        facts += [
            ("evaluation", told),
            ("  file", f"{bundle.evaluation.file}, sha256 {bundle.evaluation.sha256}"),
        ]
    calibration = bundle.calibration
    if calibration is None:
        return [*facts, ("calibration", "none: no deployment can use it")]
    return [
        *facts,
        ("calibration", f"{calibration.pairs:,} pairs of different people, {calibration.script}"),
        ("  data", "; ".join(calibration.datasets)),
        ("  worst group", calibration.group),
        ("  extrapolated above", f"score {calibration.extrapolated_above:.3f}"),
    ]


def _file(file: ModelFile) -> str:
    where = file.source if isinstance(file.source, Path) else file.source.path
    return f"{where}, sha256 {file.sha256}"
