"""The open passages: the best few shots of each, fused into one template. In memory only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from overt.arrays import F32
from overt.embed.cut import Cut
from overt.errors import ShapeError
from overt.values.embeddings import Embeddings, Probes
from overt.values.shots import Shots

__all__ = ["Added", "Passages"]


@dataclass(frozen=True, slots=True, eq=False)
class Added:
    """What came of a frame's shots."""

    probes: Probes  # row i is shot i's
    anew: tuple[int, ...]  # tracks of which all earlier shots were somebody else's, and are gone


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """One shot of a track: its template, how much it counts, and the face to look at."""

    vector: F32
    weight: float
    cut: Cut


class Passages:
    """Keeps the best shots of every open track, and forgets a track when it is told to.

    Where people cross, a tracker may go on with another person. A shot that is less like those
    kept than different people commonly are begins the passage anew: what is compared, and what an
    operator sees, is one person, the one who is in view now.
    """

    def __init__(
        self,
        *,
        best_shots: int,
        unit_length: bool,
        score: Callable[[F32, F32], float],
        least_score: float,
    ) -> None:
        """Take how shots are kept.

        Args:
            best_shots: of a track, at most.
            unit_length: whether templates are compared by cosine.
            score: compares two templates, (d,) each; more is more alike.
            least_score: of a shot against those kept, to be taken for the same person.
        """
        self._best_shots = best_shots
        self._score = score
        self._least_score = least_score
        self._unit_length = unit_length  # cosine compares directions: a fused one is scaled to 1
        self._kept: dict[int, list[_Kept]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, shots: Shots, embeddings: Embeddings, cuts: Iterable[Cut]) -> Added:
        """Take a frame's shots; give a probe for each of their tracks, and which began anew."""
        if len(embeddings) != len(shots):
            raise ShapeError(f"embeddings: got {len(embeddings)}, want {len(shots)}, one a shot")
        anew: list[int] = []
        rows = zip(shots.tracks, embeddings.vectors, shots.qualities, cuts, strict=True)
        for track, vector, quality, cut in rows:
            kept = self._kept.setdefault(int(track), [])
            if kept and not self._is_alike(vector, kept):
                kept.clear()
                anew.append(int(track))
            # A copy: a row of the batch would keep the templates of everyone in the frame alive.
            kept.append(_Kept(vector.copy(), max(quality.score, 1e-3), cut))
            kept.sort(key=lambda shot: -shot.weight)
            del kept[self._best_shots :]
        counts = np.array([len(self._kept[int(track)]) for track in shots.tracks], np.int64)
        fused = [self._fuse(self._kept[int(track)]) for track in shots.tracks]
        vectors = np.stack(fused) if fused else embeddings.vectors
        return Added(Probes(shots.tracks, Embeddings(vectors), counts), tuple(anew))

    def cuts(self, track: int) -> tuple[Cut, ...]:
        """Give the kept shots of an open track to look at, best first."""
        return tuple(shot.cut for shot in self._kept.get(track, ()))

    def forget(self, tracks: Iterable[int]) -> None:
        """Drop all that is kept of these tracks."""
        for track in tracks:
            self._kept.pop(track, None)

    def _is_alike(self, vector: F32, kept: list[_Kept]) -> bool:
        return self._score(vector, self._fuse(kept)) >= self._least_score

    def _fuse(self, kept: list[_Kept]) -> F32:
        weights = np.array([shot.weight for shot in kept], np.float32)
        fused = weights @ np.stack([shot.vector for shot in kept]) / weights.sum()
        if self._unit_length:
            fused /= max(float(np.linalg.norm(fused)), 1e-12)
        return fused.astype(np.float32)
