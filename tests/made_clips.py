"""Clips that nobody filmed: who was where, and what a pipeline made of it, written down by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from overt.arrays import Boxes
from overt.evaluation.clips.seen import Ended, Look, Scored, Seen
from overt.values.truth import Truth

PX = 50.0
RATE = 25.0
Box = tuple[float, float, float, float]


def box(x: float, y: float = 100.0, size: float = PX) -> Box:
    """Give a square face's corners."""
    return x, y, x + size, y + size


ANN, BOB, NOBODY = box(100), box(300), box(600)


def made_truth(
    rows: Sequence[tuple[int, int, Box]],
    *,
    names: Sequence[str],
    listed: Sequence[bool],
    visible: Mapping[tuple[int, int], float] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
) -> Truth:
    """Make a truth of (frame, passage, corners); `visible` where a face is partly hidden."""
    corners = np.array([each for _, _, each in rows], np.float64).reshape(-1, 4)
    frames = np.array([frame for frame, _, _ in rows], np.int64)
    shown = visible or {}
    n, columns = len(rows), tuple(groups or ())
    return Truth(
        frames=frames,
        times_s=frames / RATE,
        tracks=np.array([passage for _, passage, _ in rows], np.int64),
        boxes=np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], axis=1),
        visible=np.array([shown.get((frame, who), 1.0) for frame, who, _ in rows]),
        blur_px=np.full(n, np.nan),
        gain=np.full(n, np.nan),
        phase=np.full(n, np.nan),
        names=tuple(names),
        listed=tuple(listed),
        columns=columns,
        groups=tuple(zip(*(groups or {}).values(), strict=True)) if columns else (),
    )


def standing(
    frames: int,
    names: Sequence[str],
    listed: Sequence[bool],
    groups: Mapping[str, Sequence[str]] | None = None,
) -> Truth:
    """Give people of 50 px who stand beside each other, 200 px apart, in every frame."""
    people = range(len(names))
    rows = [(frame, who, box(100.0 + 200 * who)) for frame in range(frames) for who in people]
    return made_truth(rows, names=names, listed=listed, groups=groups)


def look(frame: int, tracked: Mapping[int, Box], *, found: Sequence[Box] | None = None) -> Look:
    """Give a look in which these tracks had these boxes; found were these, if not said the same."""
    boxes = _boxes(list(tracked.values()))
    sure = boxes if found is None else _boxes(found)
    return Look(frame, frame / RATE, sure, np.array(list(tracked), np.int64), boxes)


def scored(frame: int, track: int, *scores: float) -> Scored:
    """Give a probe's scores with every entry."""
    return Scored(frame, track, np.array(scores, np.float32))


def seen(track: int, *, unfit: str | None = None) -> Ended:
    """Give a track that was a face seen."""
    return Ended(track, is_seen=True, unfit=unfit)


def brief(track: int) -> Ended:
    """Give a track that was none."""
    return Ended(track, is_seen=False, unfit="blurred")


def made_seen(
    looks: Sequence[Look],
    probes: Sequence[Scored] = (),
    ended: Sequence[Ended] = (),
    *,
    frames: int | None = None,
) -> Seen:
    """Give what a pipeline saw in a clip of 1280 x 720 px."""
    count = frames if frames is not None else max(each.frame for each in looks) + 1
    return Seen(count, 1280, 720, tuple(looks), (), tuple(probes), tuple(ended))


def _boxes(corners: Sequence[Box]) -> Boxes:
    return np.array(corners, np.float32).reshape(-1, 4)
