"""A report as somebody reads it before it is published, and as it is noted afterwards."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from overt.errors import RefusedError
from overt.operations.subjects import Subject
from overt.report.document.figures import Withheld
from overt.report.document.report import Report
from overt.report.site.published import Edition
from overt.report.verifying import Difference

__all__ = ["Foreseen", "Noted", "Pinned", "require_settled", "stale"]


@dataclass(frozen=True, slots=True)
class Pinned:
    """A signed state of the record, and the time as of which it is judged."""

    size: int  # of the log
    as_of: datetime  # UTC, whole seconds


@dataclass(frozen=True, slots=True, eq=False)
class Foreseen:
    """A report as it would be published."""

    subject: Subject  # what it is on
    pinned: Pinned
    report: Report
    data: bytes  # its report.json
    earlier: tuple[Edition, ...]  # that are published, the current one last
    news: tuple[Difference, ...]  # what it says otherwise than the current one
    untold: tuple[str, ...]  # what is still to be done, which it cannot tell of

    @property
    def sha256(self) -> str:
        """Give the hash by which it is known."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def is_news(self) -> bool:
        """Whether there is anything to publish."""
        return not self.earlier or bool(self.news)

    @property
    def wrong(self) -> tuple[str, ...]:
        """Say what does not add up."""
        return tuple(one.text for one in self.report.wrong())

    @property
    def withheld(self) -> int:
        """Count the figures that are too small to be published."""
        return sum(isinstance(one.value, Withheld) for one in self.report.figures().values())

    @property
    def doubts(self) -> tuple[str, ...]:
        """Say what is in the way of publishing it, but "as it is"."""
        return (*self.untold, *self.wrong)


@dataclass(frozen=True, slots=True)
class Noted:
    """A report that is published, as the record has it."""

    deployment: str  # "" of a period
    where: str
    sha256: str
    number: int  # of the version, from 1
    fresh: bool  # it was published now, not before


def require_settled(foreseen: Foreseen, *, as_it_is: bool) -> None:
    """Refuse what is open or does not add up, unless it is to be published as such."""
    if foreseen.doubts and not as_it_is:
        raise RefusedError(
            f"{foreseen.subject.title}: got a record that is not settled, want it so:\n"
            + "\n".join(f"  - {each}" for each in foreseen.doubts),
            hint="record what is missing; or publish it as it is: the report says so itself",
        )


def stale(why: str) -> RefusedError:
    """Make the error of a report that was read, and is not the one of now."""
    return RefusedError(
        f"report: got one that is not what is there now ({why}), want the one of now",
        hint="read it again, then publish it",
    )
