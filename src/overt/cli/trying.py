"""`overt try`: one video and a folder of photographs, as a trial deployment in one line."""

from __future__ import annotations

import getpass
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import typer

from overt.cli.deploying import Finished, deploy, print_finished
from overt.cli.plain import plain_console
from overt.cli.shown_on import Hosted
from overt.cli.watchlist import build_here
from overt.clock import SystemClock
from overt.governance.applications import Grounds, from_folder
from overt.governance.listfile import destroy_list
from overt.settings import Settings, read_settings
from overt.text import printable
from overt.values.deployment import (
    Camera,
    Deployment,
    Purpose,
    Rank,
    Recognition,
    Statement,
    Window,
)
from overt.values.watchlist import Category
from overt.vault.keys import KeyRing
from overt.wiring import open_keys, open_models

__all__ = [
    "CEILING",
    "run_trial",
    "trial_draft",
    "trial_grounds",
    "trial_settings",
    "try_video",
]

CEILING: Final = 1e-3  # false alerts per comparison
TRIAL: Final = "trial among people who agreed to take part"


def try_video(
    video: Annotated[str, typer.Argument(help="a video, folder of stills, stream or webcam")],
    *,
    listed: Annotated[Path, typer.Option(help="folder of photographs, one a person")],
    out: Annotated[Path, typer.Option(help="folder for what comes of it")] = Path("overt-try"),
    threshold: Annotated[
        float | None,
        typer.Option(help="similarity; if not given, 1 false alert in 1,000 comparisons"),
    ] = None,
    bundle: Annotated[str, typer.Option(help="model bundle")] = "default",
) -> None:
    """Try overt on a video of people who agreed: a trial deployment in one line.

    Contact sheets come to lie in the folder OUT, events and sealed evidence in OUT/data.
    """
    finished = run_trial(
        Camera("video", video),
        listed=listed,
        out=out,
        threshold=threshold,
        bundle=bundle,
        name="trial",
    )
    print_finished(finished)


def run_trial(
    camera: Camera,
    *,
    listed: Path,
    out: Path,
    threshold: float | None,
    bundle: str,
    name: str,
    hosted: Hosted | None = None,
    settings: Settings | None = None,
) -> Finished:
    """Build a list of a folder, and run a trial deployment on one source.

    Where a console of pages hosts it, no contact sheet is written: pictures are only sealed.
    """
    console = plain_console(stderr=True)
    settings = settings or read_settings()
    models = open_models(bundle, settings=settings)
    kept = trial_settings(settings, out)
    kept.make_data_dir()
    list_folder, keys = kept.data_dir / "list", open_keys(kept)
    _discard(list_folder, keys)  # of a trial that was killed: a list is for one use
    try:
        applications = list(from_folder(listed, trial_grounds()))
        built = build_here(applications, out=list_folder, name=name, models=models, keys=keys)
        for rejected in built.rejected:
            name_shown = printable(rejected.file.name)
            console.print(f"not listed: {name_shown}: {rejected.reason}", soft_wrap=True)
        if threshold is None:
            threshold = models.scale.threshold_for(CEILING, listed=len(built.list.watchlist))
        return deploy(
            trial_draft(
                (camera,),
                threshold=threshold,
                bundle=bundle,
                name=name,
                place=name if hosted else "this machine",
                watchlist=list_folder,
            ),
            settings=kept,
            models=models,
            listfile=built.list,
            sheets=None if hosted else out,
            clock=SystemClock(),
            console=hosted or console,
        )
    finally:
        _discard(list_folder, keys)  # also where the trial was refused or broken off


def trial_settings(settings: Settings, out: Path) -> Settings:
    """Give settings under which all that a trial keeps lies in one folder."""
    return settings.model_copy(update={"data_dir": out / "data", "records": "", "cluster": ""})


def _discard(list_folder: Path, keys: KeyRing) -> None:
    if list_folder.exists():
        destroy_list(list_folder, keys=keys)


def trial_draft(
    cameras: tuple[Camera, ...],
    *,
    threshold: float,
    bundle: str,
    name: str,
    place: str,
    watchlist: Path,
) -> Deployment:
    """Draft a trial among people who agreed, with whoever runs this as its officer."""
    now = datetime.now(UTC).replace(microsecond=0)
    who = _user()
    return Deployment(
        name=name,
        place=place,
        purpose=Purpose.LOCATION,
        window=Window(now, now + timedelta(hours=24)),
        threshold=threshold,
        bundle=bundle,
        watchlist=watchlist,
        cameras=cameras,
        statement=Statement(
            officer=who,
            rank=Rank.NONE,
            given=now,
            reference="none: a trial",
            necessity=TRIAL,
            proportionality=TRIAL,
        ),
        recognition=Recognition(confirm_shots=2),
        trial=True,
    )


def trial_grounds() -> Grounds:
    """Give the grounds on which photographs of people who agreed are listed."""
    return Grounds(Category.BLUE, source=TRIAL, lawful_basis=TRIAL, reviewer=_user())


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # in a container a process can run as a user without a name
        return f"user {os.getuid()}"
