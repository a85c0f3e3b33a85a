"""One alert for each passage and listed person, once enough shots were compared as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

import numpy as np

from overt.alert.scene import masked_scene
from overt.arrays import Boxes, Rgb
from overt.ids import NewId
from overt.values.alert import Alert
from overt.values.crop import Crop
from overt.values.frame import Frame
from overt.values.match import Match
from overt.values.quality import Quality
from overt.values.tracks import Tracks
from overt.values.watchlist import Entry, Watchlist

__all__ = ["AlertRaiser", "CropsOf", "flags_of"]

CropsOf: TypeAlias = Callable[[int], tuple[Crop, ...]]  # the shots kept of a track, best first

# Where a person who judges should look twice.
NEAR_THRESHOLD: Final = 0.01  # on the reference scale
SMALL_EYES_PX: Final = 24.0
SOFT: Final = 0.35
TURNED_DEG: Final = 20.0
COVERED: Final = 0.1
DARK, BRIGHT = 0.25, 0.80


class AlertRaiser:
    """Raises alerts for one camera."""

    def __init__(self, watchlist: Watchlist, *, confirm_shots: int, new_id: NewId) -> None:
        self._watchlist = watchlist
        self._confirm_shots = confirm_shots
        self._new_id = new_id
        self._raised: set[tuple[int, int]] = set()  # (track, row of the watchlist)

    def consider(
        self,
        matches: Iterable[Match],
        *,
        frame: Frame,
        tracks: Tracks,
        found: Boxes,
        crops_of: CropsOf,
    ) -> Iterator[Alert]:
        """Give an alert for each match that is confirmed and was not raised before.

        Args:
            matches: of the frame's probes.
            frame: the newest.
            tracks: the frame's faces that have a track.
            found: (n, 4) of every face found in the frame, those too weak for a track among them:
                they are masked too.
            crops_of: gives the shots kept of a track.
        """
        for match in matches:
            key = (match.track, match.row)
            if match.shots >= self._confirm_shots and key not in self._raised:
                self._raised.add(key)
                box = tracks.faces.boxes[tracks.ids == match.track]
                scene = masked_scene(frame, found, clear=_row(found, box))
                yield self._alert(match, frame, scene, crops_of(match.track))

    def forget(self, ended: Iterable[int]) -> None:
        """Forget the passages that are over."""
        over = set(ended)
        self._raised = {key for key in self._raised if key[0] not in over}

    def _alert(self, match: Match, frame: Frame, scene: Rgb, crops: tuple[Crop, ...]) -> Alert:
        entry = self._watchlist.entries[match.row]
        return Alert(
            id=self._new_id(frame.time),
            camera=frame.camera,
            track=match.track,
            time=frame.time,
            entry=entry,
            score=match.score,
            similarity=match.similarity,
            point=match.point,
            shots=match.shots,
            flags=flags_of(entry, crops[0].quality, above=match.similarity - match.point.threshold),
            crops=crops,
            scene=scene,
        )


def _row(found: Boxes, box: Boxes) -> int:
    """Tell which of the boxes found (n, 4) is this one (1, 4)."""
    return int(np.flatnonzero((found == box).all(axis=1))[0])


def flags_of(entry: Entry, quality: Quality, *, above: float) -> tuple[str, ...]:
    """Name what makes the comparison weaker.

    Args:
        entry: the listed person.
        quality: of the best shot.
        above: how far the similarity lies above the threshold, on the reference scale.
    """
    found = {
        "similarity close to the threshold": above < NEAR_THRESHOLD,
        "small face": quality.eyes_px < SMALL_EYES_PX,
        "not sharp": quality.sharpness < SOFT,
        "turned away": max(abs(quality.yaw), abs(quality.pitch)) > TURNED_DEG,
        "partly covered": quality.covered > COVERED,
        "dark": quality.brightness < DARK,
        "bright": quality.brightness > BRIGHT,
    }
    return (*(name for name, holds in found.items() if holds), *entry.cautions)
