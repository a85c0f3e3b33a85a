"""A camera served in a process: the same answers, and an end of its own."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from live_camera import camera_on
from street import FRAMES, RATE, Street, authorised, make_list, make_recorder, trial

from benchmarks.stream import transport_stream
from overt.clock import ForwardClock, SystemClock
from overt.engine.line import Line, Lost, Orders, Report
from overt.engine.parts import Parts
from overt.engine.patience import FIRST_WAIT_S
from overt.engine.process_line import ProcessLine
from overt.engine.runner import Runner
from overt.engine.shared import SharedArray
from overt.errors import AuthorityError, FaultError, OvertError, SourceError
from overt.governance.authority import Authority
from overt.governance.building import Built
from overt.records.base import Store
from overt.records.store import open_store
from overt.settings import Serving, Settings
from overt.values.alert import Alert
from overt.values.counts import FaceCounts
from overt.values.events import (
    AlertRaised,
    AlertRepeated,
    CameraBack,
    CameraLost,
    DeploymentStarted,
    DeploymentStopped,
    FacesCounted,
)
from overt.vault.keys import KeyRing
from overt.wiring import CameraTask, ListTask, Models, make_camera, serve_here

STARTED = DeploymentStarted("test", 1e-3, extrapolated=True)
PATIENCE_S = 180.0  # a busy machine is slow, not wrong


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of now: processes have the machine's own clock."""

    built: Built
    keys: KeyRing
    models: Models


@pytest.fixture(scope="module")
def listed(street: Street, models: Models, tmp_path_factory: pytest.TempPathFactory) -> Listed:
    folder = tmp_path_factory.mktemp("listed")
    keys = KeyRing(folder / "keys")
    built = make_list(street, models, folder=folder / "list", keys=keys, now=datetime.now(UTC))
    return Listed(built, keys, models)


@pytest.fixture
def settings(model_cache: Path, tmp_path: Path) -> Settings:
    """Give settings whose models are converted already."""
    return Settings(
        data_dir=tmp_path / "data",
        cache_dir=model_cache.parent,
        records="postgresql://me:hunter2@nowhere/overt",
        camera_processes=Serving.ALWAYS,
    )


def authority_for(listed: Listed, *sources: str) -> Authority:
    now = datetime.now(UTC)
    drafted = trial(*sources, now=now)
    return authorised(drafted, listed.built.list.watchlist, listed.models, now=now)


def task_for(listed: Listed, settings: Settings, source: str) -> CameraTask:
    authority = authority_for(listed, source)
    watchlist = listed.built.list.watchlist
    return CameraTask.of(
        authority.deployment.cameras[0],
        authority=authority,
        listed=ListTask.of(watchlist, watchlist.embeddings.vectors),
        settings=settings,
        started=authority.grant.at,
    )


def until(held: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not held():
        assert time.monotonic() < end
        time.sleep(0.02)


def followed(line: Line) -> list[Report]:
    """Ask until it ends, acknowledging all."""
    reports: list[Report] = []
    acknowledged = 0
    while not reports or not reports[-1].ended:
        reports.append(line.report(acknowledged=acknowledged, wait_s=0.2))
        acknowledged = max([acknowledged, *(each.number for each in reports[-1].outcomes)])
    return reports


@pytest.fixture
def begun() -> Iterator[list[Line]]:
    """Give where lines are put that are to be closed."""
    lines: list[Line] = []
    yield lines
    for line in lines:
        line.close()


def test_a_process_gives_what_a_thread_gives(
    street: Street, listed: Listed, settings: Settings, begun: list[Line]
) -> None:
    task = task_for(listed, settings, str(street.clip))
    own = make_camera(task)
    want = [*own.pipeline.run(own.source)]
    last = own.pipeline.finish(dropped=0)
    line = ProcessLine("a", make_camera, task)
    begun.append(line)
    line.obey(Orders())
    line.begin()
    reports = followed(line)
    outcomes = {each.number: each.outcome for report in reports for each in report.outcomes}
    assert sorted(outcomes) == list(range(1, len(outcomes) + 1))
    counts = [each for each in outcomes.values() if isinstance(each, FaceCounts)]
    alerts = [each for each in outcomes.values() if isinstance(each, Alert)]
    frames = sum(each.frames for each in want if isinstance(each, FaceCounts))
    assert sum(each.frames for each in counts) == frames + (last.frames if last else 0) == FRAMES
    wanted = [each for each in want if isinstance(each, Alert)]
    assert [(a.entry, a.track, a.similarity) for a in alerts] == [
        (a.entry, a.track, a.similarity) for a in wanted
    ]
    assert np.array_equal(alerts[0].scene, wanted[0].scene)
    assert reports[-1].error is None
    assert reports[-1].times.stages["detect"].count > 0


def test_what_is_not_acknowledged_is_given_again(
    street: Street, listed: Listed, settings: Settings, begun: list[Line]
) -> None:
    line = ProcessLine("a", make_camera, task_for(listed, settings, str(street.clip)))
    begun.append(line)
    line.obey(Orders())
    line.begin()
    told: list[Report] = []

    def ended() -> bool:
        told.append(line.report(acknowledged=0, wait_s=0.2))
        return told[-1].ended

    until(ended)
    again = line.report(acknowledged=1, wait_s=0.0)
    numbers = [each.number for each in told[-1].outcomes]
    assert numbers[0] == 1
    assert len(numbers) > 1
    assert [each.number for each in again.outcomes] == numbers[1:]


def test_a_task_carries_no_way_to_the_record_or_to_keys(
    street: Street, listed: Listed, settings: Settings
) -> None:
    task = task_for(listed, settings, str(street.clip))
    assert task.settings.records == ""
    assert b"hunter2" not in pickle.dumps(task)
    assert task.settings.cache_dir == settings.cache_dir


def test_another_list_is_refused_where_it_arrives(
    street: Street, listed: Listed, settings: Settings, begun: list[Line]
) -> None:
    task = task_for(listed, settings, str(street.clip))
    vectors = np.asarray(task.listed.vectors).copy()
    vectors[0, 0] += 0.01
    line = ProcessLine(
        "a", make_camera, replace(task, listed=replace(task.listed, vectors=vectors))
    )
    begun.append(line)
    line.obey(Orders())
    line.begin()
    last = followed(line)[-1]
    assert isinstance(last.error, AuthorityError)
    assert last.progress.frames == 0


def broken(_task: str) -> Parts:
    raise ZeroDivisionError("with a name in it")


def test_a_fault_is_carried_without_its_text(begun: list[Line]) -> None:
    line = ProcessLine("a", broken, "nothing")
    begun.append(line)
    line.begin()
    error = followed(line)[-1].error
    assert isinstance(error, FaultError)
    assert str(error) == "got ZeroDivisionError in a process of a camera, want it to go on"
    assert "in broken" in error.__notes__[0]


def test_a_shared_array_has_no_name_and_cannot_be_written() -> None:
    array = np.arange(12, dtype=np.float32).reshape(3, 4)
    shared = SharedArray.of(array)
    assert np.array_equal(shared.array, array)
    assert not shared.array.flags.writeable
    descriptor = shared._descriptor  # pyright: ignore[reportPrivateUsage]
    where = Path(f"/proc/self/fd/{descriptor}").readlink()
    assert str(where) == "/memfd:overt-list (deleted)"
    with pytest.raises(PermissionError):
        os.write(descriptor, b"x")
    with pytest.raises(TypeError, match="a process being spawned"):
        pickle.dumps(shared)
    shared.keep_here()
    assert shared.array[2, 3] == 11.0
    shared.close()
    assert "overt-list" not in Path("/proc/self/maps").read_text()


class Bench:
    """A deployment served by processes, with a record of its own."""

    def __init__(
        self, listed: Listed, folder: Path, sources: tuple[str, ...], settings: Settings
    ) -> None:
        self.authority = authority_for(listed, *sources)
        clock = ForwardClock(SystemClock())
        self.store: Store = open_store(folder / "events.sqlite")
        watchlist = listed.built.list.watchlist
        self.served = serve_here(
            self.authority,
            watchlist=watchlist,
            models=listed.models,
            settings=settings,
            clock=clock,
        )
        recorder = make_recorder(
            self.authority, listed.built, store=self.store, folder=folder, keys=listed.keys,
            clock=clock,
        )  # fmt: skip
        self.runner = Runner(
            self.served.lines, authority=self.authority, recorder=recorder, clock=clock
        )
        self.alerts: list[str] = []

    def run(self, look: Callable[[], object] = lambda: None) -> str:
        def on_look() -> None:
            look()

        try:
            return self.runner.run(
                STARTED, on_alert=lambda alert: self.alerts.append(alert.id), on_look=on_look
            )
        finally:
            self.served.close()

    @property
    def bodies(self) -> list[object]:
        return [each.event.body for each in self.store.events()]

    def counted(self, camera: str) -> FaceCounts:
        parts = [
            body.counts
            for body in self.bodies
            if isinstance(body, FacesCounted) and body.counts.camera == camera
        ]
        total = parts[0]
        for part in parts[1:]:
            total = total.plus(part)
        return total

    def raised(self, camera: str) -> list[str]:
        return [b.alert for b in self.bodies if isinstance(b, AlertRaised) and b.camera == camera]


def test_two_recordings_in_two_processes(
    street: Street, listed: Listed, settings: Settings, tmp_path: Path
) -> None:
    bench = Bench(listed, tmp_path, (str(street.clip),) * 2, settings)
    assert bench.run() == "the sources ended"
    for camera in "ab":
        counts = bench.counted(camera)
        assert (counts.frames, counts.alerts, counts.seen) == (FRAMES, 1, street.people)
        assert len(bench.raised(camera)) == 1
    assert len(set(bench.alerts)) == 2
    assert bench.served.shared is not None
    bench.store.close()


def test_a_stop_ends_processes_and_what_they_saw_is_counted(
    street: Street, listed: Listed, settings: Settings, tmp_path: Path
) -> None:
    with camera_on(street.clip, lasts_s=FRAMES / RATE) as address:
        bench = Bench(listed, tmp_path, (address,), settings)

        def look() -> None:
            latest = bench.runner.cameras[0].latest
            if latest is not None and latest.progress.frames > 30:
                bench.runner.stop("enough")

        assert bench.run(look) == "enough"
    latest = bench.runner.cameras[0].latest
    assert latest is not None
    assert latest.ended
    assert bench.counted("a").frames + bench.counted("a").dropped >= latest.progress.frames > 30
    assert bench.bodies[-1] == DeploymentStopped("enough")
    bench.store.close()


def is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:  # also where it ends while it is read
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"


def test_a_killed_recording_ends_alone_and_what_it_told_is_counted(
    street: Street, listed: Listed, settings: Settings, tmp_path: Path
) -> None:
    long = tmp_path / "long.ts"  # it must not be over before it is killed
    long.write_bytes(transport_stream(street.clip, times=40))
    bench = Bench(listed, tmp_path, (str(long), str(street.clip)), settings)
    line = bench.served.lines[0]
    assert isinstance(line, ProcessLine)

    killed: list[int] = []

    def look() -> None:
        latest = bench.runner.cameras[0].latest
        if not killed and latest is not None and latest.progress.frames > 5 and line.pid:
            killed.append(line.pid)
            os.kill(line.pid, signal.SIGKILL)

    with pytest.raises(OvertError, match="its process was ended by SIGKILL"):
        bench.run(look)
    assert (bench.counted("b").frames, len(bench.raised("b"))) == (FRAMES, 1)
    told = bench.counted("a")
    assert told.frames > 5
    assert told.alerts == len(bench.raised("a"))
    bench.store.close()


def test_nothing_there_is_found_out_before_anything_begins(
    listed: Listed, settings: Settings, tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match="which is not there"):
        Bench(listed, tmp_path, ("nowhere.mp4",), settings)


ORPHAN = """
import sys, time
from pathlib import Path
sys.path[:0] = [{tests!r}]
from test_lines import orphaned
if __name__ == "__main__":
    orphaned(Path({pickled!r}))
"""


def orphaned(pickled: Path) -> None:
    """Begin a camera in a process, say its number, and do nothing more."""
    task: CameraTask = pickle.loads(pickled.read_bytes())  # noqa: S301 - the test's own
    line = ProcessLine("a", make_camera, task)
    line.obey(Orders())
    line.begin()
    while not line.report(acknowledged=0, wait_s=0.2).progress.frames:
        pass
    sys.stdout.write(f"{line.pid}\n")
    sys.stdout.flush()
    time.sleep(600)


def test_where_the_runner_is_killed_its_cameras_stop_by_themselves(
    street: Street, listed: Listed, settings: Settings, tmp_path: Path
) -> None:
    with camera_on(street.clip, lasts_s=FRAMES / RATE) as address:
        pickled = tmp_path / "task"
        pickled.write_bytes(pickle.dumps(task_for(listed, settings, address)))
        script = tmp_path / "orphan.py"
        tests = str(Path(__file__).parent)
        script.write_text(ORPHAN.format(tests=tests, pickled=str(pickled)))
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        runner = subprocess.Popen(  # noqa: S603 - this interpreter
            [sys.executable, str(script)], stdout=subprocess.PIPE, env=environment, text=True
        )
        assert runner.stdout is not None
        pid = int(runner.stdout.readline())
        assert is_alive(pid)
        runner.kill()
        runner.wait()
        runner.stdout.close()
        until(lambda: not is_alive(pid))


def test_a_closed_line_is_lost(street: Street, listed: Listed, settings: Settings) -> None:
    line = ProcessLine("a", make_camera, task_for(listed, settings, str(street.clip)))
    line.close()
    with pytest.raises(Lost, match="closed"):
        line.begin()


def test_a_killed_live_camera_is_back_while_the_other_goes_on(
    street: Street, listed: Listed, settings: Settings, tmp_path: Path
) -> None:
    """Two live cameras; one's process is killed: the other goes on, and all counts reconcile."""
    with camera_on(street.clip, lasts_s=FRAMES / RATE) as address:
        bench = Bench(listed, tmp_path, (address, address), settings)
        first, other = bench.runner.cameras
        line = bench.served.lines[0]
        assert isinstance(line, ProcessLine)
        killed: list[tuple[int, int]] = []  # the process, and the frames of the other

        before = time.monotonic()

        def look() -> None:
            assert time.monotonic() - before < 2 * PATIENCE_S
            if not killed and first.progress.frames > 10 and line.pid:
                killed.append((line.pid, other.progress.frames))
                os.kill(line.pid, signal.SIGKILL)
            back = killed and not first.lost and line.pid != killed[0][0]
            if back and other.progress.frames > killed[0][1]:
                bench.runner.stop("enough")

        assert bench.run(look) == "enough"
    (lost,) = (each for each in bench.bodies if isinstance(each, CameraLost))
    assert lost == CameraLost("a", "camera a: its process was ended by SIGKILL", 1)
    (back,) = (each for each in bench.bodies if isinstance(each, CameraBack))
    assert (back.camera, back.attempts) == ("a", 1)
    assert back.after_s > FIRST_WAIT_S
    for camera in "ab":
        raised = bench.raised(camera)
        assert len(set(raised)) == len(raised) == bench.counted(camera).alerts
    repeated = [each for each in bench.bodies if isinstance(each, AlertRepeated)]
    assert {each.camera for each in repeated} <= {"a"}
    assert {each.earlier for each in repeated} <= set(bench.raised("a"))
    assert first.seen == bench.counted("a").seen
    bench.store.close()


def never_made(_task: str) -> Parts:
    time.sleep(600)
    raise AssertionError


def test_a_process_that_is_still_beginning_is_ended_at_once() -> None:
    line = ProcessLine("a", never_made, "nothing")
    line.obey(Orders())
    line.begin()
    line.obey(Orders(end=True))
    with pytest.raises(Lost, match="before it began"):
        line.report(acknowledged=0, wait_s=0.2)
    line.close()
