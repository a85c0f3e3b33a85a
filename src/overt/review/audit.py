"""The record as lines that say who did what when, views of pictures included."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from overt.records.base import Store
from overt.text import name_key, printable
from overt.values.alert_events import AlertAdjudicated
from overt.values.duty_events import EvidenceViewed
from overt.values.events import Body, Event

__all__ = ["COLUMNS", "AuditLine", "actor", "audit_lines"]

COLUMNS: Final = ("sequence", "at", "deployment", "kind", "by", "detail")
PLAIN: Final = (str, int, float, bool)


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One event, as one line."""

    sequence: int
    event: Event
    viewed: bool | None = None  # of a decision: whether its maker's look was recorded before it

    @property
    def by(self) -> str:
        """Who did it; "" where nobody did: it came by itself."""
        return actor(self.event.body)

    @property
    def detail(self) -> str:
        """The plain fields of what happened; what is nested is in the record."""
        body = self.event.body
        fields = ((field.name, getattr(body, field.name)) for field in dataclasses.fields(body))
        told = [
            f"{name}={value}" for name, value in fields if isinstance(value, PLAIN) and name != "by"
        ]
        if self.viewed is not None:
            told.append(f"viewed={self.viewed}")
        return ", ".join(told)

    def cells(self) -> list[str]:
        """Write it as cells, one a column, safe to show."""
        event = self.event
        at = event.at.isoformat(timespec="milliseconds")
        cells = [str(self.sequence), at, event.deployment, event.body.kind, self.by, self.detail]
        return [printable(cell) for cell in cells]


def audit_lines(
    store: Store,
    *,
    deployment: str | None = None,
    kind: str | None = None,
    by: str | None = None,
    alert: str | None = None,
    since: datetime | None = None,
    after: int = 0,
    without: Collection[str] = (),
) -> Iterator[AuditLine]:
    """Read the record as lines, in order; every filter narrows.

    Raises:
        RecordsError: the record cannot be read, or was altered.
    """
    views = _views(store, deployment)
    for sequence, event in store.events(
        deployment=deployment, kinds=(kind,) if kind else (), without=without, after=after
    ):
        about = (by is None or did(event.body, by)) and (
            alert is None or getattr(event.body, "alert", None) == alert
        )
        if about and (since is None or event.at >= since):
            viewed = None
            if isinstance(body := event.body, AlertAdjudicated):
                viewed = views.get((body.alert, name_key(body.by)), sequence) < sequence
            yield AuditLine(sequence, event, viewed)


def _views(store: Store, deployment: str | None) -> dict[tuple[str, str], int]:
    """Tell where in the record somebody first looked at an alert's pictures."""
    found: dict[tuple[str, str], int] = {}
    for sequence, event in store.events(deployment=deployment, kinds=(EvidenceViewed.kind,)):
        if isinstance(body := event.body, EvidenceViewed):
            found.setdefault((body.alert, name_key(body.by)), sequence)
    return found


def did(body: Body, by: str) -> bool:
    """Tell whether somebody did it, however their name is written; "" asks for what nobody did."""
    done_by = actor(body)
    return done_by == by or (bool(name_key(by)) and name_key(done_by) == name_key(by))


def actor(body: Body) -> str:
    """Give who did it; "" where nobody did: it came by itself."""
    return str(getattr(body, "by", getattr(body, "officer", "")))
