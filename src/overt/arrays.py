"""Names for the arrays that flow, and the check they pass when a value is made."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from overt.errors import ShapeError

__all__ = [
    "F32",
    "F64",
    "I64",
    "Boxes",
    "Landmarks",
    "Mask",
    "Plane",
    "Rgb",
    "Scores",
    "TrackIds",
    "Vectors",
    "require",
]

F32: TypeAlias = NDArray[np.float32]
F64: TypeAlias = NDArray[np.float64]
I64: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]

Boxes: TypeAlias = NDArray[np.float32]  # (n, 4) x1 y1 x2 y2, pixels of the full frame
Landmarks: TypeAlias = NDArray[np.float32]  # (n, 5, 2) x y: eyes, nose, mouth corners
Scores: TypeAlias = NDArray[np.float32]  # (n,)
TrackIds: TypeAlias = NDArray[np.int64]  # (n,)
Vectors: TypeAlias = NDArray[np.float32]  # (n, d), one template a row
Plane: TypeAlias = NDArray[np.uint8]  # (h, w)
Rgb: TypeAlias = NDArray[np.uint8]  # (h, w, 3)


def require(
    name: str, array: NDArray[np.generic], *, shape: tuple[int | None, ...], dtype: type[np.generic]
) -> None:
    """Raise `ShapeError` unless `array` has this type and shape; None in `shape` is any length."""
    got, want = array.shape, shape
    if array.dtype != np.dtype(dtype):
        raise ShapeError(f"{name}: got {array.dtype}, want {np.dtype(dtype)}")
    if len(got) != len(want) or any(w not in (None, g) for g, w in zip(got, want, strict=True)):
        raise ShapeError(f"{name}: got shape {got}, want {want}")
