"""What programs are told of the false alert rate over time: its confidence sequence."""

from __future__ import annotations

from datetime import datetime

from overt.web.api.told import Told
from overt.web.overseen import Seen, points

__all__ = ["LookTold", "SeriesTold", "series_told"]


class LookTold(Told):
    """What was counted until a moment, and what could be told of the rate by then."""

    at: datetime
    faces_seen: int
    false_alerts: int
    not_adjudicated: int
    estimate: float
    low: float
    high: float
    state: str


class SeriesTold(Told):
    """The confidence sequence against the ceiling: all of it holds together at `level`.

    Of many looks some are left out; `of` are there.
    """

    after: int
    ceiling: float
    level: float
    method: str
    of: int
    looks: list[LookTold]


def series_told(seen: Seen) -> SeriesTold:
    """Tell of the rate over time."""
    rate = seen.rate
    return SeriesTold(
        after=seen.after,
        ceiling=rate.against,
        level=rate.level,
        method=rate.method,
        of=len(seen.looks),
        looks=[look_told(seen, place) for place in points(seen.looks)],
    )


def look_told(seen: Seen, place: int) -> LookTold:
    """Tell of one look."""
    look, rate = seen.looks[place], seen.rate
    return LookTold(
        at=look.at,
        faces_seen=look.faces,
        false_alerts=look.false_alerts,
        not_adjudicated=look.not_adjudicated,
        estimate=float(rate.estimate[place]),
        low=float(rate.low[place]),
        high=float(rate.high[place]),
        state=str(rate.side_at(place)),
    )
