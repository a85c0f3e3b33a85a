"""Lines that say how the false alert rate stands, for people and for programs."""

from __future__ import annotations

import json
import math
from typing import Final

from overt.report.monitoring import GroupShare, Look
from overt.report.words import about_one_in
from overt.statistics.sequences import ConfidenceSequence

__all__ = ["COLUMNS", "look_line", "share_line"]

COLUMNS: Final = (
    "at", "faces seen", "false alerts", "not adjudicated", "estimate", "at least", "at most",
    "ceiling", "state",
)  # fmt: skip


def look_line(look: Look, rate: ConfidenceSequence, place: int, *, as_data: bool) -> str:
    """Write one look, tab-separated or as JSON."""
    estimate, low, high = (float(each[place]) for each in (rate.estimate, rate.low, rate.high))
    if not as_data:
        at = look.at.isoformat(timespec="seconds")
        counts = (look.faces, look.false_alerts, look.not_adjudicated)
        said = "none" if math.isnan(estimate) else about_one_in(estimate)
        ends = (said, about_one_in(low), about_one_in(high), about_one_in(rate.against))
        return "\t".join((at, *(f"{n:,}" for n in counts), *ends, str(rate.side_at(place))))
    return json.dumps(
        {
            "at": look.at.isoformat(),
            "faces_seen": look.faces,
            "false_alerts": look.false_alerts,
            "not_adjudicated": look.not_adjudicated,
            "estimate": None if math.isnan(estimate) else estimate,
            "low": low,
            "high": high,
            "log_e": float(rate.log_e[place]),
            "ceiling": rate.against,
            "level": rate.level,
            "method": rate.method,
            "state": str(rate.side_at(place)),
        }
    )


def share_line(share: GroupShare, *, as_data: bool) -> str:
    """Write how a group's share stands at the last look, tab-separated or as JSON."""
    of = share.sequence
    known = len(of)
    events = int(of.events[-1]) if known else 0
    estimate = events / known if known else None
    low, high = (float(of.low[-1]), float(of.high[-1])) if known else (0.0, 1.0)
    if not as_data:
        said = "none" if estimate is None else f"{estimate:.1%} ({low:.1%} to {high:.1%})"
        return (
            f"{share.group}\t{events} of {known} false alerts whose group is known, "
            f"{share.not_known} not known\t{said}\texposure {of.against:.1%}\t{of.side}"
        )
    return json.dumps(
        {
            "group": share.group,
            "false_alerts": events,
            "known": known,
            "not_known": share.not_known,
            "estimate": estimate,
            "low": low,
            "high": high,
            "log_e": float(of.log_e[-1]) if known else 0.0,
            "exposure": of.against,
            "level": of.level,
            "method": of.method,
            "state": str(of.side),
        }
    )
