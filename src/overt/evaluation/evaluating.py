"""From prepared photographs to the record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from overt.evaluation.comparing import Enlist
from overt.evaluation.grouping import by_group
from overt.evaluation.measuring import (
    Measured,
    at_rates,
    at_thresholds,
    by_quality,
    by_size,
    lines,
    measure_all,
    probes,
)
from overt.evaluation.prepared import Prepared
from overt.match.scale import ReferenceScale
from overt.values.evaluation import Method, Model, Record

__all__ = ["RATES", "THRESHOLDS", "About", "Asked", "evaluate", "method"]

THRESHOLDS: Final = (0.60, 0.62, 0.64)
STILLS: Final = (
    "Photographs were compared, not passages: faces in video are smaller, darker and more blurred, "
    "and a passage is compared several times."
)
RATES: Final = (1e-1, 1e-2, 1e-3, 1e-4)


@dataclass(frozen=True, slots=True)
class About:
    """What stands at the head of a record."""

    made: datetime
    software: str
    model: Model
    data: str
    labels_sha256: str
    half: str
    seed: int
    photographs: int


@dataclass(frozen=True, slots=True)
class Asked:
    """At which points it is measured."""

    thresholds: tuple[float, ...] = THRESHOLDS
    rates: tuple[float, ...] = RATES
    margin: float = 1.25


def evaluate(
    prepared: Prepared,
    *,
    enlist: Enlist,
    scale: ReferenceScale,
    about: About,
    asked: Asked,
    told: Callable[[int], None] = lambda _: None,
) -> Record:
    """Search all probes, measure, compare groups, and write it all down."""
    of = measure_all(prepared, enlist=enlist, scale=scale, told=told)
    # Groups are compared where errors can be seen too, not only at thresholds that none reaches.
    rates = at_rates(of, asked.rates)
    points = (*asked.thresholds, *(round(row.threshold, 4) for row in rates if row.threshold))
    groups = by_group(of, enlist=enlist, thresholds=points, margin=asked.margin)
    return Record(
        made=about.made.isoformat(timespec="seconds"),
        software=about.software,
        model=about.model,
        method=method(
            of,
            protocol="photographs",
            data=about.data,
            labels_sha256=about.labels_sha256,
            half=about.half,
            seed=about.seed,
            photographs=about.photographs,
        ),
        columns=prepared.columns,
        acquired=prepared.acquired,
        thresholds=at_thresholds(of, asked.thresholds),
        rates=rates,
        sizes=by_size(of, points),
        groups=groups.groups,
        bands=by_quality(of, points),
        differences=groups.differences,
        worst=groups.worst,
        lines=lines(of),
        limits=limits(of, about, asked.thresholds),
        probes=probes(of),
    )


def method(
    of: Measured, *, protocol: str, data: str, labels_sha256: str, half: str, seed: int,
    photographs: int,
) -> Method:  # fmt: skip
    """Say what was done, with how many probes of how many people."""
    prepared = of.prepared
    mated = prepared.is_mated
    return Method(
        protocol=protocol,
        data=data,
        labels_sha256=labels_sha256,
        half=half,
        seed=seed,
        listed_wanted=prepared.wanted,
        listed=len(prepared.entries),
        photographs=photographs,
        people=prepared.people,
        mated=int(mated.sum()),
        nonmated=int((~mated).sum()),
        mated_people=len(set(prepared.subjects[mated].tolist())),
        nonmated_people=len(set(prepared.subjects[~mated].tolist())),
    )


def limits(of: Measured, about: About, thresholds: Sequence[float]) -> tuple[str, ...]:
    """Say what this evaluation cannot say, in sentences made of its own numbers."""
    nonmated = int((~of.prepared.is_mated).sum())
    people = len(set(of.prepared.subjects[~of.prepared.is_mated].tolist()))
    said = [
        STILLS,
        f"The photographs may not be like the people who pass in use: {about.data}.",
    ]
    if nonmated:
        said.append(
            f"With {nonmated:,} probes of {people:,} people who are not listed, a false alert rate "
            f"below about 1 in {max(people // 3, 1):,} cannot be told from none (rule of three, "
            "each person taken as one trial)."
        )
    extrapolated = [
        threshold
        for threshold in thresholds
        if of.scale.operating_point(threshold, listed=len(of.prepared.entries)).extrapolated
    ]
    if extrapolated:
        listed = ", ".join(f"{threshold:.2f}" for threshold in extrapolated)
        said.append(f"At {listed} the reference scale is extrapolated: nobody measured it there.")
    if not of.prepared.is_mated.any():
        said.append("Nobody on the list had a second photograph: misses were not measured.")
    if not of.prepared.columns:
        said.append("No groups were labelled: whether errors differ between groups is not known.")
    said.append(
        "Twins and close relatives score far higher than strangers, and children were not looked "
        "at apart: such rates are not in any figure here."
    )
    if about.half != "test":
        said.append(
            "Whether these photographs were used to choose anything of the model or of its scale "
            f"is for its makers to say; the half was: {about.half}."
        )
    return tuple(said)
