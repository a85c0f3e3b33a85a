"""What orders lead to, and that of two machines one runs."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from deployment_steps import A, step

from overt.review.deployment_state import DeploymentAction
from overt.review.orders import ANOTHER, Act, Order, Standing, StartedElsewhere, order_of

STARTED = step(A.START)
TAKEN = Standing(Act.STOP, ANOTHER, taken_over=True)


def after(*actions: DeploymentAction, begun: bool = True) -> Standing:
    return Standing().obey(orders(actions, begun=begun))


def orders(actions: Sequence[DeploymentAction], *, begun: bool) -> list[Order]:
    found = [order_of(step(action), begun=begun) for action in actions]
    return [order for order in found if order is not None]


def test_a_start_after_ones_own_is_another_machines() -> None:
    assert order_of(STARTED, begun=False) == STARTED
    assert order_of(STARTED, begun=True) == StartedElsewhere()


def test_a_paused_machine_stops_where_another_one_starts() -> None:
    assert after(A.PAUSE, A.START) == TAKEN
    assert after(A.PAUSE, A.START, begun=False) == Standing()  # its own start ends the pause


@pytest.mark.parametrize("action", [A.RESUME, A.START, A.PAUSE, A.STOP, A.THRESHOLD])
def test_once_taken_over_it_stays_so(action: DeploymentAction) -> None:
    assert after(A.PAUSE, A.START, action) == TAKEN


def test_what_was_stopped_before_is_not_taken_over() -> None:
    assert after(A.STOP, A.START) == Standing(Act.STOP, "enough")


@pytest.mark.parametrize("action", [A.DRAFT, A.SUBMIT, A.BRIEF, A.END, A.CLOSE])
def test_what_orders_nothing(action: DeploymentAction) -> None:
    assert order_of(step(action), begun=True) is None
