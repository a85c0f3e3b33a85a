"""What stands in the way of publishing a deployment, before any figure is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from overt.errors import InputError, MissingError, RefusedError
from overt.governance.transparency import TransparencyLog
from overt.review.deployment_record import DeploymentRecord
from overt.review.deployment_state import DeploymentState

if TYPE_CHECKING:
    from overt.report.site.planning import Period

__all__ = [
    "SUPPRESS_BELOW",
    "address_of_site",
    "in_the_way",
    "period_in_the_way",
    "require_period_publishable",
    "require_publishable",
]

SUPPRESS_BELOW: Final = 5  # numbers of people by group below it are withheld


def in_the_way(
    record: DeploymentRecord, *, folder: Path | None, base: str, log: TransparencyLog
) -> Iterator[str]:
    """Say what has to be so first; nothing where it can be published."""
    if record.authorised is None:
        yield "It was never authorised: there is nothing to tell of it."
        return
    if record.trial:
        yield "It is a trial among people who agreed: those are counted in no published figure."
        return
    if record.state is not DeploymentState.CLOSED:
        yield f"It is {record.state}: what is published is closed, its list and due data gone."
    yield from no_site(folder=folder, base=base, log=log)


def no_site(*, folder: Path | None, base: str, log: TransparencyLog) -> Iterator[str]:
    """Say what is missing for any report to be published."""
    if not log.is_there:
        yield "The log of this record was not begun (`overt ledger begin`): nobody could check it."
    if folder is None:
        yield "No folder is set into which the site is written (`web_public_dir`)."
    if not base:
        yield "No address is set at which the public finds the site (`web_public_base`)."


def period_in_the_way(
    period: Period | None, *, folder: Path | None, base: str, log: TransparencyLog
) -> Iterator[str]:
    """Say what has to be so before a month or a year can be published."""
    if period is None:
        yield "It is no month or year that is over and had a deployment in public."
        return
    if period.waits:
        yield (
            f"Of its {period.deployments:,} deployments {period.waits:,} "
            f"{'is' if period.waits == 1 else 'are'} not closed: its report comes when all are."
        )
    yield from no_site(folder=folder, base=base, log=log)


def require_period_publishable(
    name: str, period: Period | None, *, folder: Path | None, base: str, log: TransparencyLog
) -> None:
    """Refuse a month or a year that something stands in the way of.

    Raises:
        MissingError: there is no such period.
        RefusedError: it says what.
    """
    found = list(period_in_the_way(period, folder=folder, base=base, log=log))
    if period is None:
        raise MissingError(f"period: got {name[:10]!r}, want a month or a year that had one")
    if found:
        raise RefusedError(
            f"period {name}: got a report that cannot be published, want it so:\n"
            + "\n".join(f"  - {each}" for each in found),
            hint="see to it, then publish",
        )


def require_publishable(
    record: DeploymentRecord, *, folder: Path | None, base: str, log: TransparencyLog
) -> None:
    """Refuse what something stands in the way of.

    Raises:
        RefusedError: it says what.
    """
    found = list(in_the_way(record, folder=folder, base=base, log=log))
    if found:
        raise RefusedError(
            f"deployment {record.id}: got a report that cannot be published, want it so:\n"
            + "\n".join(f"  - {each}" for each in found),
            hint="see to it, then publish",
        )


def address_of_site(base: str) -> str:
    """Give the address of a site with its last slash; "" where there is none.

    Raises:
        InputError: it is none.
    """
    if base and not base.startswith(("https://", "http://")):
        raise InputError(f"base: got {base!r}, want an address (https://police.example/lfr/)")
    return base if not base or base.endswith("/") else f"{base}/"
