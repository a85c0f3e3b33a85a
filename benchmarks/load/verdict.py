"""What was promised, held to the record and to what viewers were told."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.load.run import Ran
from benchmarks.load.seen import Act
from overt.errors import MoveError
from overt.records.base import Recorded
from overt.records.store import open_store
from overt.review.alert_record import AlertRecord, fold_into
from overt.review.journal import COUNTED
from overt.values.alert_events import AlertAdjudicated, AlertClaimed, AlertReleased
from overt.values.events import AlertRaised

__all__ = ["Line", "judge"]

WITHIN_MS: Final = 300.0
FLAT_MB: Final = 4.0  # a minute
BACK_S: Final = 15.0
BEHIND_S: Final = 5.0  # that a writer may be behind its rate for a moment
UNKNOWN: Final = 0  # a status: the connection broke


@dataclass(frozen=True, slots=True)
class Line:
    """One figure; with a promise where there is one."""

    what: str
    got: str
    value: float
    want: str = ""
    kept: bool = True


def judge(ran: Ran) -> list[Line]:
    """Hold everything to the record."""
    with closing(open_store(ran.plan.settings.record_address)) as store:
        recorded = list(store.events(deployment=ran.deployment, without=COUNTED))
    return [
        *_told(ran, recorded),
        *_times(ran, recorded),
        *_held(ran, recorded),
        *_machine(ran),
    ]


def _told(ran: Ran, recorded: list[Recorded]) -> list[Line]:
    raised = {
        each.event.body.alert for each in recorded if isinstance(each.event.body, AlertRaised)
    }
    told = ran.told
    known = [number for number, alert in enumerate(told.alerts) if alert in raised]
    counts = told.counts[:, known]
    pairs = len(raised) * ran.plan.viewers
    lost = pairs - int((counts > 0).sum())
    twice = int((counts > 1).sum())
    invented = len(told.alerts) - len(known)
    planned = round(ran.plan.rate * ran.plan.seconds)
    return [
        promise("alerts recorded", len(raised), f"{planned:,}", kept=len(raised) == planned),
        promise("lost (alerts x viewers)", lost, f"0 of {pairs:,}", kept=not lost),
        promise("told twice", twice, "0", kept=not twice),
        promise("told that are not recorded", invented, "0", kept=not invented),
    ]


def _times(ran: Ran, recorded: list[Recorded]) -> list[Line]:
    """From the moment that an alert's event names, which is before it is on the disk."""
    at = {
        each.event.body.alert: each.event.at.timestamp()
        for each in recorded
        if isinstance(each.event.body, AlertRaised)
    }
    begun = np.array([at.get(alert, np.nan) for alert in ran.told.alerts])
    took = (ran.told.times - begun) * 1000
    back = np.nanmax(ran.told.back, initial=ran.again)
    away = (begun >= ran.killed - 1) & (begun <= back)
    lines: list[Line] = []
    for what, some in (("connected", took[:, ~away]), ("raised while it was away", took[:, away])):
        values = some[np.isfinite(some)]
        if not len(values):
            lines.append(Line(f"{what}: no alert", "-", 0.0, "some", kept=what != "connected"))
            continue
        for share in (50, 95, 99, 100):
            value = float(np.percentile(values, share))
            name = f"{what}, " + (f"p{share}" if share < 100 else "longest") + ", ms"
            held = share == 95 and what == "connected"
            want = f"under {WITHIN_MS:g}" if held else ""
            lines.append(promise(name, value, want, kept=not held or value < WITHIN_MS))
    lost = np.isfinite(ran.told.back)
    away_s = float(back - ran.killed)
    lines.append(promise("console answers again after, s", ran.again - ran.killed))
    kept = bool(lost.all()) and away_s < BACK_S
    lines.append(promise("last viewer is back after, s", away_s, f"under {BACK_S:g}", kept=kept))
    if ran.told.rows_ms:
        rows = np.percentile(ran.told.rows_ms, [50, 95])
        lines.append(promise("rows of the queue, p50, ms", float(rows[0])))
        lines.append(promise("rows of the queue, p95, ms", float(rows[1])))
        lines.append(promise("rows of the queue, read", len(ran.told.rows_ms)))
    return lines


def _held(ran: Ran, recorded: list[Recorded]) -> list[Line]:
    """Go through who took what, by hand and by the life cycle's own fold."""
    holder: dict[str, str] = {}
    alerts: dict[str, AlertRecord] = {}
    both = steps = 0
    for each in recorded:
        match each.event.body:
            case AlertClaimed(alert=alert, by=by):
                both += alert in holder
                holder[alert] = by
            case AlertReleased(alert=alert):
                holder.pop(alert, None)
            case _:
                pass
        try:
            fold_into(alerts, each.event)
        except MoveError:
            steps += 1
    claims = {(b.alert, b.by) for e in recorded if isinstance(b := e.event.body, AlertClaimed)}
    judged = sum(isinstance(each.event.body, AlertAdjudicated) for each in recorded)
    wrong = sum(not _fits(act, claims) for act in ran.told.acts)
    refused = sum(act.status == 409 for act in ran.told.acts)
    others = {status: n for status, n in ran.told.problems.items() if status != 409}
    return [
        promise("alerts held by two", both, "0", kept=not both),
        promise("steps that the life cycle has not", steps, "0", kept=not steps),
        promise("told taken and not recorded so", wrong, "0", kept=not wrong),
        promise(
            "taken",
            len(claims),
            "some" if ran.plan.acts else "",
            kept=bool(claims) or not ran.plan.acts,
        ),
        promise("taken by another first", refused),
        promise("judged", judged),
        promise(f"other answers {others or ''}", sum(others.values()), "0", kept=not others),
    ]


def _fits(act: Act, claims: set[tuple[str, str]]) -> bool:
    if act.status == UNKNOWN:
        return True
    return ((act.alert, act.by) in claims) == (act.status == 303) or act.status == 409


def _machine(ran: Ran) -> list[Line]:
    lines = [
        promise("an alert sealed and recorded, p50, ms", ran.written.median_ms),
        promise("an alert sealed and recorded, p95, ms", ran.written.p95_ms),
        promise(
            "writer behind its rate at most, s",
            ran.written.latest_s,
            f"under {BEHIND_S:g}",
            kept=ran.written.latest_s < BEHIND_S,
        ),
    ]
    for number, life in enumerate(ran.lives, start=1):
        slope, seconds = life.mb_per_minute(), life.cpu_at_s
        long = seconds >= 60
        want = f"under {FLAT_MB:g}" if long else ""
        kept = not long or slope < FLAT_MB
        peak = max(life.resident_mb, default=0.0)
        share = 100 * life.cpu_s / seconds if seconds else 0.0
        lines.append(promise(f"console {number}: resident at most, MB", peak))
        lines.append(promise(f"console {number}: grows, MB a minute", slope, want, kept=kept))
        lines.append(promise(f"console {number}: processor, % of a core", share))
    return lines


def promise(what: str, value: float, want: str = "", *, kept: bool = True) -> Line:
    """Write a figure, with what was wanted of it."""
    got = f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"
    return Line(what, got, float(value), want, kept)
