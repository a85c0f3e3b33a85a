"""`overt claims`: do published figures say what is claimed of them?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.text import Text

from overt.cli.extras import needs_extra
from overt.cli.files import write_file
from overt.cli.plain import plain_console

__all__ = ["claims"]

claims = typer.Typer(help="Published figures and what is claimed of them.", no_args_is_help=True)
WRONG: Final = 1  # exit code


@claims.command()
def check(
    file: Annotated[Path, typer.Argument(help="the published figures and claims, TOML")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="print it as JSON")] = False,
    html: Annotated[Path | None, typer.Option(help="write it as a page of HTML, too")] = None,
) -> int:
    """Say of each claim whether it follows from the published figures, and what it needs.

    The verdicts: follows, does not add up, cannot be checked, misleading without. Exit code 1
    where something does not add up.
    """
    from overt.report.claims.checking import check_claims
    from overt.report.claims.claim_file import read_claims
    from overt.report.claims.data import as_data
    from overt.report.claims.lines import lines

    outcome = check_claims(read_claims(file))
    if html is not None:
        with needs_extra("report"):
            from overt.report.claims.page import page
        write_file(html, page(outcome).encode())
    if as_json:
        print(json.dumps(as_data(outcome), indent=2, allow_nan=False))
    else:
        console = plain_console(stderr=False)
        for line in lines(outcome):
            console.print(Text(line.text, style="bold" if line.strong else ""), soft_wrap=True)
    return 0 if outcome.adds_up else WRONG
