"""One camera at work: the same object in a thread of the runner, in a process, in an actor."""

from __future__ import annotations

import threading
from typing import Final

from overt.engine.lease import GONE_S, Lease
from overt.engine.line import Orders, Report
from overt.engine.outbox import Outbox
from overt.engine.parts import Parts
from overt.errors import SourceError

__all__ = ["Worker"]

LOOK_S: Final = 1.0


class Worker:
    """Runs a camera in a thread of its own, from its first orders until it ends or is forgotten.

    `obey` and `report` may be called by different threads.
    """

    def __init__(self, parts: Parts, *, life: str, lease: Lease | None = None) -> None:
        """Take a camera's parts; it is begun by `begin`.

        Args:
            parts: made for this worker alone.
            life: names this worker among those that serve the camera one after another.
            lease: what its authority lapses by.
        """
        self._parts = parts
        self._life = life
        self._lease = lease or Lease()
        self._outbox = Outbox()
        self._lock = threading.Lock()
        self._ended = False  # the source was ended from here
        self._over = threading.Event()
        self._threads: tuple[threading.Thread, ...] = ()
        self._length = _length(parts)
        self._shown = 0  # number of the newest view that was handed on
        parts.pipeline.hold_to(self._lease)

    def begin(self) -> None:
        """Begin to look. Before the first orders no frame is looked at."""
        camera = self._parts.source.camera
        self._threads = (
            threading.Thread(target=self._follow, name=camera),
            threading.Thread(target=self._watch, name=f"lease of {camera}"),
        )
        for thread in self._threads:
            thread.start()

    def obey(self, orders: Orders) -> None:
        """Do as ordered, from now on; the lease is renewed by it."""
        pipeline = self._parts.pipeline
        pipeline.pause(paused=orders.paused or orders.end)
        if orders.threshold is not None:
            pipeline.operate_at(orders.threshold)
        if orders.view and self._parts.view is not None:
            self._parts.view.want()
        self._lease.renew()
        if orders.end:
            self._end_source()

    def report(self, *, acknowledged: int, wait_s: float) -> Report:
        """Forget what is recorded, wait so long for news, and tell how it stands."""
        pipeline, source, view = self._parts.pipeline, self._parts.source, self._parts.view
        outcomes, running, ended, error = self._outbox.take(
            acknowledged=acknowledged, wait_s=wait_s
        )
        picture = view.newest(after=self._shown) if view is not None else None
        if picture is not None:
            self._shown = picture.number
        return Report(
            life=self._life,
            outcomes=outcomes,
            running=running,
            progress=pipeline.progress.copied(),
            seen=pipeline.seen,
            live=source.live,
            length=self._length,
            dropped=source.dropped,
            times=pipeline.times.copied(),
            health=view.health() if view is not None else None,
            picture=picture,
            ended=ended,
            error=error,
        )

    def close(self) -> None:
        """End it, forget all that is not recorded, and wait until no thread of it runs."""
        self._parts.pipeline.pause(paused=True)
        self._outbox.forget()
        self._end_source()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join()

    def _follow(self) -> None:
        """Run the camera, and keep all that comes of it."""
        error: BaseException | None = None
        try:
            self._follow_to_its_end()
        except BaseException as raised:  # noqa: BLE001 - the worker loop; the runner raises it
            error = raised
        self._outbox.end(error)
        self._over.set()

    def _follow_to_its_end(self) -> None:
        pipeline, source = self._parts.pipeline, self._parts.source
        try:
            for outcome in pipeline.follow(source):
                if outcome is None:
                    self._outbox.note(pipeline.running)
                else:
                    self._outbox.put(outcome)
        finally:
            counts = pipeline.finish(dropped=source.dropped)
            if counts is not None:
                self._outbox.put(counts)

    def _watch(self) -> None:
        """Where nobody comes back, end the source too: what waits for a frame is forgotten then."""
        while not self._over.wait(LOOK_S):
            if GONE_S < self._lease.lapsed_s < float("inf"):
                self._end_source()
                return

    def _end_source(self) -> None:
        """End the frames, once; where they ended by themselves there is nothing to end."""
        with self._lock:
            ended, self._ended = self._ended or self._over.is_set(), True
        if not ended:
            self._parts.source.close()


def _length(parts: Parts) -> int | None:
    try:
        return parts.source.length
    except SourceError:  # said where its frames are read, which ends this camera alone
        return None
