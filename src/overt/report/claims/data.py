"""Checked claims as data: the verdicts, and every figure with its counts, interval and method."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import cast

from overt.report.claims.checked import Checked, Named, Tabled
from overt.report.claims.checking import Outcome
from overt.report.claims.claim_file import Claim
from overt.statistics.estimate import Intensity, Rate

__all__ = ["as_data"]


def as_data(outcome: Outcome) -> dict[str, object]:
    """Give what `--json` prints."""
    source = outcome.published.source
    return {
        "title": outcome.published.title,
        "source": {**asdict(source), "grade": source.grade.words},
        "counts": {str(name): count for name, count in outcome.published.counts.items()},
        "not_published": list(outcome.missing),
        "claims": [one(claim, check) for claim, check in outcome.claims],
        "rates": figures(outcome.numbers),
        "verdicts": {str(finding): count for finding, count in outcome.findings.items()},
        "adds_up": outcome.adds_up,
    }


def one(claim: Claim, check: Checked) -> dict[str, object]:
    """Give one claim."""
    return {
        "says": claim.says,
        "wording": str(claim.wording),
        "kind": str(claim.kind),
        "note": claim.note,
        "verdicts": [
            {"finding": str(verdict.finding), "lacks": list(verdict.lacks)}
            for verdict in check.verdicts
        ],
        "arithmetic": [step for step in check.steps if isinstance(step, str)],
        "tables": [
            {"title": step.title, "rows": [list(row) for row in step.rows]}
            for step in check.steps
            if isinstance(step, Tabled)
        ],
        "needs": list(check.needs),
        "figures": figures(check.numbers),
    }


def figures(numbers: tuple[Named, ...]) -> dict[str, object]:
    """Give figures by their names; what has no limit is null."""
    found: dict[str, object] = {}
    for named in numbers:
        held = cast("dict[str, object]", asdict(named.number))
        if isinstance(named.number, Rate | Intensity):
            held = {"value": named.number.value, **held}
        found[named.name] = {key: finite(value) for key, value in held.items()}
    return found


def finite(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value
