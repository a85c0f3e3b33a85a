"""What is still to be done after a deployment: outcomes, rules, and what is held of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from overt.errors import OvertError
from overt.governance.findings import Verdict
from overt.governance.policy_file import open_policy
from overt.governance.receipts import Receipt
from overt.governance.retention_lists import NO_DEPLOYMENT
from overt.review.untold import Untold, untold
from overt.web.checking import Ruled, ruled
from overt.web.services import Services
from overt.wiring import (
    make_hindsight,
    make_index_retention,
    make_list_retention,
    make_retention,
)

__all__ = ["Holding", "delete_due", "held", "open_alerts", "rules_after"]

AHEAD: Final = timedelta(minutes=15)  # what is due until the next run goes now


@dataclass(frozen=True, slots=True)
class Holding:
    """Something that is held of people on this machine."""

    what: str
    kind: str
    deployment: str
    due: datetime
    why: str
    overdue: bool


def open_alerts(here: Services, deployment: str) -> Untold:
    """Find the alerts of a deployment that are not told to the end."""
    return untold(here.desk(deployment))


def rules_after(here: Services, deployment: str) -> tuple[tuple[Ruled, ...], str]:
    """Judge the rules on what comes after; or say why they cannot be judged."""
    try:
        found = make_hindsight(here.settings, store=here.store, clock=here.clock).findings(
            deployment
        )
    except OvertError as error:
        return (), str(error)
    shown = ruled(found, open_policy(here.settings.policy))
    order = (Verdict.FAILS, Verdict.CANNOT_TELL, Verdict.HOLDS)
    return tuple(sorted(shown, key=lambda each: order.index(each.finding.verdict))), ""


def held(here: Services) -> tuple[Holding, ...]:
    """Tell what this machine holds of people, the next due first."""
    now, store, clock = here.clock.now(), here.store, here.clock
    found = [
        Holding(
            item.alert,
            "evidence of an alert",
            item.deployment,
            item.due,
            f"on hold: {item.hold}" if item.hold else "until it is due after use",
            item.is_due(now),
        )
        for item in make_retention(here.settings, store=store, clock=clock).held()
    ]
    found += [
        Holding(
            item.key,
            "watchlist",
            ", ".join(item.deployments) or NO_DEPLOYMENT,
            item.due,
            item.why,
            item.is_due(now),
        )
        for item in make_list_retention(here.settings, store=store, clock=clock).held()
    ]
    found += [
        Holding(
            item.key,
            "index of who was listed",
            item.deployment,
            item.due,
            item.why,
            item.is_due(now),
        )
        for item in make_index_retention(here.settings, store=store, clock=clock).held()
    ]
    return tuple(sorted(found, key=lambda each: (each.due, each.what)))


def delete_due(here: Services) -> tuple[Receipt, ...]:
    """Delete what is due, as `overt retention run` does, and give the receipts."""
    store, clock = here.store, here.clock
    lists = make_list_retention(here.settings, store=store, clock=clock).run()
    evidence = make_retention(here.settings, store=store, clock=clock).run(ahead=AHEAD)
    return (
        *lists,
        *evidence,
        *make_index_retention(here.settings, store=store, clock=clock).run(ahead=AHEAD),
    )
