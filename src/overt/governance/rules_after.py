"""The rules on what comes after a deployment: what becomes of its list, its data and its figures.

They are told from the record alone, so that they can be told once the list is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from overt.governance.findings import Finding, judged, untold
from overt.governance.policy import Policy
from overt.governance.policy_kinds import written_duration
from overt.governance.rules_subject import Aftermath, Subject

__all__ = ["AFTER", "after", "look_back"]

# Any: each check takes the kind of value that `policy_known.KNOWN` gives its rule.
Check: TypeAlias = Callable[[Aftermath | None, Any, datetime], Finding]


def list_destroyed(after: Aftermath | None, value: timedelta, now: datetime) -> Finding:
    """Check that the list went with the deployment."""
    rule, about = "list-destroyed", "watchlist"
    want = f"it destroyed at the end, {written_duration(value)} after it at most"
    to_do = "destroy it now: `overt retention run`, on the machine where it lies"
    if after is None or (after.list_destroyed is None and now - after.ended <= value):
        return untold(rule, about=about, want=want, to_do=to_do)
    if after.list_destroyed is None:
        got = f"it still there {_rounded(now - after.ended)} after the end"
        return judged(rule, holds=False, about=about, got=got, want=want, to_do=to_do)
    took = max(after.list_destroyed - after.ended, timedelta(0))
    got = f"it destroyed {_rounded(took)} after the end"
    return judged(
        rule, holds=took <= value, about=about, got=got, want=want, to_do="report the delay"
    )


def alert_data_kept(after: Aftermath | None, value: timedelta, _now: datetime) -> Finding:
    """Check how long what belongs to an alert is kept when no case needs it."""
    kept = after and after.alert_data_kept
    to_do = "delete what is due: `overt retention run`; report the delay"
    return _kept("alert-data-kept", "alert data", after, kept, value, to_do=to_do)


def legal_hold(after: Aftermath | None, value: timedelta, _now: datetime) -> Finding:
    """Check how long a case keeps it without being asked again."""
    kept = after and after.legal_hold
    to_do = "renew the hold with its reason, or release it"
    return _kept("legal-hold", "legal hold", after, kept, value, to_do=to_do)


def disclosure_kept(after: Aftermath | None, value: timedelta, _now: datetime) -> Finding:
    """Check how long it can be told whether somebody was listed."""
    kept = after and after.disclosure_kept
    to_do = "delete it: `overt retention run`; report the delay"
    return _kept("disclosure-kept", "index of who was listed", after, kept, value, to_do=to_do)


def _kept(
    rule: str,
    about: str,
    after: Aftermath | None,
    kept: timedelta | None,
    value: timedelta,
    *,
    to_do: str,
) -> Finding:
    want = f"{written_duration(value)} or less"
    if after is None:
        return untold(rule, about=about, want=want, to_do=to_do)
    if kept is None:
        return judged(rule, holds=True, about=about, got="none", want=want)
    return judged(
        rule, holds=kept <= value, about=about, got=_rounded(kept), want=want, to_do=to_do
    )


def _rounded(time: timedelta) -> str:
    """Write a time in whole seconds, rounded up: what is over a limit is not shown as at it."""
    return str(timedelta(seconds=-(-time // timedelta(seconds=1))))


def video_kept(_after: Aftermath | None, value: timedelta, _now: datetime) -> Finding:
    """Say how long video may be kept by those who record it: overt records none."""
    want = f"{written_duration(value)} or less, where another system records"
    return judged("video-kept", holds=True, about="video", got="none kept by overt", want=want)


def published(after: Aftermath | None, _value: None, _now: datetime) -> Finding:
    """Check that the public is told what came of it."""
    rule, want = "published", "the figures published"
    to_do = "publish the deployment's record, and say so: `overt deployment published`"
    if after is None or after.published is None:
        return untold(rule, about="record", want=want, to_do=to_do)
    got = after.published.isoformat(timespec="seconds")
    return judged(rule, holds=True, about="record", got=got, want=want)


AFTER: Final[Mapping[str, Check]] = MappingProxyType(
    {
        "list-destroyed": list_destroyed,
        "alert-data-kept": alert_data_kept,
        "legal-hold": legal_hold,
        "video-kept": video_kept,
        "disclosure-kept": disclosure_kept,
        "published": published,
    }
)


def after(rule: str) -> Callable[[Subject, Any, datetime], Finding]:
    """Make the check of one of these rules on a subject."""
    check = AFTER[rule]
    return lambda subject, value, now: check(subject.aftermath, value, now)


def look_back(aftermath: Aftermath | None, *, policy: Policy, now: datetime) -> tuple[Finding, ...]:
    """Judge what came after a deployment, rule by rule; None: it has not ended."""
    return tuple(check(aftermath, policy.rule(rule).value, now) for rule, check in AFTER.items())
