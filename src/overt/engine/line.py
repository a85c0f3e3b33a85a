"""A camera as the runner sees it, wherever it is served: in a thread, a process, another machine.

    runner  --- Orders: paused, threshold, end; each one renews the lease --->  worker
    runner  <-- Report: numbered outcomes, how far it is, how it does ---------  worker

An outcome is given again with every report until its number is acknowledged, and it is acknowledged
once it is recorded: so none is lost while its worker lives, and none is recorded twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from overt.engine.live import Health, Picture
from overt.engine.pipeline import Outcome, Progress
from overt.engine.timing import StageTimes
from overt.values.counts import FaceCounts

__all__ = ["Line", "Lost", "Numbered", "Orders", "Report"]


class Lost(Exception):  # noqa: N818 - it is no failure of ours: a camera that is gone
    """A camera's worker is gone, and what it had not reported with it; the text says how."""


@dataclass(frozen=True, slots=True)
class Orders:
    """How a camera is to be run from now on. Having been given some, it may look for a while."""

    paused: bool = False  # look at no frame
    threshold: float | None = None  # operate at it; None: at the authorised one
    end: bool = False  # look at no further frame, count what was seen, and end
    view: bool = False  # somebody watches


@dataclass(frozen=True, slots=True, eq=False)
class Numbered:
    """What came of a camera, by its place in the worker's life."""

    number: int  # from 1
    outcome: Outcome


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """How a camera stands. A value that can be pickled."""

    life: str  # of which worker: numbers are counted within it
    outcomes: tuple[Numbered, ...]  # all that are not acknowledged, in order
    running: FaceCounts | None  # what was counted after the last of them, up to the last frame
    progress: Progress
    seen: int  # faces seen since the worker began, recorded or not
    live: bool  # frames come by themselves
    length: int | None  # frames that there are, where that can be known
    dropped: int  # frames that came and were never handed out
    times: StageTimes
    health: Health | None = None
    picture: Picture | None = None  # newest masked view, where one was asked for
    ended: bool = False  # no more comes than these outcomes
    error: BaseException | None = None  # what ended it too early


class Line(Protocol):
    """One camera. Begun again, it is another worker's life."""

    @property
    def camera(self) -> str:
        """Its name."""
        ...

    def obey(self, orders: Orders, /) -> None:
        """Hand on orders without waiting to be obeyed; before `begin`, those to begin with."""
        ...

    def begin(self) -> None:
        """Begin a worker, under the orders that were given last.

        Raises:
            Lost: it cannot be begun; not for good.
            OvertError: it cannot be begun at all.
        """
        ...

    def report(self, *, acknowledged: int, wait_s: float) -> Report:
        """Wait so long for news, and tell how it stands; asked by one thread at a time.

        Args:
            acknowledged: number of the last outcome that was recorded: forget it and those before.
            wait_s: how long to wait where there is no outcome.

        Raises:
            Lost: the worker is gone.
        """
        ...

    def close(self) -> None:
        """End it now, from any thread: what was not reported is forgotten."""
        ...
