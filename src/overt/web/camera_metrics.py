"""What Prometheus reads of the cameras that run on this machine: numbers by camera, no more."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from overt.engine.live import ALERT_BOUNDS_S, Health
from overt.engine.live_reader import LiveReader

__all__ = ["CameraMetrics"]

LABELS: Final = ("deployment", "camera")


class CameraMetrics(Collector):
    """Asks what runs on this machine each time that metrics are read."""

    def __init__(self, views: LiveReader) -> None:
        self._views = views

    def collect(self) -> Iterator[Metric]:
        """Give every series of every camera that runs."""
        there = GaugeMetricFamily(
            "overt_camera_there", "Whether the camera is there: 0 while it is lost", labels=LABELS
        )
        fps = GaugeMetricFamily(
            "overt_camera_frames_per_second",
            "Frames that come, over the last seconds",
            labels=LABELS,
        )
        losses = CounterMetricFamily(
            "overt_camera_losses", "How often the camera was lost", labels=LABELS
        )
        alerts = HistogramMetricFamily(
            "overt_alert_seconds",
            "From the frame that made an alert until it was recorded",
            labels=LABELS,
        )
        for deployment in self._views.running():
            for shown in self._views.cameras(deployment):
                health = shown.health
                labels = (deployment, health.camera)
                there.add_metric(labels, 0.0 if health.lost else 1.0)
                fps.add_metric(labels, health.fps)
                losses.add_metric(labels, health.losses)
                alerts.add_metric(labels, _buckets(health), health.alerts_s)
        yield from (there, fps, losses, alerts)

    def describe(self) -> Iterator[Metric]:
        """Name nothing: who registers this asks no deployment."""
        yield from ()


def _buckets(health: Health) -> list[tuple[str, float]]:
    """Give how many alerts took at most so long, for each bound."""
    bounds = [*(str(float(bound)) for bound in ALERT_BOUNDS_S), "+Inf"]
    counted = health.alerts_by_time or (0,) * len(bounds)
    return list(zip(bounds, map(float, accumulate(counted)), strict=True))
