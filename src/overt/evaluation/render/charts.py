"""Curves of an evaluation as SVG, drawn by Altair without a browser."""

from __future__ import annotations

from typing import Any, Final

import altair as alt
import vl_convert

from overt.values.clip_evaluation import Video
from overt.values.evaluation import Line, OfSize, Record

__all__ = ["curve", "sizes", "steps"]

WIDTH: Final = 600
HEIGHT: Final = 280
MAIN: Final = "#0b5cad"
INK: Final = "#1b1f24"
SHAPES: Final = ([1, 0], [6, 3], [2, 2], [8, 2, 2, 2], [1, 3], [10, 4])
KINDS: Final = ("measured", "predicted")
FONT: Final = "Helvetica, Arial, DejaVu Sans, sans-serif"
TITLES: Final = {
    "DET": ("false match rate (FMR)", "false non-match rate (FNMR)"),
    "IET": ("false alert rate (FPIR)", "missed (FNIR)"),
    "CMC": ("rank", "own entry among the first"),
}


def curve(line: Line) -> str:
    """Draw a curve: rates of false positives on a logarithmic scale, ranks on a plain one."""
    across, up = TITLES[line.name]
    ranked = line.name == "CMC"
    rows = [{"x": x, "y": y} for x, y in zip(line.x, line.y, strict=True) if x > 0]
    scale = alt.Scale(type="linear" if ranked else "log", nice=True)
    axis = alt.Axis(title=across, format="d" if ranked else ".0e", tickCount=6)
    chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_line(color=MAIN, interpolate="linear" if ranked else "step-after", point=ranked)
        .encode(
            x=alt.X("x:Q", scale=scale, axis=axis),
            y=alt.Y("y:Q", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(title=up, format="%")),
        )
    )
    return _svg(chart)


def sizes(record: Record) -> str:
    """Draw false alerts against the size of the list: measured with intervals, predicted beside."""
    seen = [row for row in record.sizes if row.fpir is not None and row.fpir.events]
    rows = [_row(row, kind) for row in seen for kind in KINDS]
    ends = [
        {"listed": row.listed, "low": max(row.fpir.low, 1e-6), "high": row.fpir.high,
         "at": f"{row.threshold:.2f}"}
        for row in seen
        if row.fpir is not None
    ]  # fmt: skip
    x = alt.X("listed:Q", scale=alt.Scale(type="log"), axis=alt.Axis(title="listed", format=",d"))
    title = "false alert rate (FPIR)"
    scale = alt.Scale(type="log", nice=False)
    y = alt.Y("rate:Q", scale=scale, axis=alt.Axis(title=title, format="~%", tickCount=5))
    color = alt.Color("at:N", title="similarity", legend=alt.Legend(symbolType="square"))
    drawn = alt.Chart(alt.Data(values=rows))
    lines = drawn.mark_line().encode(
        x=x,
        y=y,
        color=color,
        strokeDash=alt.StrokeDash(
            "kind:N",
            title="",
            scale=alt.Scale(domain=list(KINDS), range=[list(each) for each in SHAPES[:2]]),
        ),
    )
    points = drawn.mark_point(filled=True, size=45, opacity=1).encode(
        x=x,
        y=y,
        color=color,
        shape=alt.Shape(
            "kind:N", title="", scale=alt.Scale(domain=list(KINDS), range=["circle", "diamond"])
        ),
    )
    bars = (
        alt.Chart(alt.Data(values=ends))
        .mark_rule()
        .encode(
            x=x,
            y=alt.Y("low:Q", scale=scale, axis=alt.Axis(title=title)),
            y2="high:Q",
            color=color,
        )
    )
    return _svg(bars + lines + points)


def steps(video: Video) -> str:
    """Draw, by threshold, how many passages were recognised and how many alerts were false."""
    rows = [
        {"threshold": step.threshold, "count": count, "of": name}
        for step in video.steps
        for name, count in (
            (f"recognised, of {video.of_listed}", step.recognised),
            ("false alerts", step.false_alerts),
        )
    ]
    chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_line(interpolate="step-after")
        .encode(
            x=alt.X(
                "threshold:Q",
                scale=alt.Scale(zero=False, nice=False),
                axis=alt.Axis(title="threshold (similarity)", format=".2f"),
            ),
            y=alt.Y("count:Q", axis=alt.Axis(title="passages, alerts", format="d", tickMinStep=1)),
            color=alt.Color("of:N", title=""),
            strokeDash=alt.StrokeDash(
                "of:N", title="", scale=alt.Scale(range=[list(each) for each in SHAPES[:2]])
            ),
        )
    )
    return _svg(chart)


def _row(row: OfSize, kind: str) -> dict[str, object]:
    measured = row.fpir.value if row.fpir else 0.0
    rate = measured if kind == "measured" else row.predicted
    return {
        "listed": row.listed,
        "rate": max(rate, 1e-6),
        "kind": kind,
        "at": f"{row.threshold:.2f}",
    }


def _svg(chart: Any) -> str:
    drawn = (
        chart.properties(width=WIDTH, height=HEIGHT)
        .configure(font=FONT, background="transparent")
        .configure_view(stroke=None)
        .configure_axis(labelColor=INK, titleColor=INK, titleFontWeight="normal", labelFontSize=12)
        .configure_legend(orient="top", labelFontSize=12)
    )
    return vl_convert.vegalite_to_svg(drawn.to_dict(), vl_version="6.4")
