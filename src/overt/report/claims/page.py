"""Checked claims as one page of HTML: no script, no other file, reads without colour."""

from __future__ import annotations

from importlib.metadata import version
from importlib.resources import files
from typing import Final

import jinja2
from markupsafe import Markup

from overt.report.claims.checked import Finding, Tabled
from overt.report.claims.checking import Outcome
from overt.report.claims.lines import BRACKETS, HEADS, QUOTES, said

__all__ = ["page"]

# The classes of the report's style: what is wrong, what limits, what holds.
STYLES: Final = {
    Finding.WRONG: "wrong",
    Finding.MISLEADING: "limit",
    Finding.UNKNOWN: "limit",
    Finding.FOLLOWS: "verdict",
}


def page(outcome: Outcome) -> str:
    """Write the page."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("overt.report.claims", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = files("overt.report.render") / "templates" / "report.css"
    return environment.get_template("claims.html.j2").render(
        outcome=outcome,
        findings=tuple(Finding),
        heads=HEADS,
        styles=STYLES,
        said=said,
        is_table=is_table,
        brackets=BRACKETS,
        quotes=QUOTES,
        software=version("overt"),
        style=Markup(style.read_text(encoding="utf-8")),  # noqa: S704 - our own file
    )


def is_table(step: str | Tabled) -> bool:
    return isinstance(step, Tabled)
