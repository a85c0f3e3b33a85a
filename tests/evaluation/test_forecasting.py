"""Forecasts by group: no pair is held against what knows one of its people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from builders import make_vectors

from overt.arrays import Vectors
from overt.errors import EvaluationError, InputError
from overt.evaluation.error_rates import predicted_fpir
from overt.evaluation.forecasting import (
    EVERYBODY,
    OWN,
    Foreseen,
    foresee,
    held_apart,
    nearest,
    one_each,
)
from overt.evaluation.labelled import Template
from overt.evaluation.photographs import Photograph
from overt.inference.evaluation_file import read_forecast, write_record
from overt.match.comparing import Comparer
from overt.values.forecast import Forecast
from overt.values.metric import Metric


def templates(people: int = 40, *, photos: int = 1) -> list[Template]:
    vectors = make_vectors(people * photos, seed=8)
    return [
        Template(Photograph(Path(f"{row}.jpg"), f"person-{row % people}", ("g",)), vector)
        for row, vector in enumerate(vectors)
    ]


def a_forecast(pairs: list[tuple[int, int, float]], *, people: int = 60) -> Forecast:
    """Make one of two groups, every other person of one of them."""
    groups = tuple(number % 2 for number in range(people))
    return Forecast(
        "2026-01-01T00:00:00+00:00", "a test", "b" * 64, "nobody", "c" * 64, "development", 8,
        ("even", "odd"), groups, 0.2, 0.3, tuple(pairs),
    )  # fmt: skip


def at(found: Iterator[Foreseen], group: str, lists_of: str) -> Foreseen:
    (one,) = [each for each in found if (each.group, each.lists_of) == (group, lists_of)]
    return one


def test_each_pair_is_held_against_what_was_fitted_to_others() -> None:
    people = templates()
    vectors = np.stack([each.vector for each in people])
    fitted: list[set[bytes]] = []

    class Watched(Comparer):
        def compare(self, probes, listed):  # type: ignore[no-untyped-def]
            for row in (*probes.vectors, *listed.vectors):
                assert row.tobytes() not in fitted[-1]
            return super().compare(probes, listed)

    def fit(others: Vectors) -> Comparer:
        fitted.append({row.tobytes() for row in others})
        return Watched(Metric.COSINE)

    found = held_apart(people, fit=fit)
    np.testing.assert_allclose(found, vectors @ vectors.T, atol=1e-5)
    assert len(fitted) <= 36
    assert min(len(others) for others in fitted) >= 20


def test_a_person_counts_with_the_first_photograph() -> None:
    kept = one_each(templates(5, photos=3))
    assert [each.photo.file.name for each in kept] == [f"{row}.jpg" for row in range(5)]


def test_the_most_alike_pairs_are_kept_and_none_that_is_as_alike_is_left_out() -> None:
    similar = np.array([[9, 0.5, 0.4, 0.3], [0, 9, 0.4, 0.1], [0, 0, 9, 0.2], [0, 0, 0, 9]])
    assert nearest(similar, most=2) == (0.4, ((0, 1, 0.5), (0, 2, 0.4), (1, 2, 0.4)))
    assert nearest(similar, most=9)[0] == 0.1


def test_what_is_counted_is_told_as_counted() -> None:
    pairs = [(number, number + 2, 0.4) for number in range(0, 48, 4)]  # twelve, all of "even"
    found = at(foresee(a_forecast(pairs), threshold=0.35, listed=4), "even", OWN)
    assert not found.extrapolated
    assert (found.rate.reached, found.rate.pairs, found.rate.people) == (12, 435, 30)
    assert 0 < found.rate.low < found.rate.value < found.rate.high
    none = at(foresee(a_forecast(pairs), threshold=0.25, listed=4), "odd", OWN)
    assert (none.rate.reached, none.rate.value, none.extrapolated) == (0, 0.0, False)
    assert 0 < none.rate.high < 0.1


def test_beyond_what_was_measured_a_rate_falls_as_the_scale_does() -> None:
    pairs = [(number, number + 2, 0.32) for number in range(0, 48, 4)]
    forecast = a_forecast(pairs)
    found = at(foresee(forecast, threshold=0.40, listed=100), "even", OWN)
    here = at(foresee(forecast, threshold=0.30, listed=1), "even", OWN)
    assert (found.extrapolated, found.counted_at, found.rate.reached) == (True, 0.3, 12)
    for end in ("value", "low", "high"):
        want = predicted_fpir(getattr(here.rate, end) / 100, 100)
        assert getattr(found.rate, end) == pytest.approx(want)


def test_lists_of_everybody_and_lists_longer_than_the_people() -> None:
    pairs = [(number, number + 1, 0.4) for number in range(0, 48, 2)]
    every = at(foresee(a_forecast(pairs), threshold=0.3, listed=5), "odd", EVERYBODY)
    own = at(foresee(a_forecast(pairs), threshold=0.3, listed=5), "odd", OWN)
    assert (every.rate.reached, own.rate.reached) == (24, 0)
    long = at(foresee(a_forecast(pairs), threshold=0.3, listed=1000), "odd", EVERYBODY)
    assert long.rate.value == pytest.approx(predicted_fpir(24 / (30 * 59), 1000))


def test_below_its_pairs_a_forecast_says_nothing() -> None:
    with pytest.raises(InputError, match=r"got threshold 0\.1, want 0\.20 or more"):
        list(foresee(a_forecast([]), threshold=0.1, listed=5))


def test_without_a_pair_there_is_an_upper_end() -> None:
    found = at(foresee(a_forecast([]), threshold=0.25, listed=5), "even", EVERYBODY)
    assert (found.rate.value, found.rate.low) == (0.0, 0.0)
    assert found.rate.high > 0


def test_a_file_is_held_to_its_hash(tmp_path: Path) -> None:
    forecast, file = a_forecast([(0, 2, 0.4)]), tmp_path / "forecast.json"
    file.write_bytes(write_record(forecast))
    assert read_forecast(file) == forecast
    file.write_bytes(file.read_bytes().replace(b"0.4]", b"0.3]"))
    with pytest.raises(EvaluationError, match="got content of sha256"):
        read_forecast(file)


@pytest.mark.parametrize("near", [(2, 1, 0.4), (1, 1, 0.4), (0, 60, 0.4), (0, 1, 0.1)])
def test_a_pair_is_of_two_people_and_reaches_the_floor(near: tuple[int, int, float]) -> None:
    with pytest.raises(EvaluationError, match="got a pair"):
        a_forecast([near])


def test_a_person_is_of_a_group() -> None:
    with pytest.raises(EvaluationError, match="got a person of no group"):
        replace(a_forecast([]), groups=("even",))
