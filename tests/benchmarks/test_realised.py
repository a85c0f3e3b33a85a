"""What is told of realised and predicted false alerts."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.realised import Cell, cell, forecasts, placed
from overt.evaluation.listed_rates import drawn
from overt.match.scale import ReferenceScale
from tests.builders import make_calibration


def cell_of(pairs: list[tuple[int, int]]) -> Cell:
    """Measure a group of twelve people, of whom these pairs reach the threshold."""
    everybody = np.ones(12, np.bool_)
    return cell(
        ("own group", "a", 0.4, 3),
        reached=np.array(pairs, np.int64).reshape(-1, 2),
        inside=everybody,
        pool=everybody,
        weights=drawn(everybody),
        scale=ReferenceScale(make_calibration()),
    )


def test_a_group_without_a_pair_has_an_upper_end() -> None:
    found = cell_of([])
    assert (found.reached, found.pairs, found.realised, found.low) == (0, 66, 0.0, 0.0)
    assert 0 < found.high < 1


def test_a_forecast_that_is_far_off_does_not_agree() -> None:
    none, some = cell_of([]), cell_of([(0, 1), (2, 3), (4, 5)])
    most = cell_of([(one, other) for other in range(12) for one in range(other) if one % 2])
    assert [each.agrees for each in forecasts([none], [none])] == [True]
    assert [each.agrees for each in forecasts([some], [none])] == [True]
    assert [each.agrees for each in forecasts([most], [none])] == [False]
    assert [each.agrees for each in forecasts([none], [most])] == [False]


@pytest.mark.parametrize(
    ("predicted", "where"), [(0.05, "above"), (0.1, "inside"), (0.2, "inside"), (0.21, "below")]
)
def test_below_is_where_fewer_alert_than_predicted(predicted: float, where: str) -> None:
    assert placed(predicted, 0.1, 0.2) == where
