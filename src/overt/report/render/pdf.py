"""A report as a PDF for A4: every section of the page, tagged for readers of words (PDF/UA-1).

The template is fixed. What a report says reaches it as data, so that a place which is called like
a command of Typst's is set as that name.
"""

from __future__ import annotations

import re
from datetime import datetime
from importlib.resources import files
from typing import Final

from overt.errors import ReportError
from overt.report.document.charts import Chart
from overt.report.document.figures import Figure, Grid, Moment, Words
from overt.report.document.report import Report, Section, Source
from overt.report.document.wording import evidence_of, headline, interval_of, number
from overt.report.render.brief import SORTS, brief, brief_label
from overt.report.render.charts import WIDTH, is_drawn, svg
from overt.typeset.letters import FAMILIES, spelled
from overt.typeset.paper import Json, loose, set_pdf

__all__ = ["pdf"]

TEXT: Final = (Words, Moment)  # set from the left; numbers from the right
NARROW, WIDE = 7, 30  # letters; a column is as wide as what it holds, within these
WIDTH_OF: Final = re.compile(r'<svg [^>]*?\bwidth="([\d.]+)"')


def pdf(report: Report) -> bytes:
    """Set a report; equal reports give equal bytes.

    Raises:
        ReportError: it cannot be set.
    """
    template = files("overt.report.render") / "templates" / "report.typ"
    return set_pdf(
        template.read_bytes(),
        given=_data(report),
        made=datetime.fromisoformat(report.made),
        error=ReportError,
        hint="leave it out with --no-pdf; the page has the same figures",
    )


def _data(given: Report) -> Json:
    """Give what the template sets."""
    report = spelled(given)
    return {
        "title": report.title,
        "kind": f"{report.scope} report",
        "made": report.made[:16].replace("T", " ") + " UTC",
        "software": report.software,
        "families": FAMILIES,
        "respelled": report != given,
        "wrong": [{"id": one.id, "text": loose(one.text)} for one in report.wrong()],
        "brief": [{**_figure(one), "label": loose(brief_label(one))} for one in brief(report)],
        "sources": [_source(one) for one in report.sources],
        "sections": [_section(one) for one in report.sections],
    }


def _source(source: Source) -> Json:
    return {
        "force": source.force,
        "events": number(source.events),
        "root": source.root,
        "broken": loose(source.root),
    }


def _section(section: Section) -> Json:
    return {
        "id": section.id,
        "title": section.title,
        "lead": loose(section.lead),
        "figures": [_figure(one) for one in section.figures],
        "charts": [_chart(one) for one in section.charts],
        "grids": [_grid(one) for one in section.grids if one.rows],
        "statements": [
            {"id": one.id, "sort": str(one.sort), "word": SORTS[one.sort], "text": loose(one.text)}
            for one in section.statements
        ],
    }


def _chart(chart: Chart) -> Json:
    drawn = svg(chart, font=FAMILIES[0]) if is_drawn(chart) else ""
    found = WIDTH_OF.search(drawn)
    width = float(found[1]) / WIDTH if found else 1.0
    return {
        "id": chart.id,
        "title": loose(chart.title),
        "alt": chart.alt,
        "svg": drawn,
        "width": min(1.0, width),  # of the text's: a small drawing is not blown up
    }


def _figure(figure: Figure) -> dict[str, Json]:
    return {
        "id": figure.id,
        "label": loose(figure.label),
        "note": loose(figure.note),
        "value": loose(headline(figure.value)),
        "counts": loose(evidence_of(figure.value)),
        "interval": loose(interval_of(figure.value)),
        "plain": isinstance(figure.value, Words),
    }


def _grid(grid: Grid) -> Json:
    _, first = grid.rows[0]
    ends = [cell.id.rpartition(".")[2] for cell in first]
    return {
        "id": grid.id,
        "title": loose(grid.title),
        "note": loose(grid.note),
        "columns": grid.columns,
        "ends": ends,
        "widths": _widths(grid),
        "text": [isinstance(cell.value, TEXT) for cell in first],
        "rows": [
            {
                "name": loose(name),
                "address": cells[0].id.rpartition(".")[0].removeprefix(f"{grid.id}."),
                "cells": [_figure(cell) for cell in cells],
            }
            for name, cells in grid.rows
            if cells
        ],
    }


def _widths(grid: Grid) -> list[int]:
    """Share a page's width among columns by the longest line in each."""
    rows = [
        [name, *(f"{headline(cell.value):.{WIDE}}" for cell in cells)] for name, cells in grid.rows
    ]
    longest = [max(map(len, column)) for column in zip(*rows, strict=True)]
    with_intervals = [any(interval_of(cell.value) for cell in cells) for cells in _columns(grid)]
    wide = [0, *(WIDE // 2 if some else 0 for some in with_intervals)]
    heads = [max(map(len, head.split()), default=0) for head in grid.columns]
    return [min(WIDE, max(NARROW, *three)) for three in zip(longest, wide, heads, strict=True)]


def _columns(grid: Grid) -> list[tuple[Figure, ...]]:
    return list(zip(*(cells for _, cells in grid.rows), strict=True))
