"""Publishing a deployment's report from the console, by what `overt publish` does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from overt.errors import InputError, MissingError
from overt.operations.publishable import (
    SUPPRESS_BELOW,
    address_of_site,
    in_the_way,
    period_in_the_way,
)
from overt.review.deployment_record import DeploymentRecord
from overt.values.account import Account
from overt.web.extras import needs_reports
from overt.web.services import Services
from overt.wiring import make_log

if TYPE_CHECKING:
    from overt.operations.foreseen import Foreseen, Noted, Pinned
    from overt.operations.publishing import Publisher
    from overt.report.site.planning import Period

__all__ = [
    "Check",
    "checks_of",
    "list_periods",
    "obstacles",
    "page_of",
    "period_obstacles",
    "pinned_at",
    "publish",
    "publish_period",
    "publisher_of",
]

DELETIONS: Final = "deletions."


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at before a report is published."""

    says: str
    holds: bool
    found: tuple[str, ...]  # what is in the way, or is to be known


def publisher_of(here: Services) -> Publisher:
    """Make what publishes into the folder that the console shows to anybody.

    Raises:
        RefusedError: what computes reports is not installed.
        InputError: the address of the site is none.
    """
    with needs_reports():  # heavy: when it is asked for
        from overt.operations.publishing import Publisher  # noqa: PLC0415
    return Publisher(
        here.settings,
        store=here.store,
        clock=here.clock,
        folder=here.settings.web_public_dir,
        base=address_of_site(here.settings.web_public_base),
        suppress_below=SUPPRESS_BELOW,
    )


def obstacles(here: Services, record: DeploymentRecord) -> tuple[str, ...]:
    """Say what has to be so before a report can be read as it would be published."""
    settings = here.settings
    log = make_log(settings, store=here.store)
    folder, base = settings.web_public_dir, settings.web_public_base
    return tuple(in_the_way(record, folder=folder, base=base, log=log))


def list_periods(here: Services) -> tuple[Period, ...]:
    """Give the months and years that are over and had a deployment in public, the latest first.

    Raises:
        RefusedError: what computes reports is not installed.
    """
    with needs_reports():
        from overt.operations.subjects import periods_of  # noqa: PLC0415 - as in `publisher_of`
    return periods_of(here.office.deployments(), as_of=here.clock.now())


def period_obstacles(here: Services, name: str) -> tuple[str, ...]:
    """Say what has to be so before the report on a month or a year can be read.

    Raises:
        MissingError: there is no such period.
    """
    settings = here.settings
    found = next((each for each in list_periods(here) if each.name == name), None)
    if found is None:
        raise MissingError("period: got none that is over and had a deployment, want one")
    log = make_log(settings, store=here.store)
    folder, base = settings.web_public_dir, settings.web_public_base
    return tuple(period_in_the_way(found, folder=folder, base=base, log=log))


def pinned_at(size: int, as_of: str) -> Pinned:
    """Take the state of the record that a page was made of.

    Raises:
        InputError: the time is none.
    """
    from overt.operations.foreseen import Pinned  # noqa: PLC0415 - as in `publisher_of`

    try:
        time = datetime.fromisoformat(as_of)
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        raise InputError("report: got no time as of which it was read, want one")
    return Pinned(size, time.astimezone(UTC).replace(microsecond=0))


def page_of(foreseen: Foreseen) -> str:
    """Write the page as the public will read it."""
    from overt.report.render.page import page  # noqa: PLC0415 - as in `publisher_of`

    return page(foreseen.report)


def checks_of(foreseen: Foreseen) -> tuple[Check, ...]:
    """Go through what is looked at before a report is published."""
    wrong = foreseen.report.wrong()
    kept = tuple(one.text for one in wrong if one.id.startswith(DELETIONS))
    sums = tuple(one.text for one in wrong if not one.id.startswith(DELETIONS))
    fewest = foreseen.report.options.suppress_below
    return (
        Check("Every alert is told to its end", not foreseen.untold, foreseen.untold),
        Check("What was due is deleted", not kept, kept),
        Check("The counts add up", not sums, sums),
        Check(
            f"Numbers of people by group below {fewest} are withheld",
            fewest >= SUPPRESS_BELOW,
            (f"{foreseen.withheld:,} of its figures are withheld",) if foreseen.withheld else (),
        ),
    )


def publish(
    here: Services, deployment: str, pinned: Pinned, *, seen: str, by: Account, as_it_is: bool
) -> Noted:
    """Publish what was read, once, and write it into the console's own log too.

    Raises:
        RefusedError: why not.
    """
    noted = publisher_of(here).publish(deployment, pinned, seen=seen, by=by.name, as_it_is=as_it_is)
    note(here, noted, account=by.id, as_it_is=as_it_is, deployment=deployment)
    return noted


def publish_period(
    here: Services, name: str, pinned: Pinned, *, seen: str, by: Account, as_it_is: bool
) -> Noted:
    """Publish what was read of a month or a year, once.

    Raises:
        RefusedError: why not.
    """
    noted = publisher_of(here).publish_period(
        name, pinned, seen=seen, by=by.name, as_it_is=as_it_is
    )
    note(here, noted, account=by.id, as_it_is=as_it_is, period=name)
    return noted


def note(here: Services, noted: Noted, *, account: str, as_it_is: bool, **what: str) -> None:
    """Write into the console's own log what was published now."""
    if noted.fresh:
        here.audit.note(
            "report published",
            account=account,
            **what,
            version=str(noted.number),
            sha256=noted.sha256,
            as_it_is="yes" if as_it_is else "no",
        )
