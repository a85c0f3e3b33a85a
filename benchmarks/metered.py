"""Processor time of each stage of cameras that run in threads of this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from overt.engine.pipeline import Stages
from overt.sources.base import Source

__all__ = ["Meter"]

# What each stage does, as (attribute of `Stages`, its verb, the name that is told).
VERBS: Final = (
    ("detector", "detect", "detect"),
    ("tracker", "update", "track"),
    ("selector", "select", "select"),
    ("embedder", "embed", "embed"),
    ("passages", "add", "fuse"),
    ("gallery", "search", "search"),
)


class Meter:
    """Adds up what the watched calls took, whichever thread made them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spent: dict[str, float] = {}

    @property
    def spent_s(self) -> dict[str, float]:
        """Give the processor time of each stage so far, seconds."""
        with self._lock:
            return dict(self._spent)

    def stages(self, stages: Stages) -> None:
        """Watch the stages of a camera, and the two networks inside them."""
        for attribute, verb, name in VERBS:
            self.watch(getattr(stages, attribute), verb, name)
        for stage, name in ((stages.detector, "detector"), (stages.embedder, "recogniser")):
            self.watch(vars(stage)["_session"], "run", f"{name}'s network")

    def source(self, source: Source) -> None:
        """Watch how a live camera's frames are copied out of the decoder."""
        if "_slot" in vars(source):
            self.watch(source, "_frame", "copy")

    def watch(self, what: object, verb: str, name: str) -> None:
        """Put a timed call in the place of an object's own, once: cameras may share a network."""
        if verb in vars(what):
            return
        called: Callable[..., object] = getattr(what, verb)

        def timed(*given: object, **named: object) -> object:
            begun = time.thread_time()
            try:
                return called(*given, **named)
            finally:
                spent = time.thread_time() - begun
                with self._lock:
                    self._spent[name] = self._spent.get(name, 0.0) + spent

        vars(what)[verb] = timed
