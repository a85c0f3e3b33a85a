"""One place for the newest thing: a thread puts, another takes, what was not taken is dropped."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

from overt.errors import OvertError

__all__ = ["Slot"]

Item = TypeVar("Item")


class Slot(Generic[Item]):
    """Holds at most one item. Safe between threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._item: Item | None = None
        self._error: OvertError | None = None
        self._ended = False
        self._dropped = 0

    @property
    def dropped(self) -> int:
        """Items that were put and never taken."""
        return self._dropped

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self._ended

    def put(self, item: Item) -> None:
        """Put the newest item; the one that waited, if any, is dropped."""
        with self._changed:
            if self._ended or self._item is not None:
                self._dropped += 1
            if not self._ended:
                self._item = item
                self._changed.notify_all()

    def take(self) -> Item | None:
        """Wait for an item and take it; None when nothing more will come.

        Raises:
            OvertError: the error that `end` was called with, after the last item.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._item is not None or self._ended)
            item, self._item = self._item, None
            if item is None and self._error is not None:
                raise self._error
            return item

    def end(self, error: OvertError | None = None) -> None:
        """Say that nothing more will come, and why; only the first call counts.

        Without an error it is by choice, and an item that waits is dropped.
        """
        with self._changed:
            if self._ended:
                return
            self._ended, self._error = True, error
            if error is None and self._item is not None:
                self._item = None
                self._dropped += 1
            self._changed.notify_all()
