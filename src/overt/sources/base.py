"""Where frames come from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from overt.values.frame import Frame

__all__ = ["Source"]


class Source(Protocol):
    """Gives frames in the order in which the light fell in."""

    @property
    def camera(self) -> str:
        """The name of the camera that the frames carry."""
        ...

    @property
    def live(self) -> bool:
        """Whether frames come by themselves: the newest wins and the others are dropped."""
        ...

    @property
    def length(self) -> int | None:
        """How many frames there are, where that can be known (a file says so); else None."""
        ...

    @property
    def dropped(self) -> int:
        """Frames that came but were never handed out, so far."""
        ...

    def frames(self) -> Iterator[Frame]:
        """Open the source and give its frames until it ends or `close` is called.

        Raises:
            SourceError: it cannot be opened, or broke off; the frames before that were given.
        """
        ...

    def close(self) -> None:
        """End `frames`, from any thread; a second call does nothing."""
        ...
