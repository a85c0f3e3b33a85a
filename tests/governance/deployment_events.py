"""An authority as it is recorded, for what happens after it."""

from __future__ import annotations

from datetime import timedelta

from builders import LIST_DIGEST, NOON

from overt.values.events import DeploymentAuthorised


def authorised() -> DeploymentAuthorised:
    """Authorise from two hours before noon to two hours after it."""
    return DeploymentAuthorised(
        place="High Street",
        purpose="crime hotspot or its access routes",
        trial=False,
        start=NOON - timedelta(hours=2),
        end=NOON + timedelta(hours=2),
        cameras=("gate",),
        threshold=0.64,
        watchlist=LIST_DIGEST,
        listed=20,
        bundle="b" * 64,
        officer="A. Officer",
        rank="Superintendent",
        given=NOON - timedelta(hours=3),
        reference="REG/12",
        necessity="n",
        proportionality="p",
        urgent=False,
        policy="f" * 64,
        policy_name="reference",
    )
