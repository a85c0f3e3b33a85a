"""Ray, which is an extra: imported once it is asked for, with what it tells others switched off."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any, Final

from overt.errors import ClusterError

__all__ = ["QUIET", "require_ray"]

QUIET: Final = {
    "RAY_USAGE_STATS_ENABLED": "0",  # it tells its makers nothing
    "RAY_AUTH_MODE": "token",  # unless an operator says otherwise: then only trials are run
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # a provider's devices are a setting of overt's
    "RAY_ENABLE_AUTO_CONNECT": "0",  # nothing is begun but by being asked for
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",  # a node runs what is installed on it, nothing sent
}


def require_ray() -> Any:
    """Give Ray.

    Raises:
        ClusterError: it is not installed.
    """
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    try:
        return import_module("ray")
    except ImportError as error:
        raise ClusterError(
            "cluster: got no package ray, want it",
            hint='pip install "overt[cluster]"',
        ) from error
