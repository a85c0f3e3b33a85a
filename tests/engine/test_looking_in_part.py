"""A loaded camera that looks around followed faces only finds whom it finds otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import pytest
from builders import make_faces, make_frame, noise
from street import FRAMES, Street, authorised, make_list, trial

from overt.arrays import Boxes, Plane
from overt.clock import ForwardClock, SystemClock
from overt.engine.pace import Step
from overt.engine.pipeline import Pipeline
from overt.ids import time_ordered_id
from overt.settings import Settings
from overt.sources.base import Source
from overt.values.alert import Alert
from overt.values.counts import FaceCounts
from overt.values.faces import Faces
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


@pytest.fixture(scope="module")
def listed(street: Street, models: Models, tmp_path_factory: pytest.TempPathFactory) -> Watchlist:
    folder, now = tmp_path_factory.mktemp("in-part"), SystemClock().now()
    keys = KeyRing(folder / "keys")
    return make_list(street, models, folder=folder / "list", keys=keys, now=now).list.watchlist


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
    street: Street, models: Models, listed: Watchlist
) -> None:
    usual = came(street, models, listed, None)
    assert usual.counts.partial == 0
    assert usual.alerts
    in_part = came(street, models, listed, Step(1.0, 2))
    assert in_part.counts.frames == usual.counts.frames == FRAMES
    assert in_part.looks == usual.looks
    assert in_part.counts.partial == usual.looks // 2
    assert in_part.alerts == usual.alerts
    assert in_part.counts.seen == usual.counts.seen == street.people
    assert in_part.counts.compared == usual.counts.compared
    assert in_part.counts.thinned == 0


class Beside:
    """Finds one face, and in each part of a frame another one at its right edge."""

    def detect(self, frame: Frame, /) -> Faces:
        if frame.width == WIDTH:
            return make_faces((300, 300, 340, 340))
        x, y = frame.width / 2, frame.height / 2
        cut = (frame.width - 30, y - 20, frame.width + 10, y + 20)
        return make_faces((x - 20, y - 20, x + 20, y + 20), cut)


class Still:
    """A source of the same picture, eight times a second."""

    camera, live, length, dropped = "still", False, None, 0

    def frames(self) -> Iterator[Frame]:
        frame, now = make_frame(noise(HEIGHT, WIDTH)), SystemClock().now()
        for index in range(8):
            yield replace(frame, index=index, media_s=index / 8, time=now)

    def close(self) -> None:
        pass


class Shown:
    """Keeps the boxes of who was to be masked."""

    def __init__(self) -> None:
        self.masked: list[Boxes] = []

    def came(self, frame: Frame, /) -> None:
        pass

    def looked(self, _frame: Frame, found: Boxes, _counts: FaceCounts | None, /) -> None:
        self.masked.append(found)

    def paused(self, counts: FaceCounts | None, /) -> None:
        pass


def test_who_is_cut_by_a_parts_edge_is_masked_and_followed_by_nobody(
    street: Street, models: Models, listed: Watchlist
) -> None:
    clock = ForwardClock(SystemClock())
    now = clock.now()
    authority = authorised(trial(str(street.clip), now=now), listed, models, now=now)
    (camera,) = authority.deployment.cameras
    common = Common.of(models, listed)
    stages = camera_stages(camera, authority=authority, common=common, new_id=time_ordered_id)
    shown = Shown()
    pipeline = Pipeline(
        replace(stages, detector=Beside()),
        authority=authority,
        camera=camera.name,
        clock=clock,
        viewer=shown,
        step=Step(1.0, 2),
    )
    given = [*pipeline.run(Still()), pipeline.finish(dropped=0)]
    counts = FaceCounts(camera.name, now)
    for each in given:
        counts = counts.plus(cast("FaceCounts", each))
    assert counts.partial == 4
    assert [len(boxes) for boxes in shown.masked] == [1, 2] * 4
    assert counts.seen + counts.brief == 1
