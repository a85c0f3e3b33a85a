"""What an embedder does."""

from __future__ import annotations

from typing import Protocol

from overt.values.embeddings import Embeddings
from overt.values.frame import Frame
from overt.values.shots import Shots

__all__ = ["Embedder"]


class Embedder(Protocol):
    """Makes a template of each face. Stateless: the same face always gives the same template."""

    def embed(self, frame: Frame, shots: Shots, /) -> Embeddings: ...
