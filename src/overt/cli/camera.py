"""`overt camera`: whether a camera gives what comparison needs, before a deployment uses it."""

from __future__ import annotations

import json
import re
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from overt.cli.showing import plain_console
from overt.clock import ForwardClock, SystemClock
from overt.errors import InputError
from overt.governance.preflight import GoNoGo, Preflight, as_json, zone_as_toml
from overt.governance.preflight_judge import Wanted, judge
from overt.governance.preflight_watch import OnLook
from overt.report.preflight_picture import write_preflight
from overt.select.zone import Zone
from overt.settings import read_settings
from overt.sources.opening import open_source
from overt.text import printable
from overt.values.deployment import Camera
from overt.wiring import camera_watcher, open_bundle_here

__all__ = ["camera"]

camera = typer.Typer(help="Cameras, before a deployment uses them.", no_args_is_help=True)


@camera.callback()
def _group() -> None:
    """Keep `check` a command of its own name, though it is the only one."""


@camera.command()
def check(
    source: Annotated[str, typer.Argument(help="a stream, webcam, video or folder of stills")],
    *,
    seconds: Annotated[float, typer.Option(help="how long to watch", min=1, max=600)] = 20,
    name: Annotated[str, typer.Option(help="the camera's name")] = "camera",
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

    Faces are found and measured; none is compared, and nobody is kept. Exit code 0 is go, 1 is
    no-go or cannot tell, 2 a source that cannot be used.
    """
    settings, clock = read_settings(), ForwardClock(SystemClock())
    console = plain_console(stderr=True)
    meant = Camera(name, source, zone_of(zone)).zone
    opened = open_bundle_here(bundle, settings)
    watcher = camera_watcher(opened, min_face_px=min_face_px, zone=meant, clock=clock)
    frames = open_source(
        source, camera=name, clock=clock, started=clock.now(), threads=settings.decode_threads
    )
    with _progress(seconds, console) as on_look:
        watched = watcher.watch(frames, seconds=seconds, on_look=on_look)
    preflight = judge(watched, Wanted())
    data = json.dumps(as_json(preflight), indent=2)
    if as_data:
        print(data)
    else:
        print_check(preflight)
    if out is not None:
        picture = _file(out, name, ".png")
        with _written(out):
            write_preflight(preflight, watched.view, zone=meant, path=picture)
            _file(out, name, ".json").write_text(data + "\n", encoding="utf-8")
        console.print(f"picture: {printable(str(picture))}", soft_wrap=True)
    if preflight.verdict is not GoNoGo.GO:
        raise typer.Exit(1)


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
