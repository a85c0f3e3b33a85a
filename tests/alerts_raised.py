"""Alerts that wait in a console's queue, with evidence that can be looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from builders import make_alert, make_alert_raised, noise
from consoles import Console
from report_facts import authorised_at

from overt.report.evidence import pack
from overt.values.alert_events import DecoyRaised
from overt.values.events import AlertRaised, Body, DeploymentStarted, Event
from overt.wiring import decoy_sealer, open_keys

DEPLOYMENT = "deployment-1"


def record(console: Console, *bodies: Body) -> None:
    """Record facts of the deployment, as another process does."""
    services, now = console.services, console.clock.now()
    services.store.append([Event(services.new_id(now), DEPLOYMENT, now, body) for body in bodies])


def begin(console: Console) -> None:
    """Record a trial that runs on another machine."""
    start = console.clock.now() - timedelta(hours=1)
    record(
        console,
        authorised_at("High Street", start, trial=True),
        DeploymentStarted("test", 1 / 6000, extrapolated=False),
    )


def raised(console: Console, alert: str) -> AlertRaised:
    """Seal the evidence of an alert, and give its event."""
    settings = console.services.settings
    seal = decoy_sealer(settings.evidence_dir, open_keys(settings))
    commitment = seal(alert, pack(make_alert(), noise(20, 20)))
    made = make_alert_raised(alert, console.clock.now())
    return replace(made, commitment=commitment)


def as_decoy(event: AlertRaised) -> DecoyRaised:
    """Raise the same as a decoy."""
    return DecoyRaised(
        alert=event.alert,
        camera=event.camera,
        time=event.time,
        category=event.category,
        similarity=event.similarity,
        shots=event.shots,
        flags=event.flags,
        commitment=event.commitment,
        by="A. Supervisor",
        agreed="in the drawer",
    )
