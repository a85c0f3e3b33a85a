"""What compares a bundle's templates, made once: its cohort takes a while to be drawn."""

from __future__ import annotations

import threading

from overt.inference.bundle import Bundle
from overt.match.comparing import Comparer
from overt.wiring import comparer_of

__all__ = ["Comparers"]


class Comparers:
    """Keeps that of the bundle that was asked for last, by its hash. Threads may share it."""

    def __init__(self) -> None:
        self._kept: tuple[str, Comparer] | None = None
        self._lock = threading.Lock()

    def of(self, bundle: Bundle) -> Comparer:
        """Give what compares a bundle's templates.

        Raises:
            WeightsError: its cohort's file is missing, or is not the one that the manifest names.
        """
        with self._lock:
            if self._kept is None or self._kept[0] != bundle.digest:
                self._kept = bundle.digest, comparer_of(bundle)
            return self._kept[1]
