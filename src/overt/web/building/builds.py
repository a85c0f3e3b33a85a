"""The build of this console: one at a time, in memory, gone with who began it or at its end."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from overt.clock import Clock
from overt.errors import MissingError, OvertError, RefusedError, WatchlistError
from overt.governance.building import Enrolment, seal_list
from overt.governance.enrol import Enrolled
from overt.governance.listfile import ListFile
from overt.governance.retention_lists import NO_DEPLOYMENT
from overt.governance.unfinished import destroy_unfinished
from overt.ids import NewId
from overt.inference.manifest import NAME_PATTERN
from overt.records.base import Store
from overt.settings import Settings
from overt.values.duty_events import WatchlistBuilt
from overt.values.events import Event
from overt.web.bearers import Bearers
from overt.web.building.build import Build, Choice, Stage
from overt.web.building.holder import Holder, is_gone, is_of_session, may_hold
from overt.web.building.proposals import Proposal
from overt.web.drafts import LIST_NAME
from overt.web.sessions import Sessions
from overt.wiring import make_enrolment, open_keys, open_keys_to_destroy, open_models

__all__ = ["KEPT", "Builds"]

KEPT: Final = timedelta(hours=2)  # from its beginning, whatever anybody does
SWEEP_S: Final = 5.0
errors: Final = logging.getLogger("overt.errors")


class Builds:
    """Builds lists for people who go through them. Threads may share it."""

    def __init__(
        self,
        settings: Settings,
        *,
        store: Store,
        sessions: Sessions,
        bearers: Bearers,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        """Begin with none; what a killed console was sealing is destroyed.

        Raises:
            VaultError: something that was left could not be destroyed.
        """
        self._settings = settings
        self._store = store
        self._sessions = sessions
        self._bearers = bearers
        self._clock = clock
        self._new_id = new_id
        self._build: Build | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        destroy_unfinished(open_keys_to_destroy(settings))

    def begin(self, who: Holder, proposals: Sequence[Proposal], *, name: str, bundle: str) -> Build:
        """Begin to enrol an upload.

        Raises:
            RefusedError: there is a build already.
            WatchlistError: the name or the bundle is none, or there is a list of that name.
        """
        self.require_name(name)
        if not re.fullmatch(NAME_PATTERN, bundle):
            raise WatchlistError("bundle: got a path, want a bundle's name")
        self.sweep()
        with self._lock:
            self._require_free()
            now = self._clock.now()
            build = Build(self._new_id(now), who, name, bundle, now, len(proposals))
            self._build = build
            self._thread = threading.Thread(
                target=self._run, args=(build, list(proposals)), name="watchlist build"
            )
            self._thread.start()
        return build

    @property
    def is_free(self) -> bool:
        """Whether nothing is under way."""
        return self._build is None

    def require_free(self) -> None:
        """Refuse a second build.

        Raises:
            RefusedError: there is one.
        """
        self.sweep()
        with self._lock:
            self._require_free()

    def require_name(self, name: str) -> None:
        """Refuse a name that no list can have, or that one has.

        Raises:
            WatchlistError: it is.
        """
        if not LIST_NAME.fullmatch(name) or name.endswith(".toml"):
            raise WatchlistError(
                "name: got one that is no folder's, want letters, digits, dots, hyphens and "
                "underscores, 100 at most",
                hint="the deployment's file names the list by it",
            )
        if self._folder(name).exists():
            raise WatchlistError(
                f"name: got {name}, which is there, want a new one",
                hint="destroy that list first, or choose another name",
            )

    def mine(self, who: Holder) -> Build | None:
        """Give the build of who asks, if there is one."""
        self.sweep()
        build = self._build
        return build if build is not None and may_hold(who, begun_by=build.who) else None

    def find(self, who: Holder, identifier: str) -> Build:
        """Give a build of who asks.

        Raises:
            MissingError: it is over, or somebody else's.
        """
        build = self.mine(who)
        if build is None or build.id != identifier:
            raise MissingError(
                "build: got none of this session or token, want the one that is under way",
                hint="a build goes with its session or its token, after two hours, or when it is "
                "sealed: upload again",
            )
        return build

    def seal(self, who: Holder, identifier: str) -> ListFile:
        """Seal those who were confirmed, and record who did it; nothing else is left of the build.

        Raises:
            RefusedError: an entry is not decided, or none is confirmed.
        """
        build = self.find(who, identifier)
        with build.lock:
            listed, enrolment = require_decided(build)
            build.stage = Stage.SEALING
        left_out, rejected = len(build.chosen(Choice.LEAVE)), len(build.rejected())
        try:
            self.require_name(build.name)
            self._settings.deployments_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            made, _ = seal_list(
                listed,
                enrolment=enrolment,
                folder=self._folder(build.name),
                name=build.name,
                keys=open_keys(self._settings),
                now=self._clock.now(),
            )
            self._record(who, made, rejected=rejected, left_out=left_out)
        except BaseException:  # also a disk that is full: what seals forever is never let go of
            build.stage = Stage.REVIEW
            raise
        self._drop(build)
        return made

    def cancel(self, who: Holder, identifier: str) -> None:
        """Let go of a build.

        Raises:
            MissingError: there is none.
            RefusedError: it is being sealed: then something of it is left.
        """
        build = self.find(who, identifier)
        with build.lock:
            if build.stage is Stage.SEALING:
                raise RefusedError(
                    f"build: got it where {build.stage}, want it before that",
                    hint="wait for it, then destroy the list",
                )
            build.ended.set()  # nobody seals it from here on
        self._drop(build)

    def forget(self, session: str) -> None:
        """Let go of what a session builds: it ended. What is being sealed is sealed first."""
        build = self._build
        mine = build is not None and is_of_session(build.who, session)
        if build is not None and mine and build.stage is not Stage.SEALING:
            self._drop(build)

    def sweep(self) -> None:
        """Let go of a build whose session, token or time is over."""
        build = self._build
        if build is not None and build.stage is not Stage.SEALING and self._is_over(build):
            self._drop(build)

    def close(self) -> None:
        """Let go of everything: the console ends."""
        if self._build is not None:
            self._drop(self._build)
        if self._thread is not None:
            self._thread.join()

    def _run(self, build: Build, proposals: list[Proposal]) -> None:
        try:
            models = open_models(build.bundle, settings=self._settings)
            build.work(proposals, make_enrolment(models))
        except OvertError as error:
            fail(build, f"{error}. {error.hint}".rstrip(". ") + ".")
        except Exception as error:  # noqa: BLE001 - the worker's loop: a crash must be seen
            errors.error('{"log": "error", "kind": "%s", "route": "build"}', type(error).__name__)
            fail(build, "the console has a fault; who runs it finds the kind in its log")
        proposals.clear()
        while not build.ended.wait(SWEEP_S):
            self.sweep()

    def _require_free(self) -> None:
        if self._build is not None:
            raise RefusedError(
                f"build: got one of {self._build.who.account.name} under way, want that finished",
                hint="one list is built at a time; it is let go of when it is sealed, cancelled, "
                "or its session or its token is over",
            )

    def _is_over(self, build: Build) -> bool:
        late = self._clock.now() >= build.begun + KEPT
        return late or is_gone(build.who, sessions=self._sessions, bearers=self._bearers)

    def _drop(self, build: Build) -> None:
        build.end()
        with self._lock:
            if self._build is build:
                self._build = None

    def _folder(self, name: str) -> Path:
        return self._settings.deployments_dir / name

    def _record(self, who: Holder, made: ListFile, *, rejected: int, left_out: int) -> None:
        """Record who built it; a list of which that cannot be recorded does not stay."""
        now: datetime = self._clock.now()
        listed = made.watchlist
        body = WatchlistBuilt(who.account.name, listed.digest, len(listed), rejected, left_out)
        try:
            self._store.append([Event(self._new_id(now), NO_DEPLOYMENT, now, body)])
        except OvertError:
            made.destroy()
            made.forget()
            raise


def require_decided(build: Build) -> tuple[tuple[Enrolled, ...], Enrolment]:
    """Give who is to be listed, where every entry was decided.

    Raises:
        RefusedError: one was not, or none is to be listed.
    """
    if build.stage is not Stage.REVIEW or build.enrolment is None or build.ended.is_set():
        raise RefusedError(f"build: got it where {build.stage}, want it to be reviewed")
    undecided = len(build.chosen(Choice.OPEN))
    if undecided:
        raise RefusedError(
            f"build: got {undecided:,} entries that nobody decided, want each confirmed or "
            "left out",
            hint="go through the entries",
        )
    listed = build.chosen(Choice.LIST)
    if not listed:
        raise RefusedError(
            "build: got no entry that was confirmed, want at least one",
            hint="cancel the build where nobody is to be listed",
        )
    return listed, build.enrolment


def fail(build: Build, problem: str) -> None:
    """Note why a build came to nothing."""
    with build.lock:  # nothing was shown yet: what was enrolled goes with the work
        build.problem, build.stage = problem, Stage.FAILED
