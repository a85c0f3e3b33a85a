"""The machine that recognises: it raises alerts at a rate, sealed and recorded as a deployment's.

The pictures are small, so that two cores are enough for all: a real machine writes larger ones, and
has cores of its own.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Final

import numpy as np

from benchmarks.load.plan import Plan, authorised
from overt.arrays import Rgb
from overt.clock import ForwardClock, SystemClock
from overt.engine.recorder import Recorder
from overt.governance.authority import Authority
from overt.governance.composition import composed
from overt.ids import time_ordered_id
from overt.records.base import Store
from overt.settings import Settings
from overt.values.alert import Alert
from overt.values.crop import Crop
from overt.values.events import DeploymentStarted
from overt.values.operating import OperatingPoint
from overt.values.quality import Quality
from overt.values.watchlist import Entry, Watchlist
from overt.wiring import evidence_sealer, make_disclosure, open_keys, open_records

__all__ = ["Written", "write"]

VERSION: Final = "load"
MACHINES: Final = 4  # that raise alerts at the same time, each with a connection of its own
RATE: Final = 1e-4  # false alerts for one comparison that the made-up list would have


def noise(height: int, width: int) -> Rgb:
    """Make a picture (h, w, 3) in which no two neighbours are alike."""
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)


PHOTO, FACE, SCENE = noise(96, 96), noise(64, 64), noise(54, 96)


@dataclass(frozen=True, slots=True)
class Written:
    """What the writer did."""

    alerts: int
    took_s: float
    median_ms: float  # of one alert: sealed, recorded, on the disk
    p95_ms: float
    latest_s: float  # how far it was behind its rate at most


def write(plan: Plan, told: Connection) -> None:
    """Begin a deployment and tell it; once asked, raise alerts; then tell how it went."""
    authority, watchlist = authorised()
    settings = plan.settings
    make_disclosure(settings).index_list(authority.id, watchlist)
    with ExitStack() as stack:
        recorders = [
            _recorder(stack.enter_context(closing(open_records(settings))), authority, settings)
            for _ in range(MACHINES)
        ]
        recorders[0].record(authority.event(), composed(watchlist))
        recorders[0].begin(DeploymentStarted(VERSION, RATE, extrapolated=False))
        told.send(authority.id)
        told.recv()
        told.send(_raised(plan, recorders, authority, watchlist))
        told.recv()
        recorders[0].end("the load is over")


def _recorder(store: Store, authority: Authority, settings: Settings) -> Recorder:
    """Make what a machine writes down with, as `overt run` does."""
    seal = evidence_sealer(settings.evidence_dir, open_keys(settings))
    disclosure = make_disclosure(settings)

    def sealed(alert: Alert, evidence: bytes) -> str:
        disclosure.index_alert(authority.id, alert.id, alert.entry.reference)
        return seal(alert, evidence)

    return Recorder(
        authority=authority,
        store=store,
        seal=sealed,
        photo_of=lambda _: PHOTO,
        clock=ForwardClock(SystemClock()),
        new_id=time_ordered_id,
    )


def _raised(
    plan: Plan, recorders: Sequence[Recorder], authority: Authority, watchlist: Watchlist
) -> Written:
    begun, count = time.monotonic(), round(plan.rate * plan.seconds)
    numbers = itertools.count()

    def machine(recorder: Recorder) -> list[tuple[float, float]]:
        """Raise the next alert when it is due; give how long each took, and was late."""
        took: list[tuple[float, float]] = []
        while (number := next(numbers)) < count:
            due = begun + number / plan.rate
            time.sleep(max(0.0, due - time.monotonic()))
            before = time.monotonic()
            entry = watchlist.entries[number % len(watchlist)]
            recorder.alert(_alert(number, authority, entry, SystemClock().now()))
            took.append((time.monotonic() - before, before - due))
        return took

    with ThreadPoolExecutor(len(recorders)) as pool:
        every = np.array([each for some in pool.map(machine, recorders) for each in some])
    median, p95 = np.percentile(every[:, 0], [50, 95]) * 1000
    took_s, behind_s = time.monotonic() - begun, float(every[:, 1].max())
    return Written(len(every), took_s, float(median), float(p95), behind_s)


def _alert(number: int, authority: Authority, entry: Entry, now: datetime) -> Alert:
    camera = authority.deployment.cameras[0].name
    quality = Quality(40.0, 0.5, 0.5, 0.0, 0.0, 0.0, 1.0, 0.0, 0.8)
    return Alert(
        id=time_ordered_id(now),
        camera=camera,
        track=number + 1,
        time=now,
        entry=entry,
        score=0.7,
        similarity=0.687,
        point=OperatingPoint(0.6, 0.5, authority.listed, RATE, extrapolated=False),
        shots=1,
        flags=(),
        crops=(Crop(number + 1, now, FACE, (0, 0), quality),),
        scene=SCENE,
    )
