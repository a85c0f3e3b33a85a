"""Whether a truth is that of the clip, and whether list and truth speak of the same people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from overt.errors import EvaluationError
from overt.evaluation.clips.passages import Judged
from overt.values.truth import Truth

__all__ = ["require_frames", "require_listed", "require_of_clip"]

LEAST_HELD: Final = 0.5  # of the faces seen
HINT: Final = "give each clip its own truth: one `--truth` for each clip, in the same order"


def require_frames(truth: Truth, frames: int, *, clip: str) -> None:
    """Refuse a truth that goes on after the clip.

    Raises:
        EvaluationError: it does.
    """
    last = int(truth.frames.max())
    if last >= frames:
        raise EvaluationError(
            f"{clip}: got a truth up to frame {last}, want one of {frames} frames, the clip's",
            hint=HINT,
        )


def require_listed(truths: Iterable[Truth], proposed: Iterable[str]) -> None:
    """Refuse a list that the truths contradict: who walks as listed has a photograph, nobody else.

    Others who walk in no clip may be listed: lists are longer than the people who pass.

    Raises:
        EvaluationError: somebody is listed in one alone.
    """
    said: dict[str, bool] = {}
    for truth in truths:
        for name, listed in zip(truth.names, truth.listed, strict=True):
            if said.setdefault(name, listed) != listed:
                raise EvaluationError(
                    f"truth: got {name!r} as listed in one passage and not in another, want one"
                )
    photographs = set(proposed)
    missing = [name for name, listed in said.items() if listed and name not in photographs]
    against = [name for name, listed in said.items() if not listed and name in photographs]
    if missing:
        raise EvaluationError(
            f"list: got no photograph of {len(missing)} people who are listed by the truth "
            f"({missing[0]!r} first), want one of each",
            hint="a photograph's name is the person's identity in the truth",
        )
    if against:
        raise EvaluationError(
            f"list: got photographs of {len(against)} people who are not listed by the truth "
            f"({against[0]!r} first), want in_watchlist to be 1 for them",
        )


def require_of_clip(judged: Judged, *, clip: str) -> None:
    """Refuse the truth of another clip, or one that leaves people out.

    An evaluation is of footage in which everybody is known: a face seen that is nobody's in the
    truth is a detector's error, and these are few.

    Raises:
        EvaluationError: boxes, times or people are not the clip's.
    """
    truth, seen = judged.truth, judged.seen
    require_frames(truth, seen.frames, clip=clip)
    x, y, w, h = truth.boxes.T
    outside = (x + w <= 0) | (y + h <= 0) | (x >= seen.width) | (y >= seen.height)
    if outside.any():
        row = int(np.flatnonzero(outside)[0])
        raise EvaluationError(
            f"{clip}: got a face at {x[row]:.0f}, {y[row]:.0f} in frame {truth.frames[row]}, want "
            f"it within {seen.width} x {seen.height} px",
            hint=HINT,
        )
    _require_times(judged, clip=clip)
    tracks = [each.track for each in seen.ended if each.is_seen]
    known = {track for tracks_of in judged.followed.held().values() for track in tracks_of}
    held = sum(track in known for track in tracks)
    if held < LEAST_HELD * len(tracks):
        raise EvaluationError(
            f"{clip}: got a truth for {held} of {len(tracks)} faces seen, want everybody in it: "
            "it is of another clip, or leaves people out",
            hint="an evaluation needs footage in which everybody is known and has agreed",
        )


def _require_times(judged: Judged, *, clip: str) -> None:
    truth = judged.truth
    frames, places = np.unique(truth.frames, return_index=True)
    at_s = dict(zip(frames.tolist(), truth.times_s[places].tolist(), strict=True))
    looks = judged.seen.looks
    step_s = looks[-1].at_s / max(looks[-1].frame, 1) if looks else 0.0
    for look in looks:
        told = at_s.get(look.frame)
        if told is not None and abs(told - look.at_s) > step_s + 1e-3:
            raise EvaluationError(
                f"{clip}: got frame {look.frame} at {told:.3f} s in the truth, want "
                f"{look.at_s:.3f} s as in the clip",
                hint=HINT,
            )
