"""Charts as SVG, drawn by Altair without a browser: the same on a page and on paper."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache, singledispatch
from typing import Any, Final

import altair as alt
import vl_convert

from overt.report.document.charts import Chart, Curve, Funnel, Multiples, Point, RateSeries
from overt.report.document.wording import number, one_in

__all__ = ["WIDTH", "is_drawn", "svg"]

WIDTH: Final = 640  # of a drawing that takes the whole line, pixels
INK, MUTED, RULE = "#1b1f24", "#57606a", "#d8dee4"
MAIN, WARM, GREEN, VIOLET = "#0b5cad", "#b3401a", "#2f7d4f", "#7a4fa3"
FONT: Final = "Helvetica, Arial, DejaVu Sans, sans-serif"
SHAPES: Final = ([1, 0], [6, 3], [2, 2], [8, 2, 2, 2])  # lines are told apart without colour
SMALLEST: Final = 1e-9  # what a logarithmic scale can show of 0


def svg(chart: Chart, *, font: str = FONT) -> str:
    """Draw a chart; its title and the words for who cannot see it are the page's to write."""
    drawn = drawing(chart)
    config = {**drawn["config"], "font": font}
    return vl_convert.vegalite_to_svg({**drawn, "config": config}, vl_version="6.4")


@lru_cache(maxsize=64)
def drawing(chart: Chart) -> Mapping[str, Any]:
    """Describe a drawing but for its font, once for the page and for paper: it takes long."""
    drawn = (
        picture(chart)
        .configure(background="transparent")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=INK,
            titleColor=INK,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            gridColor=RULE,
            domainColor=MUTED,
            tickColor=MUTED,
        )
        .configure_legend(
            labelColor=INK, labelFontSize=12, orient="top", symbolStrokeWidth=2.5, symbolSize=400
        )
        .configure_header(labelColor=INK, labelFontSize=12, title=None)
    )
    return drawn.to_dict()


def is_drawn(chart: Chart) -> bool:
    """Tell whether there is anything to draw; otherwise its words say it all."""
    match chart:
        case Funnel(stages=parts) | RateSeries(points=parts):
            return bool(parts)
        case Curve(lines=parts):
            return any(line.x for line in parts)
        case Multiples(panels=parts):
            return bool(parts)


@singledispatch
def picture(chart: object) -> Any:
    """Make the drawing of one kind of chart."""
    raise TypeError(f"got {type(chart).__name__}, want a chart")


@picture.register
def _(chart: Funnel) -> Any:
    rows = [
        {"order": place, "stage": stage.name, "number": stage.number, "text": number(stage.number)}
        for place, stage in enumerate(chart.stages)
    ]
    base = alt.Chart(alt.Data(values=rows), width=WIDTH - 160, height=34 * len(rows)).encode(
        y=alt.Y("stage:N", sort=[stage.name for stage in chart.stages], title=None, axis=PLAIN)
    )
    shown = alt.X("shown:Q", title=None, axis=None, scale=alt.Scale(type="log", domainMin=0.8))
    bars = base.transform_calculate(shown="max(datum.number, 0.8)").mark_bar(
        color=MAIN, height=20, cornerRadius=2
    )
    text = base.transform_calculate(shown="max(datum.number, 0.8)").mark_text(
        align="left", dx=6, color=INK, fontSize=13
    )
    start = alt.X2(datum=0.8)
    return bars.encode(x=shown, x2=start) + text.encode(x=shown, text="text:N")


@picture.register
def _(chart: RateSeries) -> Any:
    top = highest(chart.points, chart.per)
    drawn = series(chart.points, chart.per, top, chart.axis, chart.measure, WIDTH - 80, 220)
    if chart.ceiling is not None and chart.ceiling * chart.per <= top:
        line = alt.Data(values=[{"y": chart.ceiling * chart.per, "text": "ceiling"}])
        rule = alt.Chart(line).mark_rule(color=WARM, strokeDash=[6, 3]).encode(y="y:Q")
        name = (
            alt.Chart(line)
            .mark_text(align="left", dy=-6, color=WARM)
            .encode(y="y:Q", x=alt.value(4), text="text:N")
        )
        return drawn + rule + name
    return drawn


@picture.register
def _(chart: Multiples) -> Any:
    top = max((highest(points, chart.per) for _, points in chart.panels), default=1.0)
    panels = [
        series(points, chart.per, top, None, None, 150, 80).properties(
            title=alt.TitleParams(name, fontSize=12, anchor="start", color=INK, limit=150)
        )
        for name, points in chart.panels
    ]
    if not panels:
        return alt.Chart(alt.Data(values=[])).mark_point()
    return alt.concat(*panels, columns=3, spacing=18)


@picture.register
def _(chart: Curve) -> Any:
    rows = [
        {"line": line.name, "x": x, "y": max(y, SMALLEST) if chart.y_log else y}
        for line in chart.lines
        for x, y in zip(line.x, line.y, strict=True)
    ]
    names = [line.name for line in chart.lines]
    look: dict[str, Any] = {}
    if len(names) > 1:
        scale = alt.Scale(domain=names, range=[MAIN, WARM, GREEN, VIOLET][: len(names)])
        dashes = alt.Scale(domain=names, range=list(SHAPES[: len(names)]))
        look = {
            "color": alt.Color("line:N", title=None, scale=scale),
            "strokeDash": alt.StrokeDash("line:N", title=None, scale=dashes),
        }
    lines = (
        alt.Chart(alt.Data(values=rows), width=WIDTH - 80, height=240)
        .mark_line(color=MAIN, strokeWidth=2.5)
        .encode(
            x=axis_of("x", chart.x_title, rows, percent=chart.x_percent, log=chart.x_log),
            y=axis_of("y", chart.y_title, rows, percent=chart.y_percent, log=chart.y_log),
            **look,
        )
    )
    return alt.layer(lines, *marks(chart))


def marks(chart: Curve) -> list[Any]:
    """Draw the lines that a curve is read against."""
    found: list[Any] = []
    if chart.level is not None:
        data = alt.Data(values=[{"y": chart.level, "text": chart.level_name}])
        found += [
            alt.Chart(data).mark_rule(color=WARM, strokeDash=[6, 3]).encode(y="y:Q"),
            alt.Chart(data)
            .mark_text(align="right", dy=-7, color=WARM, fontSize=12)
            .encode(y="y:Q", x=alt.value(WIDTH - 84), text="text:N"),
        ]
    if chart.mark is not None:
        data = alt.Data(values=[{"x": chart.mark, "text": chart.mark_name}])
        found += [
            alt.Chart(data).mark_rule(color=GREEN, strokeDash=[2, 2]).encode(x="x:Q"),
            alt.Chart(data)
            .mark_text(align="left", dx=6, color=GREEN, fontSize=12)
            .encode(x="x:Q", y=alt.value(12), text="text:N"),
        ]
    return found


PLAIN: Final = alt.Axis(domain=False, ticks=False, labelPadding=8, labelLimit=200)


def axis_of(
    name: str, title: str, rows: Sequence[dict[str, Any]], *, percent: bool, log: bool
) -> Any:
    """Make a curve's axis; a logarithmic one has a line at each power of ten."""
    kind = alt.X if name == "x" else alt.Y
    label = "format(datum.value * 100, '~f') + ' %'" if percent else "format(datum.value, ',~r')"
    values = [float(row[name]) for row in rows]
    low, high = min(values, default=0.0), max(values, default=1.0)
    if not log:
        ends = [low, high] if name == "x" else [min(0.0, low), high]
        scale = alt.Scale(domain=ends, nice=False)
        return kind(
            f"{name}:Q", title=title, scale=scale, axis=alt.Axis(labelExpr=label, tickCount=6)
        )
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    step = max(1, (last - first) // 6)
    ticks = [10.0**power for power in range(first, last + 1, step)]
    scale = alt.Scale(type="log", domain=[10.0**first, 10.0**last], nice=False)
    return kind(f"{name}:Q", title=title, scale=scale, axis=alt.Axis(values=ticks, labelExpr=label))


def series(
    points: Sequence[Point],
    per: float,
    top: float,
    axis: str | None,
    measure: str | None,
    width: int,
    height: int,
) -> Any:
    """Draw rates with their intervals; what lies above `top` is cut off."""
    rows = [
        {
            "at": one.at,
            "value": (one.value or 0.0) * per,
            "low": (one.low or 0.0) * per,
            "high": min((one.high or 0.0) * per, top),
            "told": one_in(one.value or 0.0),
        }
        for one in points
        if one.value is not None
    ]
    some = axis is not None
    places = [one.at for one in points]
    x_axis = (
        alt.Axis(labelAngle=-45, labelOverlap=True) if some else alt.Axis(labels=False, ticks=False)
    )
    y_axis = alt.Axis(tickCount=5 if some else 3, format=",.2~f")
    base = alt.Chart(alt.Data(values=rows), width=width, height=height).encode(
        x=alt.X("at:N", sort=places, title=axis, axis=x_axis, scale=alt.Scale(domain=places))
    )
    scale = alt.Scale(domain=[0, top], clamp=True)
    bars = base.mark_rule(color=MUTED, strokeWidth=1.5).encode(
        y=alt.Y("low:Q", title=measure, scale=scale, axis=y_axis), y2="high:Q"
    )
    dots = base.mark_point(color=MAIN, filled=True, size=50 if some else 24, opacity=1).encode(
        y=alt.Y("value:Q", scale=scale)
    )
    return bars + dots


def highest(points: Sequence[Point], per: float) -> float:
    """Find where a series' scale ends: above every rate; intervals of nearly nothing are cut."""
    values = [one.value * per for one in points if one.value is not None]
    highs = sorted(one.high * per for one in points if one.high is not None)
    if not highs:
        return 1.0
    usual = highs[(len(highs) * 3) // 4] if len(highs) > 3 else highs[-1]
    return max(1.15 * max(values), 1.3 * usual) or 1.0
