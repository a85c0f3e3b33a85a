"""The commands put together, and the boundary where errors become exit codes.

Exit codes: 0 done; 1 found wrong, or refused; 2 misused, or given what cannot be used.
"""

from __future__ import annotations

import sys

import click
import typer
from rich.console import Console

from overt.cli.demo import demo
from overt.cli.models import models
from overt.cli.run import run
from overt.cli.trying import try_video
from overt.cli.version import version
from overt.cli.watchlist import watchlist
from overt.errors import OvertError

__all__ = ["app", "main"]

app = typer.Typer(
    name="overt",
    help="Accountable live facial recognition.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("demo")(demo)
app.command("try")(try_video)
app.command("run")(run)
app.command("version")(version)
app.add_typer(models, name="models")
app.add_typer(watchlist, name="watchlist")


def main() -> None:
    """Run a command, and end the process with its exit code."""
    console = Console(stderr=True)
    try:
        code = app(standalone_mode=False)
    except OvertError as error:
        _tell(console, "error", str(error))
        if error.hint:
            _tell(console, "hint", error.hint)
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        code = 130
    sys.exit(code if isinstance(code, int) else 0)


def _tell(console: Console, kind: str, text: str) -> None:
    colour = "red" if kind == "error" else "yellow"
    console.print(f"[bold {colour}]{kind}:[/]", end=" ")
    console.print(text, markup=False, highlight=False, soft_wrap=True)
