"""The file that a cohort is drawn from: the same faces of nobody at every draw, or refused."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from builders import make_bundle

from overt.arrays import F32
from overt.errors import BundleError, WeightsError
from overt.inference.bundle import CohortEntry
from overt.inference.mixture import (
    NAMES,
    Mixture,
    cohort_of,
    read_cohort,
    read_mixture,
    written_mixture,
)
from overt.inference.opened import OpenedBundle
from overt.values.metric import Metric

DIMENSIONS = 4
DEFAULT_DRAWN = "0ac52dac7eb9d198c854d19c0a66ef67b635b3ed794bdc724c1526685f29c2ad"


def make_mixture(weights: tuple[float, ...] = (0.5, 0.3, 0.2)) -> Mixture:
    random = np.random.default_rng(1)
    count = len(weights)
    factors = np.tril(random.normal(size=(count, DIMENSIONS, DIMENSIONS)))
    return Mixture(
        np.array(weights, np.float32),
        random.normal(size=(count, DIMENSIONS)).astype(np.float32) * 10,
        factors.astype(np.float32),
    )


def write(folder: Path, content: bytes) -> tuple[Path, str]:
    path = folder / "cohort.npz"
    path.write_bytes(content)
    return path, hashlib.sha256(content).hexdigest()


def arrays(**changed: object) -> bytes:
    """Write the arrays of a mixture, some of them changed; None leaves one out."""
    whole = make_mixture()
    given: dict[str, object] = {name: getattr(whole, name) for name in NAMES} | changed
    out = io.BytesIO()
    np.savez(
        out,
        allow_pickle=True,
        **{name: np.asarray(array) for name, array in given.items() if array is not None},
    )
    return out.getvalue()


def changed(name: str, place: tuple[int, ...], value: float) -> bytes:
    array: F32 = getattr(make_mixture(), name).copy()
    array[place] = value
    return arrays(**{name: array})


def test_the_default_cohort_is_the_same_on_every_machine(default_bundle: OpenedBundle) -> None:
    """A similarity that was published must come out again: the draw is pinned."""
    bundle = default_bundle.bundle
    entry = bundle.cohort
    assert entry is not None
    mixture = read_mixture(entry.file, sha256=entry.sha256, dimensions=128)
    drawn = mixture.draw(entry.size, seed=entry.seed)
    # Sums may differ in their last bits between processors; four digits do not.
    digits = np.rint(drawn.astype(np.float64) * 1e4).astype("<i4")
    assert hashlib.sha256(digits.tobytes()).hexdigest() == DEFAULT_DRAWN
    cohort = read_cohort(bundle)
    assert cohort is not None
    assert cohort.top == 100
    assert bundle.recogniser.metric is Metric.COSINE
    lengths = np.linalg.norm(drawn, axis=1, keepdims=True)
    np.testing.assert_allclose(cohort.vectors, drawn / lengths, atol=1e-6)


def test_a_draw_has_the_figures_of_its_mixture() -> None:
    mixture = make_mixture((1.0,))
    drawn = mixture.draw(40_000, seed=3).astype(np.float64)
    want = (mixture.factors[0] @ mixture.factors[0].T).astype(np.float64)
    np.testing.assert_allclose(drawn.mean(axis=0), mixture.means[0], atol=0.05)
    np.testing.assert_allclose(np.cov(drawn.T), want, atol=0.15)


@pytest.mark.parametrize(
    ("weights", "size", "shares"),
    [
        ((0.5, 0.3, 0.2), 10, (5, 3, 2)),
        ((0.5, 0.3, 0.2), 7, (4, 2, 1)),  # 3.5, 2.1, 1.4: the largest rest makes it up
        ((0.3334, 0.3333, 0.3333), 100, (34, 33, 33)),
        ((0.9, 0.0999, 0.0001), 100, (90, 10, 0)),
        ((0.3336, 0.3336, 0.3336), 10_000, (3334, 3333, 3333)),  # a sum of 1.0008 is let pass
        ((0.3331, 0.3331, 0.3331), 10_000, (3334, 3333, 3333)),
    ],
)
def test_each_component_gives_its_share(
    weights: tuple[float, ...], size: int, shares: tuple[int, ...]
) -> None:
    still = replace(make_mixture(weights), factors=np.zeros((3, 4, 4), np.float32))
    drawn = still.draw(size, seed=0)
    assert drawn.shape == (size, DIMENSIONS)
    assert drawn.dtype == np.float32
    got = [int((drawn == mean).all(axis=1).sum()) for mean in still.means]
    assert tuple(got) == shares


def test_another_seed_draws_others() -> None:
    mixture = make_mixture()
    first, again, other = (mixture.draw(50, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not (first == other).any()


def test_what_is_compared_by_cosine_has_length_1() -> None:
    made = make_mixture()
    turned = cohort_of(made, size=100, seed=0, top=10, metric=Metric.COSINE).vectors
    plain = cohort_of(made, size=100, seed=0, top=10, metric=Metric.L2).vectors
    np.testing.assert_allclose(np.linalg.norm(turned, axis=1), 1, atol=1e-6)
    assert np.linalg.norm(plain, axis=1).min() > 2


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    mixture = make_mixture()
    content = written_mixture(mixture)
    assert content == written_mixture(make_mixture())
    path, sha256 = write(tmp_path, content)
    read = read_mixture(path, sha256=sha256, dimensions=DIMENSIONS)
    for name in NAMES:
        np.testing.assert_array_equal(getattr(read, name), getattr(mixture, name))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (lambda: b"", "want arrays ('weights', 'means', 'factors')"),
        (lambda: b"no archive", "want arrays ('weights', 'means', 'factors')"),
        (lambda: arrays()[:-40], "want arrays"),
        (lambda: arrays()[:200], "want arrays"),
        (lambda: arrays(means=None), "got no mixture ('means is not a file in the archive'), want"),
        (lambda: arrays(means=np.array([{}, {}], object)), "got no mixture (Object arrays cannot"),
        (lambda: arrays(means=[["a"] * 4] * 3), "got no mixture (could not convert string"),
        (lambda: arrays(weights=[0.5, 0.5]), "got shapes ((2,), (3, 4), (3, 4, 4)), want (k,)"),
        (lambda: arrays(means=np.zeros((3, 5))), "((3,), (3, 5), (3, 4, 4)), want (k,), (k, 4)"),
        (lambda: arrays(factors=np.zeros((3, 4))), "got shapes ((3,), (3, 4), (3, 4)), want"),
        (lambda: arrays(means=np.float32(1)), "got shapes ((3,), (), (3, 4, 4)), want"),
        (
            lambda: arrays(
                weights=np.zeros(0), means=np.zeros((0, 4)), factors=np.zeros((0, 4, 4))
            ),
            "got shapes ((0,), (0, 4), (0, 4, 4)), want (k,)",
        ),
        (lambda: changed("means", (1, 2), np.nan), "numbers that are none, want sum 1"),
        (lambda: changed("factors", (0, 0, 0), np.inf), "numbers that are none, want sum 1"),
        (lambda: changed("weights", (0,), np.nan), "numbers that are none, want sum 1"),
        (lambda: arrays(weights=[0.5, 0.3, 0.3]), "got weights [0.5 0.3 0.3] or"),
        (lambda: arrays(weights=[1.1, 0.1, -0.2]), "got weights [ 1.1  0.1 -0.2] or"),
    ],
)
def test_what_is_no_mixture_is_refused(
    tmp_path: Path, content: Callable[[], bytes], message: str
) -> None:
    path, sha256 = write(tmp_path, content())
    with pytest.raises(BundleError, match=re.escape(message)) as caught:
        read_mixture(path, sha256=sha256, dimensions=DIMENSIONS)
    assert str(path) in str(caught.value)


def test_a_mixture_of_many_megabytes_is_refused(tmp_path: Path) -> None:
    path, sha256 = write(tmp_path, b"\0" * (16 * 1024 * 1024 + 1))
    with pytest.raises(BundleError, match="got 16,777,217 bytes, want 16,777,216 at most"):
        read_mixture(path, sha256=sha256, dimensions=DIMENSIONS)


def test_another_file_than_the_manifests_is_refused(tmp_path: Path) -> None:
    path, sha256 = write(tmp_path, written_mixture(make_mixture()))
    cohort = CohortEntry(path, sha256, 100, 0, 10, "a script", ("data",), 500)
    bundle = make_bundle()
    short = replace(bundle.recogniser, dimensions=DIMENSIONS)
    bundle = replace(bundle, recogniser=short, cohort=cohort)
    drawn = read_cohort(bundle)
    assert drawn is not None
    assert drawn.vectors.shape == (100, DIMENSIONS)
    wrong = replace(bundle, recogniser=replace(short, dimensions=5))
    with pytest.raises(BundleError, match=r"want \(k,\), \(k, 5\)"):
        read_cohort(wrong)
    path.write_bytes(written_mixture(make_mixture((0.4, 0.3, 0.3))))
    with pytest.raises(WeightsError, match=f"got sha256 [0-9a-f]+, want {sha256}"):
        read_cohort(bundle)
    path.unlink()
    with pytest.raises(WeightsError, match="got No such file or directory, want a model file"):
        read_cohort(bundle)


def test_a_bundle_without_a_cohort_has_none() -> None:
    assert read_cohort(make_bundle()) is None
