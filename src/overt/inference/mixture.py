"""The mixture that a bundle's cohort is drawn from: figures of many faces together, of no one.

The file is NumPy's compressed .npz with three arrays of 32-bit floats: `weights` (k,), `means`
(k, d), and `factors` (k, d, d), each a lower triangle whose product with its transpose is a
covariance.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from overt.arrays import F32, Vectors
from overt.errors import BundleError
from overt.inference.bundle import Bundle
from overt.inference.store import read_checked
from overt.values.cohort import Cohort
from overt.values.metric import Metric

__all__ = ["Mixture", "cohort_of", "read_cohort", "read_mixture", "written_mixture"]

LARGEST: Final = 16 * 1024 * 1024  # bytes: 8 components of 512 numbers take 8 MB
NAMES: Final = ("weights", "means", "factors")


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """A Gaussian mixture over templates."""

    weights: F32  # (k,), of sum 1
    means: F32  # (k, d)
    factors: F32  # (k, d, d), lower triangles: covariance = factor @ factor.T

    def draw(self, size: int, *, seed: int) -> Vectors:
        """Draw templates (size, d) of nobody, the same ones at every call.

        NumPy keeps the stream of `RandomState` as it is for ever, which it does not promise of
        its newer generators. Each component gives its whole share; the largest rests make it up.
        """
        weights = self.weights.astype(np.float64)
        exact = weights / weights.sum() * size  # as 32-bit floats they add up to nearly 1
        counts = np.floor(exact).astype(int)
        counts[np.argsort(counts - exact, kind="stable")[: size - counts.sum()]] += 1
        random = np.random.RandomState(seed)
        drawn = [
            mean + random.standard_normal((count, len(mean))) @ factor.T.astype(np.float64)
            for mean, factor, count in zip(self.means, self.factors, counts, strict=True)
        ]
        return np.concatenate(drawn).astype(np.float32)


def read_cohort(bundle: Bundle) -> Cohort | None:
    """Draw a bundle's cohort; None where it has none.

    Raises:
        WeightsError: the mixture's file is missing, or is not the one that the manifest names.
        BundleError: it holds no mixture of the recogniser's templates.
    """
    entry = bundle.cohort
    if entry is None:
        return None
    dimensions = bundle.recogniser.dimensions
    mixture = read_mixture(entry.file, sha256=entry.sha256, dimensions=dimensions)
    metric = bundle.recogniser.metric
    return cohort_of(mixture, size=entry.size, seed=entry.seed, top=entry.top, metric=metric)


def cohort_of(mixture: Mixture, *, size: int, seed: int, top: int, metric: Metric) -> Cohort:
    """Draw a cohort, its templates of length 1 where they are compared by cosine."""
    vectors = mixture.draw(size, seed=seed)
    if metric is Metric.COSINE:
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-12))
    return Cohort(vectors, top)


def read_mixture(path: Path, *, sha256: str, dimensions: int) -> Mixture:
    """Read a mixture's file.

    Raises:
        WeightsError: it is missing, or is not the one that is wanted.
        BundleError: it holds no mixture of templates with so many numbers.
    """
    content = read_checked(path, sha256=sha256)
    if len(content) > LARGEST:
        raise BundleError(f"{path}: got {len(content):,} bytes, want {LARGEST:,} at most")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as found:
            weights, means, factors = (np.asarray(found[name], np.float32) for name in NAMES)
    except (KeyError, ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise BundleError(f"{path}: got no mixture ({error}), want arrays {NAMES}") from error
    count = len(means) if means.ndim == 2 else 0
    got = (weights.shape, means.shape, factors.shape)
    if not count or got != ((count,), (count, dimensions), (count, dimensions, dimensions)):
        raise BundleError(
            f"{path}: got shapes {got}, want (k,), (k, {dimensions}), "
            f"(k, {dimensions}, {dimensions})"
        )
    whole = all(np.isfinite(each).all() for each in (weights, means, factors))
    if not whole or (weights <= 0).any() or abs(float(weights.sum()) - 1) > 1e-3:
        raise BundleError(f"{path}: got weights {weights} or numbers that are none, want sum 1")
    return Mixture(weights, means, factors)


def written_mixture(mixture: Mixture) -> bytes:
    """Write a mixture as its file holds it; equal ones give equal bytes."""
    out = io.BytesIO()
    np.savez_compressed(out, weights=mixture.weights, means=mixture.means, factors=mixture.factors)
    return out.getvalue()
