"""When a track counts as a face seen."""

from __future__ import annotations

from typing import Final

from overt.values.tracks import EndedTrack

__all__ = ["MIN_DETECTIONS", "MIN_S", "is_face_seen"]

# With a look every 0.12 s this is a face found in four looks of five; a person at walking pace
# shows a face for a second or more. On clips of drawn crowds (8 and 14 people) it gives 8 to 9 and
# 12 to 15 faces seen, whichever frames are looked at.
MIN_DETECTIONS: Final = 4
MIN_S: Final = 0.4


def is_face_seen(ended: EndedTrack, *, min_detections: int, min_s: float) -> bool:
    """Tell whether a track was a passage: found often enough, over a long enough time.

    A detector now and then takes a pattern for a face in a frame or two; that is no face seen,
    and would thin out every rate that is counted per face. Both bounds are inclusive: the face
    was found in at least `min_detections` frames, and `min_s` seconds or more lie between the
    first and the last of them.
    """
    lasted_s = (ended.last - ended.first).total_seconds()
    return ended.detections >= min_detections and lasted_s >= min_s
