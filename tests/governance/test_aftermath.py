"""What became of a deployment is told from its events alone, and judged rule by rule."""

from __future__ import annotations

import ast
import inspect
import itertools
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from builders import LIST_DIGEST, NOON, make_alert_raised
from deployment_events import authorised

from overt.governance import aftermath
from overt.governance.aftermath import FOLDED, Story, tell, told
from overt.governance.findings import Verdict
from overt.governance.policy_file import reference_policy
from overt.governance.rules_after import AFTER, look_back
from overt.values.duty_events import (
    AuthorityReviewed,
    DeploymentStopOrdered,
    DisclosureDeleted,
    EvidenceDeleted,
    HoldPlaced,
    HoldReleased,
    ReportPublished,
)
from overt.values.events import Body, DeploymentConfigured, Event, WatchlistDestroyed

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)
END = authorised().end
STOPPED = DeploymentStopOrdered("Ann", "enough")
GONE = WatchlistDestroyed(LIST_DIGEST, 20)
RAISED = make_alert_raised("a", NOON)
DELETED = EvidenceDeleted("a", "c" * 64, "due after use")
CONFIGURED = DeploymentConfigured("f" * 64, "text", "b" * 64, "{}", "0.1", (), ())
PUBLISHED = ReportPublished("Ann", "e" * 64, "https://example.org/r", "")


def story(*happened: tuple[datetime, Body]) -> Story:
    numbers = itertools.count(1)
    first = (NOON - HOUR, authorised())
    found = Story("d")
    for at, body in (first, *happened):
        found = tell(found, Event(f"e{next(numbers)}", "d", at, body))
    return found


def verdicts(now: datetime, *happened: tuple[datetime, Body]) -> dict[str, str]:
    after = story(*happened).aftermath(now)
    found = look_back(after, policy=reference_policy(), now=now)
    assert [each.rule for each in found] == list(AFTER)
    return {each.rule: str(each.verdict) for each in found}


def test_nothing_can_be_told_before_the_end() -> None:
    found = verdicts(END - timedelta(seconds=1), (NOON, RAISED), (NOON, CONFIGURED))
    assert found.pop("video-kept") == Verdict.HOLDS
    assert set(found.values()) == {Verdict.CANNOT_TELL}


@pytest.mark.parametrize(
    ("happened", "want"),
    [
        ((), END),
        (((NOON, STOPPED),), NOON),
        (((NOON, STOPPED), (NOON + HOUR, STOPPED)), NOON),
        (((END + DAY, STOPPED),), END),  # of a machine that was killed: its window ended it
        (((NOON, AuthorityReviewed("S", "r", upheld=False, reason="no")),), NOON),
        (((NOON, AuthorityReviewed("S", "r", upheld=True, reason="yes")),), END),
    ],
)
def test_it_ends_with_the_first_of_order_and_window(
    happened: tuple[tuple[datetime, Body], ...], want: datetime
) -> None:
    assert story(*happened).ended(END + 2 * DAY) == want


def test_once_all_is_done_all_rules_hold() -> None:
    found = verdicts(
        NOON + 40 * DAY,
        (NOON, CONFIGURED),
        (NOON, RAISED),
        (NOON + HOUR, STOPPED),
        (NOON + 2 * HOUR, GONE),
        (NOON + DAY, DELETED),
        (NOON + 2 * DAY, PUBLISHED),
        (NOON + 31 * DAY, DisclosureDeleted("over")),
    )
    assert set(found.values()) == {Verdict.HOLDS}


FAILING: dict[str, tuple[str, tuple[tuple[datetime, Body], ...]]] = {
    "list still there": ("list-destroyed", ()),
    "list destroyed late": ("list-destroyed", ((END + DAY + HOUR, GONE),)),
    "evidence still there": ("alert-data-kept", ((NOON, RAISED),)),
    "evidence deleted late": ("alert-data-kept", ((NOON, RAISED), (NOON + DAY + HOUR, DELETED))),
    "evidence kept after a hold": (
        "alert-data-kept",
        ((NOON, RAISED), (NOON, HoldPlaced("a", "A", "case", NOON + DAY)),
         (NOON + 3 * DAY, DELETED)),
    ),
    "evidence kept after a release": (
        "alert-data-kept",
        ((NOON, RAISED), (NOON, HoldPlaced("a", "A", "case", NOON + 31 * DAY)),
         (NOON + DAY, HoldReleased("a", "A")), (NOON + 3 * DAY, DELETED)),
    ),
    "a hold too long": (
        "legal-hold", ((NOON, RAISED), (NOON, HoldPlaced("a", "A", "case", NOON + 32 * DAY)))
    ),
    "an index still there": ("disclosure-kept", ((NOON, CONFIGURED),)),
    "an index deleted late": (
        "disclosure-kept", ((NOON, CONFIGURED), (END + 32 * DAY, DisclosureDeleted("over")))
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAILING)
def test_each_fails_alone(name: str) -> None:
    rule, happened = FAILING[name]
    now = END + (40 * DAY if rule == "disclosure-kept" else 10 * DAY)
    done = () if rule == "list-destroyed" else ((END, GONE),)
    found = verdicts(now, *happened, *done)
    assert [each for each, verdict in found.items() if verdict == Verdict.FAILS] == [rule]


def test_a_hold_that_is_renewed_keeps_evidence_as_long_as_a_case_needs() -> None:
    kept = story(
        (NOON, RAISED),
        (NOON + HOUR, HoldPlaced("a", "A", "case", NOON + 31 * DAY)),
        (NOON + 30 * DAY, HoldPlaced("a", "A", "case", NOON + 60 * DAY)),
        (NOON + 60 * DAY + HOUR, DELETED),
    ).evidence["a"]
    assert kept.without_hold(NOON + 99 * DAY) == 2 * HOUR
    assert kept.longest_hold() == 30 * DAY
    in_force = story((NOON, RAISED), (NOON, HoldPlaced("a", "A", "c", NOON + 9 * DAY)))
    assert in_force.evidence["a"].longest_hold() == 9 * DAY
    assert in_force.evidence["a"].without_hold(NOON + 8 * DAY) == timedelta(0)
    assert in_force.evidence["a"].without_hold(NOON + 10 * DAY) == DAY


def test_deployments_are_told_apart() -> None:
    second = replace(authorised(), end=END + DAY)
    events = [
        Event("1", "d", NOON, authorised()),
        Event("2", "e", NOON, second),
        Event("3", "d", NOON, STOPPED),
    ]
    found = told(events)
    assert {name: each.ended(NOON + HOUR) for name, each in found.items()} == {
        "d": NOON,
        "e": None,
    }


def test_the_kinds_that_are_read_are_those_that_the_fold_takes() -> None:
    tree = ast.parse(inspect.getsource(aftermath))
    matched = {
        node.cls.id
        for node in ast.walk(tree)
        if isinstance(node, ast.MatchClass) and isinstance(node.cls, ast.Name)
    }
    assert len(matched) > 10
    assert {getattr(aftermath, name).kind for name in matched} == set(FOLDED)
    assert len(set(FOLDED)) == len(FOLDED)
