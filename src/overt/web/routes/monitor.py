"""The false alert rate against its ceiling, how long alerts waited, and how far two agreed."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter, Request, Response

from overt.errors import MissingError
from overt.report.document.charts import Curve, Line
from overt.report.monitoring_lines import COLUMNS, look_line
from overt.statistics.agreement import Kappa
from overt.web.overseen import Seen, points
from overt.web.render import page
from overt.web.services import Here

__all__ = ["router"]

router = APIRouter()
SHOWN: Final = 30  # looks of the table: the newest
FLOOR: Final = 1e-3  # of the ceiling: lower ends are drawn there, for a logarithm has no 0


class Drawn:
    """The last chart that was drawn: it is drawn anew once the record has grown."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._after = -1
        self._svg = ""

    def svg(self, seen: Seen) -> str:
        """Give the chart.

        Raises:
            MissingError: what draws is not installed, or nothing was seen yet.
        """
        with self._lock:
            if self._after != seen.after:
                self._svg, self._after = drawn(seen), seen.after
            return self._svg


@router.get("/oversight/monitor")
def monitor(request: Request, here: Here) -> Response:
    """Show the figures as they are now."""
    seen = here.overseen.now()
    count = len(seen.looks)
    places = range(max(0, count - SHOWN), count)
    lines = [look_line(seen.looks[n], seen.rate, n, as_data=False).split("\t") for n in places]
    kappa = seen.agreement.kappa
    return page(
        request,
        "monitor.html",
        seen=seen,
        columns=COLUMNS,
        lines=list(reversed(lines)),
        most=max((n for _, n in seen.times.bins), default=0),
        kappa=kappa if isinstance(kappa, Kappa) else None,
        no_kappa="" if isinstance(kappa, Kappa) else kappa.of,
        chart=chart_of(seen) if drawable(seen) else None,
    )


@router.get("/oversight/monitor.svg")
def monitor_chart(request: Request, here: Here) -> Response:
    """Give the chart of the false alert rate."""
    kept: Drawn | None = getattr(request.app.state, "monitor", None)
    if kept is None:
        kept = request.app.state.monitor = Drawn()
    return Response(kept.svg(here.overseen.now()), media_type="image/svg+xml")


def drawable(seen: Seen) -> bool:
    """Tell whether there is a line to draw."""
    return sum(look.faces > 0 for look in seen.looks) > 1


def drawn(seen: Seen) -> str:
    if not drawable(seen):
        raise MissingError("chart: got no faces seen, want some", hint="run a deployment first")
    try:
        from overt.report.render.charts import svg  # noqa: PLC0415 - of another extra
    except ImportError as error:
        raise MissingError(
            "chart: got no module that draws, want it", hint='pip install "overt[report]"'
        ) from error
    return svg(chart_of(seen))


def chart_of(seen: Seen) -> Curve:
    """Make the chart: how what can be told narrows as faces are seen."""
    rate = seen.rate
    places = points(seen.looks)
    faces = tuple(float(seen.looks[n].faces) for n in places)
    floor = rate.against * FLOOR

    def line(name: str, values: Sequence[float]) -> Line:
        return Line(name, faces, tuple(max(float(values[n]), floor) for n in places))

    last = places[-1]
    return Curve(
        id="monitor.false-alerts",
        title="False alert rate against its ceiling",
        alt=f"After {seen.looks[last].faces:,} faces seen and {seen.looks[last].false_alerts:,} "
        f"false alerts the rate is at least {rate.low[last]:.2g} and at most {rate.high[last]:.2g} "
        f"of the faces; the ceiling is {rate.against:.2g}: {rate.side}.",
        x_title="faces seen",
        y_title="false alerts per face seen",
        lines=(
            line("at most", rate.high.tolist()),
            line("estimate", rate.estimate.tolist()),
            line("at least", rate.low.tolist()),
        ),
        x_log=True,
        y_log=True,
        level=rate.against,
        level_name="ceiling",
    )
