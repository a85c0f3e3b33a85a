"""One build, while it lasts: in the memory of this process, and nowhere else."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from overt.arrays import Rgb
from overt.errors import RefusedError, SourceError
from overt.governance.building import Enrolment, alike_of
from overt.governance.enrol import Enrolled, Rejected, Result, without_repeats
from overt.governance.list_pictures import shown
from overt.governance.lookalikes import Alike
from overt.sources.stills import frame_of, still_in
from overt.web.building.holder import Holder
from overt.web.building.limits import MOST_SIDE_PX
from overt.web.building.proposals import Proposal

__all__ = ["Build", "Choice", "Item", "Stage"]


class Stage(StrEnum):
    """Where a build stands."""

    WORKING = "photographs are looked at"
    REVIEW = "to be reviewed"
    SEALING = "the list is sealed"
    FAILED = "failed"


class Choice(StrEnum):
    """What the reviewer decided about an entry."""

    OPEN = "not decided"
    LIST = "confirmed"
    LEAVE = "left out"


NO_TIME: Final = datetime(1970, 1, 1, tzinfo=UTC)  # a photograph has none that counts


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """A row of the CSV, what became of it, and its photograph to look at."""

    number: int
    result: Result
    picture: bytes  # JPEG; b"" where it could not be read


@dataclass(slots=True, eq=False)
class Build:
    """A build; what changes in it changes under its lock."""

    id: str
    who: Holder  # who began it
    name: str  # of the list, and of its folder
    bundle: str
    begun: datetime
    total: int
    stage: Stage = Stage.WORKING
    problem: str = ""
    items: tuple[Item, ...] = ()
    done: int = 0
    alike: tuple[Alike, ...] = ()
    choices: dict[int, Choice] = field(default_factory=dict[int, Choice])
    seen: set[int] = field(default_factory=set[int])  # entries whose photographs were shown
    enrolment: Enrolment | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    ended: threading.Event = field(default_factory=threading.Event)  # nobody wants it any more

    def choice(self, number: int) -> Choice:
        """Tell what was decided about an entry."""
        return self.choices.get(number, Choice.OPEN)

    def entries(self) -> tuple[tuple[Item, Enrolled], ...]:
        """Give those that can be listed, in the CSV's order."""
        return tuple(
            (item, item.result) for item in self.items if isinstance(item.result, Enrolled)
        )

    def rejected(self) -> tuple[tuple[Item, Rejected], ...]:
        """Give those whose photograph cannot be used."""
        return tuple(
            (item, item.result) for item in self.items if isinstance(item.result, Rejected)
        )

    def chosen(self, choice: Choice) -> tuple[Enrolled, ...]:
        """Give the entries of which this was decided."""
        return tuple(each for item, each in self.entries() if self.choice(item.number) is choice)

    def decide(self, choices: dict[int, Choice]) -> None:
        """Note what was decided; other entries stay as they are.

        Raises:
            RefusedError: it is not to be reviewed now, or one was not looked at.
        """
        with self.lock:
            if self.stage is not Stage.REVIEW:
                raise RefusedError(f"build: got it where {self.stage}, want it to be reviewed")
            unseen = choices.keys() - self.seen
            if unseen:
                raise RefusedError(
                    f"build: got {len(unseen):,} entries decided whose photographs were not shown, "
                    "want them looked at first",
                    hint="open the page that shows them",
                )
            self.choices |= choices

    def show(self, numbers: set[int]) -> None:
        """Note whose photographs are shown."""
        with self.lock:
            self.seen |= numbers

    def work(self, proposals: Sequence[Proposal], enrolment: Enrolment) -> None:
        """Enrol every photograph, one after the other, until it is ended."""
        left = list(reversed(proposals))  # what is done with is let go of at once
        pictures: list[bytes] = []
        items: list[Item] = []

        def results() -> Iterator[tuple[Path, Result]]:
            while left and not self.ended.is_set():
                proposal = left.pop()
                result, picture = enrolled(proposal, enrolment)
                pictures.append(picture)
                yield proposal.application.file, result

        for number, result in enumerate(without_repeats(results()), start=1):
            items.append(Item(number, result, pictures[number - 1]))
            self.done = number
        alike = alike_of(
            [r for i in items if isinstance(r := i.result, Enrolled)], enrolment=enrolment
        )
        with self.lock:
            if not self.ended.is_set():
                self.items, self.alike, self.enrolment = tuple(items), alike, enrolment
                self.stage = Stage.REVIEW

    def end(self) -> None:
        """Let go of every photograph and template."""
        self.ended.set()
        with self.lock:
            self.items, self.alike, self.choices, self.enrolment = (), (), {}, None


def enrolled(proposal: Proposal, enrolment: Enrolment) -> tuple[Result, bytes]:
    """Enrol one photograph, and give what there is of it to look at."""
    application, content = proposal.application, proposal.content
    name = application.file.name
    try:
        rgb = small_enough(still_in(content, name=name), name)
        frame = frame_of(rgb, name=repr(name), camera="", time=NO_TIME)
    except SourceError as error:
        reason = f"cannot be read: {error}"
        return Rejected(application.entry.reference, application.file, reason), b""
    sha256 = hashlib.sha256(content).hexdigest()
    result = enrolment.enroller.enrol_frame(application, frame, sha256=sha256)
    return result, shown(result.photo if isinstance(result, Enrolled) else rgb)


def small_enough(rgb: Rgb, name: str) -> Rgb:
    """Refuse a strip: within the pixels that are allowed, and useless.

    Raises:
        SourceError: a side is too long.
    """
    if max(rgb.shape[:2]) > MOST_SIDE_PX:
        raise SourceError(
            f"{name!r}: got {rgb.shape[1]} x {rgb.shape[0]} px, want at most {MOST_SIDE_PX:,} "
            "on a side"
        )
    return rgb
