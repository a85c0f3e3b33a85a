"""What Prometheus reads: requests by route and status, and how long they take. No personal data."""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

__all__ = ["Metrics"]

BUCKETS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """The metrics of one console; `registry` is where others add theirs."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "overt_web_requests",
            "Requests answered",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self._times = Histogram(
            "overt_web_request_seconds",
            "Time to answer a request",
            ("route",),
            buckets=BUCKETS_S,
            registry=self.registry,
        )

        self._posts = Counter(
            "overt_web_hook_posts", "Posts to hooks", ("taken",), registry=self.registry
        )
        self._api = Counter(
            "overt_api_requests",
            "Requests of programs to the API",
            ("operation", "scope", "status"),
            registry=self.registry,
        )

        self._unwritten = Counter(
            "overt_web_log_unwritten",
            "Lines that the log's file did not take",
            registry=self.registry,
        )

    def unwritten(self) -> None:
        """Count a line that the log's file did not take."""
        self._unwritten.inc()

    def posted(self, *, taken: bool) -> None:
        """Count a post to a hook."""
        self._posts.labels("yes" if taken else "no").inc()

    def asked(self, *, operation: str, scope: str, status: int) -> None:
        """Count a request to the API. Operations and scopes are those of the table."""
        self._api.labels(operation, scope, str(status)).inc()

    def answered(self, *, route: str, method: str, status: int, took_s: float) -> None:
        """Count a request. Routes are those of the table, so that there are few."""
        self._requests.labels(route, method, str(status)).inc()
        self._times.labels(route).observe(took_s)

    def text(self) -> bytes:
        """Give all of it in Prometheus' text form."""
        return generate_latest(self.registry)
