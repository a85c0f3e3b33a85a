"""Records of simulated forces, small enough for a test of commands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import polars as pl

from overt.simulation.years.events import events_of
from overt.simulation.years.export import EXPORT, KEY, export_events
from overt.simulation.years.force import simulate_force
from overt.simulation.years.naming import force_name
from overt.simulation.years.truth import Scale, truth_of
from overt.values.events import Event


@cache
def simulated(number: int = 1, *, deployments: int = 2) -> tuple[Event, ...]:
    """Give the events of a force's first deployments in public, in order."""
    facts = simulate_force(truth_of(Scale.SMALL), number=number, years=1, seed=4).facts
    first = facts.deployments.filter(~pl.col("trial")).sort("start").head(deployments)
    return tuple(events_of(facts.where(first)))


def exported(folder: Path, events: Iterable[Event], *, number: int = 1) -> tuple[Path, str]:
    """Write an export, signed with a key of its own, and give it with its public key."""
    folder.mkdir(parents=True, exist_ok=True)
    export_events(folder, events, force=force_name(number))
    return folder / EXPORT, (folder / KEY).read_text().strip()


def ids(events: Sequence[Event]) -> list[str]:
    """Give the deployments, in the order in which they were first recorded."""
    return list(dict.fromkeys(event.deployment for event in events))
