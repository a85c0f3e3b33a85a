"""Where a camera runs: what another process needs to put it together, and doing so there."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from overt.arrays import F32
from overt.clock import Clock, ForwardClock, SystemClock
from overt.engine.cluster import Cluster
from overt.engine.line import Line
from overt.engine.live import CameraView
from overt.engine.parts import Parts
from overt.engine.process_line import ProcessLine
from overt.engine.shared import SharedArray
from overt.engine.thread_line import ThreadLine
from overt.errors import AuthorityError
from overt.governance.authority import Authority, Grant
from overt.governance.listfile import list_digest
from overt.ids import time_ordered_id
from overt.match.comparing import Side
from overt.settings import Serving, Settings
from overt.values.deployment import Camera
from overt.values.embeddings import Embeddings
from overt.values.watchlist import Entry, Watchlist
from overt.wiring.cameras import camera_parts, camera_source
from overt.wiring.common import Common
from overt.wiring.models import Models, open_models

__all__ = ["CameraTask", "ListTask", "Served", "make_camera", "serve_here"]

CARRIED: Final = frozenset({"data_dir", "cache_dir", "providers", "decode_threads"})


@dataclass(frozen=True, slots=True, eq=False)
class ListTask:
    """A watchlist on its way to a camera: entries without photographs, and templates."""

    name: str
    built: datetime
    bundle: str
    entries: tuple[Entry, ...]
    vectors: F32 | SharedArray  # (n, d)
    digest: str
    against: tuple[F32, F32] | None = None  # means and spreads, (n,) each, against the cohort

    @classmethod
    def of(
        cls, watchlist: Watchlist, vectors: F32 | SharedArray, *, listed: Side | None = None
    ) -> ListTask:
        """Give a list with its templates as they are to be carried.

        Args:
            watchlist: the authorised list.
            vectors: its templates.
            listed: them held against the cohort; None: each camera's process does that for itself.
        """
        return cls(
            watchlist.name,
            watchlist.built,
            watchlist.bundle,
            watchlist.entries,
            vectors,
            watchlist.digest,
            None if listed is None else (listed.means, listed.spreads),
        )

    def watchlist(self) -> Watchlist:
        """Put the list together again, and see that it is the same.

        Raises:
            AuthorityError: entries, templates or bundle are others.
        """
        held = self.vectors
        vectors = held.array if isinstance(held, SharedArray) else held
        found = list_digest(self.entries, vectors, bundle=self.bundle)
        if found != self.digest:
            raise AuthorityError(f"watchlist: got {found}, want {self.digest}, the authorised one")
        embeddings = Embeddings(vectors)
        return Watchlist(self.name, self.built, self.bundle, self.entries, embeddings, self.digest)

    def listed(self, watchlist: Watchlist) -> Side | None:
        """Give what `watchlist` put together, held against the cohort, if that came along."""
        if self.against is None:
            return None
        means, spreads = self.against
        return Side(watchlist.embeddings.vectors, means, spreads)


@dataclass(frozen=True, slots=True, eq=False)
class CameraTask:
    """All that puts a camera together elsewhere; it can be pickled, and opens no record or key."""

    grant: Grant
    camera: Camera
    listed: ListTask
    settings: Settings  # of the machine that serves it: folders of bundles, providers, threads
    started: datetime  # of a recording's first frame
    paced: bool = False  # a recording is played again and again, at its own pace

    @classmethod
    def of(
        cls,
        camera: Camera,
        *,
        authority: Authority,
        listed: ListTask,
        settings: Settings,
        started: datetime,
        paced: bool = False,
    ) -> CameraTask:
        """Give a camera's task; a way to the record or to keys is left out of its settings."""
        carried = cls.carried(settings)
        return cls(authority.grant, camera, listed, carried, started, paced)

    @staticmethod
    def carried(settings: Settings) -> Settings:
        """Leave out of settings all that a camera needs not: ways to the record and to keys."""
        fields = Settings.model_fields.items()
        left_out = {
            name: field.get_default(call_default_factory=True)
            for name, field in fields
            if name not in CARRIED
        }
        return settings.model_copy(update=left_out)


def make_camera(task: CameraTask) -> Parts:
    """Authorise in this process what was authorised in another, and put its camera together.

    Raises:
        AuthorityError: list or model are others than the authorised, or a rule fails.
        BundleError: the bundle is not on this machine, or is wrong.
        SourceError: nothing is where the camera's frames should come from.
    """
    deployment = task.grant.deployment
    models = open_models(deployment.bundle, settings=task.settings)
    watchlist = task.listed.watchlist()
    authority = task.grant.redeem(watchlist, models.opened.bundle)
    clock = ForwardClock(SystemClock())
    return camera_parts(
        task.camera,
        source=camera_source(
            task.camera,
            settings=task.settings,
            clock=clock,
            started=task.started,
            paced=task.paced,
        ),
        authority=authority,
        common=Common.of(models, watchlist, listed=task.listed.listed(watchlist)),
        clock=clock,
        new_id=time_ordered_id,
        view=CameraView(task.camera, clock=clock),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Served:
    """A deployment's cameras, and what their processes share: memory, or a cluster."""

    lines: tuple[Line, ...]
    shared: SharedArray | Cluster | None

    def close(self) -> None:
        """Let go of what is shared; a second call does nothing."""
        if self.shared is not None:
            self.shared.close()


def serve_here(
    authority: Authority,
    *,
    watchlist: Watchlist,
    models: Models,
    settings: Settings,
    clock: Clock,
    paced: bool = False,
) -> Served:
    """Choose how a deployment's cameras are served on this machine; none is begun.

    Raises:
        SourceError: nothing is where a camera's frames should come from.
    """
    cameras, started = authority.deployment.cameras, clock.now()
    if in_processes(settings.camera_processes, cameras=len(cameras)):
        return _in_processes(
            authority,
            watchlist=watchlist,
            models=models,
            settings=settings,
            clock=clock,
            paced=paced,
        )
    common = Common.of(models, watchlist)

    def made(camera: Camera) -> Parts:
        return camera_parts(
            camera,
            source=camera_source(
                camera, settings=settings, clock=clock, started=started, paced=paced
            ),
            authority=authority,
            common=common,
            clock=clock,
            new_id=time_ordered_id,
            view=CameraView(camera, clock=clock),
        )

    return Served(tuple(_thread(camera, made) for camera in cameras), None)


def _in_processes(
    authority: Authority,
    *,
    watchlist: Watchlist,
    models: Models,
    settings: Settings,
    clock: Clock,
    paced: bool,
) -> Served:
    """Give each camera a process; what can be shared between them is made here, once."""
    cameras, started = authority.deployment.cameras, clock.now()
    for camera in cameras:  # found out here, before anything is recorded
        camera_source(camera, settings=settings, clock=clock, started=started, paced=paced)
    vectors = watchlist.embeddings.vectors
    shared = SharedArray.of(vectors) if hasattr(os, "memfd_create") else None
    listed = ListTask.of(
        watchlist,
        vectors if shared is None else shared,
        listed=models.comparer.side(vectors),
    )
    tasks = (
        CameraTask.of(
            camera,
            authority=authority,
            listed=listed,
            settings=settings,
            started=started,
            paced=paced,
        )
        for camera in cameras
    )
    lines = tuple(ProcessLine(task.camera.name, make_camera, task) for task in tasks)
    return Served(lines, shared)


def in_processes(serving: Serving, *, cameras: int) -> bool:
    """Tell whether each camera gets a process of its own."""
    return cameras > 1 if serving is Serving.AUTO else serving is Serving.ALWAYS


def _thread(camera: Camera, made: Callable[[Camera], Parts]) -> ThreadLine:
    """Put a camera together now, so that what is wrong is found out before anything is recorded."""
    first = [made(camera)]
    return ThreadLine(camera.name, lambda: first.pop() if first else made(camera))
