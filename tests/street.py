"""A short clip of people who walk by, and what a trial deployment on it needs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from builders import make_statement

from overt.clock import Clock
from overt.engine.parts import Parts
from overt.engine.recorder import Recorder
from overt.governance.applications import Application, Grounds, from_folder
from overt.governance.authority import Authority, authorise
from overt.governance.building import Built, build_list
from overt.governance.policy_file import reference_policy
from overt.governance.rules import Subject
from overt.ids import time_ordered_id
from overt.records.base import Store
from overt.settings import Settings
from overt.simulation import Spot, Walker, astronaut, astronaut_photo, compose, crowd, grace_hopper
from overt.values.deployment import (
    Camera,
    Deployment,
    Purpose,
    Rank,
    Recognition,
    Window,
)
from overt.values.truth import Truth
from overt.values.watchlist import Category, Watchlist
from overt.vault.keys import KeyRing
from overt.wiring import (
    Common,
    Models,
    camera_parts,
    camera_source,
    evidence_sealer,
    make_enrolment,
)

NAME = "Eileen Collins"
GROUNDS = Grounds(Category.BLUE, source="herself", lawful_basis="agreed", reviewer="a reviewer")
FRAMES = 75
RATE = 25


@dataclass(frozen=True, slots=True)
class Street:
    """A clip, who is in it, and the folder of listed photographs."""

    clip: Path
    truth: Truth
    listed: Path

    @property
    def people(self) -> int:
        """How many people show their face."""
        return len(set(self.truth.tracks.tolist()))

    def is_listed(self, frame: int, box: np.ndarray) -> bool:
        """Tell whether the face in a box x1 y1 x2 y2 is the listed person's."""
        rows = np.flatnonzero(self.truth.frames == frame)
        boxes = self.truth.boxes[rows]
        away = np.hypot(*(boxes[:, :2] + boxes[:, 2:] / 2 - (box[:2] + box[2:]) / 2).T)
        return self.truth.listed[int(self.truth.tracks[rows[away.argmin()]])]


def make_street(folder: Path) -> Street:
    """Compose the clip: the listed person between three others, one of them close beside her."""
    passers_by = crowd((1, 7))
    walkers = (
        _walker(astronaut(), 0.46, 0.50, 58, 92, listed=True),
        _walker(grace_hopper(), 0.62, 0.69, 58, 88),
        _walker(passers_by[0], 0.15, 0.12, 60, 85),
        _walker(passers_by[1], 0.85, 0.88, 60, 85),
    )
    clip = folder / "street.mp4"
    truth = compose(clip, walkers, width=640, height=360, fps=RATE, seconds=FRAMES / RATE, seed=3)
    listed = folder / "listed"
    listed.mkdir()
    (listed / f"{NAME}.png").write_bytes(astronaut_photo())
    return Street(clip, truth, listed)


def _walker(
    portrait: Any, x0: float, x1: float, small: float, large: float, *, listed: bool = False
) -> Walker:
    path = (Spot(x0, 0.4, small), Spot(x1, 0.42, large))
    return Walker(portrait, -0.5, 3.5, path, listed=listed)


def deployment_file(
    path: Path,
    *sources: str,
    now: datetime,
    watchlist: str = "list",
    lasts: timedelta = timedelta(hours=1),
    more: str = "trial = true",
    rank: str = "none",
    threshold: float = 0.37,
) -> Path:
    """Write a deployment's file that keeps every rule, with cameras a, b, ..."""
    cameras = "".join(
        f"\n[[camera]]\nname = {json.dumps(chr(ord('a') + i))}\nsource = {json.dumps(source)}\n"
        for i, source in enumerate(sources)
    )
    path.write_text(
        f"""
name = "street"
place = "Street"
purpose = "{Purpose.LOCATION}"
threshold = {threshold}
bundle = "default"
watchlist = {json.dumps(watchlist)}
{more}

[window]
start = {now.isoformat()}
end = {(now + lasts).isoformat()}

[authority]
officer = "A. Officer"
rank = "{rank}"
given = {now.isoformat()}
reference = "REG/1"
necessity = "a test"
proportionality = "people who agreed"

[recognition]
confirm_shots = 2
{cameras}"""
    )
    return path


def make_list(
    street: Street, models: Models, *, folder: Path, keys: KeyRing, now: datetime
) -> Built:
    """Build the list of the street's listed photographs."""
    applications: Sequence[Application] = tuple(from_folder(street.listed, GROUNDS))
    return build_list(
        applications,
        enrolment=make_enrolment(models),
        folder=folder,
        name="street",
        keys=keys,
        now=now,
    )


def trial(
    *sources: str,
    now: datetime,
    watchlist: Path = Path("list"),
    lasts: timedelta = timedelta(hours=1),
) -> Deployment:
    """Draft a trial on these sources, cameras a, b, ..., that keeps every rule at `now`."""
    return Deployment(
        name="street",
        place="Street",
        purpose=Purpose.LOCATION,
        window=Window(now, now + lasts),
        threshold=0.37,
        bundle="default",
        watchlist=watchlist,
        cameras=tuple(Camera(chr(ord("a") + i), source) for i, source in enumerate(sources)),
        statement=replace(make_statement(), given=now, rank=Rank.NONE),
        recognition=Recognition(confirm_shots=2),
        trial=True,
    )


def authorised(
    deployment: Deployment, watchlist: Watchlist, models: Models, *, now: datetime
) -> Authority:
    """Authorise a deployment."""
    subject = Subject(deployment, watchlist, models.opened.bundle)
    return authorise(
        subject, policy=reference_policy(), deployment_id=time_ordered_id(now), now=now
    )


def make_parts(
    authority: Authority, watchlist: Watchlist, models: Models, *, clock: Clock
) -> tuple[Parts, ...]:
    """Put the cameras of a deployment together."""
    common = Common.of(models, watchlist)
    return tuple(
        camera_parts(
            camera,
            source=camera_source(camera, settings=Settings(), clock=clock, started=clock.now()),
            authority=authority,
            common=common,
            clock=clock,
            new_id=time_ordered_id,
        )
        for camera in authority.deployment.cameras
    )


def make_recorder(
    authority: Authority, built: Built, *, store: Store, folder: Path, keys: KeyRing, clock: Clock
) -> Recorder:
    """Make what writes a deployment down."""
    return Recorder(
        authority=authority,
        store=store,
        seal=evidence_sealer(folder / "evidence", keys),
        photo_of=built.list.photo,
        clock=clock,
        new_id=time_ordered_id,
    )
