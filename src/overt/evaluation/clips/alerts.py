"""The alerts that any threshold would have given, held to the truth.

An alert feeds nothing back into a pipeline. So from the scores of confirmed probes follows, for
every threshold, what it would have raised: for each track and entry one alert, at the first probe
that reaches it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from overt.arrays import F32
from overt.evaluation.clips.passages import Judged, Passage

__all__ = ["Raised", "Wait", "false_alerts", "lowest_score", "raised_at", "waits"]


@dataclass(frozen=True, slots=True)
class Raised:
    """An alert."""

    frame: int
    track: int
    row: int  # of the entry
    passage: Passage | None  # whom the track followed in that frame; None: nobody of the truth

    @property
    def is_true(self) -> bool:
        """Whether it is the listed person."""
        return self.passage is not None and self.passage.own == self.row


@dataclass(frozen=True, slots=True)
class Wait:
    """From first clear sight to the first true alert of a passage; below 0: before it."""

    frames: int
    seconds: float


def raised_at(judged: Judged, score: float) -> tuple[Raised, ...]:
    """Give the alerts of a clip at a score, in the order in which they come."""
    raised: dict[tuple[int, int], Raised] = {}
    for each in judged.seen.scored:
        walker = judged.followed.person(each.track, each.frame)
        passage = None if walker is None else judged.passages[walker]
        # Against a Python float numpy would round the score to what the others have.
        for row in np.flatnonzero(each.scores >= np.float64(score)).tolist():
            alert = Raised(each.frame, each.track, row, passage)
            raised.setdefault((each.track, row), alert)
    return tuple(raised.values())


def false_alerts(clips: Sequence[Judged], score: float) -> int:
    """Count the alerts at a score that are not the listed person."""
    return sum(not alert.is_true for clip in clips for alert in raised_at(clip, score))


def lowest_score(clips: Sequence[Judged], *, allowed: int) -> float | None:
    """Give the lowest score at which no more false alerts come than are allowed.

    A track and an entry give one alert at most, and a false one only where their best score with
    somebody else in view reaches the score: so it lies just above the first of these peaks that
    is too many.

    Returns:
        None where nobody was compared.
    """
    peaks: dict[tuple[int, int], F32] = {}  # (clip, track): (listed,)
    lowest = np.inf
    for place, clip in enumerate(clips):
        for each in clip.seen.scored:
            lowest = min(lowest, float(each.scores.min(initial=np.inf)))
            walker = clip.followed.person(each.track, each.frame)
            own = -1 if walker is None else clip.passages[walker].own
            others = each.scores.copy()
            if own >= 0:
                others[own] = -np.inf
            known = peaks.get((place, each.track))
            peaks[place, each.track] = others if known is None else np.maximum(known, others)
    if not peaks:
        return None
    falling = -np.sort(-np.concatenate(list(peaks.values()))).astype(np.float64)
    if len(falling) <= allowed or falling[allowed] == -np.inf:
        return lowest
    return float(np.nextafter(falling[allowed], np.inf))


def waits(judged: Judged, score: float) -> tuple[Wait, ...]:
    """Give how long each recognised passage waited for its first true alert.

    Passages that were never in clear sight are left out.
    """
    at_s = {look.frame: look.at_s for look in judged.seen.looks}
    first: dict[int, Raised] = {}
    for alert in raised_at(judged, score):
        if alert.passage is not None and alert.is_true:
            first.setdefault(alert.passage.walker, alert)
    found: list[Wait] = []
    for walker, alert in first.items():
        start = judged.passages[walker].clear_from
        if start is not None:
            truth = judged.truth
            row = np.flatnonzero((truth.frames == start) & (truth.tracks == walker))[0]
            seconds = at_s[alert.frame] - float(truth.times_s[row])
            found.append(Wait(alert.frame - start, seconds))
    return tuple(found)
