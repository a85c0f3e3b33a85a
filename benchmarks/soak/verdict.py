"""What a soak promised, against what its record, its ledger and its processes show."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from benchmarks.soak.machine import COMMAND, LOOK_S
from benchmarks.soak.run import Inflicted, Plan, Ran
from overt.records.store import open_store
from overt.report.totals import Totals, fold
from overt.values.events import AlertRaised, Event

__all__ = ["After", "Line", "Verdict", "judge"]

MOST_MB_PER_MINUTE: Final = 0.5
MOST_LOOPS: Final = 3.0  # until the listed person is recognised again after a fault
LEAST_RECOGNISED: Final = 0.9  # of the times that she walked by undisturbed
KEY: Final = re.compile(r"\S+\+[0-9a-f]{8}\+\S+")


@dataclass(frozen=True, slots=True)
class Line:
    """One promise."""

    what: str
    got: str
    want: str
    kept: bool


@dataclass(frozen=True, slots=True)
class After:
    """What followed a fault."""

    fault: str
    tells: str
    ended: bool  # recognition ended by it, and was begun again from outside
    alert_s: float | None  # from the fault's end to the next alert; None: none came


@dataclass(frozen=True, slots=True)
class Verdict:
    """All that is known afterwards."""

    lines: list[Line]
    after: list[After]


def judge(ran: Ran) -> Verdict:
    """Hold a soak to its promises."""
    with closing(open_store(ran.plan.data / "events.sqlite")) as store:
        recorded = list(store.events())
        mismatches = store.check()
    events = [each.event for each in recorded]
    gaps = sum(each.sequence != place + 1 for place, each in enumerate(recorded))
    after = [_after(each, ran, events) for each in ran.inflicted]
    lines = [
        Line("events in the record", f"{len(events):,}", "", kept=True),
        Line("numbers missing in the record", str(gaps), "0", kept=not gaps),
        Line("tables that differ from the events", str(len(mismatches)), "0", not mismatches),
        _ledger(ran.plan),
        *_reconciled(events),
        *_alerts(events, ran),
        *_memory(ran),
        *_recovered(after, ran),
    ]
    return Verdict(lines, after)


def _ledger(plan: Plan) -> Line:
    """Sign the record, export it, and verify the export as anybody would."""
    export = plan.folder / "export.jsonl"
    begun = _overt(plan, "ledger", "begin", "soak.example/record")
    key = KEY.search(begun.stdout)
    if key is None:
        return Line("ledger", f"no key: {begun.stderr.strip()}", "verifies", kept=False)
    for command in (("ledger", "checkpoint"), ("ledger", "export", str(export))):
        done = _overt(plan, *command)
        if done.returncode:
            return Line("ledger", done.stderr.strip(), "verifies", kept=False)
    done = _overt(plan, "verify", str(export), "--key", key[0])
    got = "verifies" if not done.returncode else done.stderr.strip() or done.stdout.strip()
    return Line("export of the ledger", got, "verifies", kept=not done.returncode)


def _overt(plan: Plan, *words: str) -> subprocess.CompletedProcess[str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("OVERT_")}
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", COMMAND, *words],
        env={**kept, "OVERT_DATA_DIR": str(plan.data)},
        capture_output=True,
        text=True,
        check=False,
    )


def _reconciled(events: list[Event]) -> list[Line]:
    """Compare alerts with what the cameras counted, deployment by deployment."""
    ended, failed, killed, wrong = 0, 0, 0, 0
    for totals in _deployments(events):
        counted, raised = totals.counts.alerts, len(totals.alerts)
        if totals.stopped is None:
            killed += 1
        elif totals.stopped.reason.startswith("recognition failed"):
            failed += 1
        else:
            ended += 1
            wrong += counted != raised
            continue
        wrong += counted > raised  # its last minute could not be recorded
    return [
        Line("deployments that ended in order", str(ended), "", kept=True),
        Line("deployments that failed closed, and said why", str(failed), "", kept=True),
        Line("deployments that were killed", str(killed), "", kept=True),
        Line("deployments whose counts do not reconcile", str(wrong), "0", not wrong),
    ]


def _deployments(events: list[Event]) -> list[Totals]:
    by_deployment: dict[str, list[Event]] = {}
    for event in events:
        by_deployment.setdefault(event.deployment, []).append(event)
    totals = [fold(each) for each in by_deployment.values()]
    return [each for each in totals if each.started is not None]


def _alerts(events: list[Event], ran: Ran) -> list[Line]:
    raised = [event.body.alert for event in events if isinstance(event.body, AlertRaised)]
    doubled = len(raised) - len(set(raised))
    walked = ran.sent_s / ran.loop_s - len(ran.inflicted)  # each fault may hide her once
    share = len(raised) / walked if walked > 0 else 0.0
    seen = sum(totals.counts.seen for totals in _deployments(events))
    return [
        Line("alerts recorded twice", str(doubled), "0", not doubled),
        Line(
            "alerts, against times that she walked by, less one for each fault",
            f"{len(raised)} of {walked:.1f}",
            f"{LEAST_RECOGNISED:.0%} at least",
            share >= LEAST_RECOGNISED,
        ),
        Line("faces seen", f"{seen:,}", "", kept=True),
    ]


def _memory(ran: Ran) -> list[Line]:
    slopes = [slope for life in ran.lives if (slope := life.mb_per_minute()) is not None]
    most = max((max(life.resident_mb, default=0.0) for life in ran.lives), default=0.0)
    growing = max(slopes, default=0.0)
    return [
        Line("processes", str(len(ran.lives)), "", kept=True),
        Line("most memory, MB", f"{most:.0f}", "", kept=True),
        Line(
            f"largest growth of {len(slopes)} long lives, MB a minute",
            f"{growing:+.2f}",
            f"{MOST_MB_PER_MINUTE} at most",
            growing <= MOST_MB_PER_MINUTE,
        ),
    ]


def _after(each: Inflicted, ran: Ran, events: list[Event]) -> After:
    over = [life.begun + life.at_s[-1] for life in ran.lives[:-1] if life.at_s]
    ended = any(each.begun - LOOK_S <= end <= each.ended + ran.loop_s for end in over)
    later = (
        event.at.timestamp() - each.ended
        for event in events
        if isinstance(event.body, AlertRaised) and event.at.timestamp() > each.ended
    )
    return After(each.fault.name, each.fault.tells, ended, next(later, None))


def _recovered(after: list[After], ran: Ran) -> list[Line]:
    waits = [each.alert_s for each in after]
    never = waits.count(None)
    longest = max((wait for wait in waits if wait is not None), default=0.0)
    return [
        Line("faults", str(len(after)), "", kept=True),
        Line("faults after which nobody was recognised again", str(never), "0", not never),
        Line(
            "longest wait for the next alert, in times that she walks by",
            f"{longest / ran.loop_s:.1f}",
            f"{MOST_LOOPS:.0f} at most",
            longest <= MOST_LOOPS * ran.loop_s,
        ),
    ]
