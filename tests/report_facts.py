"""Short records to count, for the tests of facts and reports."""

from __future__ import annotations

from datetime import datetime, timedelta

from builders import BUNDLE_DIGEST, LIST_DIGEST

from overt.values.events import AlertRaised, DeploymentAuthorised
from overt.values.watchlist import Category


def authorised_at(
    place: str, start: datetime, *, threshold: float = 0.64, trial: bool = False
) -> DeploymentAuthorised:
    """Make an authority of four hours and two cameras."""
    return DeploymentAuthorised(
        place=place,
        purpose="protective security",
        trial=trial,
        start=start,
        end=start + timedelta(hours=4),
        cameras=("gate", "square"),
        threshold=threshold,
        watchlist=LIST_DIGEST,
        listed=20,
        bundle=BUNDLE_DIGEST,
        officer="A. Officer",
        rank="Superintendent",
        given=start - timedelta(hours=1),
        reference="REG/1",
        necessity="made up",
        proportionality="made up",
        urgent=False,
        policy="p" * 64,
        policy_name="reference",
    )


def raised_at(alert: str, time: datetime, *, camera: str = "gate") -> AlertRaised:
    """Make an alert at a time."""
    return AlertRaised(
        alert=alert,
        camera=camera,
        time=time,
        category=Category.COURTS,
        score=0.9,
        similarity=0.66,
        threshold=0.64,
        listed=20,
        predicted_rate=1e-7,
        extrapolated=False,
        shots=3,
        flags=(),
        commitment="c" * 64,
    )
