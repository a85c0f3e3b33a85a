"""`overt demo`: the whole path on a street video that is made here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from overt.cli.deploying import print_finished
from overt.cli.plain import plain_console
from overt.cli.trying import run_trial
from overt.simulation import write_demo_inputs
from overt.simulation.demo_scene import CLIP, LISTED
from overt.values.deployment import Camera

__all__ = ["demo"]

INTRODUCTION = """\
A street video, made on this machine: real faces (public-domain portraits, and small
photographs that come with scikit-image) on drawn bodies. One person is listed: Eileen Collins,
by her NASA portrait. It shows the path from pixels to alert; it says nothing about accuracy,
since the face in the video comes from the listed photograph."""


def demo(
    out: Annotated[Path, typer.Option(help="folder for what comes of it")] = Path("overt-demo"),
) -> None:
    """Make a street video, and run a trial deployment on it from pixels to alert."""
    console = plain_console(stderr=True)
    console.print(INTRODUCTION, soft_wrap=True)
    inputs = out / "inputs"
    if not (inputs / CLIP).is_file():
        with console.status("making the video (once)"):
            write_demo_inputs(inputs)
    finished = run_trial(
        Camera("video", str(inputs / CLIP)),
        listed=inputs / LISTED,
        out=out,
        threshold=None,
        bundle="default",
        name="demo",
    )
    print_finished(finished)
