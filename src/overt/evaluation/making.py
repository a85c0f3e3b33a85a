"""A cohort and a calibration for a bundle, and the lines of its manifest that say so."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from overt.arrays import Vectors
from overt.errors import InputError
from overt.evaluation.calibrating import Calibrated, calibrate
from overt.evaluation.labelled import Template
from overt.evaluation.mixture import SEED, SIZE, TOP, fit_mixture
from overt.evaluation.nonmated import GroupScores, cross_fitted
from overt.evaluation.shares import Share, share
from overt.inference.mixture import Mixture, cohort_of, written_mixture
from overt.match.comparing import Comparer
from overt.match.scale import ReferenceScale
from overt.values.calibration import Calibration
from overt.values.cohort import Cohort
from overt.values.metric import Metric

__all__ = ["COHORT_FILE", "Left", "Made", "Told", "left_of", "make", "manifest_lines"]

COHORT_FILE: Final = "cohort.npz"
EVERYBODY: Final = "everybody"
AT: Final = 1e-2  # overall false match rate at which groups are told beside each other
GAIN: Final = 1.05  # of the ratio: less of a gain is none


@dataclass(frozen=True, slots=True)
class Told:
    """Who measured, and on what: for the manifest."""

    script: str
    dataset: str

    def __post_init__(self) -> None:
        """Refuse before hours of work what no manifest could hold."""
        for text in (self.script, self.dataset):
            _quoted(text)


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """What was measured of a bundle."""

    mixture: Mixture | None  # None: a cohort makes groups no more alike, and is left out
    calibrated: Calibrated
    photographs: int
    ratio_before: float  # worst to best group without a cohort, at 1e-2 overall
    ratio_after: float  # with one
    groups: tuple[GroupScores, ...]  # as they were calibrated


@dataclass(frozen=True, slots=True)
class Left:
    """What recognition a new scale leaves at a similarity."""

    group: str
    threshold: float
    recognised: Share | None  # of pairs of one person; None: nobody has two photographs


def make(templates: Sequence[Template], *, metric: Metric, told: Told) -> Made:
    """Fit a cohort, keep it where it helps, and calibrate.

    Raises:
        InputError: there are too few photographs, or too few of a group.
    """
    if not templates:
        raise InputError("calibration: got no photograph that can be used, want some hundreds")

    def fitted(vectors: Vectors) -> Comparer:
        return Comparer(metric, _cohort(fit_mixture(vectors), metric))

    plain = cross_fitted(templates, fit=Comparer(metric))
    held = cross_fitted(templates, fit=fitted)
    before, after = worst_to_best(plain), worst_to_best(held)
    helps = after * GAIN < before
    groups = held if helps else plain
    made = calibrate(groups, script=told.script, datasets=(told.dataset,))
    mixture = fit_mixture(np.stack([each.vector for each in templates])) if helps else None
    return Made(mixture, made, len(templates), before, after, groups)


def left_of(made: Made, *, thresholds: Sequence[float]) -> tuple[Left, ...]:
    """Tell how many pairs of one person reach each similarity on the new scale, for each group.

    A pair is scored with a cohort of other people, as pairs of different people are. Everybody
    comes first.
    """
    scale = ReferenceScale(made.calibrated.calibration)
    everybody = (
        EVERYBODY,
        np.concatenate([group.mated for group in made.groups]),
        np.concatenate([group.mated_of for group in made.groups]),
    )
    parts = [everybody, *((each.name, each.mated, each.mated_of) for each in made.groups)]
    return tuple(
        Left(
            name, threshold, share(scores >= scale.score(threshold), people, of="pairs of a person")
        )
        for name, scores, people in parts
        for threshold in thresholds
    )


def worst_to_best(groups: Sequence[GroupScores], *, overall: float = AT) -> float:
    """Divide the worst group's false match rate by the best's, at one score for all.

    The score is that at which all pairs within groups together have the rate `overall`. Half a
    pair is added to each group, so that a group without one does not make it infinite.
    """
    at = np.quantile(np.concatenate([group.scores for group in groups]), 1 - overall)
    rates = [
        (float((group.scores >= at).sum()) + 0.5) / (len(group.scores) + 1) for group in groups
    ]
    return max(rates) / min(rates)


def manifest_lines(made: Made, *, told: Told) -> tuple[str, bytes | None]:
    """Write the lines of a manifest, and the mixture's file where there is one."""
    if made.mixture is None:
        return _calibration(made.calibrated.calibration), None
    content = written_mixture(made.mixture)
    cohort = (
        "[cohort]",
        f'file = "{COHORT_FILE}"',
        f'sha256 = "{hashlib.sha256(content).hexdigest()}"',
        f"size = {SIZE}",
        f"seed = {SEED}",
        f"top = {TOP}",
        f"script = {_quoted(told.script)}",
        f"datasets = [{_quoted(told.dataset)}]",
        f"photographs = {made.photographs}",
        "",
        "",
    )
    return "\n".join(cohort) + _calibration(made.calibrated.calibration), content


def _cohort(mixture: Mixture, metric: Metric) -> Cohort:
    return cohort_of(mixture, size=SIZE, seed=SEED, top=TOP, metric=metric)


def _calibration(calibration: Calibration) -> str:
    tail = calibration.tail
    lines = (
        "[calibration]",
        f"script = {_quoted(calibration.script)}",
        f"datasets = [{', '.join(_quoted(each) for each in calibration.datasets)}]",
        f"group = {_quoted(calibration.group)}",
        f"pairs = {calibration.pairs}",
        f"scores = {_numbers(calibration.scores)}",
        f"log10_fmr = {_numbers(calibration.log10_fmr)}",
        f"extrapolated_above = {calibration.extrapolated_above:.5f}",
        "",
        "[calibration.tail]",
        f"threshold = {tail.threshold:.5f}",
        f"shape = {tail.shape:.4f}",
        f"scale = {tail.scale:.6f}",
        f"rate = {tail.rate}",
    )
    return "\n".join(lines) + "\n"


def _numbers(values: Sequence[float]) -> str:
    rows = [values[start : start + 8] for start in range(0, len(values), 8)]
    return "[\n" + "".join(f"    {', '.join(map(str, row))},\n" for row in rows) + "]"


def _quoted(text: str) -> str:
    """Write a TOML string of one line."""
    if not text.isprintable() or '"' in text or "\\" in text:
        raise InputError(f"text: got {text!r}, want it printable, without quotes or backslashes")
    return f'"{text}"'
