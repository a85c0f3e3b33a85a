"""A camera for those who watch, by what its worker reports, wherever that runs."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from overt.engine.line import Report
from overt.engine.live import ALERT_BOUNDS_S, STALE_S, WATCHED_S, Health, Picture
from overt.values.deployment import Camera

__all__ = ["ReportedView"]

NOTHING: Final = Health("", 0.0, 0, None, None, None, None, None)


class ReportedView:
    """The last that was reported. The runner writes, any thread reads."""

    def __init__(self, camera: Camera, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.camera = camera
        self._monotonic = monotonic
        self._asked_at = float("-inf")
        self._health = replace(NOTHING, camera=camera.name)
        self._told_at = self._monotonic()
        self._picture: Picture | None = None
        self._alerts = [0] * (len(ALERT_BOUNDS_S) + 1)
        self._alerts_s = 0.0
        self._pictured_at = float("-inf")

    @property
    def wanted(self) -> bool:
        """Whether somebody watches: has asked lately."""
        return self._monotonic() - self._asked_at <= WATCHED_S

    def took(self, report: Report) -> None:
        """Take what a worker reports."""
        now = self._monotonic()
        if report.health is not None:
            lost = "" if report.progress.frames else self._health.lost
            self._health = replace(report.health, lost=lost, losses=self._health.losses)
            self._told_at = now
        if report.picture is not None:
            self._picture, self._pictured_at = report.picture, now
        elif not self.wanted or report.ended:
            self._picture = None

    def lost(self, reason: str) -> None:
        """Note that the camera is lost, and waited for."""
        again = bool(self._health.lost)
        self._picture = None
        self._health = replace(
            self._health,
            fps=0.0,
            latency_s=None,
            lost=reason,
            losses=self._health.losses + (not again),
        )

    def alerted(self, late_s: float) -> None:
        """Count an alert that was recorded so long after its frame."""
        self._alerts[bisect_left(ALERT_BOUNDS_S, late_s)] += 1
        self._alerts_s += late_s

    def picture(self) -> Picture | None:
        """Give the newest view, and have the next ones made; None: there is none of now."""
        now = self._monotonic()
        self._asked_at = now
        return self._picture if now - self._pictured_at <= STALE_S else None

    def health(self) -> Health:
        """Tell how the camera does; what was told a while ago tells of a silence since."""
        told = replace(self._health, alerts_by_time=tuple(self._alerts), alerts_s=self._alerts_s)
        since = self._monotonic() - self._told_at
        if since <= WATCHED_S:
            return told
        silent = None if told.silent_s is None else told.silent_s + since
        return replace(told, fps=0.0, latency_s=None, silent_s=silent)
