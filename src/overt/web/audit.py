"""The console's own audit lines: logins, failures, lock-outs, changes of accounts. No passwords.

What people do about deployments and alerts is in the record, as events.
"""

from __future__ import annotations

import json
import logging
from typing import Final

from overt.clock import Clock

__all__ = ["AUDIT_LOGGER", "AuditLog"]

AUDIT_LOGGER: Final = "overt.audit"
log: Final = logging.getLogger(AUDIT_LOGGER)


class AuditLog:
    """Writes one line of JSON for each thing that happened."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

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
