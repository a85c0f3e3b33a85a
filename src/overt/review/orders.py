"""What people order while a deployment runs, from any process: pause, go on, stop, threshold.

A runner reads on a few times a second, and obeys (see `engine.watching`):

    order = order_of(event.body, begun=begun)  # begun: its own start was read before
    if order is not None:
        standing = standing.obey([order])  # then pause, go on or stop
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, TypeAlias

from overt.values.duty_events import (
    AuthorityReviewed,
    DeploymentPaused,
    DeploymentResumed,
    DeploymentStopOrdered,
    ThresholdChanged,
)
from overt.values.events import Body, DeploymentStarted

__all__ = ["ANOTHER", "Act", "Order", "Standing", "StartedElsewhere", "order_of"]

ANOTHER: Final = "another machine runs this deployment"


@dataclass(frozen=True, slots=True)
class StartedElsewhere:
    """Another machine has begun to run the deployment, after this one did."""


Order: TypeAlias = (
    DeploymentStarted  # this machine goes on, after a pause in which it was started again
    | StartedElsewhere
    | DeploymentPaused
    | DeploymentResumed
    | DeploymentStopOrdered
    | ThresholdChanged
    | AuthorityReviewed
)


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
    taken_over: bool = False  # another machine runs it: nothing here is ours to end or destroy

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
            case StartedElsewhere():
                standing = replace(self, act=Act.STOP, reason=ANOTHER, taken_over=True)
            case DeploymentStopOrdered(reason=reason):
                standing = replace(self, act=Act.STOP, reason=reason)
            case ThresholdChanged(after=threshold):
                standing = replace(self, threshold=threshold)
            case AuthorityReviewed(upheld=upheld, reason=reason):
                if not upheld:
                    standing = replace(self, act=Act.STOP, reason=f"review: {reason}")
        return standing


def order_of(body: Body, *, begun: bool) -> Order | None:
    """Tell what an event orders a machine to do; None where it orders nothing.

    Args:
        body: of the event.
        begun: whether this machine's own start was recorded before it.
    """
    if begun and isinstance(body, DeploymentStarted):
        return StartedElsewhere()
    return body if isinstance(body, Order) else None
