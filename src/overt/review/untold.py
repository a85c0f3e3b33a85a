"""Alerts that are not told to the end: what is still to be done before a report tells of all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from overt.review.alert_record import AlertRecord
from overt.review.alert_state import ENGAGED, FOUND, AlertState
from overt.review.desk import Desk

__all__ = ["Untold", "untold"]

NOT_MET: Final = (AlertState.TO_ENGAGE, AlertState.ENGAGING)


@dataclass(frozen=True, slots=True)
class Untold:
    """Alerts that are not told to the end."""

    unjudged: int  # decoys among them: who counts must not tell them apart
    not_met: tuple[AlertRecord, ...]  # to be engaged, or under way
    without_outcome: tuple[AlertRecord, ...]
    unasked: tuple[AlertRecord, ...]  # engaged, and the questions were not answered

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left."""
        return not (self.unjudged or self.not_met or self.without_outcome or self.unasked)

    def said(self) -> Iterator[str]:
        """Say what a report cannot tell because of it. Nobody must answer questions."""
        for count, what in (
            (self.unjudged, "not judged"),
            (len(self.not_met), "to be engaged, or under way"),
            (len(self.without_outcome), "without an outcome"),
        ):
            if count:
                yield f"{count:,} {'alert is' if count == 1 else 'alerts are'} {what}"


def untold(desk: Desk) -> Untold:
    """Find those of a deployment's alerts."""
    queue, engaged = desk.queue(at_most=0), desk.engaged()
    return Untold(
        queue.free + queue.held,
        tuple(each for each in engaged if each.state in NOT_MET),
        tuple(each for each in engaged if each.state in FOUND),
        tuple(each for each in engaged if each.state in ENGAGED and each.demographics is None),
    )
