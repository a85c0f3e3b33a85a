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

from overt.cli.alert import alert
from overt.cli.atrs import atrs
from overt.cli.audit import audit
from overt.cli.backup import backup, restore
from overt.cli.camera import camera
from overt.cli.claims import claims
from overt.cli.cluster import cluster
from overt.cli.combine import combine
from overt.cli.db import db
from overt.cli.decoys import agreement, decoy
from overt.cli.demo import demo
from overt.cli.deployment import deployment
from overt.cli.disclose import disclose
from overt.cli.doctor import doctor
from overt.cli.evaluate import evaluate
from overt.cli.evaluate_clip import clip
from overt.cli.evaluate_passages import walked
from overt.cli.keys import keys
from overt.cli.ledger import ledger
from overt.cli.models import models
from overt.cli.monitor import monitor
from overt.cli.passages import passages
from overt.cli.policy import policy
from overt.cli.publish import publish
from overt.cli.report import report
from overt.cli.retention import retention
from overt.cli.run import run
from overt.cli.serve import serve
from overt.cli.showing import plain_console
from overt.cli.simulate import simulate
from overt.cli.survey import survey
from overt.cli.sync import bring_home
from overt.cli.thresholds import thresholds
from overt.cli.trying import try_video
from overt.cli.verify import verify
from overt.cli.version import version
from overt.cli.watchlist import watchlist
from overt.errors import OvertError
from overt.text import printable

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
app.command("serve")(serve)
app.command("thresholds")(thresholds)
app.command("version")(version)
app.command("doctor")(doctor)
app.command("backup")(backup)
app.command("restore")(restore)
app.command("sync")(bring_home)
app.command("audit")(audit)
app.command("disclose")(disclose)
app.command("monitor")(monitor)
app.command("combine")(combine)
app.command("publish")(publish)
app.command("verify")(verify)
app.command("survey")(survey)
alert.command("decoy")(decoy)
alert.command("agreement")(agreement)
report.command("atrs")(atrs)
evaluate.command("clip")(clip)
evaluate.command("passages")(walked)
app.command("simulate")(simulate)
app.add_typer(deployment, name="deployment")
app.add_typer(alert, name="alert")
app.add_typer(ledger, name="ledger")
app.add_typer(report, name="report")
app.add_typer(claims, name="claims")
app.add_typer(cluster, name="cluster")
app.add_typer(evaluate, name="evaluate")
app.add_typer(keys, name="keys")
app.add_typer(retention, name="retention")
app.add_typer(camera, name="camera")
app.add_typer(models, name="models")
app.add_typer(db, name="db")
app.add_typer(passages, name="passages")
app.add_typer(policy, name="policy")
app.add_typer(watchlist, name="watchlist")


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
