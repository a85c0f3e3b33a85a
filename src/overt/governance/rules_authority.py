"""The rules on whose word it is done."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from overt.governance.findings import Finding, judged, untold
from overt.governance.policy_kinds import written_duration
from overt.governance.policy_known import RANKS
from overt.governance.rules_subject import Subject

__all__ = [
    "before_start",
    "in_writing",
    "rank",
    "rank_urgent",
    "trial_admits",
    "two_people",
    "urgent_review",
]

WRITTEN: Final = ("officer", "reference", "necessity", "proportionality")


def in_writing(subject: Subject, _value: None, _now: datetime) -> Finding:
    """Check that nothing of the statement is empty; whether it is right is for people."""
    statement = subject.deployment.statement
    empty = [name for name in WRITTEN if not str(getattr(statement, name)).strip()]
    return judged(
        "authority-written",
        holds=not empty,
        about=f"authority {', '.join(empty or WRITTEN)}",
        got="nothing" if empty else "a text",
        want="it in writing",
        to_do="have it written down, and signed",
    )


def before_start(subject: Subject, _value: None, now: datetime) -> Finding:
    """Check that the authority came first."""
    rule, about = "authority-before-start", "authority given"
    given = subject.deployment.statement.given
    if given.tzinfo is None:
        got, want = "a time without a zone", "one (2026-03-01T10:00:00Z)"
        return judged(rule, holds=False, about=about, got=got, want=want, to_do="add the zone")
    return judged(
        rule,
        holds=given <= min(now, subject.deployment.window.start),
        about=about,
        got=given.isoformat(timespec="seconds"),
        want="it before the window and before now",
        to_do="have the deployment authorised before it starts",
    )


def rank(subject: Subject, value: tuple[str, ...], _now: datetime) -> Finding:
    """Check who may authorise when there is time."""
    if subject.deployment.statement.urgent:
        return _rank_other("authority-rank", value, "urgent: see authority-rank-urgent")
    return _rank(subject, "authority-rank", value)


def rank_urgent(subject: Subject, value: tuple[str, ...], _now: datetime) -> Finding:
    """Check who may authorise when there is none."""
    if not subject.deployment.statement.urgent:
        return _rank_other("authority-rank-urgent", value, "not urgent")
    return _rank(subject, "authority-rank-urgent", value)


def _rank(subject: Subject, rule: str, value: tuple[str, ...]) -> Finding:
    got = str(subject.deployment.statement.rank)
    return judged(
        rule,
        holds=got in value,
        about="authority rank",
        got=got,
        want=_ladder(value),
        to_do="ask an officer of that rank",
    )


def _rank_other(rule: str, value: tuple[str, ...], got: str) -> Finding:
    return judged(rule, holds=True, about="authority rank", got=got, want=_ladder(value))


def _ladder(ranks: tuple[str, ...]) -> str:
    """Say "Superintendent or above" where all ranks from there up are allowed."""
    if not ranks:
        return "no rank: this policy knows no such authority"
    return f"{ranks[0]} or above" if ranks == RANKS[-len(ranks) :] else " or ".join(ranks)


def two_people(subject: Subject, _value: None, _now: datetime) -> Finding:
    """Check that nobody authorised what they drafted themselves."""
    rule, about, want = "authority-two-people", "authority officer", "somebody else than drafted it"
    if subject.drafted_by is None:
        return untold(rule, about=about, want=want, to_do="record who drafted it")
    officer = subject.deployment.statement.officer
    same = subject.drafted_by.casefold().split() == officer.casefold().split()
    got = "the one who drafted it" if same else "another than drafted it"
    return judged(
        rule, holds=not same, about=about, got=got, want=want, to_do="ask another officer"
    )


def urgent_review(subject: Subject, value: timedelta, now: datetime) -> Finding:
    """Check that an urgent authority is reviewed by somebody senior, in time."""
    rule, about = "authority-urgent-review", "authority review"
    want = f"a review within {written_duration(value)} after it was given, where it is urgent"
    statement = subject.deployment.statement
    if not statement.urgent:
        return judged(rule, holds=True, about=about, got="not urgent", want=want)
    if statement.given.tzinfo is None:
        return untold(rule, about=about, want=want, to_do="say when it was given")
    due = statement.given + value
    to_do = f"have it reviewed before {due.isoformat(timespec='seconds')}"
    if subject.reviewed is None and now <= due:
        return untold(rule, about=about, want=want, to_do=to_do)
    got = subject.reviewed.isoformat(timespec="seconds") if subject.reviewed else "none"
    in_time = subject.reviewed is not None and subject.reviewed <= due
    return judged(
        rule, holds=in_time, about=about, got=got, want=want, to_do="have it reviewed now"
    )


def trial_admits(subject: Subject, value: tuple[str, ...], _now: datetime) -> Finding:
    """Say what a trial may do. It never fails by itself: `rules` lets off what it names."""
    want = f"in a trial no more than {', '.join(value)}" if value else "no trial to admit anything"
    got = "a trial" if subject.deployment.trial else "no trial"
    return judged("trial-admits", holds=True, about="trial", got=got, want=want)
