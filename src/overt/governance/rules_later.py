"""The rules on what comes after the authority: the briefing, and the rate that is measured."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from overt.governance.findings import Finding, judged, untold
from overt.governance.policy_kinds import written_duration
from overt.governance.rules_subject import Observed, Subject
from overt.statistics.sequences import log_e_above

__all__ = [
    "camera_check",
    "is_credibly_above",
    "judge_observed",
    "notice",
    "observed_false_alerts",
    "officers_present",
    "signs",
    "unchecked",
]

DOUBT: Final = 0.025  # of stopping where nothing is wrong, however often it is looked at


def signs(subject: Subject, _value: None, _now: datetime) -> Finding:
    """Check that people are told where they walk."""
    briefed = subject.briefed
    return _told("signs", briefed and briefed.signs, want="signs before the zone of recognition")


def notice(subject: Subject, _value: None, _now: datetime) -> Finding:
    """Check that people were told before."""
    briefed = subject.briefed
    return _told("notice", briefed and briefed.notice, want="an announcement before the start")


def _told(rule: str, text: str | None, *, want: str) -> Finding:
    to_do = "see to it, and record it with the briefing"
    if text is None:
        return untold(rule, about=rule, want=want, to_do=to_do)
    there = bool(text.strip())
    return judged(
        rule, holds=there, about=rule, got=text if there else "none", want=want, to_do=to_do
    )


def officers_present(subject: Subject, value: float, _now: datetime) -> Finding:
    """Check that somebody is there to speak to people."""
    rule, about, want = "officers-present", "officers", f"{value:g} or more"
    to_do = "send officers, or do not start"
    if subject.briefed is None:
        return untold(rule, about=about, want=want, to_do=to_do)
    got = subject.briefed.staff
    return judged(rule, holds=got >= value, about=about, got=str(got), want=want, to_do=to_do)


def unchecked(
    cameras: Iterable[str], *, passed: Mapping[str, datetime], start: datetime, within: timedelta
) -> list[str]:
    """Name the cameras without a go, or with one that is too old.

    Args:
        cameras: by name.
        passed: when each came out as a go.
        start: of the window.
        within: how long before the start a go is good for.
    """
    return [name for name in cameras if name not in passed or passed[name] < start - within]


def camera_check(subject: Subject, value: timedelta, _now: datetime) -> Finding:
    """Check that every camera was looked at before the start."""
    rule = "camera-check"
    want = f"a go of every camera, at most {written_duration(value)} before the start"
    names = [camera.name for camera in subject.deployment.cameras]
    to_do = "check the cameras, and record it with the briefing"
    if subject.briefed is None:
        return untold(rule, about=f"camera {', '.join(names)}", want=want, to_do=to_do)
    start = subject.deployment.window.start
    without = unchecked(names, passed=subject.passed, start=start, within=value)
    failing = [name for name in names if name in without or name not in subject.briefed.cameras]
    return judged(
        rule,
        holds=not failing,
        about=f"camera {', '.join(failing or names)}",
        got="no go" if failing else "a go",
        want=want,
        to_do=to_do,
    )


def observed_false_alerts(subject: Subject, value: float, _now: datetime) -> Finding:
    """Check that the measured rate is not credibly above the ceiling, at any look."""
    return judge_observed(subject.observed, value)


def judge_observed(observed: Observed | None, value: float) -> Finding:
    """Judge what was counted so far against the ceiling `value` (a rate in (0, 1])."""
    rule, about = "observed-false-alerts", "false alerts"
    told = f"as far as can be told ({1 - DOUBT:.1%}, at every look)"
    want = f"no more than 1 in {1 / value:,.0f} faces seen, {told}"
    if observed is None or not observed.faces:
        return untold(rule, about=about, want=want, to_do="count them while it runs")
    return judged(
        rule,
        holds=not is_credibly_above(observed, value),
        about=about,
        got=f"{observed.false_alerts:,} in {observed.faces:,} faces seen",
        want=want,
        to_do="stop, and review why",
    )


def is_credibly_above(observed: Observed, rate: float) -> bool:
    """Tell whether the low end of the rate's sequence lies above `rate` (in (0, 1]).

    It may be asked after every alert and every minute: as long as the faces seen so far had a mean
    rate of `rate` or less, all the answers together are wrong with a probability of 2.5 % at most.
    See docs/concepts/monitoring.md.
    """
    expected = rate * observed.faces
    return float(log_e_above(observed.false_alerts, expected)) >= -math.log(DOUBT)
