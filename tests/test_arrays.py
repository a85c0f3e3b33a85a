"""The check that every array passes where a value is made."""

from __future__ import annotations

import numpy as np
import pytest

from overt.arrays import require
from overt.errors import ShapeError


def test_what_fits_passes() -> None:
    require("x", np.zeros((3, 4), np.float32), shape=(None, 4), dtype=np.float32)
    require("x", np.zeros((0, 4), np.float32), shape=(0, 4), dtype=np.float32)


@pytest.mark.parametrize("shape", [(3,), (3, 5), (2, 4), (3, 4, 1), ()])
def test_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError) as refused:
        require("rows", np.zeros(shape, np.float32), shape=(3, 4), dtype=np.float32)
    assert str(refused.value) == f"rows: got shape {shape}, want (3, 4)"


@pytest.mark.parametrize("dtype", [np.float64, np.int32, np.bool_])
def test_another_type_is_refused(dtype: type[np.generic]) -> None:
    with pytest.raises(ShapeError, match=r"rows: got .*, want float32"):
        require("rows", np.zeros((3, 4), dtype), shape=(3, 4), dtype=np.float32)
