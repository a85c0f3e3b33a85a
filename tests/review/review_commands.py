"""Deployments that tests of commands begin with, over the record that the settings name."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from deployment_steps import authorised

from overt.ids import time_ordered_id
from overt.records.store import open_store
from overt.settings import read_settings
from overt.values.duty_events import DeploymentBriefed, EvidenceViewed
from overt.values.events import Body, Event

Overt: TypeAlias = Callable[..., list[list[str]]]


def record(deployment: str, *bodies: Body) -> None:
    """Append what a machine or an officer's own command does."""
    now = datetime.now(UTC)
    with closing(open_store(read_settings().record_address)) as store:
        store.append([Event(time_ordered_id(now), deployment, now, body) for body in bodies])


def looked(deployment: str, by: str, *alerts: str) -> None:
    """Have somebody's look at pictures recorded, where none are sealed."""
    record(deployment, *(EvidenceViewed(alert, by, "adjudicate") for alert in alerts))


def drafted(overt: Overt, file: Path, *, briefed: bool = False) -> str:
    """Draft and submit, and have it authorised for now; briefed too where that is asked."""
    ((deployment,),) = overt("deployment", "draft", str(file), "--by", "A. Drafter")
    overt("deployment", "submit", deployment, str(file), "--by", "A. Drafter")
    now = datetime.now(UTC)
    window = {"start": now - timedelta(hours=1), "end": now + timedelta(hours=1)}
    record(deployment, replace(authorised(), **window, given=now - timedelta(hours=2)))
    if briefed:
        record(deployment, DeploymentBriefed("C", "ends", "web", 4, ("gate", "north")))
    return deployment
