"""How a deployment stands now, and each of its cameras, for the page and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from overt.engine.live import Health
from overt.errors import MissingError
from overt.review.deployment_record import DeploymentRecord
from overt.web.services import Services

__all__ = ["CameraNow", "Now", "found", "now_of"]


@dataclass(frozen=True, slots=True)
class CameraNow:
    """How a camera does, over the last seconds; counts are of the running minute."""

    name: str
    fps: float
    dropped: int
    latency_ms: int | None  # None: no frame came of late
    focus: float | None  # sharpness of the picture, 0 to 1
    lost: bool
    losses: int  # since the deployment began
    silent_s: float | None  # since the last frame; None: none came yet
    seen: int
    compared: int
    unfit: int
    alerts: int


@dataclass(frozen=True, slots=True)
class Now:
    """How a deployment stands. Cameras are those that run on this machine."""

    state: str
    left_s: int  # of the authority
    reason: str  # why it is paused or stopped
    list_destroyed: bool
    waiting: int  # alerts that nobody holds
    cameras: tuple[CameraNow, ...]


def found(here: Services, deployment: str) -> DeploymentRecord:
    """Give a deployment.

    Raises:
        MissingError: there is none of this id.
    """
    here.live.lately()
    for record in here.live.known_deployments():
        if record.id == deployment:
            return record
    raise MissingError(f"deployment {deployment}: got none of this id, want one")


def now_of(here: Services, record: DeploymentRecord) -> Now:
    """Tell how a deployment stands now."""
    return Now(
        state=str(record.state),
        left_s=left_s(record, here.clock.now()),
        reason=record.stop_reason,
        list_destroyed=record.list_destroyed is not None,
        waiting=here.board.free(record.id, place=here.live.lately()),
        cameras=tuple(health_of(camera.health) for camera in here.views.cameras(record.id)),
    )


def left_s(record: DeploymentRecord, now: datetime) -> int:
    """Tell the seconds that are left of the authority."""
    end = record.authorised.end if record.authorised else now
    return max(0, int((end - now).total_seconds()))


def health_of(health: Health) -> CameraNow:
    """Tell how a camera does."""
    counts = health.counts
    return CameraNow(
        name=health.camera,
        fps=round(health.fps, 1),
        dropped=health.dropped,
        latency_ms=None if health.latency_s is None else round(health.latency_s * 1000),
        focus=None if health.focus is None else round(health.focus, 2),
        lost=bool(health.lost),
        losses=health.losses,
        silent_s=None if health.silent_s is None else round(health.silent_s, 1),
        seen=counts.seen if counts else 0,
        compared=counts.compared if counts else 0,
        unfit=sum(counts.unfit.values()) if counts else 0,
        alerts=counts.alerts if counts else 0,
    )
