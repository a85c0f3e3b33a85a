"""`overt serve`: the console, until it is stopped."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from overt.cli.extras import needs_extra
from overt.cli.hosting import TrialHost, demo_street
from overt.cli.plain import plain_console
from overt.clock import SystemClock
from overt.settings import Settings, read_settings
from overt.values.account import Role
from overt.values.deployment import Rank

if TYPE_CHECKING:
    from overt.web.services import Services

__all__ = ["serve"]

DEMO: Final = (
    ("admin", "Ada Administrator", Role.ADMINISTRATOR, Rank.NONE),
    ("authorise", "Alex Superintendent", Role.AUTHORISING, Rank.SUPERINTENDENT),
    ("command", "Casey Commander", Role.COMMANDER, Rank.NONE),
    ("operate", "Olu Operator", Role.OPERATOR, Rank.NONE),
    ("engage", "Emery Constable", Role.ENGAGEMENT, Rank.NONE),
    ("audit", "Ari Auditor", Role.AUDITOR, Rank.NONE),
)


def serve(
    *,
    trial: Annotated[
        bool,
        typer.Option(
            "--trial",
            help="try it: an account for each role and a trial, in a folder of its own",
        ),
    ] = False,
) -> None:
    """Serve the console until it is stopped (Ctrl-C).

    Where there is no account yet, a link to make the first one is printed: it works once, within
    an hour.
    """
    with needs_extra("web"):
        from overt.web.app import make_app
        from overt.web.log_file import write_logs
        from overt.web.services import open_services
        from overt.web.serving import listening_of, make_server, open_socket
        from overt.web.shell import LOGGERS
    clock, console = SystemClock(), plain_console(stderr=True)
    with _settings(trial=trial) as settings:
        listening = listening_of(settings)
        with open_services(settings, clock=clock) as services, open_socket(listening) as socket:
            server = make_server(make_app(services), listening)
            if trial:  # without log lines: they would bury what a newcomer reads
                _make_demo_accounts(services)
            else:
                write_logs(
                    LOGGERS,
                    path=settings.web_log,
                    largest_mb=settings.web_log_largest_mb,
                    clock=clock,
                    lost=services.metrics.unwritten,
                )
                _tell_first_link(services, listening.address)
            console.print(f"The console is at {listening.address} (stop it with Ctrl-C).")
            host = _trial(services, settings, say=console.print) if trial else None
            try:
                with contextlib.suppress(KeyboardInterrupt):
                    server.run(sockets=[socket])
            finally:
                if host is not None:
                    host.stop()


def _tell_first_link(services: Services, address: str) -> None:
    """Print the link that makes the first account, where there is none yet."""
    token = services.accounts.first_link()
    if token is not None:
        console = plain_console(stderr=True)
        console.print("No account yet. Make the first one, once, within an hour:")
        console.print(f"  {address}/first/{token}", soft_wrap=True)


def _trial(services: Services, settings: Settings, *, say: Callable[[str], None]) -> TrialHost:
    """Begin a trial on the demo's street, in the folder of the trial."""
    out = settings.data_dir.parent
    host = TrialHost(
        lambda ended: demo_street(out / f"street-{services.new_id(services.clock.now())}", ended),
        settings=settings,
        out=out,
        say=say,
    )
    host.start()
    return host


@contextmanager
def _settings(*, trial: bool) -> Generator[Settings]:
    settings = read_settings()
    if not trial:
        yield settings
        return
    with tempfile.TemporaryDirectory(prefix="overt-trial-") as folder:
        yield settings.model_copy(update={"data_dir": Path(folder) / "data", "records": ""})


def _make_demo_accounts(services: Services) -> None:
    """Make one account for each role, and print its password."""
    from overt.web.passwords import one_time_password

    console = plain_console(stderr=True)
    console.print("A trial: everything is in a folder that is removed at the end.")
    console.print("An account for each role: login, and the password to come in with.")
    (login, name, role, _), *others = DEMO
    given, token = one_time_password(), services.accounts.first_link() or ""
    admin = services.accounts.make_first(token, login=login, name=name, password=given)
    console.print(f"  {role:<22} {login:<10} {given}")
    for login, name, role, rank in others:
        made = services.accounts.make(login=login, name=name, role=role, rank=rank, by=admin)
        console.print(f"  {role:<22} {login:<10} {made.password}")
    console.print("Come in as `operate` to watch and judge, as `engage` on a phone.")
