"""What a store of events must do; every store passes the same tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from overt.values.events import Event

__all__ = ["Recorded", "Store"]


class Recorded(NamedTuple):
    """An event and its place in the record, counted from 1 without a gap."""

    sequence: int
    event: Event


class Store(Protocol):
    """The record of events: appended to by many processes, never changed."""

    def append(self, events: Sequence[Event], /) -> tuple[int, ...]:
        """Record events, all or none, and give their sequence numbers.

        When it returns, the events survive the death of the process and of the machine.

        Raises:
            RecordsError: they could not be written, and none of them was; or, where a server went
                away in the middle, it cannot be known, and the error says so.
        """
        ...

    def events(
        self, *, deployment: str | None = None, kind: str | None = None, after: int = 0
    ) -> Iterator[Recorded]:
        """Read what is recorded now, in order, a page at a time.

        Events appended while this is read are left for the next reading (`after` the last).

        Raises:
            RecordsError: the record cannot be read, or was altered.
        """
        ...

    def close(self) -> None:
        """Let go of the files or connections."""
        ...
