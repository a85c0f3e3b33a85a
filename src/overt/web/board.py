"""What waits to be judged, read and written once for all who look at the same moment."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple, TypeAlias

from markupsafe import Markup

from overt.review.deployment_record import DeploymentRecord
from overt.review.deployment_state import DeploymentState
from overt.review.desk import Desk
from overt.review.people import are_known_to_be_one
from overt.review.unjudged import Unjudged
from overt.values.account import Role
from overt.web.feed import Feed
from overt.web.odds import Odds, odds_of
from overt.web.sessions import Signed

__all__ = ["SHOWN", "Board", "Row", "Rows", "WriteRow"]

SHOWN: Final = 50  # that nobody holds, the oldest; the next ones follow when these are taken
SECONDS: Final = 20  # that wait for a second opinion
OVER: Final = (DeploymentState.NEW, DeploymentState.CLOSED)
TOKEN: Final = secrets.token_hex(32)  # stands in a written row where who asks has their own
OWN, HELD, TAKE, LOOK, SECOND = "own", "held", "take", "look", "second"


@dataclass(frozen=True, slots=True)
class Row:
    """An alert in the queue."""

    alert: Unjudged
    place: str
    odds: Odds


# A row, what may be done with it, the token of its form.
WriteRow: TypeAlias = Callable[[Row, str, str], str]


class Key(NamedTuple):
    """What a row's text depends on."""

    alert: str
    holder: str
    threshold: str
    kind: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What waited at a moment."""

    place: int  # in the record
    waiting: tuple[Row, ...]
    free: Mapping[str, int]  # how many that nobody holds, by deployment
    held: int
    seconds: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """What one person is shown of it, written."""

    count: int  # how many wait
    more: int  # of them, how many are not shown
    waiting: tuple[Markup, ...]
    seconds: tuple[Markup, ...]


class Board:
    """The queues of all deployments. Threads may share it."""

    def __init__(self, live: Feed, desk: Callable[[str], Desk]) -> None:
        self._live = live
        self._desk = desk
        self._shown: Shown | None = None
        self._written: dict[Key, str] = {}  # of what is shown alone
        self._lock = threading.Lock()

    @property
    def kept(self) -> int:
        """How many rows are kept as they are written."""
        return len(self._written)

    def rows(self, who: Signed, *, place: int, write: WriteRow) -> Rows:
        """Give what somebody may judge, as of a place in the record or later.

        Raises:
            RecordsError: the record cannot be read.
        """
        operator = who.role is Role.OPERATOR
        with self._lock:
            shown = self._as_of(place)
            waiting = [self._row(row, kind_of(row, who), who.csrf, write) for row in shown.waiting]
            others = (row for row in shown.seconds if operator and not is_own(row, who))
            seconds = [self._row(row, SECOND, who.csrf, write) for row in islice(others, SECONDS)]
        count = sum(shown.free.values()) + shown.held
        return Rows(count, count - len(waiting), tuple(waiting), tuple(seconds))

    def free(self, deployment: str, *, place: int) -> int:
        """Tell how many alerts of a deployment wait that nobody holds.

        Raises:
            RecordsError: the record cannot be read.
        """
        with self._lock:
            return self._as_of(place).free.get(deployment, 0)

    def _as_of(self, place: int) -> Shown:
        if self._shown is None or self._shown.place < place:
            self._shown = self._read(place)
            shown = {row.alert.id for row in (*self._shown.waiting, *self._shown.seconds)}
            for key in [key for key in self._written if key.alert not in shown]:
                del self._written[key]
        return self._shown

    def _read(self, place: int) -> Shown:
        waiting: list[Row] = []
        seconds: list[Row] = []
        free: dict[str, int] = {}
        held = 0
        for record in self._live.known_deployments():
            if record.state in OVER or record.authorised is None:
                continue
            queue = self._desk(record.id).queue(at_most=SHOWN)
            waiting += [self._made(each, record) for each in queue.shown]
            seconds += [self._made(each, record) for each in queue.seconds]
            free[record.id] = queue.free
            held += queue.held
        told = {row.alert.id for row in waiting}
        seconds = [row for row in seconds if row.alert.id not in told]
        return Shown(
            place, tuple(sorted(waiting, key=age)), free, held, tuple(sorted(seconds, key=age))
        )

    def _made(self, alert: Unjudged, record: DeploymentRecord) -> Row:
        odds = odds_of(alert.similarity, record, self._live.started(record.id))
        return Row(alert, record.name, odds)

    def _row(self, row: Row, kind: str, token: str, write: WriteRow) -> Markup:
        """Give a row as it is written for one who asks."""
        key = Key(row.alert.id, row.alert.holder, row.odds.threshold, kind)
        written = self._written.get(key)
        if written is None:
            written = self._written[key] = write(row, kind, TOKEN)
        return Markup(written.replace(TOKEN, token))  # noqa: S704 - a template wrote it


def kind_of(row: Row, who: Signed) -> str:
    """Tell what somebody may do with an alert that waits."""
    if is_own(row, who):
        return OWN
    if row.alert.holder:
        return HELD
    return TAKE if who.role is Role.OPERATOR else LOOK


def is_own(row: Row, who: Signed) -> bool:
    return bool(row.alert.holder) and are_known_to_be_one(row.alert.holder, who.name)


def age(row: Row) -> tuple[object, str]:
    return row.alert.raised, row.alert.id
