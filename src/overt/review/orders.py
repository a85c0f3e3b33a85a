"""What people order while a deployment runs, from any process: pause, go on, stop, threshold.

A runner asks a few times a second, and obeys:

    standing = Standing()
    orders = orders_since(store, deployment, 0)
    standing = standing.obey(orders.given)                     # then pause, go on or stop
    orders = orders_since(store, deployment, orders.after)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from overt.records.base import Store
from overt.values.duty_events import (
    AuthorityReviewed,
    DeploymentPaused,
    DeploymentResumed,
    DeploymentStopOrdered,
    ThresholdChanged,
)
from overt.values.events import DeploymentStarted

__all__ = ["Act", "Order", "Orders", "Standing", "orders_since"]

Order: TypeAlias = (
    DeploymentStarted  # a machine that was started again goes on
    | DeploymentPaused
    | DeploymentResumed
    | DeploymentStopOrdered
    | ThresholdChanged
    | AuthorityReviewed
)


@dataclass(frozen=True, slots=True)
class Orders:
    """What was ordered since a place in the record, in order."""

    after: int  # ask from here the next time
    given: tuple[Order, ...]


class Act(StrEnum):
    """What a runner is to do."""

    RUN = "run"
    PAUSE = "pause"  # look at no frame
    STOP = "stop"  # for good


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds after all orders so far."""

    act: Act = Act.RUN
    reason: str = ""  # of a pause or a stop
    threshold: float | None = None  # on the reference scale; None: as it was authorised

    def obey(self, orders: Sequence[Order]) -> Standing:
        """Give what holds after more orders. After a stop nothing is obeyed but the stop."""
        standing = self
        for order in orders:
            standing = standing._after(order)
        return standing

    def _after(self, order: Order) -> Standing:
        if self.act is Act.STOP:
            return self
        standing = self
        match order:
            case DeploymentPaused(reason=reason):
                standing = replace(self, act=Act.PAUSE, reason=reason)
            case DeploymentResumed() | DeploymentStarted():
                standing = replace(self, act=Act.RUN, reason="")
            case DeploymentStopOrdered(reason=reason):
                standing = replace(self, act=Act.STOP, reason=reason)
            case ThresholdChanged(after=threshold):
                standing = replace(self, threshold=threshold)
            case AuthorityReviewed(upheld=upheld, reason=reason):
                if not upheld:
                    standing = replace(self, act=Act.STOP, reason=f"review: {reason}")
        return standing


def orders_since(store: Store, deployment: str, after: int) -> Orders:
    """Read what was ordered for a deployment after a place in the record (0: from the beginning).

    Raises:
        RecordsError: the record cannot be read.
    """
    given: list[Order] = []
    for recorded in store.events(deployment=deployment, after=after):
        after = recorded.sequence
        body = recorded.event.body
        if isinstance(body, Order):
            given.append(body)
    return Orders(after, tuple(given))
