"""A loaded camera that looks around followed faces only finds whom it finds otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from street import FRAMES, Street, authorised, make_list, trial

from overt.arrays import Plane
from overt.clock import ForwardClock, SystemClock
from overt.engine.pace import Step
from overt.engine.pipeline import Pipeline
from overt.ids import time_ordered_id
from overt.settings import Settings
from overt.sources.base import Source
from overt.values.alert import Alert
from overt.values.counts import FaceCounts
from overt.values.frame import Frame
from overt.values.watchlist import Watchlist
from overt.vault.keys import KeyRing
from overt.wiring import Common, Models, camera_source, camera_stages

WIDTH, HEIGHT = 1280, 720


class Wider:
    """A source whose pictures lie at the left of a wider view: a part of it is then far less."""

    live, length, dropped = False, None, 0

    def __init__(self, source: Source) -> None:
        self._source = source
        self.camera = source.camera

    def frames(self) -> Iterator[Frame]:
        for frame in self._source.frames():
            yield replace(
                frame,
                luma=_padded(frame.luma, HEIGHT, WIDTH),
                blue=_padded(frame.blue, HEIGHT // 2, WIDTH // 2),
                red=_padded(frame.red, HEIGHT // 2, WIDTH // 2),
            )

    def close(self) -> None:
        self._source.close()


def _padded(plane: Plane, height: int, width: int) -> Plane:
    wide: Plane = np.full((height, width), 128, np.uint8)
    wide[100 : 100 + plane.shape[0], : plane.shape[1]] = plane
    return wide


@dataclass(frozen=True, slots=True)
class Came:
    """What came of the clip."""

    alerts: tuple[str, ...]
    counts: FaceCounts
    looks: int


def came(street: Street, models: Models, listed: Watchlist, step: Step | None) -> Came:
    clock = ForwardClock(SystemClock())
    now = clock.now()
    authority = authorised(trial(str(street.clip), now=now), listed, models, now=now)
    (camera,) = authority.deployment.cameras
    common = Common.of(models, listed)
    stages = camera_stages(camera, authority=authority, common=common, new_id=time_ordered_id)
    pipeline = Pipeline(stages, authority=authority, camera=camera.name, clock=clock, step=step)
    source = Wider(camera_source(camera, settings=Settings(), clock=clock, started=now))
    outcomes = [*pipeline.run(source), pipeline.finish(dropped=0)]
    counts = FaceCounts(camera.name, now)
    for each in outcomes:
        counts = counts.plus(each) if isinstance(each, FaceCounts) else counts
    alerts = tuple(each.entry.reference for each in outcomes if isinstance(each, Alert))
    return Came(alerts, counts, pipeline.times.stages["detect"].count)


def test_whoever_is_followed_is_seen_and_found_all_the_same(
    street: Street, models: Models, tmp_path: Path
) -> None:
    keys, now = KeyRing(tmp_path / "keys"), SystemClock().now()
    built = make_list(street, models, folder=tmp_path / "list", keys=keys, now=now)
    usual = came(street, models, built.list.watchlist, None)
    assert usual.counts.partial == 0
    assert usual.alerts
    in_part = came(street, models, built.list.watchlist, Step(1.0, 2))
    assert in_part.counts.frames == usual.counts.frames == FRAMES
    assert in_part.looks == usual.looks
    assert in_part.counts.partial == usual.looks // 2
    assert in_part.alerts == usual.alerts
    assert in_part.counts.seen == usual.counts.seen == street.people
    assert in_part.counts.compared == usual.counts.compared
    assert in_part.counts.thinned == 0
