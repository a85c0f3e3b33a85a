"""A camera of a deployment, from its source to its alerts."""

from __future__ import annotations

from datetime import datetime

from overt.alert.raiser import AlertRaiser
from overt.clock import Clock
from overt.detect.heads import detector_for, detector_of
from overt.detect.picture import Scaling
from overt.embed.fuse import Passages
from overt.embed.recogniser import Recogniser
from overt.engine.live import CameraView
from overt.engine.parts import Parts
from overt.engine.pipeline import Pipeline, Stages
from overt.governance.authority import Authority
from overt.governance.preflight_watch import Watcher
from overt.ids import NewId
from overt.inference.opened import OpenedBundle
from overt.inference.session import CPU, Session
from overt.select.limits import Limits
from overt.select.selector import Selector
from overt.select.zone import Zone
from overt.settings import Settings
from overt.sources.base import Source
from overt.sources.opening import open_source
from overt.sources.paced import Paced
from overt.track.passage import MIN_DETECTIONS, MIN_S
from overt.track.tracker import KalmanTracker
from overt.values.deployment import Camera, Deployment, Recognition
from overt.values.metric import Metric
from overt.wiring.common import Common

__all__ = ["camera_parts", "camera_source", "camera_stages", "camera_watcher"]

ONE_PERSON = 0.226  # similarity that half of the pairs of different people have, worst group


def camera_parts(
    camera: Camera,
    *,
    source: Source,
    authority: Authority,
    common: Common,
    clock: Clock,
    new_id: NewId,
    view: CameraView | None = None,
) -> Parts:
    """Put one camera together: each camera has its own stages, so that each costs one core."""
    stages = camera_stages(camera, authority=authority, common=common, new_id=new_id)
    pipeline = Pipeline(stages, authority=authority, camera=camera.name, clock=clock, viewer=view)
    return Parts(source, pipeline, view)


def camera_source(
    camera: Camera, *, settings: Settings, clock: Clock, started: datetime, paced: bool = False
) -> Source:
    """Open what a camera's frames come from; a recording was `started` with its first frame.

    `paced` plays it again and again, at its own pace, as if it were a camera.

    Raises:
        SourceError: nothing is there.
    """
    source = open_source(
        camera.source,
        camera=camera.name,
        clock=clock,
        started=started,
        repeat=paced,
        threads=settings.decode_threads,
    )
    return Paced(source, clock=clock) if paced else source


def camera_stages(camera: Camera, *, authority: Authority, common: Common, new_id: NewId) -> Stages:
    """Make the stages of one camera, as its deployment wants them."""
    deployment, models = authority.deployment, common.models
    bundle = models.opened.bundle
    authority.require_bundle(bundle)
    recognition = deployment.recognition
    return Stages(
        detector=detector_of(
            common.detector, entry=bundle.detector, scaling=Scaling(recognition.min_face_px)
        ),
        tracker=KalmanTracker(),
        selector=_selector(deployment, camera),
        embedder=Recogniser(common.recogniser, bundle.recogniser),
        passages=Passages(
            best_shots=recognition.best_shots,
            unit_length=models.comparer.metric is Metric.COSINE,
            score=models.comparer.score,
            least_score=models.scale.score(ONE_PERSON),
        ),
        gallery=common.gallery,
        raiser=AlertRaiser(
            common.gallery.watchlist,
            confirm_shots=recognition.confirm_shots,
            new_id=new_id,
        ),
        in_part=_takes_any_size(common.detector),
    )


def camera_watcher(
    opened: OpenedBundle, *, min_face_px: float, zone: Zone, clock: Clock
) -> Watcher:
    """Make what checks a camera before a deployment: it has no embedder, so it compares nobody."""
    return Watcher(
        detector=detector_for(opened, scaling=Scaling(min_face_px)),
        tracker=KalmanTracker(),
        limits=Limits(min_eyes_px=Recognition(confirm_shots=1).min_eyes_px),
        zone=zone,
        clock=clock,
    )


def _takes_any_size(detector: Session) -> bool:
    """Tell whether a picture of any size can be looked at, and costs what its pixels do.

    An accelerator prepares for each size that is new to it, for longer than many looks take; parts
    of frames have hundreds of sizes.
    """
    free = all(length is None for length in detector.inputs[0].shape[2:])
    return free and detector.providers[0] == CPU


def _selector(deployment: Deployment, camera: Camera) -> Selector:
    return Selector(
        recognition=deployment.recognition,
        limits=Limits(min_eyes_px=deployment.recognition.min_eyes_px),
        zone=camera.zone,
        min_detections=MIN_DETECTIONS,
        min_s=MIN_S,
    )
