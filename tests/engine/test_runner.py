"""The runner: whatever fails, it ends, says so and records what it can."""

from __future__ import annotations

import copy
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from builders import make_alert_raised
from street import Street, authorised, make_list, make_parts, make_recorder, trial

from overt.clock import Clock, ForwardClock
from overt.embed.fuse import Passages
from overt.engine.lease import LEASE_S, Lease
from overt.engine.line import Line, Orders, Report
from overt.engine.parts import Parts
from overt.engine.pipeline import Pipeline
from overt.engine.recorder import Recorder
from overt.engine.runner import Runner
from overt.engine.thread_line import ThreadLine
from overt.engine.worker import Worker
from overt.errors import (
    AuthorityError,
    ClockError,
    MoveError,
    OvertError,
    RecordsError,
    SourceError,
)
from overt.governance.authority import Authority
from overt.governance.building import Built
from overt.governance.policy_file import reference_policy
from overt.ids import time_ordered_id
from overt.match.comparing import Comparer
from overt.records.base import Recorded, Store
from overt.records.store import open_store
from overt.values.alert import Alert
from overt.values.alert_events import AlertAdjudicated
from overt.values.counts import FaceCounts
from overt.values.duty_events import DeploymentPaused, DeploymentStopOrdered, ThresholdChanged
from overt.values.events import (
    AlertRaised,
    AlertRepeated,
    Body,
    CameraBack,
    CameraLost,
    DeploymentStarted,
    DeploymentStopped,
    Event,
    FacesCounted,
)
from overt.values.faces import Faces
from overt.values.frame import Frame
from overt.values.metric import Metric
from overt.values.quality import Reason
from overt.values.review import Decision, Factors, FalseAlertReason
from overt.values.tracks import EndedTrack, Tracks
from overt.vault.keys import KeyRing
from overt.wiring import Models, evidence_opener

STARTED = DeploymentStarted("test", 1e-3, extrapolated=True)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
PATIENCE_S = 180.0  # a busy machine is slow, not wrong


class StepClock:
    """A clock that is set by hand."""

    def __init__(self, now: datetime) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time


class Observed:
    """A source that does something before a frame is handed out."""

    def __init__(self, line: Parts, at: int, act: Callable[[], object]) -> None:
        self._source, self._at, self._act = line.source, at, act
        self.camera, self.live, self.length = line.source.camera, False, None
        self.dropped = 0
        self.given = 0
        self.close = line.source.close

    def frames(self) -> Iterator[Frame]:
        for frame in self._source.frames():
            if self.given == self._at:
                self._act()
            self.given += 1
            yield frame


class Endless:
    """A source without a frame, until it is closed."""

    live, length, dropped = True, None, 0

    def __init__(self, camera: str) -> None:
        self.camera = camera
        self.asked = threading.Event()
        self._closed = threading.Event()

    def frames(self) -> Iterator[Frame]:
        self.asked.set()
        self._closed.wait()
        yield from ()

    def close(self) -> None:
        self._closed.set()


def once_asked(*cameras: Endless, act: Callable[[], object]) -> None:
    """Do something once these were asked for a frame: by then the deployment has begun."""

    def wait() -> None:
        for camera in cameras:
            assert camera.asked.wait(PATIENCE_S)
        act()

    threading.Thread(target=wait, daemon=True).start()


class Deaf:
    """A store that cannot write any more after so many events."""

    def __init__(self, store: Store, *, after: int) -> None:
        self._store, self._left = store, after

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def append(self, events: Sequence[Event], /, **more: Any) -> tuple[int, ...]:
        self._left -= len(events)
        if self._left < 0:
            raise RecordsError("record: got no room")
        return self._store.append(events, **more)


def served(parts: Parts) -> Line:
    """Serve a camera in a thread of this process."""
    return ThreadLine(parts.source.camera, lambda: parts)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    return KeyRing(tmp_path_factory.mktemp("ring") / "keys")


@pytest.fixture(scope="module")
def built(
    street: Street, models: Models, keys: KeyRing, tmp_path_factory: pytest.TempPathFactory
) -> Built:
    folder = tmp_path_factory.mktemp("built") / "list"
    return make_list(street, models, folder=folder, keys=keys, now=NOW)


class Bench:
    """A deployment ready to run on a clip, with a record of its own."""

    def __init__(
        self,
        sources: Sequence[str],
        *,
        built: Built,
        models: Models,
        keys: KeyRing,
        folder: Path,
        clock: Clock,
        urgent: datetime | None = None,
        busy_timeout_s: float = 60.0,
    ) -> None:
        now, watchlist = clock.now(), built.list.watchlist
        self.clock = ForwardClock(clock)
        drafted = trial(*sources, now=now)
        if urgent is not None:  # when it was given
            statement = replace(drafted.statement, urgent=True, given=urgent)
            drafted = replace(drafted, statement=statement)
        self.authority = authorised(drafted, watchlist, models, now=now)
        self.lines = make_parts(self.authority, watchlist, models, clock=self.clock)
        self.store: Store = open_store(folder / "events.sqlite", busy_timeout_s=busy_timeout_s)
        self._built, self._keys, self._folder = built, keys, folder
        self.alerts: list[str] = []

    def recorder(self, store: Store | None = None) -> Recorder:
        return make_recorder(
            self.authority,
            self._built,
            store=store or self.store,
            folder=self._folder,
            keys=self._keys,
            clock=self.clock,
        )

    def runner(self, lines: Sequence[Parts] | None = None, store: Store | None = None) -> Runner:
        return Runner(
            [served(parts) for parts in lines or self.lines],
            authority=self.authority,
            recorder=self.recorder(store),
            clock=self.clock,
        )

    def run(self, runner: Runner, *, on_look: Callable[[], object] = lambda: None) -> str:
        """Run to the end, which must come soon, with no thread left behind."""
        before, threads = time.monotonic(), threading.active_count()
        try:
            return runner.run(
                STARTED,
                on_alert=lambda alert: self.alerts.append(alert.id),
                on_look=lambda: (on_look(), None)[1],
            )
        finally:
            assert time.monotonic() - before < PATIENCE_S
            assert threading.active_count() <= threads

    @property
    def bodies(self) -> list[object]:
        recorded: list[Recorded] = list(self.store.events())
        return [each.event.body for each in recorded]

    def replaced(self, **stages: object) -> Parts:
        """Give the first line with other stages."""
        pipeline = self.lines[0].pipeline
        pipeline._stages = replace(pipeline._stages, **stages)  # pyright: ignore[reportPrivateUsage, reportArgumentType]
        return self.lines[0]


@pytest.fixture
def bench(
    street: Street, built: Built, models: Models, keys: KeyRing, tmp_path: Path
) -> Iterator[Bench]:
    made = Bench(
        [str(street.clip)],
        built=built,
        models=models,
        keys=keys,
        folder=tmp_path,
        clock=StepClock(NOW),
    )
    yield made
    made.store.close()


def test_a_run_to_the_end(bench: Bench) -> None:
    assert bench.run(bench.runner()) == "the sources ended"
    kinds = [type(body) for body in bench.bodies]
    assert kinds == [DeploymentStarted, AlertRaised, FacesCounted, DeploymentStopped]
    assert len(bench.alerts) == 1


def test_who_is_another_at_every_shot_is_not_counted_as_compared(bench: Bench) -> None:
    """No two shots are taken for one person's: no alert could come of them."""
    line = bench.replaced(
        passages=Passages(
            best_shots=4, unit_length=False, score=Comparer(Metric.L2).score, least_score=1.0
        )
    )
    bench.run(bench.runner([line]))
    counts = counted(bench)
    assert (counts.compared, counts.alerts) == (0, 0)
    assert counts.unfit.get(Reason.TOO_FEW_SHOTS, 0) == counts.seen == 4


def observed(bench: Bench, at: int, act: Callable[[], object]) -> Observed:
    return Observed(bench.lines[0], at, act)


def set_clock(bench: Bench, time: datetime) -> None:
    clock = bench.clock._clock  # pyright: ignore[reportPrivateUsage]
    assert isinstance(clock, StepClock)
    clock.time = time


def test_outside_its_window_no_frame_is_processed(bench: Bench) -> None:
    end = bench.authority.deployment.window.end
    source = observed(bench, 10, lambda: set_clock(bench, end))
    line = Parts(source, bench.lines[0].pipeline)
    assert bench.run(bench.runner([line])) == "the authorised window ended"
    counts = [body.counts for body in bench.bodies if isinstance(body, FacesCounted)]
    assert sum(each.frames for each in counts) == 10
    assert line.pipeline.progress.frames == 10
    assert bench.bodies[-1] == DeploymentStopped("the authorised window ended")


def test_the_last_moment_of_the_window_counts_and_its_end_does_not(bench: Bench) -> None:
    end = bench.authority.deployment.window.end
    source = observed(bench, 3, lambda: set_clock(bench, end - timedelta(microseconds=1)))
    line = Parts(source, bench.lines[0].pipeline)
    assert bench.run(bench.runner([line])) == "the sources ended"
    assert line.pipeline.progress.frames == 75


def test_a_clock_that_goes_back_stops_and_that_is_recorded(bench: Bench) -> None:
    source = observed(bench, 10, lambda: set_clock(bench, NOW - timedelta(seconds=30)))
    line = Parts(source, bench.lines[0].pipeline)
    with pytest.raises(ClockError, match="the clock went back"):
        bench.run(bench.runner([line]))
    stopped = bench.bodies[-1]
    assert isinstance(stopped, DeploymentStopped)
    assert stopped.reason.startswith("recognition failed: the clock went back")
    assert line.pipeline.progress.frames == 10
    assert [each.event.at for each in bench.store.events()] == [NOW] * len(bench.bodies)


def test_a_clock_that_goes_back_stops_cameras_without_a_frame_too(bench: Bench) -> None:
    camera = Endless("a")
    once_asked(camera, act=lambda: set_clock(bench, NOW - timedelta(days=1)))
    with pytest.raises(ClockError):
        bench.run(bench.runner([Parts(camera, bench.lines[0].pipeline)]))
    assert isinstance(bench.bodies[-1], DeploymentStopped)


def test_a_camera_without_a_frame_does_not_outlast_the_window(bench: Bench) -> None:
    end = bench.authority.deployment.window.end
    camera = Endless("a")
    once_asked(camera, act=lambda: set_clock(bench, end))
    runner = bench.runner([Parts(camera, bench.lines[0].pipeline)])
    assert bench.run(runner) == "the authorised window ended"
    assert bench.bodies == [STARTED, DeploymentStopped("the authorised window ended")]


def test_the_first_reason_counts(bench: Bench) -> None:
    camera = Endless("a")
    runner = bench.runner([Parts(camera, bench.lines[0].pipeline)])
    once_asked(camera, act=lambda: (runner.stop("first"), runner.stop("second")))
    assert bench.run(runner) == "first"


def test_stopped_before_it_starts_it_ends_at_once(bench: Bench) -> None:
    runner = bench.runner()
    runner.stop("early")
    assert bench.run(runner) == "early"
    assert bench.lines[0].pipeline.progress.frames == 0


@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_a_record_that_fails_stops_recognition(after: int, bench: Bench) -> None:
    deaf: Any = Deaf(bench.store, after=after)
    runner = bench.runner(store=deaf)
    with pytest.raises(RecordsError, match="no room"):
        bench.run(runner)
    assert len(bench.bodies) == after
    assert len(bench.alerts) == (after > 1)


def test_a_record_that_another_process_holds_stops_recognition(
    street: Street, built: Built, models: Models, keys: KeyRing, tmp_path: Path
) -> None:
    bench = Bench(
        [str(street.clip)], built=built, models=models, keys=keys, folder=tmp_path,
        clock=StepClock(NOW), busy_timeout_s=0.2,
    )  # fmt: skip
    holder = sqlite3.connect(
        tmp_path / "events.sqlite", isolation_level=None, check_same_thread=False
    )
    source = observed(bench, 5, lambda: holder.execute("BEGIN IMMEDIATE"))
    with pytest.raises(RecordsError, match=r"waited 0\.2 s"):
        bench.run(bench.runner([Parts(source, bench.lines[0].pipeline)]))
    holder.close()
    assert bench.bodies == [STARTED]
    assert bench.alerts == []
    bench.store.close()


class Breaks:
    """A detector or tracker that has a bug."""

    def detect(self, _frame: Frame, /) -> Faces:
        raise ZeroDivisionError("a bug")

    def update(self, _frame: Frame, _faces: Faces, /) -> Tracks:
        raise ZeroDivisionError("a bug")

    def finish(self) -> tuple[EndedTrack, ...]:
        raise MemoryError("in finish")


def test_a_bug_in_a_stage_ends_the_deployment_and_is_recorded(bench: Bench) -> None:
    line = bench.replaced(detector=Breaks())
    with pytest.raises(ZeroDivisionError):
        bench.run(bench.runner([line, Parts(Endless("b"), bench.lines[0].pipeline)]))
    assert bench.bodies[-1] == DeploymentStopped("recognition failed: ZeroDivisionError")


def test_a_bug_at_the_end_of_a_camera_does_not_hang(bench: Bench) -> None:
    line = bench.replaced(tracker=Breaks())
    with pytest.raises(MemoryError):
        bench.run(bench.runner([line]))
    assert bench.bodies[-1] == DeploymentStopped("recognition failed: MemoryError")


class Leaves:
    """A detector whose thread is told to leave."""

    def detect(self, _frame: Frame, /) -> Faces:
        raise SystemExit(3)


def test_a_thread_that_leaves_does_not_hang(bench: Bench) -> None:
    with pytest.raises(SystemExit):
        bench.run(bench.runner([bench.replaced(detector=Leaves())]))
    assert bench.bodies[-1] == DeploymentStopped("recognition failed: SystemExit")


class UnseenError(OvertError):
    """Raised by who watches."""


@pytest.mark.parametrize("where", ["on_alert", "on_look"])
def test_who_watches_may_fail(where: str, bench: Bench) -> None:
    def fail(*_: object) -> None:
        raise UnseenError("cannot be shown")

    def show(*_: object) -> None:
        return

    watchers = {"on_alert": show, "on_look": show, where: fail}
    with pytest.raises(UnseenError):
        bench.runner().run(STARTED, **watchers)  # pyright: ignore[reportArgumentType]
    assert bench.bodies[-1] == DeploymentStopped("recognition failed: cannot be shown")
    assert any(isinstance(body, AlertRaised) for body in bench.bodies) == (where == "on_alert")


@pytest.mark.parametrize("failing", [UnseenError("no room"), OSError(28, "full"), SystemExit(1)])
def test_what_cannot_be_shown_is_recorded_all_the_same(
    failing: BaseException, street: Street, built: Built, models: Models, keys: KeyRing,
    tmp_path: Path,
) -> None:  # fmt: skip
    """Three alerts wait while the first is shown, and that fails: all are sealed and recorded."""
    bench = Bench(
        [str(street.clip)] * 3, built=built, models=models, keys=keys, folder=tmp_path,
        clock=StepClock(NOW),
    )  # fmt: skip
    shown: list[str] = []

    def fail(alert: Alert) -> None:
        shown.append(alert.id)
        end = time.monotonic() + PATIENCE_S
        while sum(line.pipeline.progress.alerts for line in bench.lines) < 3:
            assert time.monotonic() < end
            time.sleep(0.01)
        raise failing

    with pytest.raises(type(failing)):
        bench.runner().run(STARTED, on_alert=fail, on_look=lambda: None)
    recorded = [body for body in bench.bodies if isinstance(body, AlertRaised)]
    counts = [body.counts for body in bench.bodies if isinstance(body, FacesCounted)]
    assert {alert.camera for alert in recorded} == {"a", "b", "c"}
    assert sorted(shown) == sorted(alert.alert for alert in recorded), "each is tried"
    assert sum(each.alerts for each in counts) == 3
    sealed = evidence_opener(tmp_path / "evidence", keys)
    assert all(sealed(alert.alert, alert.commitment) for alert in recorded)
    stopped = bench.bodies[-1]
    assert isinstance(stopped, DeploymentStopped)
    assert stopped.reason.startswith("recognition failed: ")
    bench.store.close()


def test_alerts_that_wait_are_recorded_before_one_is_shown(
    street: Street, built: Built, models: Models, keys: KeyRing, tmp_path: Path
) -> None:
    bench = Bench(
        [str(street.clip)] * 2, built=built, models=models, keys=keys, folder=tmp_path,
        clock=StepClock(NOW),
    )  # fmt: skip
    runner = bench.runner()
    known: list[int] = []  # alerts in the record when one is shown

    def slow(_: Alert) -> None:
        known.append(sum(isinstance(body, AlertRaised) for body in bench.bodies))

    def waiting() -> int:
        told = runner._told  # pyright: ignore[reportPrivateUsage]
        with told.mutex:
            reports = [what for _, what in told.queue if isinstance(what, Report)]
        outcomes = [each.outcome for report in reports for each in report.outcomes]
        return sum(isinstance(outcome, Alert) for outcome in outcomes)

    def wait() -> None:  # at the first look, before anything is taken
        end = time.monotonic() + PATIENCE_S
        while waiting() < 2:
            assert time.monotonic() < end
            time.sleep(0.01)

    looks = iter([wait])

    def look() -> None:
        for act in looks:
            act()

    runner.run(STARTED, on_alert=slow, on_look=look)
    assert known == [2, 2]
    bench.store.close()


def test_a_camera_that_breaks_off_ends_alone(
    street: Street, built: Built, models: Models, keys: KeyRing, tmp_path: Path
) -> None:
    bench = Bench(
        [str(street.clip), str(street.clip)],
        built=built,
        models=models,
        keys=keys,
        folder=tmp_path,
        clock=StepClock(NOW),
    )

    def fail() -> None:
        raise SourceError("cut off")

    first = Parts(Observed(bench.lines[0], 5, fail), bench.lines[0].pipeline)
    with pytest.raises(SourceError, match="cut off"):
        bench.run(bench.runner([first, bench.lines[1]]))
    counts = [body.counts for body in bench.bodies if isinstance(body, FacesCounted)]
    assert {each.camera: each.frames for each in counts} == {"a": 5, "b": 75}
    assert bench.bodies[-1] == DeploymentStopped("a source broke off: cut off")
    bench.store.close()


def test_another_list_or_model_than_the_authorised_is_refused(
    bench: Bench, street: Street, models: Models, built: Built, keys: KeyRing, tmp_path: Path
) -> None:
    later = NOW + timedelta(seconds=1)
    other = make_list(street, models, folder=tmp_path / "other", keys=keys, now=later)
    renamed = replace(other.list.watchlist, digest="0" * 64)
    with pytest.raises(AuthorityError, match="the authorised one"):
        make_parts(bench.authority, renamed, models, clock=bench.clock)
    opened = copy.copy(models.opened)
    object.__setattr__(opened, "bundle", replace(opened.bundle, digest="0" * 64))
    with pytest.raises(AuthorityError, match="the authorised one"):
        make_parts(
            bench.authority, built.list.watchlist, replace(models, opened=opened), clock=bench.clock
        )


@pytest.mark.parametrize("age", [timedelta(hours=24, seconds=1), timedelta(seconds=-1)])
def test_a_list_that_is_too_old_or_not_built_yet_is_refused(
    age: timedelta, built: Built, models: Models, street: Street
) -> None:
    now = NOW + age
    with pytest.raises(AuthorityError, match="watchlist: got"):
        authorised(trial(str(street.clip), now=now), built.list.watchlist, models, now=now)


def test_a_list_of_another_bundle_is_refused(built: Built, models: Models, street: Street) -> None:
    other = replace(built.list.watchlist, bundle="0" * 64)
    with pytest.raises(AuthorityError, match="build the list with this bundle"):
        authorised(trial(str(street.clip), now=NOW), other, models, now=NOW)


def test_an_authority_is_for_its_own_window(bench: Bench) -> None:
    authority: Authority = bench.authority
    window = authority.deployment.window
    authority.require_current(window.start)
    for moment in (window.start - timedelta(microseconds=1), window.end):
        with pytest.raises(OvertError, match="the authorised window"):
            authority.require_current(moment)


def ordered(bench: Bench, body: Body, seen: Callable[[], bool]) -> Callable[[], None]:
    """Record an order as another process would, and hold the camera until it is seen."""

    def act() -> None:
        at = bench.clock.now()
        bench.store.append([Event(f"order-{type(body).__name__}", bench.authority.id, at, body)])
        end = time.monotonic() + PATIENCE_S
        while not seen():
            assert time.monotonic() < end
            time.sleep(0.02)

    return act


def counted(bench: Bench) -> FaceCounts:
    parts = [body.counts for body in bench.bodies if isinstance(body, FacesCounted)]
    total = parts[0]
    for part in parts[1:]:
        total = total.plus(part)
    return total


def test_another_threshold_is_kept_from_the_next_frame_on(bench: Bench) -> None:
    pipeline = bench.lines[0].pipeline
    change = ThresholdChanged("B", "Superintendent", "too many", 0.37, 0.9, 1e-3, 1e-9)
    seen = lambda: pipeline._point.threshold == 0.9  # noqa: E731  # pyright: ignore[reportPrivateUsage]
    source = observed(bench, 0, ordered(bench, change, seen))
    bench.run(bench.runner([Parts(source, pipeline)]))
    assert bench.alerts == []
    assert counted(bench).compared > 0


def test_nobody_is_looked_at_in_a_pause(bench: Bench) -> None:
    pipeline = bench.lines[0].pipeline
    seen = lambda: pipeline._paused  # noqa: E731  # pyright: ignore[reportPrivateUsage]
    source = observed(bench, 0, ordered(bench, DeploymentPaused("B", "crowd"), seen))
    bench.run(bench.runner([Parts(source, pipeline)]))
    counts = counted(bench)
    assert (counts.frames, counts.seen, counts.compared, bench.alerts) == (0, 0, 0, [])
    assert counts.dropped == source.given


def test_a_look_that_has_waited_for_its_turn_is_left_where_it_was_paused_meanwhile(
    bench: Bench,
) -> None:
    """Many cameras take turns in the detector: it may be seconds until one of them is let in."""
    line = bench.lines[0]
    pipeline, detector = line.pipeline, line.pipeline._stages.detector  # pyright: ignore[reportPrivateUsage]
    found: list[int] = []

    class Waiting:
        def detect(self, frame: Frame, /) -> Faces:
            faces = detector.detect(frame)
            found.append(len(faces))
            pipeline.pause(paused=len(found) > 3)
            return faces

    pipeline._stages = replace(pipeline._stages, detector=Waiting())  # pyright: ignore[reportPrivateUsage]
    outcomes = [*pipeline.run(line.source), pipeline.finish(dropped=0)]
    assert len(found) == 4
    assert all(found), "there was somebody to look at each time"
    assert pipeline.times.stages["track"].count == 3, "of the fourth nothing was followed"
    counts = [each for each in outcomes if isinstance(each, FaceCounts)]
    assert sum(each.dropped for each in counts) > 0
    assert [each for each in outcomes if isinstance(each, Alert)] == []


def test_a_stop_from_another_process_is_obeyed(bench: Bench) -> None:
    pipeline = bench.lines[0].pipeline
    runner = bench.runner()
    seen = lambda: runner._stop_reason is not None  # noqa: E731  # pyright: ignore[reportPrivateUsage]
    source = observed(bench, 10, ordered(bench, DeploymentStopOrdered("B", "somebody fell"), seen))
    runner = bench.runner([Parts(source, pipeline)])
    assert bench.run(runner) == "somebody fell"
    assert source.given <= 12, "no frame after the stop but the one in hand"


def append(bench: Bench, *bodies: Body) -> None:
    """Record something as another process would."""
    at = bench.clock.now()
    bench.store.append(
        [Event(time_ordered_id(at), bench.authority.id, at, body) for body in bodies]
    )


def test_where_another_machine_starts_this_one_ends_and_ends_nothing_else(bench: Bench) -> None:
    recorder, camera = bench.recorder(), Endless("a")
    runner = Runner(
        [served(Parts(camera, bench.lines[0].pipeline))],
        authority=bench.authority,
        recorder=recorder,
        clock=bench.clock,
    )
    paused = DeploymentPaused("B", "it hangs")
    once_asked(camera, act=lambda: append(bench, paused, STARTED))
    with pytest.raises(MoveError, match="another machine runs this deployment"):
        bench.run(runner)
    assert recorder.taken_over
    assert bench.bodies == [STARTED, paused, STARTED]  # no end: it goes on there


def test_a_failure_after_another_machine_started_ends_nothing_either(bench: Bench) -> None:
    recorder = bench.recorder()
    runner = Runner(
        [served(each) for each in bench.lines],
        authority=bench.authority,
        recorder=recorder,
        clock=bench.clock,
    )

    def fail() -> None:
        append(bench, STARTED)
        raise UnseenError("cannot be shown")

    with pytest.raises(UnseenError):
        runner.run(STARTED, on_alert=lambda _: None, on_look=fail)
    assert recorder.taken_over
    assert not any(isinstance(body, DeploymentStopped) for body in bench.bodies)


def test_too_many_false_alerts_end_it(bench: Bench) -> None:
    alerts = [f"a{n}" for n in range(4)]
    why = FalseAlertReason.OTHER
    append(
        bench,
        FacesCounted(FaceCounts("a", NOW, seen=200, compared=200)),
        *(make_alert_raised(alert, NOW) for alert in alerts),
    )
    judged = [
        AlertAdjudicated(alert, "B", Decision.REJECT, Factors(), why, "no", second=False)
        for alert in alerts
    ]
    camera = Endless("a")
    once_asked(camera, act=lambda: append(bench, *judged))
    reason = bench.run(bench.runner([Parts(camera, bench.lines[0].pipeline)]))
    assert reason.startswith("observed-false-alerts: false alerts: got 4 in 200 faces seen, want")
    assert bench.bodies[-1] == DeploymentStopped(reason)


@pytest.mark.parametrize("live", [1000, 20])
def test_the_running_minute_counts_before_it_is_recorded(live: int, bench: Bench) -> None:
    """Four false alerts: too many for 220 faces, not for 1,200."""
    counter = bench.lines[0].pipeline._counter  # pyright: ignore[reportPrivateUsage]
    counter.turn(NOW)
    for _ in range(live):
        counter.compared()
    why = FalseAlertReason.OTHER
    alerts = [f"a{n}" for n in range(4)]
    append(
        bench,
        FacesCounted(FaceCounts("a", NOW - timedelta(minutes=1), seen=200, compared=200)),
        *(make_alert_raised(alert, NOW) for alert in alerts),
    )
    judged = [
        AlertAdjudicated(alert, "B", Decision.REJECT, Factors(), why, "no", second=False)
        for alert in alerts
    ]
    camera, known = Endless("a"), threading.Event()
    runner = bench.runner([Parts(camera, bench.lines[0].pipeline)])
    once_asked(camera, act=lambda: (append(bench, *judged), known.set()))
    looks = count()

    def look() -> None:  # orders and rules are seen to after each
        if known.is_set() and next(looks) == 2:
            runner.stop("enough")

    reason = bench.run(runner, on_look=look)
    if live == 20:
        assert reason.startswith("observed-false-alerts: false alerts: got 4 in 220 faces seen")
    else:
        assert reason == "enough"
    assert counted(bench).seen == 200 + live


def test_an_urgent_authority_nobody_reviews_ends_at_its_deadline(
    street: Street, built: Built, models: Models, keys: KeyRing, tmp_path: Path
) -> None:
    within = reference_policy().duration("authority-urgent-review")
    due = NOW + timedelta(minutes=10)
    bench = Bench(
        [str(street.clip)],
        built=built,
        models=models,
        keys=keys,
        folder=tmp_path,
        clock=StepClock(NOW),
        urgent=due - within,
    )
    camera = Endless("a")
    runner = bench.runner([Parts(camera, bench.lines[0].pipeline)])
    once_asked(camera, act=lambda: set_clock(bench, due + timedelta(seconds=1)))
    assert bench.run(runner).startswith("authority-urgent-review: got a review that is overdue")
    bench.store.close()


class Noted:
    """A source that notes how its camera stands when its first frame is asked for."""

    live, length, dropped = False, None, 0

    def __init__(self, line: Parts) -> None:
        self.camera, self.asked = line.source.camera, False
        self.threshold = 0.0
        self.close = line.source.close
        self._line = line

    def frames(self) -> Iterator[Frame]:
        self.asked = True
        self.threshold = self._line.pipeline._point.threshold  # pyright: ignore[reportPrivateUsage]
        yield from ()


def test_what_was_ordered_before_holds_for_the_first_frame(bench: Bench) -> None:
    source = Noted(bench.lines[0])
    append(bench, ThresholdChanged("B", "Superintendent", "too many", 0.37, 0.9, 1e-3, 1e-9))
    bench.run(bench.runner([Parts(source, bench.lines[0].pipeline)]))
    assert source.threshold == 0.9


def test_what_was_stopped_before_asks_for_no_frame(bench: Bench) -> None:
    source = Noted(bench.lines[0])
    append(bench, DeploymentStopOrdered("B", "somebody fell"))
    line = Parts(source, bench.lines[0].pipeline)
    assert bench.run(bench.runner([line])) == "somebody fell"
    assert not source.asked


def test_no_camera_looks_while_another_is_closed(bench: Bench) -> None:
    pipelines = [bench.lines[0].pipeline, make_pipeline(bench)]
    stood: list[bool] = []

    class Slow(Endless):
        def close(self) -> None:
            stood.extend(each._paused for each in pipelines)  # pyright: ignore[reportPrivateUsage]
            super().close()

    cameras = [Slow(name) for name in "ab"]
    lines = [Parts(camera, each) for camera, each in zip(cameras, pipelines, strict=True)]
    runner = bench.runner(lines)
    once_asked(*cameras, act=lambda: runner.stop("enough"))
    assert bench.run(runner) == "enough"
    assert stood == [True] * 4


def make_pipeline(bench: Bench) -> Pipeline:
    """Make another camera's pipeline of the same deployment."""
    return Pipeline(
        bench.lines[0].pipeline._stages,  # pyright: ignore[reportPrivateUsage]
        authority=bench.authority,
        camera="b",
        clock=bench.clock,
    )


def test_a_signal_handler_only_notes_the_reason(bench: Bench) -> None:
    """It may come in the middle of anything, also while a lock is held."""
    closed: list[str] = []

    class Watched(Endless):
        def close(self) -> None:
            closed.append(threading.current_thread().name)
            super().close()

    camera = Watched("a")
    runner = bench.runner([Parts(camera, bench.lines[0].pipeline)])
    once_asked(camera, act=lambda: runner.stop("stopped by SIGTERM"))
    assert bench.run(runner) == "stopped by SIGTERM"
    assert closed == [threading.current_thread().name]


class Trailing:
    """A source that drops frames after the last one it hands out."""

    live, length = False, None

    def __init__(self, line: Parts, *, drops: int) -> None:
        self._source, self._drops, self.dropped = line.source, drops, 0
        self.camera, self.close = line.source.camera, line.source.close

    def frames(self) -> Iterator[Frame]:
        yield from self._source.frames()
        self.dropped += self._drops


def test_frames_dropped_after_the_last_one_are_counted(bench: Bench) -> None:
    line = Parts(Trailing(bench.lines[0], drops=7), bench.lines[0].pipeline)
    bench.run(bench.runner([line]))
    assert (counted(bench).frames, counted(bench).dropped) == (75, 7)


def test_frames_dropped_where_none_was_handed_out_need_no_minute(bench: Bench) -> None:
    assert bench.lines[0].pipeline.finish(dropped=3) is None


class Camera:
    """A recording as if it were a camera: it may break off."""

    live, length, dropped = True, None, 0

    def __init__(self, parts: Parts, *, breaks_at: int | None = None) -> None:
        self._source, self._breaks_at = parts.source, breaks_at
        self.camera, self.close = parts.source.camera, parts.source.close

    def frames(self) -> Iterator[Frame]:
        for number, frame in enumerate(self._source.frames()):
            if number == self._breaks_at:
                raise SourceError("cut off")
            yield frame


def test_a_camera_that_breaks_off_is_begun_again_and_repeats_no_alert(
    bench: Bench, built: Built, models: Models
) -> None:
    again = make_parts(bench.authority, built.list.watchlist, models, clock=bench.clock)[0]
    lives = iter(
        [
            Parts(Camera(bench.lines[0], breaks_at=60), bench.lines[0].pipeline),
            Parts(Camera(again), again.pipeline),
        ]
    )
    line = ThreadLine("a", lambda: next(lives))
    runner = Runner([line], authority=bench.authority, recorder=bench.recorder(), clock=bench.clock)
    assert bench.run(runner) == "the sources ended"
    kinds = [type(body) for body in bench.bodies]
    assert kinds == [
        DeploymentStarted,
        AlertRaised,
        FacesCounted,
        CameraLost,
        CameraBack,
        AlertRepeated,
        FacesCounted,
        DeploymentStopped,
    ]
    assert bench.bodies[3] == CameraLost("a", "cut off", 1)
    repeated = bench.bodies[5]
    assert isinstance(repeated, AlertRepeated)
    assert bench.alerts == [repeated.earlier]
    assert (counted(bench).frames, counted(bench).alerts) == (60 + 75, 1)
    assert runner.cameras[0].progress.frames == 60 + 75
    assert runner.cameras[0].times.stages["decode"].count == 60 + 75 + 2


def test_a_camera_that_was_never_there_is_not_waited_for(bench: Bench) -> None:
    source = Camera(bench.lines[0], breaks_at=0)
    with pytest.raises(SourceError, match="cut off"):
        bench.run(bench.runner([Parts(source, bench.lines[0].pipeline)]))
    assert bench.bodies == [STARTED, DeploymentStopped("a source broke off: cut off")]


def test_a_stop_does_not_wait_for_a_camera_that_is_lost(bench: Bench) -> None:
    source = Camera(bench.lines[0], breaks_at=5)
    runner = bench.runner([Parts(source, bench.lines[0].pipeline)])

    def look() -> None:
        if runner.cameras[0].lost:
            runner.stop("enough")

    before = time.monotonic()
    assert runner.run(STARTED, on_alert=lambda _: None, on_look=look) == "enough"
    assert time.monotonic() - before < PATIENCE_S
    assert [type(body) for body in bench.bodies[-2:]] == [CameraLost, DeploymentStopped]


def test_without_orders_no_frame_is_looked_at_and_passages_end(bench: Bench) -> None:
    """The runner falls silent at frame 40, and is heard again at frame 60."""
    now = [100.0]
    parts = bench.lines[0]
    lease = Lease(monotonic=lambda: now[0])
    kept: list[int] = []

    def silent() -> None:
        now[0] += LEASE_S + 1

    def heard() -> None:
        kept.append(len(parts.pipeline._stages.passages))  # pyright: ignore[reportPrivateUsage]
        worker.obey(Orders())

    source = Observed(Parts(Observed(parts, 40, silent), parts.pipeline), 60, heard)
    worker = Worker(Parts(source, parts.pipeline), life="1", lease=lease)
    worker.obey(Orders())
    worker.begin()
    report = worker.report(acknowledged=0, wait_s=0)
    while not report.ended:
        report = worker.report(acknowledged=0, wait_s=0.2)
    worker.close()
    total = [each.outcome for each in report.outcomes if isinstance(each.outcome, FaceCounts)][-1]
    assert (total.frames, total.dropped) == (75 - 20, 20)
    assert kept == [0]
