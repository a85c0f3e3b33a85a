"""Running clips for an evaluation: the product's own pipeline, under a trial's authority.

The same guards as of `overt try` hold: only `permit_trial` makes the authority, so everybody on the
list is on a blue list, the bundle is one for trials, and every rule of the policy is kept. What is
noted is numbers (`overt.evaluation.clips.noting`). No alert is shown, no picture or template is
written, and nothing enters a record of events: what is left is the evaluation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, Self

from overt.arrays import Boxes
from overt.cli.trying import CEILING, trial_draft
from overt.clock import Clock, ForwardClock, SystemClock
from overt.engine.pace import Step
from overt.engine.pipeline import Pipeline, Stages
from overt.evaluation.clips.checks import require_frames
from overt.evaluation.clips.noting import (
    Notes,
    NotingChooser,
    NotingEmbedder,
    NotingGallery,
    NotingTracker,
)
from overt.evaluation.clips.seen import Seen
from overt.governance.authority import Authority
from overt.governance.policy_file import open_policy
from overt.governance.rules import Subject
from overt.ids import time_ordered_id
from overt.review.permission import permit_trial
from overt.settings import Settings
from overt.sources.base import Source
from overt.values.alert import Alert
from overt.values.counts import FaceCounts
from overt.values.deployment import Camera, Recognition
from overt.values.frame import Frame
from overt.values.truth import Truth
from overt.values.watchlist import Watchlist
from overt.wiring import Common, Models, camera_source, camera_stages

__all__ = ["ClipTrial", "Ran"]

UNSEALED: Final = Path("none")  # the list is in memory alone


@dataclass(frozen=True, slots=True)
class Ran:
    """A clip that was run."""

    seen: Seen
    alerts: tuple[tuple[int, int, str], ...]  # frame, track, reference of the entry


@dataclass(frozen=True, slots=True, eq=False)
class ClipTrial:
    """A trial on clips, each a camera of its own, that was authorised."""

    authority: Authority
    common: Common
    settings: Settings
    clock: Clock
    started: datetime
    step: Step | None = None  # how much is looked at, as under load; None: as usual

    @classmethod
    def authorised(
        cls,
        clips: Sequence[Path],
        *,
        watchlist: Watchlist,
        models: Models,
        bundle: str,
        settings: Settings,
        interval_s: float | None = None,
        step: Step | None = None,
    ) -> Self:
        """Authorise it, at the threshold that `overt try` takes.

        `interval_s` lies between two looks; None: as in `overt try`. A `step` is one of those
        that a loaded camera takes.

        Raises:
            AuthorityError: a rule does not hold.
            PolicyError: the policy in the settings cannot be used.
        """
        clock = ForwardClock(SystemClock())
        draft = trial_draft(
            tuple(Camera(f"clip{n}", str(clip)) for n, clip in enumerate(clips, start=1)),
            threshold=models.scale.threshold_for(CEILING, listed=len(watchlist)),
            bundle=bundle,
            name="evaluation",
            place="this machine",
            watchlist=UNSEALED,
        )
        if interval_s is not None:
            slower = replace(draft.recognition, detect_interval_s=interval_s)
            draft = replace(draft, recognition=slower)
        now = clock.now()
        authority = permit_trial(
            Subject(draft, watchlist, models.opened.bundle),
            policy=open_policy(settings.policy),
            deployment=time_ordered_id(now),
            now=now,
        )
        return cls(authority, Common.of(models, watchlist), settings, clock, now, step)

    @property
    def recognition(self) -> Recognition:
        """How faces are found and chosen."""
        return self.authority.deployment.recognition

    def source(self, place: int) -> Source:
        """Open a clip.

        Raises:
            SourceError: nothing is there.
        """
        camera = self.authority.deployment.cameras[place]
        return camera_source(camera, settings=self.settings, clock=self.clock, started=self.started)

    def run(self, place: int, truth: Truth, *, told: Callable[[int], None]) -> Ran:
        """Run a clip to its end; `told` is told how many frames are done.

        Raises:
            SourceError: it cannot be read to its end.
            EvaluationError: its truth goes on after it.
        """
        camera, source = self.authority.deployment.cameras[place], self.source(place)
        if source.length is not None:
            require_frames(truth, source.length, clip=camera.name)
        notes = Notes()
        pipeline = Pipeline(
            self._stages(camera, notes),
            authority=self.authority,
            camera=camera.name,
            clock=self.clock,
            viewer=_Told(told),
            step=self.step,
        )
        alerts = tuple(
            (notes.frame, outcome.track, outcome.entry.reference)
            for outcome in pipeline.run(source)
            if isinstance(outcome, Alert)
        )
        pipeline.finish(dropped=source.dropped)
        return Ran(notes.seen(frames=pipeline.progress.frames), alerts)

    def _stages(self, camera: Camera, notes: Notes) -> Stages:
        stages = camera_stages(
            camera,
            authority=self.authority,
            common=self.common,
            new_id=time_ordered_id,
        )
        gallery, models = self.common.gallery, self.common.models
        return replace(
            stages,
            tracker=NotingTracker(stages.tracker, notes),
            selector=NotingChooser(stages.selector, notes),
            embedder=NotingEmbedder(stages.embedder, notes),
            gallery=NotingGallery(
                gallery.watchlist,
                scale=models.scale,
                comparer=models.comparer,
                listed=gallery.listed,
                confirm_shots=self.recognition.confirm_shots,
                notes=notes,
            ),
        )


class _Told:
    """Tells how many frames are done, and looks at none of them."""

    def __init__(self, told: Callable[[int], None]) -> None:
        self._told = told

    def came(self, frame: Frame, /) -> None:
        self._told(frame.index + 1)

    def looked(self, _frame: Frame, _boxes: Boxes, _counts: FaceCounts | None, /) -> None:
        """Do nothing: there is nobody to show it to."""

    def paused(self, _counts: FaceCounts | None, /) -> None:
        """Do nothing: an evaluation is not paused."""
