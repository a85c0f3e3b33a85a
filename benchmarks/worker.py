"""One contender in a process of its own, on one core with one thread; it works when it is told to.

    python -m benchmarks.worker every-face|default|peer|networks|search CLIP

Each line on stdin is a number of frames; each line on stdout the block, as JSON. At the end of
stdin it tells the rest: what else it measured, and the most memory it held.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Final

from benchmarks.contender import Contender
from benchmarks.machine import peak_mb

__all__ = ["CORE", "main"]

CORE: Final = max(os.sched_getaffinity(0))
LISTED: Final = 1_000  # entries; the time of `face_recognition` grows with it more than ours


def _every_face(clip: Path) -> Contender:
    from benchmarks.ours import EveryFace  # noqa: PLC0415 - memory counts: only what it needs

    return EveryFace(clip, listed=LISTED)


def _default(clip: Path) -> Contender:
    from benchmarks.ours import OnDefault  # noqa: PLC0415

    return OnDefault(clip, listed=LISTED)


def _peer(clip: Path) -> Contender:
    from benchmarks.peer import Peer  # noqa: PLC0415

    return Peer(clip, listed=LISTED)


CONTENDERS: Final[dict[str, Callable[[Path], Contender]]] = {
    "every-face": _every_face,
    "default": _default,
    "peer": _peer,
}


def main() -> None:
    """Work until stdin ends."""
    kind, clip = sys.argv[1], Path(sys.argv[2])
    os.sched_setaffinity(0, {CORE})
    if kind in CONTENDERS:
        _follow(CONTENDERS[kind](clip))
        return
    from benchmarks.processor import measure_networks, measure_search  # noqa: PLC0415

    if kind == "networks":
        _tell(asdict(measure_networks()))
    else:
        _tell({"search": [asdict(each) for each in measure_search()]})


def _follow(contender: Contender) -> None:
    _tell({"ready": True})
    for line in sys.stdin:
        _tell(asdict(contender.look(int(line))))
    _tell({"peak_mb": peak_mb(), "details": contender.details()})


def _tell(content: dict[str, object]) -> None:
    print(json.dumps(content), flush=True)


if __name__ == "__main__":
    main()
