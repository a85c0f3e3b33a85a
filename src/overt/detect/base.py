"""What a detector is."""

from __future__ import annotations

from typing import Protocol

from overt.values.faces import Faces
from overt.values.frame import Frame

__all__ = ["Detector"]


class Detector(Protocol):
    """Finds faces. Stateless: the same frame always gives the same faces."""

    def detect(self, frame: Frame, /) -> Faces: ...
