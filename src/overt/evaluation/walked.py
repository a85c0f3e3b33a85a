"""True recognition rates from known passages at real deployments.

Volunteers of a blue list walked past, and somebody noted each passage when it happened. Passages of
one person are alike, so intervals are of people. Nothing here compares a face.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

import numpy as np

from overt.arrays import I64, Mask
from overt.errors import EvaluationError
from overt.evaluation.differences import About, differences_of_probes, worst_of
from overt.evaluation.shares import Share, numbered, share
from overt.statistics.suppression import withheld
from overt.values.evaluation import Difference, Method, Model, OfGroup, Record, Worst
from overt.values.walked import Log, Walked, WalkedAt

__all__ = ["COLUMNS", "AboutWalked", "WalkedPassage", "evaluate_walked"]

COLUMNS: Final = ("ethnicity", "gender", "age")
OF: Final = "known passages"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WalkedPassage:
    """One known passage."""

    deployment: str
    place: str
    camera: str
    trial: bool
    listed: int
    bundle: str
    threshold: float  # operated at its time
    volunteer: str  # the same for the same person
    recognised: bool
    groups: tuple[str, ...]  # one for each of COLUMNS, as volunteers say; "": not known


@dataclass(frozen=True, slots=True)
class AboutWalked:
    """What stands at the head of a record."""

    made: datetime
    software: str
    data: str
    logs: tuple[Log, ...]
    margin: float
    suppress_below: int


def evaluate_walked(passages: Sequence[WalkedPassage], *, about: AboutWalked) -> Record:
    """Count by threshold, deployment and camera, compare groups, and write it down.

    Raises:
        EvaluationError: there is no passage.
    """
    if not passages:
        raise EvaluationError(
            "passages: got none in these exports, want known passages of volunteers",
            hint="put them into the record with `overt passages record`",
        )
    subjects = numbered([each.volunteer for each in passages])
    thresholds = sorted({each.threshold for each in passages})
    parts = [_by_group(passages, subjects, at, about) for at in thresholds]
    walked = Walked(
        logs=about.logs,
        deployments=len({each.deployment for each in passages}),
        passages=len(passages),
        in_trials=sum(each.trial for each in passages),
        volunteers=len(set(subjects.tolist())),
        rows=_rows(passages, subjects),
        withheld=tuple(row for part in parts for row in part.withheld),
        suppress_below=about.suppress_below,
    )
    return Record(
        made=about.made.isoformat(timespec="seconds"),
        software=about.software,
        model=_model(passages),
        method=_method(passages, walked, about),
        columns=COLUMNS,
        acquired=(),
        thresholds=(),
        rates=(),
        sizes=(),
        groups=tuple(row for part in parts for row in part.groups),
        bands=(),
        differences=tuple(row for part in parts for row in part.differences),
        worst=tuple(row for part in parts for row in part.worst),
        lines=(),
        limits=_limits(walked, thresholds),
        probes=(),
        walked=walked,
    )


def _model(passages: Sequence[WalkedPassage]) -> Model:
    bundles = sorted({each.bundle for each in passages})
    name = "deployments" if len(bundles) == 1 else f"deployments with {len(bundles)} bundles"
    return Model(name, "", bundles[0] if len(bundles) == 1 else "", "the deployments' own bundle")


def _method(passages: Sequence[WalkedPassage], walked: Walked, about: AboutWalked) -> Method:
    named = "".join(f"{log.origin} {log.size} {log.root}\n" for log in about.logs)
    listed = max(each.listed for each in passages)
    return Method(
        protocol="passages",
        data=about.data,
        labels_sha256=hashlib.sha256(named.encode()).hexdigest(),
        half="all",
        seed=0,
        listed_wanted=listed,
        listed=listed,
        photographs=0,
        people=walked.volunteers,
        mated=walked.passages,
        nonmated=0,
        mated_people=walked.volunteers,
        nonmated_people=0,
    )


def _rows(passages: Sequence[WalkedPassage], subjects: I64) -> tuple[WalkedAt, ...]:
    """Count all passages of a threshold, then by deployment, then by camera."""
    keys: tuple[Callable[[WalkedPassage], tuple[float, str, str]], ...] = (
        lambda each: (each.threshold, "", ""),
        lambda each: (each.threshold, each.deployment, ""),
        lambda each: (each.threshold, each.deployment, each.camera),
    )
    rows: list[WalkedAt] = []
    for key in keys:
        for wanted in sorted({key(each) for each in passages}):
            inside = [number for number, each in enumerate(passages) if key(each) == wanted]
            here = [passages[number] for number in inside]
            threshold, deployment, camera = wanted
            rows.append(
                WalkedAt(
                    threshold,
                    deployment,
                    here[0].place if deployment else "",
                    camera,
                    _one({each.trial for each in here}),
                    _one({each.listed for each in here}),
                    _one({each.bundle for each in here}),
                    _share(here, subjects[inside]),
                )
            )
    return tuple(rows)


def _one(values: set[T]) -> T | None:
    return next(iter(values)) if len(values) == 1 else None


def _share(passages: Sequence[WalkedPassage], subjects: I64) -> Share | None:
    events: Mask = np.array([each.recognised for each in passages], np.bool_)
    return share(events, subjects, of=OF)


@dataclass(frozen=True, slots=True)
class _Part:
    """What groups gave at one threshold."""

    groups: tuple[OfGroup, ...]
    differences: tuple[Difference, ...]
    worst: tuple[Worst, ...]
    withheld: tuple[tuple[str, float, int], ...]


def _by_group(
    passages: Sequence[WalkedPassage], subjects: I64, threshold: float, about: AboutWalked
) -> _Part:
    """Compare groups at one threshold: at two of them other people may have walked."""
    inside = np.flatnonzero([each.threshold == threshold for each in passages])
    here = [passages[number] for number in inside.tolist()]
    people = subjects[inside]
    missed: Mask = np.array([not each.recognised for each in here], np.bool_)
    groups: list[OfGroup] = []
    differences: list[Difference] = []
    worst: list[Worst] = []
    hidden: list[tuple[str, float, int]] = []
    for place, column in enumerate(COLUMNS):
        names = np.array([each.groups[place] for each in here])
        kinds: list[str] = sorted({str(name) for name in names.tolist()})
        counts = {name: len(set(people[names == name].tolist())) for name in kinds}
        out = withheld(counts, fewest=about.suppress_below)
        if named := [name for name in out if name]:
            hidden.append((column, threshold, len(named)))
        shown = [name for name in kinds if name and name not in out]
        of = {name: share(~missed[names == name], people[names == name], of=OF) for name in shown}
        groups += [OfGroup(column, name, threshold, None, of[name], None) for name in shown]
        told = About(column, "FNIR", threshold, about.margin)
        labels = [str(name) if name in shown else "" for name in names.tolist()]
        differences += differences_of_probes(missed, people, labels, told)
        rates = {name: share(missed[names == name], people[names == name], of=OF) for name in shown}
        found = worst_of({name: rate for name, rate in rates.items() if rate}, told)
        worst += [] if found is None else [found]
    return _Part(tuple(groups), tuple(differences), tuple(worst), tuple(hidden))


def _limits(walked: Walked, thresholds: Sequence[float]) -> tuple[str, ...]:
    of = f"{walked.passages:,} passages of {walked.volunteers:,} volunteers"
    at = f"{walked.deployments:,} deployments"
    said = [f"{of}, at {at}: each interval is of people, not of passages."]
    said.append(
        "Volunteers know where the cameras are, and their listed photographs are mostly new. "
        "People who are sought are recognised less often than this."
    )
    if len(thresholds) > 1:
        said.append(
            "At two thresholds, places or days other people may have walked: a difference between "
            "them is not explained by the threshold alone."
        )
    if walked.in_trials:
        said.append(f"{walked.in_trials:,} of the passages were at trials.")
    if walked.withheld:
        said.append(
            f"Groups of fewer than {walked.suppress_below} volunteers, and those by which they "
            "could be found, are left out."
        )
    said.append(
        "Passages tell nothing of false alerts: a report on the deployments does. Whether a "
        "passage was noted at all is its organiser's word."
    )
    return tuple(said)
