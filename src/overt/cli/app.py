"""The commands put together, and the boundary where errors become exit codes.

Exit codes: 0 done; 1 found wrong, or refused; 2 misused, or given what cannot be used.
"""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import NoReturn

import typer
from rich.console import Console

from overt.cli.commands import LazyGroup
from overt.cli.plain import plain_console
from overt.errors import OvertError
from overt.text import printable

__all__ = ["app", "main"]

app = typer.Typer(
    name="overt",
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def overt() -> None:
    """Accountable live facial recognition."""


def main() -> None:
    """Run a command, and end the process with its exit code."""
    console = plain_console(stderr=True)
    signal.signal(signal.SIGTERM, _terminated)
    try:
        code = app(standalone_mode=False)
    except OvertError as error:
        _tell(console, "error", str(error))
        if error.hint:
            _tell(console, "hint", error.hint)
        code = error.exit_code
    except typer.TyperException as error:  # an unknown command or option, a value of a wrong type
        if error.format_message():  # else the help was printed instead
            _tell(console, "error", error.format_message())
            _tell(console, "hint", "see `overt --help`, or `overt COMMAND --help`")
        code = error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        code = 130
    sys.exit(code if isinstance(code, int) else 0)


def _terminated(_number: int, _frame: FrameType | None) -> NoReturn:
    """Leave as after Ctrl-C: what has to be destroyed on the way out is destroyed."""
    raise KeyboardInterrupt


def _tell(console: Console, kind: str, text: str) -> None:
    colour = "red" if kind == "error" else "yellow"
    console.print(f"{kind}:", style=f"bold {colour}", end=" ")
    # A refusal has a line for each rule.
    console.print("\n".join(printable(line) for line in text.split("\n")), soft_wrap=True)
