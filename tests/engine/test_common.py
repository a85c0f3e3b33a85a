"""What the cameras of one process have in common is made once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from street import Street, authorised, make_list, trial

from overt.clock import ForwardClock, SystemClock
from overt.engine.pipeline import Stages
from overt.engine.thread_line import ThreadLine
from overt.ids import time_ordered_id
from overt.inference.session import CPU, Feed, Session
from overt.match.comparing import Side
from overt.settings import Serving, Settings
from overt.values.watchlist import Watchlist
from overt.vault.keys import KeyRing
from overt.wiring import (
    CameraTask,
    Common,
    ListTask,
    Models,
    camera_stages,
    make_camera,
    serve_here,
)


@pytest.fixture(scope="module")
def watchlist(
    street: Street, models: Models, tmp_path_factory: pytest.TempPathFactory
) -> Watchlist:
    folder, now = tmp_path_factory.mktemp("common"), datetime.now(UTC)
    keys = KeyRing(folder / "keys")
    return make_list(street, models, folder=folder / "list", keys=keys, now=now).list.watchlist


@pytest.fixture
def settings(model_cache: Path, tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path / "data",
        cache_dir=model_cache.parent,
        camera_processes=Serving.NEVER,
    )


def networks(stages: Stages) -> tuple[object, object]:
    network = attrgetter("_session")
    return network(stages.detector), network(stages.embedder)


def stages_of(line: object) -> Stages:
    assert isinstance(line, ThreadLine)
    return line._make().pipeline._stages  # pyright: ignore[reportPrivateUsage]


def test_cameras_of_one_process_run_the_same_networks_and_search_the_same_list(
    street: Street, models: Models, watchlist: Watchlist, settings: Settings
) -> None:
    deployment = trial(str(street.clip), str(street.clip), now=datetime.now(UTC))
    served = serve_here(
        authorised(deployment, watchlist, models, now=deployment.window.start),
        watchlist=watchlist,
        models=models,
        settings=settings,
        clock=ForwardClock(SystemClock()),
    )
    one, other = (stages_of(line) for line in served.lines)
    assert networks(one) == networks(other)
    assert one.gallery is other.gallery
    for mine in ("tracker", "selector", "passages", "raiser"):  # these remember people
        assert getattr(one, mine) is not getattr(other, mine)


@dataclass(frozen=True)
class Other:
    """A network that runs on something else than the processor, or takes one size alone."""

    network: Session
    providers: tuple[str, ...]
    inputs: tuple[Feed, ...]

    def __getattr__(self, name: str) -> object:
        return getattr(self.network, name)


def test_a_camera_looks_in_part_where_the_processor_takes_pictures_of_any_size(
    street: Street, models: Models, watchlist: Watchlist
) -> None:
    deployment = trial(str(street.clip), now=datetime.now(UTC))
    authority = authorised(deployment, watchlist, models, now=deployment.window.start)
    common = Common.of(models, watchlist)
    network = common.detector
    fixed = (Feed(network.inputs[0].name, (1, 3, 544, 960)),)
    others = (
        Other(network, ("CUDAExecutionProvider", CPU), network.inputs),
        Other(network, (CPU,), fixed),
    )
    for detector in (network, *others):
        stages = camera_stages(
            deployment.cameras[0],
            authority=authority,
            common=replace(common, detector=cast("Session", detector)),
            new_id=time_ordered_id,
        )
        assert stages.in_part is (detector is network)


def test_a_process_does_not_hold_the_list_against_the_cohort_again(
    street: Street, models: Models, watchlist: Watchlist, settings: Settings
) -> None:
    deployment = trial(str(street.clip), now=datetime.now(UTC))
    authority = authorised(deployment, watchlist, models, now=deployment.window.start)
    vectors = watchlist.embeddings.vectors
    marked = Side(vectors, np.full(len(vectors), 7, np.float32), np.ones(len(vectors), np.float32))

    def listed_by(side: Side | None) -> Side:
        task = CameraTask.of(
            deployment.cameras[0],
            authority=authority,
            listed=ListTask.of(watchlist, vectors, listed=side),
            settings=settings,
            started=authority.grant.at,
        )
        made: Side = attrgetter("pipeline._stages.gallery._listed")(make_camera(task))
        return made

    assert (listed_by(marked).means == 7).all()
    alone, handed = listed_by(None), listed_by(models.comparer.side(vectors))
    np.testing.assert_array_equal(alone.means, handed.means)
    np.testing.assert_array_equal(alone.spreads, handed.spreads)
