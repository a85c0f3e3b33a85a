"""The deployment that was authorised before another: what a change is a change of."""

from __future__ import annotations

from overt.governance.rules import Before
from overt.records.base import Store
from overt.values.events import DeploymentAuthorised

__all__ = ["last_before"]


def last_before(store: Store, deployment: str) -> tuple[Before, ...]:
    """Give the last deployment that was authorised before this one, or before now; or nothing.

    Trials among people who agreed are passed over: what they used was never used on the public.
    """
    found: tuple[Before, ...] = ()
    for recorded in store.events(kinds={DeploymentAuthorised.kind}):
        event = recorded.event
        if event.deployment == deployment:
            break
        body = event.body
        if isinstance(body, DeploymentAuthorised) and not body.trial:
            found = (Before(event.deployment, body.bundle, body.threshold),)
    return found
