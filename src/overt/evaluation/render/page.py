"""A record as one page of HTML: no script, no other file."""

from __future__ import annotations

from functools import cache
from typing import Final, cast

import jinja2
from markupsafe import Markup

from overt.evaluation.clips.written import band, intensity_of, latency_of, tracking_rows
from overt.evaluation.render.charts import curve, sizes, steps
from overt.evaluation.shares import Share
from overt.text import printable
from overt.values.evaluation import Record

__all__ = ["page"]

CURVES: Final = {
    "DET": "Detection error trade-off: comparisons of one with one",
    "IET": "Identification error trade-off: searches of the whole list",
    "CMC": "Cumulative match: where the own entry came, whatever its score",
}


def page(record: Record) -> str:
    """Write the page."""
    drawn = [
        (CURVES[line.name], Markup(curve(line)))  # noqa: S704 - our own drawing
        for line in record.lines
        if line.name in CURVES and line.x
    ]
    if any(row.fpir is not None and row.fpir.events for row in record.sizes):
        drawn.append(("False alerts against the size of the list", Markup(sizes(record))))  # noqa: S704
    equal = [line.x[0] for line in record.lines if line.name == "EER"]
    points = sorted({row.threshold for row in record.groups})
    return (
        environment()
        .get_template("evaluation.html.j2")
        .render(
            record=record,
            drawn=drawn,
            equal=equal,
            points=points,
            methods=methods(record),
            steps=Markup(steps(record.video)) if record.video else "",  # noqa: S704 - our own
        )
    )


def methods(record: Record) -> list[str]:
    """List the methods of the intervals that stand on the page."""
    shares = [share for row in record.thresholds for share in (row.fpir, row.tpir, row.fmr)]
    shares += [share for row in record.rates for share in (row.realised, row.tpir)]
    shares += [share for row in record.groups for share in (row.fpir, row.tpir, row.fmr)]
    others: list[str] = []
    if record.video is not None:
        shares += [share for row in record.video.alerts for share in (row.known, row.clear)]
        shares += [row.found for row in record.video.heights]
        others += [row.rate.method for row in record.video.alerts if row.rate]
        others += [row.latency.method for row in record.video.alerts if row.latency]
    shares += [row.tpir for row in record.walked.rows] if record.walked else []
    return sorted({*others, *(share.method for share in shares if share is not None)})


@cache
def environment() -> jinja2.Environment:
    """Make what fills the template; everything that is filled in is escaped."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("overt.evaluation.render", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=harmless,
    )
    filters = cast("dict[str, object]", made.filters)
    filters |= {"share": share_of, "ends": ends_of, "times": times}
    filters |= {"per_thousand": intensity_of, "latency": latency_of, "tracks": tracking_rows}
    filters |= {"band": between}
    return made


def harmless(value: object) -> object:
    """Escape what steers instead of showing; what was made as HTML stays."""
    return printable(value).replace(" %", "\u00a0%") if type(value) is str else value


def share_of(share: Share | None) -> str:
    """Write a share."""
    if share is None:
        return "not measured"
    if not share.events:
        return f"none in {share.trials:,}"
    if share.value < 1e-3:
        return f"1 in {1 / share.value:,.0f}"
    return f"{share.value:.1%}".replace("%", " %")


def ends_of(share: Share | None) -> str:
    """Write its interval and counts."""
    if share is None:
        return ""
    if share.value < 1e-3:
        low = f"1 in {1 / share.low:,.0f}" if share.low else "0"
        return f"{low} to 1 in {1 / share.high:,.0f}; {share.events:,} of {share.trials:,}"
    low, high = f"{share.low:.1%}", f"{share.high:.1%}"
    return f"{low[:-1]} to {high[:-1]} %; {share.events:,} of {share.trials:,}"


def times(value: float | None) -> str:
    """Write a ratio."""
    return "without limit" if value is None else f"{value:.3g}"


def between(ends: tuple[float, float | None]) -> str:
    """Write a band of a measure."""
    return band(*ends)
