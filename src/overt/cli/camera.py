"""`overt camera`: whether a camera gives what comparison needs, before a deployment uses it."""

from __future__ import annotations

import json
import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from overt.arrays import Rgb
from overt.cli.camera_signing import Signing
from overt.cli.plain import plain_console
from overt.clock import ForwardClock, SystemClock
from overt.errors import InputError
from overt.governance.deployment_file import read_deployment
from overt.governance.preflight import GoNoGo, Preflight, as_json, zone_as_toml
from overt.governance.preflight_judge import Wanted, judge
from overt.governance.preflight_watch import OnLook
from overt.inference.opened import OpenedBundle
from overt.report.preflight_picture import write_preflight
from overt.select.zone import Zone
from overt.settings import Settings, read_settings
from overt.sources.opening import open_source
from overt.text import printable
from overt.values.deployment import Camera
from overt.wiring import camera_watcher, open_bundle_here

__all__ = ["camera"]

camera = typer.Typer(help="Cameras, before a deployment uses them.", no_args_is_help=True)


@camera.callback()
def _group() -> None:
    """Keep `check` a command of its own name, though it is the only one."""


@dataclass(frozen=True, slots=True)
class Meant:
    """Which camera is to be checked, and how."""

    name: str
    source: str
    zone: Zone
    bundle: str
    min_face_px: float


@camera.command()
def check(  # noqa: PLR0913 - each is an option that people give
    source: Annotated[
        str | None, typer.Argument(help="a stream, webcam, video or folder of stills")
    ] = None,
    *,
    deployment: Annotated[
        Path | None,
        typer.Option(help="a drafted deployment's TOML file: check its --camera, and record it"),
    ] = None,
    name: Annotated[str, typer.Option("--camera", "--name", help="the camera's name")] = "camera",
    by: Annotated[str, typer.Option(help="with --deployment: who signs for the result")] = "",
    seconds: Annotated[float, typer.Option(help="how long to watch", min=1, max=600)] = 20,
    zone: Annotated[
        str, typer.Option(help='zone of recognition, shares of the picture: "x,y x,y x,y ..."')
    ] = "",
    bundle: Annotated[str, typer.Option(help="model bundle, for its detector")] = "default",
    out: Annotated[
        Path | None, typer.Option(help="folder for a masked picture and the result as JSON")
    ] = None,
    min_face_px: Annotated[
        float, typer.Option(help="smallest face to be found, pixels", min=12, max=1000)
    ] = 40,
    as_data: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Check a camera: go or no-go, with reasons, and a suggested zone of recognition.

    Faces are found and measured; none is compared, and nobody is kept. With --deployment, source,
    zone, bundle and smallest face are those of its file, and the result is recorded: a briefing
    needs a go of every camera. Exit code 0 is go, 1 is no-go or cannot tell, 2 a source that
    cannot be used.
    """
    settings, console = read_settings(), plain_console(stderr=True)
    if deployment is not None:
        if source is not None or zone:
            raise InputError("camera: got a source or zone beside --deployment, want its file's")
        meant, signing = meant_in(deployment, name), Signing.begin(deployment, by=by)
    elif source is None:
        raise InputError("camera: got no source, want one, or --deployment FILE")
    else:
        checked_zone = Camera(name, source, zone_of(zone)).zone
        meant, signing = Meant(name, source, checked_zone, bundle, min_face_px), None
    opened = open_bundle_here(meant.bundle, settings)
    preflight, view = _watched(meant, opened, settings, seconds=seconds, console=console)
    data = json.dumps(as_json(preflight), indent=2)
    print(data) if as_data else print_check(preflight)
    picture = None
    if out is not None:
        picture = _file(out, meant.name, ".png")
        with _written(out):
            write_preflight(preflight, view, zone=meant.zone, path=picture)
            _file(out, meant.name, ".json").write_text(data + "\n", encoding="utf-8")
        console.print(f"picture: {printable(str(picture))}", soft_wrap=True)
    if signing is not None:
        signing.record(preflight, bundle=opened.bundle.digest, picture=picture)
        console.print(f"recorded for deployment {signing.deployment}", soft_wrap=True)
    if preflight.verdict is not GoNoGo.GO:
        raise typer.Exit(1)


def meant_in(file: Path, name: str) -> Meant:
    """Find a camera in a deployment's file.

    Raises:
        DeploymentError: the file cannot be used.
        InputError: it has no camera of this name.
    """
    drafted = read_deployment(file)
    for each in drafted.cameras:
        if each.name == name:
            least = drafted.recognition.min_face_px
            return Meant(name, each.source, each.zone, drafted.bundle, least)
    names = ", ".join(each.name for each in drafted.cameras)
    raise InputError(f"camera: got {name!r}, want one of {names}", hint="name it with --camera")


def _watched(
    meant: Meant, opened: OpenedBundle, settings: Settings, *, seconds: float, console: Console
) -> tuple[Preflight, Rgb]:
    """Watch a camera; give what was found, and a view in which everybody is masked."""
    clock = ForwardClock(SystemClock())
    watcher = camera_watcher(opened, min_face_px=meant.min_face_px, zone=meant.zone, clock=clock)
    frames = open_source(
        meant.source,
        camera=meant.name,
        clock=clock,
        started=clock.now(),
        threads=settings.decode_threads,
    )
    with _progress(seconds, console) as on_look:
        watched = watcher.watch(frames, seconds=seconds, on_look=on_look)
    return judge(watched, Wanted()), watched.view


def zone_of(text: str) -> Zone:
    """Read a zone from "x,y x,y x,y"; nothing is the whole picture.

    Raises:
        InputError: it is not written so.
    """
    points: list[tuple[float, float]] = []
    for point in text.split():
        try:
            x, y = (float(part) for part in point.split(","))
        except ValueError as error:
            raise InputError(
                f"zone: got {point!r}, want points as 0.1,0.2",
                hint='write it as --zone "0.1,0.2 0.9,0.2 0.9,0.8 0.1,0.8"',
            ) from error
        points.append((x, y))
    return tuple(points)


def print_check(preflight: Preflight) -> None:
    """Print every check, what to do, the suggested zone, and the verdict last."""
    console = plain_console(stderr=False)
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("check", "got", "want", "verdict"):
        table.add_column(heading)
    for each in preflight.checks:
        table.add_row(each.name, each.got, each.want, each.verdict)
    console.print(table)
    for each in preflight.checks:
        if each.advice and each.verdict is not GoNoGo.GO:
            console.print(f"{each.name}: {each.advice}", soft_wrap=True)
    if preflight.zone:
        console.print("suggested zone of recognition, for [[camera]] in the deployment's file:")
        console.print(zone_as_toml(preflight.zone), soft_wrap=True)
    else:
        console.print("suggested zone of recognition: none, too few faces were fit")
    console.print(f"{printable(preflight.camera)}: {preflight.verdict}", soft_wrap=True)


def _file(folder: Path, name: str, ending: str) -> Path:
    return folder / (re.sub(r"[^\w-]+", "-", name) + ending)


@contextmanager
def _progress(seconds: float, console: Console) -> Generator[OnLook]:
    """Show how far the watch is, where somebody looks."""
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("watching", total=seconds)

        def on_look(done_s: float, faces: int) -> None:
            progress.update(task, completed=done_s, description=f"watching, {faces} faces seen")

        yield on_look


@contextmanager
def _written(folder: Path) -> Generator[None]:
    """Tell what cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise InputError(
            f"folder {str(folder)!r}: got {error.strerror}, want one that can be written"
        ) from error
