"""Rates of thresholds and places as they would be with the same mix of the other."""

from __future__ import annotations

from collections.abc import Mapping

from overt.facts.facts import Facts
from overt.report.document.figures import Count, Grid, Value
from overt.report.sections.making import grid
from overt.report.tally import By, tallies_of_two
from overt.statistics.intervals import rate
from overt.statistics.strata import Standard, Stratum, standardised

__all__ = ["standardised_grids"]

MOST = 40  # rows that a person still reads
Cells = Mapping[tuple[str, str], tuple[int, int]]  # place, threshold: false alerts, faces seen


def standardised_grids(facts: Facts) -> tuple[Grid, ...]:
    """Standardise thresholds to the places' faces, and places to the thresholds'.

    Nothing where there are not two of each: there is no mix then.
    """
    counted = _cells(facts)
    places, thresholds = ({key[at] for key in counted} for at in (0, 1))
    if min(len(places), len(thresholds)) < 2:
        return ()
    turned = {(at, place): cell for (place, at), cell in counted.items()}
    return (
        _grid(
            "false-alerts.thresholds-standardised",
            "By threshold, as if each had run at the same places",
            "threshold",
            turned,
            "all faces seen, by place",
        ),
        _grid(
            "false-alerts.places-standardised",
            "By place, as if each had run at the same thresholds",
            "place",
            counted,
            "all faces seen, by threshold",
        ),
    )


def _cells(facts: Facts) -> Cells:
    return {
        key: (min(one.false_alerts, one.seen), one.seen)
        for key, one in tallies_of_two(facts, by=(By.SITE, By.THRESHOLD)).items()
        if one.seen
    }


def _grid(name: str, title: str, of: str, cells: Cells, standard: str) -> Grid:
    """Give each row's rate, crude and with the columns' mix of all faces."""
    weights: dict[str, float] = {}
    faces: dict[str, int] = {}
    for (row, column), (_, seen) in cells.items():
        weights[column] = weights.get(column, 0.0) + seen
        faces[row] = faces.get(row, 0) + seen
    whole = Standard(standard, weights)
    rows: dict[str, list[tuple[str, Value]]] = {}
    for row in sorted(faces, key=lambda one: -faces[one])[:MOST]:
        strata = [Stratum(c, *cell) for (r, c), cell in cells.items() if r == row]
        false = sum(stratum.events for stratum in strata)
        rows[row] = [
            ("seen", Count(faces[row], "faces seen")),
            ("crude", rate(false, faces[row], of="faces seen")),
            ("standardised", standardised(strata, whole, of="faces seen")),
        ]
    return grid(
        name,
        title,
        (of, "faces seen", "false alerts per face", "standardised"),
        rows,
        note="Where a row had no faces in a part of the mix, it is standardised to the rest, and "
        "says so: two such rows do not compare.",
    )
