"""Checked claims as lines for a terminal: at most 80 columns, and whole without colour."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from overt.report.claims.checked import Checked, Finding, Tabled
from overt.report.claims.checking import Outcome
from overt.report.claims.claim_file import Claim, Wording
from overt.text import printable

__all__ = ["BRACKETS", "QUOTES", "Line", "lines", "said"]

WIDTH: Final = 80
LEAST: Final = 12  # columns for the last cell of a table
GAP: Final = "  "
GLUED: Final = re.compile(r"(?<=\d) (?=%)|(?<=\b1) (?=in \d)|(?<=\b1 in) (?=\d)|(?<=\bp) (?==)")
BRACKETS: Final = (
    "In brackets: 95 % intervals (Clopper-Pearson), the range of rates that such counts leave open."
)
QUOTES: Final = "Claims in quotation marks are in the source's words; the others give what it said."
HEADS: Final = {
    Finding.WRONG: "DOES NOT ADD UP",
    Finding.MISLEADING: "MISLEADING",
    Finding.UNKNOWN: "CANNOT BE CHECKED",
    Finding.FOLLOWS: "FOLLOWS",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `strong` where it is the verdict."""

    text: str
    strong: bool = False


def lines(outcome: Outcome) -> Iterator[Line]:
    """Give all lines: first what was found, then each claim, then what the counts say."""
    source = outcome.published.source
    yield from wrapped(outcome.published.title, strong=True)
    yield from wrapped(f"{source.publisher}, {source.period}. Source: {source.text}.")
    yield Line("")
    yield from brief(outcome)
    yield Line("")
    yield from wrapped(f"{QUOTES} {BRACKETS}")
    for number, (claim, check) in enumerate(outcome.claims, start=1):
        yield Line("")
        yield from one_claim(number, claim, check)
    yield Line("")
    yield Line("What the published counts say", strong=True)
    for text in outcome.told or ("nothing: no two of them belong together",):
        yield from wrapped(text, indent=3, hang=2)
    if outcome.missing:
        yield from wrapped(f"not published: {', '.join(outcome.missing)}", indent=3, hang=2)
    yield Line("")
    yield from wrapped(outcome.summary, strong=True)


def brief(outcome: Outcome) -> Iterator[Line]:
    """List the claims by their gravest verdict, the gravest first."""
    yield from wrapped(outcome.summary, strong=True)
    for finding in Finding:
        of_it = [
            (number, claim)
            for number, (claim, check) in enumerate(outcome.claims, start=1)
            if check.worst is finding
        ]
        if of_it:
            yield Line("")
            yield Line(f"{HEADS[finding]}", strong=True)
        for number, claim in of_it:
            label = f"{number:>4}. "
            yield from wrapped(label + said(claim), hang=len(label))


def one_claim(number: int, claim: Claim, check: Checked) -> Iterator[Line]:
    """Give the claim, its verdicts, the arithmetic, and what it needs."""
    label = f"{number}. "
    yield from wrapped(label + said(claim), hang=len(label))
    for verdict in check.verdicts:
        if len(verdict.lacks) < 2:
            yield from wrapped(verdict.text, indent=3, hang=2, strong=True)
            continue
        yield Line(f"   {verdict.head}", strong=True)
        for lack in verdict.lacks:
            yield from wrapped(f"- {lack}", indent=3, hang=2, strong=True)
    for step in check.steps:
        if isinstance(step, Tabled):
            yield from table(step)
        else:
            yield from wrapped(step, indent=5, hang=2)
    if check.needs:
        yield Line("     To be true it needs:")
        for need in check.needs:
            yield from wrapped(f"- {need}", indent=5, hang=2)
    if claim.note:
        yield from wrapped(f"Note: {claim.note}", indent=5, hang=2)


def said(claim: Claim) -> str:
    """Write a claim: in quotation marks only if these are its words."""
    return f'"{claim.says}"' if claim.wording is Wording.QUOTED else claim.says


def table(shown: Tabled) -> Iterator[Line]:
    """Give a table; its last column is wrapped where it does not fit."""
    yield from wrapped(f"{shown.title}:", indent=5, hang=2)
    rows = [[printable(cell) for cell in row] for row in shown.rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    before = 7 + sum(widths[:-1]) + len(GAP) * (len(widths) - 1)
    last = WIDTH - before
    if last < min(widths[-1], LEAST):  # too wide for columns: a row in words
        for row in rows[1:]:
            cells = (f"{head}: {cell}" for head, cell in zip(rows[0], row, strict=True))
            yield from wrapped("; ".join(cells), indent=7, hang=2)
        return
    for row in rows:
        start = GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        start = (" " * 7 + start)[:before]
        ends = textwrap.wrap(row[-1], last) or [""]
        yield Line(f"{start}{ends[0]}".rstrip())
        for more in ends[1:]:
            yield Line(" " * before + more)


def wrapped(text: str, *, indent: int = 0, hang: int = 0, strong: bool = False) -> Iterator[Line]:
    """Break a text into lines."""
    found = textwrap.wrap(
        GLUED.sub("\N{NO-BREAK SPACE}", printable(text)),
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hang),
        break_on_hyphens=False,
    )
    yield from (Line(line.replace("\N{NO-BREAK SPACE}", " "), strong) for line in found)
