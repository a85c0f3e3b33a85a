"""A complete deployment passes, and each rule refuses alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from builders import (
    NOON,
    make_bundle,
    make_deployment,
    make_statement,
    make_vectors,
    make_watchlist,
)

from overt.governance.rules import Subject, failures
from overt.inference.bundle import IntendedUse
from overt.values.deployment import Camera, Rank, Window

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def complete(**deployment: Any) -> Subject:
    return Subject(make_deployment(**deployment), make_watchlist(make_vectors(3)), make_bundle())


def listed(**fields: Any) -> Subject:
    return replace(complete(), watchlist=make_watchlist(make_vectors(3), **fields))


def stated(**fields: Any) -> Subject:
    return complete(statement=make_statement(**fields))


def trial(**deployment: Any) -> Subject:
    return complete(trial=True, **deployment)


@dataclass(frozen=True)
class Case:
    """A subject that fails one rule, and what is said of it."""

    subject: Callable[[], Subject]
    said: str


TRIAL_BUNDLE = make_bundle(intended_use=IntendedUse.TRIAL)
ALONE = {
    "before the window": Case(
        lambda: complete(window=Window(NOON + SECOND, NOON + HOUR)),
        "window: got 2026-03-01T12:00:00",
    ),
    "at the window's end": Case(
        lambda: complete(window=Window(NOON - HOUR, NOON)), "window: got 2026-03-01T12:00:00"
    ),
    "a window too long": Case(
        lambda: complete(window=Window(NOON - HOUR, NOON + 23 * HOUR + SECOND)),
        "window: got 1 day, 0:00:01, want 1 day, 0:00:00 or less",
    ),
    "a low threshold": Case(
        lambda: complete(threshold=0.5999), "threshold: got 0.5999, want 0.60 or more"
    ),
    "too many false alerts": Case(
        lambda: trial(threshold=0.30), "threshold: got 0.3, which predicts a false alert in "
    ),
    "no officer": Case(lambda: stated(officer=" "), "authority officer: got nothing"),
    "no reference": Case(lambda: stated(reference=""), "authority reference: got nothing"),
    "no necessity": Case(lambda: stated(necessity="\n"), "authority necessity: got nothing"),
    "no proportionality": Case(
        lambda: stated(proportionality=""), "authority proportionality: got nothing"
    ),
    "given without a zone": Case(
        lambda: stated(given=NOON.replace(tzinfo=None) - 3 * HOUR),
        "authority given: got a time without a zone",
    ),
    "given within the window": Case(
        lambda: stated(given=NOON - HOUR), "authority given: got 2026-03-01T11:00:00"
    ),
    "no rank": Case(lambda: stated(rank=Rank.NONE), "authority rank: got none, want Super"),
    "an Inspector without hurry": Case(
        lambda: stated(rank=Rank.INSPECTOR), "authority rank: got Inspector, want Super"
    ),
    "a Chief Inspector without hurry": Case(
        lambda: stated(rank=Rank.CHIEF_INSPECTOR), "authority rank: got Chief Inspector"
    ),
    "no rank in a hurry": Case(
        lambda: stated(rank=Rank.NONE, urgent=True), "authority rank: got none"
    ),
    "no calibration": Case(
        lambda: replace(complete(), bundle=make_bundle(calibrated=False)),
        "bundle made-up: got no calibration",
    ),
    "a trial model": Case(
        lambda: replace(complete(), bundle=TRIAL_BUNDLE), "bundle made-up: got a trial model"
    ),
    "a list of another bundle": Case(
        lambda: listed(bundle="c" * 64),
        "watchlist: got templates of bundle cccccccccccc, want bbbb",
    ),
    "an old list": Case(
        lambda: listed(built=NOON - 24 * HOUR - SECOND), "watchlist: got an age of 1 day, 0:00:01"
    ),
    "a list of tomorrow": Case(
        lambda: listed(built=NOON + SECOND), "watchlist: got one built in the future"
    ),
    "recorded footage": Case(
        lambda: complete(cameras=(Camera("gate", "rtsp://a/b"), Camera("old", "old.mp4"))),
        "camera old: got recorded footage",
    ),
    "recorded footage that looks like a webcam": Case(
        lambda: complete(cameras=(Camera("old", "/dev/video/../../home/old.mp4"),)),
        "camera old: got recorded footage",
    ),
}


@pytest.mark.parametrize("name", list(ALONE))
def test_each_rule_fails_alone(name: str) -> None:
    case = ALONE[name]
    (finding,) = failures(case.subject(), now=NOON)
    assert finding.startswith(case.said)
    assert " want " in finding or "future" in finding or "calibration" in finding


def test_a_complete_deployment_keeps_every_rule() -> None:
    assert failures(complete(), now=NOON) == ()


@pytest.mark.parametrize(
    "rank", [Rank.SUPERINTENDENT, Rank.CHIEF_SUPERINTENDENT, Rank.COMMANDER, Rank.CHIEF_OFFICER]
)
def test_senior_ranks_may_authorise(rank: Rank) -> None:
    assert failures(stated(rank=rank), now=NOON) == ()


@pytest.mark.parametrize("rank", [Rank.INSPECTOR, Rank.CHIEF_INSPECTOR])
def test_an_inspector_may_in_a_hurry(rank: Rank) -> None:
    assert failures(stated(rank=rank, urgent=True), now=NOON) == ()


def test_the_limits_themselves_are_kept() -> None:
    subject = complete(threshold=0.60, window=Window(NOON, NOON + 24 * HOUR))
    subject = replace(subject, watchlist=make_watchlist(make_vectors(3), built=NOON - 24 * HOUR))
    assert failures(subject, now=NOON) == ()


def test_all_that_fails_is_named() -> None:
    subject = Subject(
        make_deployment(
            threshold=0.5,
            cameras=(Camera("old", "old.mp4"),),
            statement=make_statement(rank=Rank.NONE, officer=""),
        ),
        make_watchlist(make_vectors(3), bundle="c" * 64),
        TRIAL_BUNDLE,
    )
    assert len(failures(subject, now=NOON)) == 6


def test_the_threshold_that_is_named_would_do() -> None:
    (finding,) = failures(trial(threshold=0.30), now=NOON)
    named = float(finding.partition("want ")[2].partition(" or more")[0])
    assert failures(trial(threshold=named), now=NOON) == ()
    assert failures(trial(threshold=named - 0.01), now=NOON) != ()


TRIAL_ADMITS = {
    "a low threshold",
    "no rank",
    "no rank in a hurry",
    "a trial model",
    "recorded footage",
    "recorded footage that looks like a webcam",
}


@pytest.mark.parametrize("name", list(ALONE))
def test_a_trial_admits_what_it_says_only(name: str) -> None:
    subject = ALONE[name].subject()
    tried = replace(subject, deployment=replace(subject.deployment, trial=True))
    assert (failures(tried, now=NOON) == ()) is (name in TRIAL_ADMITS)
