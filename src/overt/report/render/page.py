"""A report as one page of HTML: no script, no other file, reads without colour and on paper."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import cast

import jinja2
from markupsafe import Markup

from overt.report.document.charts import Chart, Curve, Funnel, Multiples, Point, RateSeries
from overt.report.document.figures import Words
from overt.report.document.report import Report
from overt.report.document.wording import (
    evidence_of,
    headline,
    interval_of,
    number,
    one_in,
    significant,
)
from overt.report.render.brief import SORTS, brief, brief_label
from overt.report.render.charts import is_drawn, svg
from overt.text import printable
from overt.typeset.texts import each_text

__all__ = ["page"]


def page(given: Report) -> str:
    """Write the page; what steers instead of showing, as a change of direction, is escaped."""
    report = each_text(given, printable)
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            report=report,
            brief=brief(report),
            wrong=report.wrong(),
            words=SORTS,
            style=Markup(read("report.css")),  # noqa: S704 - our own file
        )
    )


@cache
def environment() -> jinja2.Environment:
    """Make what fills templates; everything that is filled in is escaped."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("overt.report.render", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=unbroken,
    )
    filters = cast("dict[str, object]", made.filters)
    filters |= {"headline": headline, "interval": interval_of, "evidence": evidence_of}
    filters |= {
        "brief_label": brief_label,
        "svg": drawn,
        "is_drawn": is_drawn,
        "rows": rows_of,
        "head": head_of,
        "with_code": with_code,
    }
    tests = cast("dict[str, object]", made.tests)
    tests |= {"in_words": is_in_words, "counted": evidence_of, "certain": interval_of}
    return made


def is_in_words(value: object) -> bool:
    """Tell whether a value is read, not compared with those above and below it."""
    return isinstance(value, Words)


def unbroken(value: object) -> object:
    """Keep a number's sign beside it, in whatever is filled in."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return value.replace(" %", "\u00a0%")
    return value


def read(name: str) -> str:
    """Read a file that lies beside the templates."""
    return (files("overt.report.render") / "templates" / name).read_text(encoding="utf-8")


def drawn(chart: Chart) -> Markup:
    """Draw a chart into the page; hidden from readers of words, who are told in words."""
    return Markup(svg(chart).replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))  # noqa: S704


def with_code(words: str) -> Markup:
    """Escape a text, and set what stands between back quotes as code."""
    parts = enumerate(words.split("`"))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else part for place, part in parts
    )


def head_of(chart: Chart) -> tuple[str, ...]:
    """Give the heads of the table of a chart's numbers."""
    match chart:
        case Funnel():
            return ("step", "number")
        case RateSeries(axis=axis):
            return (axis, "events", "of", "rate", "lowest", "highest")
        case Multiples(axis=axis):
            return ("place", axis, "events", "of", "rate", "lowest", "highest")
        case Curve():
            return ("line", chart.x_title, chart.y_title)


def rows_of(chart: Chart) -> list[tuple[str, ...]]:
    """Give the numbers that a chart shows, for who cannot see it, or wants them."""
    match chart:
        case Funnel():
            return [(stage.name, number(stage.number)) for stage in chart.stages]
        case RateSeries():
            return [row(point) for point in chart.points]
        case Multiples():
            return [(name, *row(point)) for name, points in chart.panels for point in points]
        case Curve():
            return [
                (line.name, significant(x, 3), significant(y, 2))
                for line in chart.lines
                for x, y in list(zip(line.x, line.y, strict=True))[:: max(1, len(line.x) // 20)]
            ]


def row(point: Point) -> tuple[str, ...]:
    """Write one point of a series."""
    rates = (point.value, point.low, point.high)
    told = ("-" if rate is None else one_in(rate) for rate in rates)
    return (point.at, number(point.events), number(point.trials), *told)
