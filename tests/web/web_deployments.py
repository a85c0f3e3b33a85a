"""Deployments in a console's record, brought as far as a test wants; and alerts with pictures."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from builders import (
    make_alert,
    make_bundle,
    make_crop,
    make_deployment,
    make_entry,
    make_statement,
    make_vectors,
    make_watchlist,
    noise,
)
from consoles import Console

from overt.governance.rules import Subject
from overt.report.evidence import pack
from overt.values.deployment import Window
from overt.values.duty_events import CameraChecked
from overt.values.events import AlertRaised, DeploymentStarted, Event
from overt.values.go_no_go import GoNoGo
from overt.values.review import Decision, Factors
from overt.values.watchlist import Category
from overt.wiring import decoy_sealer, open_keys

DRAFT = "d" * 64
OPERATOR = "D. Operator"


def running(console: Console, *, urgent: bool = False) -> str:
    """Bring a deployment from its draft to running."""
    office, now = console.services.office, console.clock.now()
    hours = timedelta(hours=2)
    drafted = make_deployment(
        window=Window(now - hours / 4, now + hours),
        statement=make_statement(given=now - timedelta(hours=1), urgent=urgent),
    )
    listed = make_watchlist(make_vectors(20), built=now - timedelta(hours=1))
    subject = Subject(drafted, listed, make_bundle())
    deployment = office.draft(name="high street", draft=DRAFT, by="A. Drafter")
    office.submit(deployment, draft=DRAFT, by="A. Drafter")
    office.authorise(deployment, subject, draft=DRAFT, by="A. Officer")
    office.check_camera(deployment, checked(console), draft=DRAFT)
    office.brief(
        deployment,
        by="C. Commander",
        signs="both ends",
        notice="web site",
        staff=4,
        cameras=("gate",),
    )
    office.start(deployment, DeploymentStarted("0.1.0", 5e-7, extrapolated=True))
    return deployment


def checked(console: Console, camera: str = "gate") -> CameraChecked:
    """Sign for a camera that came out as a go, an hour ago."""
    at = console.clock.now() - timedelta(hours=1)
    return CameraChecked("T. Technician", camera, at, GoNoGo.GO, (), "", "b" * 64)


def raise_alert(console: Console, deployment: str, *, minutes_ago: int = 2) -> str:
    """Raise an alert with pictures, and give its id."""
    here = console.services
    now = console.clock.now() - timedelta(minutes=minutes_ago)
    alert = here.new_id(now)
    entry = replace(
        make_entry("R-7", name="Ada Example"), relatives="a twin sister, Bea", warnings=("R-9",)
    )
    first = make_crop(noise(200, 160, seed=1), origin=(100, 300))
    last = replace(
        make_crop(noise(240, 200, seed=2), origin=(600, 300)),
        time=first.time + timedelta(seconds=2),
    )
    shown = replace(
        make_alert(crops=(last, first), scene=noise(216, 384, seed=3), entry=entry),
        id=alert,
        time=now,
    )
    seal = decoy_sealer(here.settings.evidence_dir, open_keys(here.settings))
    commitment = seal(alert, pack(shown, noise(260, 220, seed=4)))
    body = AlertRaised(
        alert=alert,
        camera="gate",
        time=now,
        category=Category.COURTS,
        score=0.7,
        similarity=0.687,
        threshold=0.64,
        listed=20,
        predicted_rate=5e-7,
        extrapolated=True,
        shots=3,
        flags=("small face", *entry.cautions),
        commitment=commitment,
    )
    here.store.append([Event(here.new_id(now), deployment, console.clock.now(), body)])
    return alert


def to_engage(console: Console, deployment: str) -> str:
    """Raise an alert and judge it to be engaged."""
    alert = raise_alert(console, deployment)
    desk = console.services.desk(deployment)
    desk.claim(alert, by=OPERATOR)
    desk.view(alert, by=OPERATOR, purpose="adjudicate")
    desk.adjudicate(alert, Decision.ENGAGE, by=OPERATOR, factors=Factors("same scar", "", ""))
    return alert
