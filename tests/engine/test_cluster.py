"""Cameras on nodes of a cluster: real processes, a real server for the record, kills under load."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import pytest
from cluster_nodes import Nodes, cluster_environment, nodes_on
from live_camera import camera_on
from record_places import Place
from street import FRAMES, RATE, Street, deployment_file, make_list

from overt.settings import Settings
from overt.values.events import (
    AlertRaised,
    CameraBack,
    DeploymentStopped,
    FacesCounted,
    WatchlistDestroyed,
)
from overt.vault.keys import KeyRing
from overt.wiring import Models

# Not imported here: it reads the environment when it is.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("ray") is None, reason="no Ray here: install overt[cluster]"),
]
PATIENCE_S = 180.0  # a busy machine is slow, not wrong
BACK_S = 10.0  # what a quiet machine keeps; benchmarks/cluster.py measures it
BUSY = 12  # times as slow, beside other tests


def until(holds: Callable[[], bool], *, running: subprocess.Popen[bytes] | None = None) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert running is None or running.poll() is None, f"ended with {running.poll()}"
        assert time.monotonic() < end
        time.sleep(0.1)


@dataclass(frozen=True, slots=True)
class Site:
    """What runs deployments: its folder and its environment, which the nodes have in part."""

    folder: Path
    environment: dict[str, str]
    street: Street
    models: Models

    def run(self, name: str, nodes: Nodes, *sources: str, **more: str) -> subprocess.Popen[bytes]:
        """Build a list, write a deployment's file, and run it on the cluster."""
        folder, now = self.folder / name, datetime.now(UTC)
        folder.mkdir()
        more = {"OVERT_DATA_DIR": str(folder / "data"), **more}
        Settings(data_dir=folder / "data").make_data_dir()
        keys = KeyRing(folder / "data" / "keys")
        make_list(self.street, self.models, folder=folder / "list", keys=keys, now=now)
        file = deployment_file(folder / "deployment.toml", *sources, now=now)
        return self.overt(name, "run", str(file), "--cluster", nodes.address, **more)

    def overt(self, name: str, *words: str, **more: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.said").open("wb") as said:
            return subprocess.Popen(  # noqa: S603 - this interpreter
                [sys.executable, "-m", "overt.cli", *words],
                env={**self.environment, **more},
                cwd=self.folder,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.said").read_text(errors="replace")


@pytest.fixture
def site(street: Street, models: Models, model_cache: Path, tmp_path: Path) -> Site:
    environment = cluster_environment(
        tmp_path, OVERT_DATA_DIR=str(tmp_path / "node"), OVERT_CACHE_DIR=str(model_cache.parent)
    )
    return Site(tmp_path, environment, street, models)


@pytest.fixture
def addresses(street: Street) -> Generator[list[str]]:
    """Give the addresses of two cameras."""
    with ExitStack() as stack:
        yield [stack.enter_context(camera_on(street.clip, lasts_s=FRAMES / RATE)) for _ in range(2)]


def bodies_in(place: Place) -> list[object]:
    """Read what is recorded, beside whoever writes it."""
    with place.store() as store:
        return [each.event.body for each in store.events()]


def number_of(place: Place, kind: type) -> int:
    return sum(isinstance(body, kind) for body in bodies_in(place))


def require_reconciled(bodies: list[object], *, cameras: str) -> None:
    """See that no alert stands twice, and that the counts have each of them once."""
    raised = [body for body in bodies if isinstance(body, AlertRaised)]
    assert len({body.alert for body in raised}) == len(raised)
    for camera in cameras:
        counts = [
            body.counts
            for body in bodies
            if isinstance(body, FacesCounted) and body.counts.camera == camera
        ]
        assert sum(each.alerts for each in counts) == sum(b.camera == camera for b in raised) > 0
        assert sum(each.frames for each in counts) > 0


@pytest.mark.parametrize("place", ["postgres"], indirect=True)
def test_what_dies_is_made_good_or_stops(site: Site, addresses: list[str], place: Place) -> None:
    """Whoever runs it, a node, and at last the head are killed, one after another, under load."""
    with nodes_on(site.folder, site.environment, 1, 2) as nodes, place.store():
        nodes.wait_for_all()
        lone = site.run("lone", nodes, addresses[0])
        until(lambda: bool(nodes.cameras()), running=lone)
        # Whoever runs a deployment is killed: its camera ends, and leaves its room.
        left = set(nodes.cameras())
        lone.kill()
        full = site.run("full", nodes, *addresses * 3)
        run = site.run("run", nodes, *addresses, OVERT_RECORDS=place.address)
        try:
            until(lambda: not left & nodes.cameras().keys(), running=run)
            until(lambda: len(nodes.cameras()) == 2, running=run)
            joined = nodes.start(cpus=1)  # not before: a camera of each would sit elsewhere
            until(lambda: number_of(place, AlertRaised) >= 2, running=run)
            _require_closed_in(nodes.cameras())
            assert full.wait(PATIENCE_S) == 1
            # A node is killed: its cameras are back where there is room, also on what joined.
            nodes.wait_for_all()
            acknowledged = {b.alert for b in bodies_in(place) if isinstance(b, AlertRaised)}
            lost = [node for node in nodes.cameras().values() if node == 1]
            nodes.kill(1)
            until(lambda: number_of(place, CameraBack) == len(lost) > 0, running=run)
            assert sorted(nodes.cameras().values()) == [0, joined]
            # The head is killed: all stop, and say so.
            nodes.kill(0)
            assert run.wait(PATIENCE_S) == 1, site.said("run")
            until(lambda: not nodes.cameras())
        finally:
            for process in (lone, full, run):
                process.kill()
                process.wait()
    assert re.search(r"got room for [0-4] cameras, want 6", site.said("full"))
    assert "got no answer of its head" in site.said("run")
    assert "raylet" not in site.said("run")  # what Ray has to say of a dead node is in no one's way
    bodies = bodies_in(place)
    require_reconciled(bodies, cameras="ab")
    assert acknowledged <= {b.alert for b in bodies if isinstance(b, AlertRaised)}
    back = [body for body in bodies if isinstance(body, CameraBack)]
    assert max(body.after_s for body in back) < BUSY * BACK_S
    stopped = next(body for body in bodies if isinstance(body, DeploymentStopped))
    assert stopped.reason.startswith("recognition failed: cluster")
    assert any(isinstance(body, WatchlistDestroyed) for body in bodies)


def _require_closed_in(cameras: dict[int, int]) -> None:
    """See that a camera's process has what it needs, and no way to the record."""
    for pid in cameras:
        told = Path(f"/proc/{pid}/environ").read_bytes()
        assert b"OVERT_CACHE_DIR" in told
        assert b"OVERT_RECORDS" not in told
