"""Whoever stays outside the zone of recognition is counted as such, and never embedded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from street import Street, authorised, make_list, trial

from overt.arrays import Boxes
from overt.clock import SystemClock
from overt.embed.base import Embedder
from overt.engine.pipeline import Pipeline
from overt.governance.building import Built
from overt.ids import time_ordered_id
from overt.select.zone import Zone, in_zone
from overt.sources.video import VideoFile
from overt.values.alert import Alert
from overt.values.counts import FaceCounts
from overt.values.embeddings import Embeddings
from overt.values.frame import Frame
from overt.values.quality import Reason
from overt.values.shots import Shots
from overt.vault.keys import KeyRing
from overt.wiring import Common, Models, camera_stages

RIGHT: Zone = ((0.75, 0.0), (1.0, 0.0), (1.0, 1.0), (0.75, 1.0))  # where one of four walks
SKY: Zone = ((0.0, 0.0), (1.0, 0.0), (1.0, 0.1), (0.0, 0.1))  # where nobody does


class Counting:
    """An embedder that remembers where the faces were that it was given."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.given: list[Boxes] = []

    def embed(self, frame: Frame, shots: Shots, /) -> Embeddings:
        self.given.append(shots.faces.boxes)
        return self._embedder.embed(frame, shots)


@pytest.fixture(scope="module")
def built(street: Street, models: Models, tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("zone")
    keys = KeyRing(folder / "keys")
    return make_list(street, models, folder=folder / "list", keys=keys, now=datetime.now(UTC))


def run(
    clip: Path, zone: Zone, *, built: Built, models: Models
) -> tuple[Counting, Sequence[Alert | FaceCounts]]:
    """Run a deployment of one camera with a zone on a clip, to its end."""
    now, watchlist = SystemClock().now(), built.list.watchlist
    drafted = trial(str(clip), now=now)
    deployment = replace(drafted, cameras=(replace(drafted.cameras[0], zone=zone),))
    authority = authorised(deployment, watchlist, models, now=now)
    (camera,) = deployment.cameras
    stages = camera_stages(
        camera,
        authority=authority,
        common=Common.of(models, watchlist),
        new_id=time_ordered_id,
    )
    counting = Counting(stages.embedder)
    pipeline = Pipeline(
        replace(stages, embedder=counting),
        authority=authority,
        camera=camera.name,
        clock=SystemClock(),
    )
    outcomes = list(pipeline.run(VideoFile(clip, camera=camera.name, started=now)))
    last = pipeline.finish(dropped=0)
    return counting, [*outcomes, *([last] if last else [])]


def counted(outcomes: Sequence[Alert | FaceCounts]) -> tuple[int, int, Counter[Reason]]:
    """Give faces seen, compared, and unfit by reason."""
    counts = [outcome for outcome in outcomes if isinstance(outcome, FaceCounts)]
    unfit = Counter[Reason]()
    for each in counts:
        unfit.update(each.unfit)
    return sum(each.seen for each in counts), sum(each.compared for each in counts), unfit


@pytest.mark.parametrize(("zone", "within"), [((), 4), (RIGHT, 1), (SKY, 0)])
def test_outside_the_zone_nobody_is_embedded(
    zone: Zone, within: int, street: Street, built: Built, models: Models
) -> None:
    counting, outcomes = run(street.clip, zone, built=built, models=models)
    seen, compared, unfit = counted(outcomes)
    assert (seen, compared) == (4, within)
    assert unfit == ({Reason.OUTSIDE_ZONE: 4 - within} if within < 4 else {})
    for boxes in counting.given:
        assert in_zone(boxes, zone, width=640, height=360).all()
    assert (sum(len(boxes) for boxes in counting.given) > 0) == (within > 0)
    # The one who is listed walks in the middle.
    assert sum(isinstance(outcome, Alert) for outcome in outcomes) == (1 if within == 4 else 0)
