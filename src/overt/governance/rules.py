"""The rules that a deployment must keep before it may run.

The figures and their sources are those published for police use in England and Wales; see
docs/concepts/rules.md. None can be switched off. `trial = true` is no way round them: it admits
the trial model, recorded footage, an authority without rank and a threshold below 0.60 that keeps
the ceiling of false alerts, for people who agreed to be filmed, and changes nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from overt.inference.bundle import Bundle, IntendedUse
from overt.match.scale import ReferenceScale
from overt.values.deployment import Deployment, Rank, is_live
from overt.values.watchlist import Watchlist

__all__ = ["Subject", "failures"]

LOWEST_THRESHOLD: Final = 0.60  # on the reference scale
FALSE_ALERT_CEILING: Final = 1e-3  # of faces compared
LIST_AGE: Final = timedelta(hours=24)
LONGEST_WINDOW: Final = timedelta(hours=24)
SENIOR: Final = frozenset(
    {Rank.SUPERINTENDENT, Rank.CHIEF_SUPERINTENDENT, Rank.COMMANDER, Rank.CHIEF_OFFICER}
)
JUNIOR: Final = frozenset({Rank.INSPECTOR, Rank.CHIEF_INSPECTOR})


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What is judged: a deployment with the list and the model it names."""

    deployment: Deployment
    watchlist: Watchlist
    bundle: Bundle


Rule: TypeAlias = Callable[[Subject, datetime], Iterator[str]]


def failures(subject: Subject, *, now: datetime) -> tuple[str, ...]:
    """Name every rule that does not hold, as got and want; none means all hold."""
    return tuple(finding for rule in RULES for finding in rule(subject, now))


def _window(subject: Subject, now: datetime) -> Iterator[str]:
    window = subject.deployment.window
    if not window.holds(now):
        yield (
            f"window: got {now.isoformat(timespec='seconds')}, want a time from "
            f"{window.start.isoformat(timespec='seconds')} to before "
            f"{window.end.isoformat(timespec='seconds')}"
        )
    if window.end - window.start > LONGEST_WINDOW:
        yield f"window: got {window.end - window.start}, want {LONGEST_WINDOW} or less"


def _threshold(subject: Subject, _now: datetime) -> Iterator[str]:
    got = subject.deployment.threshold
    if got < LOWEST_THRESHOLD and not subject.deployment.trial:
        yield f"threshold: got {got:g}, want {LOWEST_THRESHOLD:.2f} or more"


def _false_alerts(subject: Subject, _now: datetime) -> Iterator[str]:
    calibration = subject.bundle.calibration
    if calibration is None:
        return  # said by another rule
    scale, listed = ReferenceScale(calibration), len(subject.watchlist)
    rate = scale.operating_point(subject.deployment.threshold, listed=listed).predicted_rate
    if rate > FALSE_ALERT_CEILING:
        want = scale.threshold_for(FALSE_ALERT_CEILING, listed=listed)
        yield (
            f"threshold: got {subject.deployment.threshold:g}, which predicts a false alert in "
            f"{1 / rate:,.0f} comparisons with {listed:,} listed; want {want:.2f} or more, "
            f"1 in {1 / FALSE_ALERT_CEILING:,.0f}"
        )


def _statement(subject: Subject, now: datetime) -> Iterator[str]:
    statement = subject.deployment.statement
    for name in ("officer", "reference", "necessity", "proportionality"):
        if not str(getattr(statement, name)).strip():
            yield f"authority {name}: got nothing, want it in writing"
    if statement.given.tzinfo is None:
        yield "authority given: got a time without a zone, want one (2026-03-01T10:00:00Z)"
    elif statement.given > min(now, subject.deployment.window.start):
        yield (
            f"authority given: got {statement.given.isoformat(timespec='seconds')}, "
            "want it before the window and before now"
        )


def _rank(subject: Subject, _now: datetime) -> Iterator[str]:
    statement, trial = subject.deployment.statement, subject.deployment.trial
    allowed = SENIOR | (JUNIOR if statement.urgent else frozenset[Rank]())
    allowed = allowed | ({Rank.NONE} if trial else frozenset[Rank]())
    if statement.rank not in allowed:
        want = "Superintendent or above; an Inspector when it is urgent"
        yield f"authority rank: got {statement.rank}, want {want}"


def _bundle(subject: Subject, _now: datetime) -> Iterator[str]:
    bundle = subject.bundle
    if bundle.calibration is None:
        yield f"bundle {bundle.name}: got no calibration, want one: a threshold means nothing else"
    if bundle.intended_use is not IntendedUse.OPERATIONAL and not subject.deployment.trial:
        yield (
            f"bundle {bundle.name}: got a {bundle.intended_use} model, want an operational one "
            "(or trial = true, with people who agreed)"
        )


def _watchlist(subject: Subject, now: datetime) -> Iterator[str]:
    watchlist = subject.watchlist
    if watchlist.bundle != subject.bundle.digest:
        yield (
            f"watchlist: got templates of bundle {watchlist.bundle[:12]}, "
            f"want {subject.bundle.digest[:12]}: build the list with this bundle"
        )
    age = now - watchlist.built
    if age > LIST_AGE:
        yield f"watchlist: got an age of {age}, want 24 hours or less: build it anew"
    if age < timedelta(0):
        yield f"watchlist: got one built in the future ({watchlist.built.isoformat()})"


def _sources(subject: Subject, _now: datetime) -> Iterator[str]:
    # Searching old footage for a face is what overt does not do.
    for camera in subject.deployment.cameras:
        if not subject.deployment.trial and not is_live(camera.source):
            yield f"camera {camera.name}: got recorded footage, want a live camera"


RULES: Final[tuple[Rule, ...]] = (
    _window,
    _threshold,
    _false_alerts,
    _statement,
    _rank,
    _bundle,
    _watchlist,
    _sources,
)
