"""`overt monitor`: the false alert rate while it is being measured, and what can be told of it."""

from __future__ import annotations

import re
import time
from typing import Annotated, Final

import typer

from overt.cli.recording import opened_record, time_given
from overt.errors import InputError
from overt.governance.policy_file import open_policy
from overt.records.base import Store
from overt.report.monitoring import FalseAlerts, Group, Look, false_alert_rate
from overt.report.monitoring_lines import COLUMNS, look_line, share_line
from overt.statistics.intervals import LEVEL
from overt.statistics.sequences import Side
from overt.text import printable

__all__ = ["monitor"]

POLL_S: Final = 1.0
CEILING: Final = re.compile(r"1(?:/| in )([1-9][0-9]{0,8})")


def monitor(
    *,
    deployment: Annotated[
        list[str] | None, typer.Option(help="only this one; repeat it; else all but trials")
    ] = None,
    since: Annotated[str | None, typer.Option(help="from this date or time on (ISO 8601)")] = None,
    ceiling: Annotated[
        str | None, typer.Option(help="highest rate, as 1/1000; if not given, the policy's")
    ] = None,
    group: Annotated[
        list[Group] | None, typer.Option(help="follow its share of the false alerts; repeat it")
    ] = None,
    exposure: Annotated[
        list[float] | None,
        typer.Option(help="that group's share of the faces seen, known or assumed, as 0.135"),
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", help="go on until Ctrl-C")] = False,
    as_data: Annotated[bool, typer.Option("--json", help="print a line of JSON for each")] = False,
) -> int:
    """Show the false alert rate over time, with an interval that holds at every look.

    Exit code 1 where the rate is above the ceiling, or a group's share above its exposure.
    """
    groups = _paired(group or [], exposure or [])
    start = None if since is None else time_given("since", since)
    with opened_record() as (settings, store):
        policy = open_policy(settings.policy)
        most = _ceiling(ceiling) if ceiling else policy.number("observed-false-alerts")
        counted = FalseAlerts(deployments=deployment or (), since=start)
        shown = _Shown(counted, ceiling=most, groups=groups, as_data=as_data)
        after = _read(store, counted, after=0)
        _require_known(deployment or [], store)
        above = shown.show()
        try:
            while follow:
                time.sleep(POLL_S)
                after = _read(store, counted, after=after)
                shown.show()
        except KeyboardInterrupt:
            return 0
    return 1 if above else 0


def _read(store: Store, counted: FalseAlerts, *, after: int) -> int:
    for recorded in store.events(after=after):
        counted.take(recorded.event)
        after = recorded.sequence
    return after


class _Shown:
    """Prints each look once, and the groups' shares when they have changed."""

    def __init__(
        self,
        counted: FalseAlerts,
        *,
        ceiling: float,
        groups: list[tuple[Group, float]],
        as_data: bool,
    ) -> None:
        self._counted = counted
        self._ceiling = ceiling
        self._groups = groups
        self._as_data = as_data
        self._begun = False
        self._looks = 0
        self._last: Look | None = None
        self._told: dict[Group, str] = {}

    def show(self) -> bool:
        """Print what is new, and tell whether anything lies above what it is compared with."""
        looks = self._counted.looks
        rate = false_alert_rate(looks, ceiling=self._ceiling)
        if not self._begun and not self._as_data:
            _print("\t".join(COLUMNS))
        self._begun = True
        first = self._looks
        if looks and looks[-1] != self._last:
            first = min(first, len(looks) - 1)  # the last one has grown
        for place in range(first, len(looks)):
            _print(look_line(looks[place], rate, place, as_data=self._as_data))
        self._looks, self._last = len(looks), looks[-1] if looks else None
        level = 1 - (1 - LEVEL) / max(len(self._groups), 1)
        shares = [self._counted.share(g, exposure=e, level=level) for g, e in self._groups]
        for share in shares:
            line = share_line(share, as_data=self._as_data)
            if self._told.get(share.group) != line:
                _print(line)
            self._told[share.group] = line
        return any(each.side is Side.ABOVE for each in (rate, *(s.sequence for s in shares)))


def _print(line: str) -> None:
    print(line, flush=True)


def _paired(groups: list[Group], exposures: list[float]) -> list[tuple[Group, float]]:
    if len(groups) != len(exposures) or len(set(groups)) != len(groups):
        raise InputError(
            f"exposure: got {len(exposures)} for {len(groups)} groups, want one for each group, "
            "each group once",
            hint="write --group black --exposure 0.135: its share of the faces seen",
        )
    for share in exposures:
        if not 0 < share < 1:
            raise InputError(f"exposure: got {share:g}, want a share within 0 and 1, as 0.135")
    return list(zip(groups, exposures, strict=True))


def _ceiling(text: str) -> float:
    found = CEILING.fullmatch(text.replace(",", ""))
    if found is None:
        raise InputError(f"ceiling: got {text!r}, want a rate such as 1/1000")
    return 1 / int(found[1])


def _require_known(deployments: list[str], store: Store) -> None:
    unknown = [each for each in deployments if not any(store.events(deployment=each))]
    if missing := printable(", ".join(unknown)):
        raise InputError(
            f"deployment: got {missing}, of which nothing is recorded, want one that is recorded",
            hint="list them: `overt deployment list`",
        )
