"""What pages are told of the record: pieces of news, and messages that carry many of them."""

from __future__ import annotations

import bisect
import itertools
import json
import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from overt.records.base import Recorded
from overt.review.alert_state import HumanBody
from overt.review.deployment_state import StepBody
from overt.values.alert_events import (
    AlertAdjudicated,
    AlertClaimed,
    AlertReleased,
    DecoyRaised,
)
from overt.values.duty_events import EvidenceDeleted, EvidenceViewed
from overt.values.events import AlertRaised, WatchlistDestroyed

__all__ = ["ALERTS", "Message", "News", "Recent", "first_of", "message_of", "news_of"]

ALERT: Final = "alert"  # one was raised; a decoy is told like any other
QUEUE: Final = "queue"  # somebody did something about an alert; which, and what, is not told
DEPLOYMENT: Final = "deployment"

# Most of a record, and no step of a deployment.
ALERTS: Final = tuple(
    body.kind
    for body in (
        AlertRaised,
        DecoyRaised,
        AlertClaimed,
        AlertReleased,
        AlertAdjudicated,
        EvidenceViewed,
        EvidenceDeleted,
    )
)
KEPT: Final = 2000  # news in memory; what is older is read from the record again
AT_ONCE: Final = 1000  # news in one message: who was away for long is told in several


@dataclass(frozen=True, slots=True)
class News:
    """Something that pages may want to show."""

    sequence: int  # its place in the record
    kind: str
    deployment: str
    alert: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """News that are told together, as a server-sent event."""

    sequence: int  # the place of the last of them
    text: str


class Recent:
    """The last news, and the messages that were made of them. Threads may share it."""

    def __init__(self, begin: int, *, kept: int = KEPT) -> None:
        self._kept = kept
        self._news: list[News] = []
        self._begin = begin
        self._messages: dict[int, Message] = {}  # by the place up to which pages were told
        self._lock = threading.Lock()

    @property
    def begin(self) -> int:
        """After which place all news are here."""
        return self._begin

    def add(self, news: News) -> None:
        """Take in what came last."""
        with self._lock:
            self._messages.clear()
            self._news.append(news)
            if len(self._news) > self._kept + self._kept // 4:  # not at each: what stays is moved
                self._begin = self._news[-self._kept - 1].sequence
                del self._news[: -self._kept]

    def since(self, sequence: int) -> Message | None:
        """Give what came after a place; None where nothing did."""
        with self._lock:
            message = self._messages.get(sequence)
            if message is None:
                first = bisect.bisect_right(self._news, sequence, key=place_of)
                came = self._news[first : first + AT_ONCE]
                if not came:
                    return None
                message = self._messages[sequence] = message_of(came)
            return message


def place_of(news: News) -> int:
    return news.sequence


def news_of(recorded: Recorded) -> News | None:
    """Tell what of an event is told; None for what no page shows as it happens."""
    sequence, event = recorded
    match event.body:
        case AlertRaised(alert=alert) | DecoyRaised(alert=alert):
            return News(sequence, ALERT, event.deployment, alert)
        case body if isinstance(body, HumanBody):
            return News(sequence, QUEUE, event.deployment)
        case body if isinstance(body, StepBody | WatchlistDestroyed):
            return News(sequence, DEPLOYMENT, event.deployment)
        case _:
            return None


def message_of(news: Iterable[News]) -> Message:
    """Write news, at least one, as one server-sent event: each alert once, by deployment.

    >>> print(message_of([News(7, "alert", "d", "a-1"), News(9, "queue", "d")]).text, end="")
    id: 9
    event: news
    data: {"alert": {"d": ["a-1"]}, "queue": ["d"], "deployment": []}
    <BLANKLINE>
    """
    told = tuple(news)
    raised: defaultdict[str, list[str]] = defaultdict(list)
    for each in told:
        if each.kind == ALERT:
            raised[each.deployment].append(each.alert)
    others = {
        kind: list(dict.fromkeys(each.deployment for each in told if each.kind == kind))
        for kind in (QUEUE, DEPLOYMENT)
    }
    sequence = told[-1].sequence
    data = json.dumps({ALERT: raised, **others})
    return Message(sequence, f"id: {sequence}\nevent: news\ndata: {data}\n\n")


def first_of(recorded: Iterable[Recorded]) -> Message | None:
    """Give the first news of what is recorded, as many as one message carries; None: no news."""
    news = tuple(itertools.islice(filter(None, map(news_of, recorded)), AT_ONCE))
    return message_of(news) if news else None
