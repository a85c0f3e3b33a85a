"""Simulated years in a folder: tables and an export a force, and the truth beside them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from overt.errors import InputError
from overt.facts.parquet import write_facts
from overt.simulation.years.events import events_of
from overt.simulation.years.export import export_events
from overt.simulation.years.force import Years, simulate_force
from overt.simulation.years.naming import folder_name, site_name
from overt.simulation.years.truth import GROUPS, Scale, Truth, as_json, truth_of

__all__ = ["MOST_FORCES", "MOST_YEARS", "TRUTH", "Asked", "Written", "simulate_years"]

TRUTH: Final = "truth.json"
MOST_FORCES: Final = 99  # their names have two digits
MOST_YEARS: Final = 50
ABOUT: Final = (
    "Simulated: nobody was filmed, listed or spoken to. `truth` is what the events were drawn "
    "from; under `forces` is what happened by site and group, which no record could hold."
)


class Asked(NamedTuple):
    """What is to be simulated."""

    years: int
    forces: int
    seed: int
    scale: Scale
    events: bool  # whether exports are written too


class Written(NamedTuple):
    """What was written of one force."""

    folder: Path
    events: int  # 0 without an export


def simulate_years(folder: Path, asked: Asked, *, progress: Callable[[Written], None]) -> None:
    """Write years of events. The file with the truth comes last: without it, they are not whole.

    Args:
        folder: must not be there, or be empty.
        asked: what to simulate.
        progress: is told each force that is done.

    Raises:
        InputError: what was asked for cannot be simulated, or the folder cannot be used.
        LedgerError: an export cannot be written.
    """
    check(asked)
    open_folder(folder)
    truth = truth_of(asked.scale)
    forces: list[object] = []
    for number in range(1, asked.forces + 1):
        made = simulate_force(truth, number=number, years=asked.years, seed=asked.seed)
        into = folder / folder_name(number)
        write_facts(into, made.facts)
        size = 0
        if asked.events:
            size = export_events(into, events_of(made.facts), force=made.force).size
        forces.append({"force": made.force, "sites": hidden(number, made)})
        progress(Written(into, size))
    write_truth(folder / TRUTH, truth, asked, forces)


def check(asked: Asked) -> None:
    """Refuse what cannot be simulated."""
    for name, got, least, most in (
        ("years", asked.years, 1, MOST_YEARS),
        ("forces", asked.forces, 1, MOST_FORCES),
        ("seed", asked.seed, 0, 2**32 - 1),
    ):
        if not least <= got <= most:
            raise InputError(f"{name}: got {got}, want {least} to {most}", hint="choose another")


def open_folder(folder: Path) -> None:
    """Make the folder, or take it where it is empty."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = next(folder.iterdir(), None)
    except OSError as error:
        raise InputError(
            f"{folder}: got {error.strerror or error}, want a new or an empty folder",
            hint="choose a folder that you may write",
        ) from error
    if found is not None:
        raise InputError(
            f"{folder}: got {found.name} in it, want a new or an empty folder",
            hint="choose another folder: what is there is never overwritten",
        )


def hidden(number: int, made: Years) -> list[Mapping[str, object]]:
    """List what happened at each site, by group of the people who passed."""
    rows: list[Mapping[str, object]] = []
    names = [str(group) for group in GROUPS]
    for site in range(len(made.sites.share)):
        by_group = {
            "exposure": made.sites.exposure[site],
            "faces_seen": made.hidden.seen[site],
            "false_alerts": made.hidden.false_alerts[site],
            "expected_false_alerts": made.hidden.expected_false_alerts[site],
            "listed_passages": made.hidden.listed_passages[site],
            "recognised": made.hidden.recognised[site],
        }
        effects = {
            "faces": float(made.sites.faces[site]),
            "false_alerts": float(made.sites.false_alerts[site]),
            "listed": float(made.sites.listed[site]),
        }
        rows.append(
            {
                "place": site_name(number, site),
                "effects": effects,
                **{
                    name: dict(zip(names, values.tolist(), strict=True))
                    for name, values in by_group.items()
                },
            }
        )
    return rows


def write_truth(path: Path, truth: Truth, asked: Asked, forces: list[object]) -> None:
    """Write the truth."""
    whole = {
        "simulated": True,
        "about": ABOUT,
        "years": asked.years,
        "seed": asked.seed,
        "scale": str(asked.scale),
        "truth": as_json(truth),
        "forces": forces,
    }
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise InputError(
            f"{path}: got {error.strerror or error}, want to write it",
            hint="make room, and simulate again into another folder",
        ) from error
    finally:
        beside.unlink(missing_ok=True)
