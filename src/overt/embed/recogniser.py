"""Templates by a recogniser network."""

from __future__ import annotations

from typing import Final

import numpy as np

from overt.arrays import F32, Rgb, Vectors
from overt.embed.align import align
from overt.inference.bundle import Channels, RecogniserEntry
from overt.inference.session import Session
from overt.values.embeddings import Embeddings
from overt.values.frame import Frame
from overt.values.metric import Metric
from overt.values.shots import Shots

__all__ = ["Recogniser"]

BATCH: Final = 8  # chips at once: beyond that memory grows, and time a chip does not fall


class Recogniser:
    """Makes templates with the recogniser of a bundle."""

    def __init__(self, session: Session, entry: RecogniserEntry) -> None:
        """Take a session of the network that `entry` describes."""
        self._session = session
        self._input = session.inputs[0].name
        self._entry = entry
        self._template = entry.alignment.points()
        mean = np.array(entry.normalisation.mean, np.float32)
        self._mean: F32 = mean[None, :, None, None]
        self._scale = np.float32(entry.normalisation.scale)

    def embed(self, frame: Frame, shots: Shots, /) -> Embeddings:
        """Make one template a shot, in the shots' order."""
        chips = align(
            frame, shots.faces.landmarks, template=self._template, size=self._entry.input_size
        )
        return self.embed_chips(chips)

    def embed_chips(self, chips: Rgb, /) -> Embeddings:
        """Make templates of aligned faces, (n, size, size, 3) RGB.

        Raises:
            ShapeError: the network gave numbers that are not finite.
        """
        batches = [
            self._session.run({self._input: self.prepare(chips[start : start + BATCH])})[0]
            for start in range(0, len(chips), BATCH)
        ]
        empty = np.empty((0, self._entry.dimensions), np.float32)
        return Embeddings(self._scaled(np.concatenate([empty, *batches])))

    def prepare(self, chips: Rgb, /) -> F32:
        """Give aligned faces, (n, size, size, 3) RGB, as the network takes them."""
        ordered = chips if self._entry.normalisation.channels is Channels.RGB else chips[..., ::-1]
        planes = np.ascontiguousarray(ordered.transpose(0, 3, 1, 2), dtype=np.float32)
        planes -= self._mean
        planes *= self._scale
        return planes

    def _scaled(self, vectors: Vectors) -> Vectors:
        if self._entry.metric is not Metric.COSINE:
            return vectors
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / np.maximum(lengths, np.float32(1e-12))
