"""`overt run`: run an authorised deployment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from overt.cli.deploying import Recorded, deploy, print_finished
from overt.cli.deployment import draft_digest
from overt.cli.plain import plain_console
from overt.cli.short_log import saying_in
from overt.cli.shown_on import Logged
from overt.clock import SystemClock
from overt.governance.deployment_file import read_deployment
from overt.governance.listfile import ListFile
from overt.settings import read_settings
from overt.wiring import open_keys, open_models

__all__ = ["run"]


def run(
    deployment: Annotated[Path, typer.Argument(help="the deployment's TOML file")],
    *,
    recorded: Annotated[
        str | None,
        typer.Option("--deployment", help="its id in the record; only a trial is run without one"),
    ] = None,
    sheets: Annotated[
        Path | None,
        typer.Option(help="folder for contact sheets; only in a trial, else pictures stay sealed"),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(help="HOST:PORT of a cluster's head: its nodes run the cameras"),
    ] = None,
    log: Annotated[
        Path | None,
        typer.Option(help="file for what it says, instead of the screen; at most 1 MiB is kept"),
    ] = None,
) -> None:
    """Run a deployment inside its window, and destroy its watchlist at the end.

    Refuses without a complete and current authority: of a trial in its file, of anything else in
    the record, drafted, authorised and briefed by people. Ctrl-C ends it cleanly. A log tells no
    alert: it would be kept when the alert is not.
    """
    with saying_in(log):
        settings = read_settings()
        if cluster is not None:
            settings = settings.model_copy(update={"cluster": cluster})
        settings.make_data_dir()
        console = plain_console(stderr=True)
        drafted = read_deployment(deployment)
        finished = deploy(
            drafted,
            settings=settings,
            models=open_models(drafted.bundle, settings=settings),
            listfile=ListFile(drafted.watchlist, keys=open_keys(settings)),
            sheets=sheets,
            clock=SystemClock(),
            console=Logged(console) if log else console,
            recorded=Recorded(recorded, draft_digest(deployment)) if recorded else None,
        )
        print_finished(finished)
