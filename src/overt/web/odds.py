"""What a similarity means, in words that are read in a second."""

from __future__ import annotations

from dataclasses import dataclass

from overt.report.words import about_faces_seen
from overt.review.deployment_record import DeploymentRecord
from overt.values.events import DeploymentStarted

__all__ = ["Odds", "odds_of"]


@dataclass(frozen=True, slots=True)
class Odds:
    """How a similarity stands to the threshold, and what false alerts are to be expected."""

    similarity: str
    threshold: str
    above: str  # the threshold, by how much
    expected: str


def odds_of(similarity: float, record: DeploymentRecord, started: DeploymentStarted | None) -> Odds:
    """Say it by the deployment, never by the alert: so decoys read like the others."""
    threshold = record.threshold or 0.0
    rate, guess = (started.predicted_rate, started.extrapolated) if started else (0.0, False)
    if record.changes:
        rate = record.changes[-1].predicted_after
    listed = record.authorised.listed if record.authorised else 0
    rare = about_faces_seen(rate).replace("1 in", "1 false alert expected in", 1)
    expected = (
        f"{rare} with {listed:,} listed"
        if rate > 0
        else f"no figure of false alerts, with {listed:,} listed"
    )
    return Odds(
        similarity=f"{similarity:.3f}",
        threshold=f"{threshold:.3f}",
        above=f"{max(similarity - threshold, 0):.3f}",
        expected=expected + (" (beyond what was measured)" if guess else ""),
    )
