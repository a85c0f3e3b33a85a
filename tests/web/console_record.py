"""What happened in a console's record, for tests: a deployment that runs, and its alerts."""

from __future__ import annotations

from datetime import timedelta

import httpx
from consoles import PATIENCE_S, Console

from overt.ids import time_ordered_id
from overt.values.account import Role
from overt.values.alert_events import DecoyRaised
from overt.values.counts import FaceCounts
from overt.values.duty_events import (
    DeploymentBriefed,
    DeploymentDrafted,
    DeploymentSubmitted,
    EvidenceViewed,
)
from overt.values.events import (
    AlertRaised,
    Body,
    DeploymentAuthorised,
    DeploymentStarted,
    Event,
    FacesCounted,
)
from overt.values.token import Scope
from overt.values.watchlist import Category

RUNNING = "high-street"
DRAFT = "d" * 64


def record(console: Console, body: Body, *, deployment: str = RUNNING) -> None:
    now = console.clock.now()
    console.services.store.append([Event(time_ordered_id(now), deployment, now, body)])


def run_deployment(console: Console, *, deployment: str = RUNNING) -> None:
    """Have a deployment run now."""
    now = console.clock.now()
    given = DeploymentAuthorised(
        place="High Street",
        purpose="crime hotspot or its access routes",
        trial=False,
        start=now - timedelta(hours=1),
        end=now + timedelta(hours=3),
        cameras=("gate", "north"),
        threshold=0.64,
        watchlist="1" * 64,
        listed=20,
        bundle="b" * 64,
        officer="A. Officer",
        rank="Superintendent",
        given=now - timedelta(hours=2),
        reference="REG/12",
        necessity="n",
        proportionality="p",
        urgent=False,
        policy="f" * 64,
        policy_name="reference",
    )
    steps: tuple[Body, ...] = (
        DeploymentDrafted("Drafter", "High Street", DRAFT),
        DeploymentSubmitted("Drafter", DRAFT),
        given,
        DeploymentBriefed("Drafter", "both ends", "web site", 4, ("gate", "north")),
        DeploymentStarted("0.1.0", 5e-7, extrapolated=True),
    )
    for body in steps:
        record(console, body, deployment=deployment)


def raise_alert(console: Console, alert: str, *, decoy: bool = False) -> str:
    """Raise an alert, or what looks like one."""
    now = console.clock.now()
    if decoy:
        record(console, DecoyRaised(
            alert, "gate", now, Category.COURTS, 0.7, 3, (), "c" * 64, "Supervisor", "AGREED/1"
        ))  # fmt: skip
    else:
        record(console, AlertRaised(
            alert, "gate", now, Category.COURTS, 0.5, 0.7, 0.64, 20, 5e-7,
            extrapolated=True, shots=3, flags=(), commitment="c" * 64,
        ))  # fmt: skip
    return alert


def look_at(console: Console, alert: str, role: Role = Role.OPERATOR) -> None:
    """Have somebody look at an alert's pictures."""
    record(console, EvidenceViewed(alert, console.accounts[role].name, "adjudicate"))


def count_faces(console: Console, seen: int) -> None:
    """Count the faces of a minute."""
    record(
        console,
        FacesCounted(
            FaceCounts("gate", console.clock.now(), frames=1500, seen=seen, compared=seen)
        ),
    )


def token_for(console: Console, role: Role, *scopes: Scope) -> str:
    """Make a token of a role's account."""
    return console.services.bearers.make(
        console.accounts[role], label="test", scopes=scopes or tuple(Scope), days=1
    )


def program(console: Console, token: str | None) -> httpx.Client:
    """Give what asks as a program does: no cookie, no page."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return httpx.Client(
        base_url=console.address, headers=headers, timeout=PATIENCE_S, verify=console.verify
    )
