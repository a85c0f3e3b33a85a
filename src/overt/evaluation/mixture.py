"""Fitting the mixture that a cohort is drawn from: figures of a balanced set of faces, of no one.

Components are found by expectation-maximisation with diagonal covariances, which a few hundred
photographs bear; each component's full covariance is then that of its own templates, shrunk
towards a sphere as far as their number asks (Ledoit and Wolf, "A well-conditioned estimator for
large-dimensional covariance matrices", Journal of Multivariate Analysis 88, 2004).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from sklearn.covariance import ledoit_wolf  # pyright: ignore[reportUnknownVariableType]: untyped
from sklearn.mixture import GaussianMixture

from overt.arrays import F64, Vectors
from overt.errors import InputError
from overt.inference.mixture import Mixture

__all__ = ["COMPONENTS", "SEED", "SIZE", "TOP", "fit_mixture"]

# Chosen on the development half of the default bundle's photographs: benchmarks/normalisation.py.
COMPONENTS: Final = 8
SIZE: Final = 6000
TOP: Final = 100
SEED: Final = 0
STARTS: Final = 5  # of the search for components; the best is kept
FEWEST: Final = 20  # templates of a component: of fewer, its mean would be nearly theirs
EACH: Final = 20  # templates for each component, at least


def fit_mixture(vectors: Vectors, *, components: int = COMPONENTS) -> Mixture:
    """Fit a mixture to templates (n, d), one a person, of a set that is balanced over groups.

    Raises:
        InputError: there are too few templates.
    """
    if len(vectors) < EACH * components:
        raise InputError(
            f"mixture: got {len(vectors)} templates, want {EACH * components} or more for "
            f"{components} components"
        )
    values: F64 = vectors.astype(np.float64)
    found = GaussianMixture(
        components, covariance_type="diag", random_state=SEED, n_init=STARTS
    ).fit(values)
    labels = np.asarray(found.predict(values))
    members = [values[labels == each] for each in range(components)]
    kept = [each for each in members if len(each) >= FEWEST]
    covariances = [_covariance(each) for each in kept]
    counts = np.array([len(each) for each in kept], np.float64)
    return Mixture(
        weights=(counts / counts.sum()).astype(np.float32),
        means=np.stack([each.mean(axis=0) for each in kept]).astype(np.float32),
        factors=np.stack([np.linalg.cholesky(each) for each in covariances]).astype(np.float32),
    )


def _covariance(members: F64) -> F64:
    shrunk: tuple[F64, float] = ledoit_wolf(members)  # pyright: ignore[reportUnknownVariableType]: untyped
    return np.asarray(shrunk[0], np.float64)
