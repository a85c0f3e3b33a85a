"""One array for all processes of this machine, that lies nowhere: in memory without a name.

A list's templates are personal data. They lie in an anonymous file of memory (memfd), sealed
against every write, and are handed on by descriptor. There is no path to it, so nothing is left to
be found or removed: it is gone when the last process that holds it ends, also by a kill.
"""

from __future__ import annotations

import fcntl
import mmap
import os
from collections.abc import Callable
from multiprocessing import reduction
from multiprocessing.context import get_spawning_popen
from typing import Any, Final

import numpy as np

from overt.arrays import F32

__all__ = ["SharedArray"]

SEALS: Final = ("F_SEAL_SHRINK", "F_SEAL_GROW", "F_SEAL_WRITE", "F_SEAL_SEAL")


class SharedArray:
    """A read-only array that a spawned process gets without a copy."""

    def __init__(self, descriptor: int, shape: tuple[int, ...]) -> None:
        """Map what lies behind a descriptor, which is this object's from now on."""
        self._descriptor = descriptor
        size = 4 * int(np.prod(shape))
        memory = mmap.mmap(descriptor, size, flags=mmap.MAP_SHARED, prot=mmap.PROT_READ)
        self.array: F32 = np.frombuffer(memory, np.float32).reshape(shape)

    @classmethod
    def of(cls, array: F32) -> SharedArray:
        """Copy an array once, into memory that processes share."""
        content = np.ascontiguousarray(array)
        descriptor = os.memfd_create("overt-list", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        try:
            view = content.data.cast("B")
            while view:
                view = view[os.write(descriptor, view) :]
            seals = [int(getattr(fcntl, name)) for name in SEALS]
            fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, sum(seals))
            return cls(descriptor, content.shape)
        except BaseException:
            os.close(descriptor)
            raise

    def __reduce__(self) -> tuple[Callable[..., SharedArray], tuple[Any, ...]]:
        """Hand it to a process that is being spawned; there is no other way to pickle it.

        Raises:
            TypeError: it would be written somewhere.
        """
        if get_spawning_popen() is None:
            raise TypeError("shared array: got asked for a copy, want a process being spawned")
        return _taken, (reduction.DupFd(self._descriptor), self.array.shape)

    def keep_here(self) -> None:
        """Hand it on to no process any more; this one goes on with it."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def close(self) -> None:
        """Let go of it; processes that have it go on. A second call does nothing."""
        self.keep_here()
        self.array = np.empty((0, *self.array.shape[1:]), np.float32)  # unmaps the memory


def _taken(handed: Any, shape: tuple[int, ...]) -> SharedArray:
    taken = SharedArray(handed.detach(), shape)
    taken.keep_here()
    return taken
