"""A trial deployment to measure: the product's own stages under a real authority."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from overt.arrays import Vectors
from overt.clock import Clock, ForwardClock, SystemClock
from overt.engine.pipeline import Pipeline, Stages
from overt.governance.authority import Authority, authorise
from overt.governance.policy_file import reference_policy
from overt.governance.rules import Subject
from overt.ids import time_ordered_id
from overt.settings import read_settings
from overt.values.deployment import (
    Camera,
    Deployment,
    Purpose,
    Rank,
    Recognition,
    Statement,
    Window,
)
from overt.values.embeddings import Embeddings
from overt.values.operating import OperatingPoint
from overt.values.watchlist import Category, Entry, Watchlist
from overt.wiring import Common, Models, camera_stages, open_models

__all__ = ["Trial", "made_up_list", "open_default", "unit_vectors"]

CEILING = 1e-3  # false alerts per comparison, as `overt try` takes it
CAMERA = "video"
WORD = "measurement"
RECOGNITION = Recognition(confirm_shots=2)


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """A deployment that was authorised, ready to run on one video."""

    models: Models
    watchlist: Watchlist
    authority: Authority
    point: OperatingPoint
    clock: Clock
    started: datetime

    @classmethod
    def authorised(
        cls,
        video: Path,
        *,
        watchlist: Watchlist,
        models: Models,
        threshold: float | None = None,
        recognition: Recognition = RECOGNITION,
        cameras: int = 1,
    ) -> Trial:
        """Authorise a trial; without a threshold at one false alert in 1,000 comparisons.

        Raises:
            AuthorityError: a rule does not hold.
        """
        clock = ForwardClock(SystemClock())
        now = clock.now()
        listed = len(watchlist)
        chosen = threshold or models.scale.threshold_for(CEILING, listed=listed)
        draft = _draft(video, now, chosen, recognition, cameras)
        subject = Subject(draft, watchlist, models.opened.bundle)
        authority = authorise(
            subject, policy=reference_policy(), deployment_id=time_ordered_id(now), now=now
        )
        point = models.scale.operating_point(chosen, listed=listed)
        return cls(models, watchlist, authority, point, clock, now)

    @property
    def camera(self) -> Camera:
        """Its one camera."""
        return self.authority.deployment.cameras[0]

    def stages(self) -> Stages:
        """Make the stages of its camera, as the product does."""
        return camera_stages(
            self.camera,
            authority=self.authority,
            common=Common.of(self.models, self.watchlist),
            new_id=time_ordered_id,
        )

    def pipeline(self, stages: Stages) -> Pipeline:
        """Join stages under its authority."""
        return Pipeline(
            stages,
            authority=self.authority,
            camera=self.camera.name,
            clock=self.clock,
        )


def open_default() -> Models:
    """Open the bundle that comes with overt, with this machine's settings."""
    return open_models("default", settings=read_settings())


def made_up_list(vectors: Vectors, *, bundle: str, now: datetime) -> Watchlist:
    """List templates (n, d) of nobody, so that a list can have any size."""
    entries = tuple(
        Entry(str(row), "nobody", Category.BLUE, WORD, WORD, WORD, None, None, WORD)
        for row in range(len(vectors))
    )
    digest = hashlib.sha256(vectors.data).hexdigest()
    return Watchlist(WORD, now, bundle, entries, Embeddings(vectors), digest)


def unit_vectors(count: int, dimensions: int, *, seed: int) -> Vectors:
    """Draw (n, d) templates of length 1, all directions alike."""
    drawn = np.random.default_rng(seed).standard_normal((count, dimensions), dtype=np.float32)
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    return drawn


def _draft(
    video: Path, now: datetime, threshold: float, recognition: Recognition, cameras: int
) -> Deployment:
    given = now.replace(microsecond=0)
    return Deployment(
        name=WORD,
        place="this machine",
        purpose=Purpose.LOCATION,
        window=Window(given, given + timedelta(hours=24)),
        threshold=threshold,
        bundle="default",
        watchlist=Path("none"),
        cameras=(
            Camera(CAMERA, str(video)),
            *(Camera(f"{CAMERA} {number}", str(video)) for number in range(2, cameras + 1)),
        ),
        statement=Statement(
            officer=WORD,
            rank=Rank.NONE,
            given=given,
            reference="none: a trial",
            necessity=WORD,
            proportionality=WORD,
        ),
        recognition=recognition,
        trial=True,
    )
