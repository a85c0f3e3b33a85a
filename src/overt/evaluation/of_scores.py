"""A record of scores that another tool made: what can be said without knowing whose they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import numpy as np

from overt.evaluation.error_rates import equal_error_rate, error_curve, thinned, threshold_at
from overt.evaluation.score_files import Scored
from overt.evaluation.shares import counted
from overt.values.evaluation import AtRate, Line, Method, Model, Record

__all__ = ["of_scores"]

LIMITS: Final = (
    "The scores came from another tool: how they were made was not checked.",
    (
        "Nobody knows whose comparisons these are, so each is taken as independent: where people "
        "come more than once, the intervals are too narrow."
    ),
    (
        "Rates are of comparisons of one with one: a search in a list of N raises about N times as "
        "many false alerts."
    ),
)


def of_scores(
    scored: Scored,
    *,
    rates: Sequence[float],
    data: str,
    tool: str,
    made: datetime,
    software: str,
) -> Record:
    """Give FNMR where the FMR is held to each rate, the DET, and the equal error rate."""
    curve = error_curve(scored.different, scored.same)
    rows: list[AtRate] = []
    for rate in rates:
        if rate * len(scored.different) < 1:
            continue
        score = threshold_at(scored.different, rate)
        false = int((scored.different >= score).sum())
        true = int((scored.same >= score).sum())
        rows.append(
            AtRate(
                rate,
                None,
                score,
                counted(false, len(scored.different), of="pairs of two people", people=0),
                counted(true, len(scored.same), of="pairs of one person", people=0),
            )
        )
    drawn = thinned(curve)
    equal = equal_error_rate(curve)
    return Record(
        made=made.isoformat(timespec="seconds"),
        software=software,
        model=Model(tool, "", "", "scores as given"),
        method=_method(scored, data),
        columns=(),
        acquired=(),
        thresholds=(),
        rates=tuple(rows),
        sizes=(),
        groups=(),
        bands=(),
        differences=(),
        worst=(),
        lines=(
            Line(
                "DET",
                tuple(np.asarray(drawn.false_positives, float).tolist()),
                tuple(np.asarray(drawn.false_negatives, float).tolist()),
                tuple(np.asarray(drawn.thresholds, float).tolist()),
            ),
            Line("EER", (equal,), (equal,), ()),
        ),
        limits=LIMITS,
        probes=(),
    )


def _method(scored: Scored, data: str) -> Method:
    return Method(
        protocol="scores",
        data=data,
        labels_sha256=scored.sha256,
        half="all",
        seed=0,
        listed_wanted=1,
        listed=1,
        photographs=0,
        people=0,
        mated=len(scored.same),
        nonmated=len(scored.different),
        mated_people=0,
        nonmated_people=0,
    )
