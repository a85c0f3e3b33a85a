"""What became of each passage of a clip: one person's walk through the view."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from overt.arrays import F32
from overt.evaluation.clips.following import Followed, matched, shown_at
from overt.evaluation.clips.seen import Seen
from overt.values.truth import Truth

__all__ = [
    "CLEAR",
    "FOR_S",
    "LARGE_PX",
    "OTHERS",
    "Judged",
    "Passage",
    "clear_sight",
    "judge",
    "passages_of",
]

LARGE_PX: Final = 40.0  # height of a face
CLEAR: Final = 0.7  # share of it that is visible
FOR_S: Final = 1.0  # without a gap
NOT_FOUND: Final = "no face found"
NOT_TRACKED: Final = "not tracked"
BRIEF: Final = "tracked too briefly"
OTHERS: Final = "its track was compared with another person in view"


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """One passage of the truth."""

    walker: int  # its place in the truth
    person: str
    listed: bool  # by the truth; a photograph may have been turned away
    own: int  # row of the own entry; -1: none
    groups: tuple[str, ...]
    largest_px: float  # height of the face at its largest, mostly visible; 0: never
    clear_from: int | None  # the frame of first clear sight
    is_clear: bool  # large and mostly visible for a second
    tracks: tuple[int, ...]  # that held the face in two looks at least
    faces_seen: int  # of those tracks, long enough to be a face seen
    failed: str | None  # why it was not compared; None where it was
    quality: float  # of the best shot, 0 to 1; 0: no shot
    scores: F32 | None  # (listed,) the best with each entry; None: never compared

    @property
    def own_score(self) -> float | None:
        """The best score with the own entry; None: never compared, or no entry."""
        return None if self.scores is None or self.own < 0 else float(self.scores[self.own])

    @property
    def other_score(self) -> float | None:
        """The best score with the entry of anybody else."""
        if self.scores is None:
            return None
        rest = np.delete(self.scores, self.own) if self.own >= 0 else self.scores
        return float(rest.max()) if len(rest) else None


@dataclass(frozen=True, slots=True)
class Judged:
    """A clip held to its truth."""

    truth: Truth
    seen: Seen
    followed: Followed
    passages: tuple[Passage, ...]  # in the truth's order


def judge(seen: Seen, truth: Truth, *, rows: Mapping[str, int]) -> Judged:
    """Hold what a pipeline saw to the truth; `rows` gives the row of the list by identity."""
    followed = Followed.of(seen.looks, truth)
    return Judged(truth, seen, followed, passages_of(seen, truth, followed, rows=rows))


def passages_of(
    seen: Seen, truth: Truth, followed: Followed, *, rows: Mapping[str, int]
) -> tuple[Passage, ...]:
    """Give what became of everyone."""
    held, found = followed.held(), _found(seen, truth)
    scores = _best_scores(seen, followed)
    qualities = _best_qualities(seen, followed)
    lengths = {each.track: each for each in seen.ended}
    people: list[Passage] = []
    for walker, person in enumerate(truth.names):
        tracks = held.get(walker, ())
        first, is_clear = clear_sight(truth, walker)
        best = scores.get(walker)
        ended = [lengths[track] for track in tracks if track in lengths and lengths[track].is_seen]
        failed = None
        if best is None:
            reasons = [each.unfit for each in ended]
            failed = _why(reasons, tracked=bool(tracks), found=walker in found)
        people.append(
            Passage(
                walker,
                person,
                truth.listed[walker],
                rows.get(person, -1),
                truth.groups[walker] if truth.columns else (),
                _largest(truth, walker),
                first,
                is_clear,
                tracks,
                len(ended),
                failed,
                qualities.get(walker, 0.0),
                best,
            )
        )
    return tuple(people)


def clear_sight(truth: Truth, walker: int) -> tuple[int | None, bool]:
    """Give the frame of first clear sight, and whether it was clear for a second without a gap."""
    rows = np.flatnonzero(
        (truth.tracks == walker) & (truth.boxes[:, 3] >= LARGE_PX) & (truth.visible >= CLEAR)
    )
    if not len(rows):
        return None, False
    order = np.argsort(truth.frames[rows])
    frames, times = truth.frames[rows][order], truth.times_s[rows][order]
    breaks = np.flatnonzero(np.diff(frames) > 1) + 1
    runs = zip(np.concatenate([[0], breaks]), np.concatenate([breaks, [len(frames)]]), strict=True)
    step_s = _step_s(truth)
    longest = max(float(times[end - 1] - times[start]) for start, end in runs)
    return int(frames[0]), longest + step_s >= FOR_S - 1e-3  # times are written to a millisecond


def _step_s(truth: Truth) -> float:
    """Give the time from one frame to the next."""
    frames, places = np.unique(truth.frames, return_index=True)
    if len(frames) < 2:
        return 0.0
    times = truth.times_s[places]
    return float((times[-1] - times[0]) / (frames[-1] - frames[0]))


def _largest(truth: Truth, walker: int) -> float:
    rows = (truth.tracks == walker) & (truth.visible >= CLEAR)
    return float(truth.boxes[rows, 3].max(initial=0.0))


def _found(seen: Seen, truth: Truth) -> set[int]:
    """Give the passages whose face the detector found once at least."""
    found: set[int] = set()
    for look in seen.looks:
        rows, corners = shown_at(truth, look.frame)
        found |= {int(truth.tracks[rows[place]]) for _, place in matched(look.found, corners)}
    return found


def _best_scores(seen: Seen, followed: Followed) -> dict[int, F32]:
    best: dict[int, F32] = {}
    for each in seen.scored:
        walker = followed.person(each.track, each.frame)
        if walker is not None:
            known = best.get(walker)
            best[walker] = each.scores if known is None else np.maximum(known, each.scores)
    return best


def _best_qualities(seen: Seen, followed: Followed) -> dict[int, float]:
    best: dict[int, float] = defaultdict(float)
    for shot in seen.shots:
        walker = followed.person(shot.track, shot.frame)
        if walker is not None:
            best[walker] = max(best[walker], shot.quality)
    return best


def _why(reasons: list[str | None], *, tracked: bool, found: bool) -> str:
    """Say why a passage was never compared; `reasons` are those of its faces seen."""
    if not tracked:
        return NOT_TRACKED if found else NOT_FOUND
    if not reasons:
        return BRIEF
    unfit = [reason for reason in reasons if reason is not None]
    return max(unfit, key=unfit.count) if unfit else OTHERS
