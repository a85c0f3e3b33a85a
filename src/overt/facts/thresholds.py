"""Which threshold was operated when: as authorised, then as changed while recognition ran."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime
from typing import Final

__all__ = ["ThresholdHistory"]

BEGINNING: Final = datetime.min.replace(tzinfo=UTC)


class ThresholdHistory:
    """The thresholds of many deployments."""

    def __init__(self) -> None:
        """Begin without a deployment."""
        self._changes: dict[str, list[tuple[datetime, float]]] = {}

    def begin(self, deployment: str, threshold: float) -> None:
        """Note the threshold that was authorised."""
        self._changes[deployment] = [(BEGINNING, threshold)]

    def change(self, deployment: str, at: datetime, threshold: float) -> None:
        """Note a change; a deployment that was not authorised has no threshold to change."""
        if deployment in self._changes:
            self._changes[deployment].append((at, threshold))
            self._changes[deployment].sort()

    def at(self, deployment: str, time: datetime) -> float | None:
        """Give the threshold at a time; None where the deployment was not authorised.

        A minute has one threshold: the one at its first second.
        """
        changes = self._changes.get(deployment)
        if changes is None:
            return None
        return changes[bisect_right(changes, time, key=lambda change: change[0]) - 1][1]
