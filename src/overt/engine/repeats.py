"""Who was alerted to just before a camera was lost is not alerted to again when it is back.

A camera that is begun again has forgotten who is in view. The operator has the alert already: the
same listed person on the same camera a moment later would be a second alert about one passage.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from overt.values.alert import Alert

__all__ = ["REPEAT_S", "Repeats"]

REPEAT_S: Final = 30.0  # before a loss, and after it
WITHIN: Final = timedelta(seconds=REPEAT_S)


class Repeats:
    """The latest alerts of one camera, for as long as one may be repeated."""

    def __init__(self) -> None:
        self._raised: dict[str, tuple[datetime, str]] = {}  # by reference: when, the alert's id
        self._before: dict[str, tuple[datetime, str]] = {}  # those of just before the last loss
        self._lost: datetime | None = None

    def raised(self, alert: Alert) -> None:
        """Note an alert that was recorded."""
        self._raised = _since(alert.time - WITHIN, self._raised)
        self._raised[alert.entry.reference] = (alert.time, alert.id)

    def lost(self, now: datetime) -> None:
        """Note that the camera was lost."""
        self._lost = now
        self._before, self._raised = _since(now - WITHIN, self._raised), {}

    def earlier(self, alert: Alert) -> str | None:
        """Give the id of the alert that this one repeats; None: it is a new one."""
        found = self._before.get(alert.entry.reference)
        if self._lost is None or found is None or alert.time - self._lost > WITHIN:
            return None
        return found[1]


def _since(
    time: datetime, raised: Mapping[str, tuple[datetime, str]]
) -> dict[str, tuple[datetime, str]]:
    return {who: each for who, each in raised.items() if each[0] >= time}
