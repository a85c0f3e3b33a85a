"""The console's own audit lines: logins, failures, lock-outs, changes of accounts. No passwords.

What people do about deployments and alerts is in the record, as events.
"""

from __future__ import annotations

import json
import logging
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from overt.clock import Clock

__all__ = ["AUDIT_LOGGER", "OF_ADDRESS", "OF_ALL", "AuditLog"]

AUDIT_LOGGER: Final = "overt.audit"
OF_ADDRESS: Final = 10  # refusals of one kind and address that have a line each, in a minute
OF_ALL: Final = 30  # and of all addresses
MINUTE: Final = timedelta(minutes=1)
log: Final = logging.getLogger(AUDIT_LOGGER)


@dataclass(slots=True)
class Minute:
    """The refusals of one kind since the first of them, for a minute."""

    since: datetime
    told: Counter[str] = field(default_factory=Counter[str])  # lines, by address
    more: int = 0  # without one


class AuditLog:
    """Writes one line of JSON for each thing that happened. Threads may share it."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._minutes: dict[str, Minute] = {}
        self._lock = threading.Lock()

    def note(self, what: str, *, account: str = "", by: str = "", **details: str) -> None:
        """Write a line.

        Args:
            what: happened, as `login` or `role changed`.
            account: id of the account that it happened to; "" where none is known.
            by: id of the account that did it; "" where it is the same, or nobody's.
            details: plain text, no secret.
        """
        at = self.clock.now().isoformat(timespec="milliseconds")
        line = {"at": at, "log": "audit", "what": what, "account": account, "by": by or account}
        log.info("%s", json.dumps(line | details, ensure_ascii=False))

    def refused(self, what: str, *, address: str, account: str = "", **details: str) -> None:
        """Write a line of what anybody can have refused, as often as they like.

        In a minute so many have a line each, of an address and of all. Those beyond are counted:
        the count has a line at 10, 100, 1,000 and so on, and with the first one after the minute.
        """
        with self._lock:
            now, minute = self.clock.now(), self._minutes.get(what)
            if minute is not None and not timedelta() <= now - minute.since < MINUTE:
                self._settle(what)
                minute = None
            if minute is None:
                minute = self._minutes[what] = Minute(now)
            told = minute.told
            if told[address] < OF_ADDRESS and told.total() < OF_ALL:
                told[address] += 1
                self.note(what, account=account, address=address, **details)
                return
            minute.more += 1
            if str(minute.more).strip("0") == "1" and minute.more > 1:
                self._more(what, minute, address=address)

    def settle(self) -> None:
        """Tell what was only counted so far."""
        with self._lock:
            for what in tuple(self._minutes):
                self._settle(what)

    def _settle(self, what: str) -> None:
        minute = self._minutes.pop(what)
        if minute.more:
            self._more(what, minute)

    def _more(self, what: str, minute: Minute, *, address: str = "") -> None:
        since = minute.since.isoformat(timespec="milliseconds")
        last = {"address": address} if address else {}
        self.note(f"{what}: more", number=str(minute.more), since=since, **last)
