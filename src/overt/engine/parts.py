"""What one camera is put together of."""

from __future__ import annotations

from dataclasses import dataclass

from overt.engine.live import CameraView
from overt.engine.pipeline import Pipeline
from overt.sources.base import Source

__all__ = ["Parts"]


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Where a camera's frames come from, what is done with them, and who shows them."""

    source: Source
    pipeline: Pipeline
    view: CameraView | None = None
