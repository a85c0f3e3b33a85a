"""Runs a clip in this process, and keeps what `overt` must not: the passers-by."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from leaks import Secrets
from street import Street, authorised, make_list, make_parts, trial

from overt.arrays import F32, Plane, Rgb
from overt.clock import SystemClock
from overt.colour import to_rgb
from overt.embed.base import Embedder
from overt.match.gallery import Gallery
from overt.values.embeddings import Embeddings, Probes
from overt.values.frame import Frame
from overt.values.match import Match
from overt.values.operating import OperatingPoint
from overt.values.shots import Shots
from overt.vault.keys import KeyRing
from overt.wiring import Models


@dataclass(slots=True)
class Kept:
    """What passed through the stages, by track."""

    listed: set[int] = field(default_factory=set[int])
    vectors: list[tuple[int, F32]] = field(default_factory=list[tuple[int, F32]])
    faces: list[tuple[int, Rgb]] = field(default_factory=list[tuple[int, Rgb]])
    lumas: list[tuple[int, Plane]] = field(default_factory=list[tuple[int, Plane]])


class WatchedEmbedder:
    """Embeds, and keeps templates and faces."""

    def __init__(self, embedder: Embedder, street: Street, kept: Kept) -> None:
        self._embedder = embedder
        self._street = street
        self._kept = kept

    def embed(self, frame: Frame, shots: Shots, /) -> Embeddings:
        made = self._embedder.embed(frame, shots)
        rows = zip(shots.tracks, shots.faces.boxes, made.vectors, strict=True)
        for track, box, vector in rows:
            if self._street.is_listed(frame.index, box):
                self._kept.listed.add(int(track))
            self._kept.vectors.append((int(track), vector))
            x1, y1, x2, y2 = (int(value) // 2 * 2 for value in box)
            luma = frame.luma[y1:y2, x1:x2].copy()
            blue, red = (
                plane[y1 // 2 : y2 // 2, x1 // 2 : x2 // 2].repeat(2, axis=0).repeat(2, axis=1)
                for plane in (frame.blue, frame.red)
            )
            self._kept.lumas.append((int(track), luma))
            self._kept.faces.append((int(track), to_rgb(luma, blue, red, frame.colour)))
        return made


class WatchedGallery(Gallery):
    """Searches, and keeps the fused templates."""

    kept: Kept

    def search(self, probes: Probes, *, point: OperatingPoint, at: datetime) -> tuple[Match, ...]:
        rows = zip(probes.tracks, probes.embeddings.vectors, strict=True)
        self.kept.vectors.extend((int(track), vector) for track, vector in rows)
        return super().search(probes, point=point, at=at)


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """What a run saw."""

    secrets: Secrets  # of passers-by
    listed: F32  # (n, d) templates of the listed person


def run_watched(street: Street, models: Models, folder: Path) -> Reference:
    """Run the clip through the very stages of a deployment, and keep what passes."""
    now = datetime.now(UTC)
    built = make_list(
        street, models, folder=folder / "list", keys=KeyRing(folder / "keys"), now=now
    )
    watchlist = built.list.watchlist
    deployment = trial(str(street.clip), now=now)
    authority = authorised(deployment, watchlist, models, now=now)
    line = make_parts(authority, watchlist, models, clock=SystemClock())[0]
    kept, pipeline = Kept(), line.pipeline
    stages = pipeline._stages  # pyright: ignore[reportPrivateUsage]
    gallery = WatchedGallery(watchlist, scale=models.scale, comparer=models.comparer)
    gallery.kept = kept
    embedder = WatchedEmbedder(stages.embedder, street, kept)
    pipeline._stages = replace(stages, embedder=embedder, gallery=gallery)  # pyright: ignore[reportPrivateUsage]
    for _ in pipeline.run(line.source):
        pass
    others = [vector for track, vector in kept.vectors if track not in kept.listed]
    listed = [vector for track, vector in kept.vectors if track in kept.listed]
    secrets = Secrets(
        np.stack(others),
        tuple(face for track, face in kept.faces if track not in kept.listed),
        tuple(luma for track, luma in kept.lumas if track not in kept.listed),
    )
    return Reference(secrets, np.stack(listed))
