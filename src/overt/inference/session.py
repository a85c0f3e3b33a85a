"""Running a network. The only module that knows ONNX Runtime."""

# ONNX Runtime has no types for half of what is used here; what leaves this module has.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportAttributeAccessIssue=false

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import onnxruntime as ort
from onnxruntime.capi import onnxruntime_pybind11_state as state

from overt.arrays import F32, require
from overt.errors import BundleError, ShapeError, WeightsError
from overt.inference.store import read_checked, read_model
from overt.inference.turns import Turns

__all__ = [
    "ALL_DIGITS",
    "CPU",
    "ERRORS_ONLY",
    "ORT_ERRORS",
    "Feed",
    "Session",
    "available_providers",
    "cores",
]

CPU: Final = "CPUExecutionProvider"  # the reference: calibrations are measured with it
# What makes a provider compute in float32, where it would save digits if it were not told.
ALL_DIGITS: Mapping[str, Mapping[str, str]] = {
    "CUDAExecutionProvider": {"use_tf32": "0"},
    "OpenVINOExecutionProvider": {"precision": "ACCURACY"},
    "TensorrtExecutionProvider": {"trt_fp16_enable": "0", "trt_int8_enable": "0"},
}
FLOAT: Final = "tensor(float)"
ERRORS_ONLY: Final = 3  # what the runtime logs by itself
# The runtime's errors have no common base of their own.
ORT_ERRORS: Final[tuple[type[Exception], ...]] = (
    state.EPFail,
    state.EngineError,
    state.Fail,
    state.InvalidArgument,
    state.InvalidGraph,
    state.InvalidProtobuf,
    state.NoModel,
    state.NoSuchFile,
    state.NotImplemented,
    state.RuntimeException,
    RuntimeError,
    ValueError,
)

Shape: TypeAlias = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Feed:
    """An input or output of a network: float32; a length of None is free."""

    name: str
    shape: Shape


class Session:
    """A network, loaded; one thread, so that a camera costs one core and no more.

    `run` may be called by any number of threads at once; as many of them run as there are cores,
    the others wait, and come in turn. More would be done no sooner, and each that runs holds
    memory of its own.
    """

    def __init__(
        self,
        path: Path,
        *,
        providers: Sequence[str],
        threads: int = 1,
        sha256: str | None = None,
    ) -> None:
        """Load a network.

        Args:
            path: an ONNX file with its weights inside.
            providers: ONNX Runtime's names, the preferred first; the first must be usable.
            threads: for one call of `run`.
            sha256: of the file; what is checked is what is loaded.

        Raises:
            BundleError: a provider is not there, or the inputs or outputs are not float32.
            WeightsError: the file is missing, is not the one expected or not a network.
        """
        _require_providers(providers)
        self._name = path.name
        self._session = _load(path, providers=providers, threads=threads, sha256=sha256)
        self.inputs = tuple(_feed(path, value) for value in self._session.get_inputs())
        self.outputs = tuple(_feed(path, value) for value in self._session.get_outputs())
        self._turns = Turns(cores())
        self._shapes = {feed.name: feed.shape for feed in self.inputs}

    @property
    def name(self) -> str:
        """Name of the file, for messages."""
        return self._name

    @property
    def providers(self) -> tuple[str, ...]:
        """What runs it, the preferred first."""
        return tuple(self._session.get_providers())

    def run(self, feeds: Mapping[str, F32], /) -> tuple[F32, ...]:
        """Run the network on named inputs; outputs are in the order of `outputs`.

        Raises:
            ShapeError: an input is missing, unknown, or has another shape or type.
            WeightsError: the runtime could not run the network.
        """
        if feeds.keys() != self._shapes.keys():
            raise ShapeError(
                f"{self._name}: got inputs {sorted(feeds)}, want {sorted(self._shapes)}"
            )
        for name, array in feeds.items():
            require(f"{self._name}: {name}", array, shape=self._shapes[name], dtype=np.float32)
        try:
            with self._turns:
                outputs: list[F32] = self._session.run(None, dict(feeds))  # pyright: ignore[reportAssignmentType]: outputs are float32 tensors, see _feed
        except state.InvalidArgument as error:
            raise ShapeError(f"{self._name}: {error}") from error
        except ORT_ERRORS as error:
            shapes = {name: array.shape for name, array in feeds.items()}
            raise WeightsError(f"{self._name}: got {error} for inputs {shapes}") from error
        return tuple(outputs)


def cores() -> int:
    """Give how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def available_providers() -> tuple[str, ...]:
    """Give the names of what can run a network on this machine."""
    return tuple(ort.get_available_providers())


def _require_providers(providers: Sequence[str]) -> None:
    available = available_providers()
    missing = [name for name in providers if name not in available]
    if missing or not providers:
        raise BundleError(
            f"providers: got {list(missing or providers)}, want some of {list(available)}",
            hint="install the ONNX Runtime package that has the provider, or name another",
        )


def _load(
    path: Path, *, providers: Sequence[str], threads: int, sha256: str | None
) -> ort.InferenceSession:
    content = read_model(path) if sha256 is None else read_checked(path, sha256=sha256)
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = ERRORS_ONLY
    # A planned block for the second run lies beside the pieces of the first, which are never given
    # back: without plans a detector at 960 x 544 holds 90 MB less, at the same speed.
    options.enable_mem_pattern = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    try:
        session = ort.InferenceSession(
            content,
            options,
            providers=[(name, _options(name, threads=threads)) for name in providers],
        )
    except ORT_ERRORS as error:
        raise WeightsError(f"{path}: got {error}, want an ONNX network") from error
    got = session.get_providers()
    if got[0] != providers[0]:  # the runtime falls back without a word
        raise BundleError(f"{path.name}: got provider {got[0]}, want {providers[0]}")
    return session


def _options(provider: str, *, threads: int) -> dict[str, str]:
    """Give what a provider is told; OpenVINO takes every core unless it is told how many."""
    own = {"num_of_threads": str(threads)} if provider == "OpenVINOExecutionProvider" else {}
    return {**ALL_DIGITS.get(provider, {}), **own}


def _feed(path: Path, value: ort.NodeArg) -> Feed:
    if value.type != FLOAT:
        raise BundleError(f"{path.name}: {value.name}: got {value.type}, want {FLOAT}")
    lengths: list[int | str | None] = list(value.shape)
    return Feed(value.name, tuple(n if isinstance(n, int) and n > 0 else None for n in lengths))
