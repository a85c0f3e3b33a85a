"""Cameras on a cluster: what is sent to a node, and putting a camera together there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from overt.engine.cluster import Cluster, Envelope, RayLine, Wants
from overt.engine.parts import Parts
from overt.errors import ClusterError
from overt.governance.authority import Authority, Grant
from overt.settings import Settings, read_settings
from overt.values.deployment import Camera
from overt.values.watchlist import Watchlist
from overt.vault.sealed import KEY_BYTES, new_salt
from overt.wiring.serving import CameraTask, ListTask, Served, make_camera

__all__ = ["serve_on_cluster"]

LIST = "list"


@dataclass(frozen=True, slots=True, eq=False)
class NodeTask:
    """All that puts a camera together on a node, but the list: that is there once for all."""

    grant: Grant
    camera: Camera
    started: datetime
    paced: bool


def serve_on_cluster(
    authority: Authority,
    *,
    watchlist: Watchlist,
    settings: Settings,
    started: datetime,
    paced: bool = False,
) -> Served:
    """Connect to the cluster in the settings, and prepare a deployment's cameras; none is begun.

    Raises:
        ClusterError: it cannot be reached, may not run this deployment, or has no room for it.
    """
    deployment = authority.deployment
    cluster = Cluster.connect(
        settings.cluster,
        wants=Wants(settings.cluster_cpus, settings.cluster_gpus),
        trial=deployment.trial,
    )
    try:
        _require_room(cluster, cameras=len(deployment.cameras), settings=settings)
        key = new_salt()[:KEY_BYTES]
        listed = ListTask.of(watchlist, watchlist.embeddings.vectors)
        cluster.share(LIST, Envelope(key).sealed(listed, purpose=LIST))
    except BaseException:
        cluster.close()
        raise
    lines = tuple(
        RayLine(
            camera.name,
            cluster=cluster,
            deployment=authority.id,
            key=key,
            make=make_camera_there,
            task=NodeTask(authority.grant, camera, started, paced),
            listed=LIST,
        )
        for camera in deployment.cameras
    )
    return Served(lines, cluster)


def make_camera_there(task: NodeTask, listed: ListTask) -> Parts:
    """Put a camera together on a node, with the node's own folders, providers and threads.

    Raises:
        OvertError: see `make_camera`; the node's settings are wrong.
    """
    here = CameraTask.carried(read_settings())
    return make_camera(CameraTask(task.grant, task.camera, listed, here, task.started, task.paced))


def _require_room(cluster: Cluster, *, cameras: int, settings: Settings) -> None:
    fits = cluster.wait_for_room(cameras)
    if fits < cameras:
        gpus = f" and {settings.cluster_gpus:g} of a GPU" if settings.cluster_gpus else ""
        raise ClusterError(
            f"cluster {settings.cluster}: got room for {fits} cameras, want {cameras}, "
            f"each with {settings.cluster_cpus:g} cores{gpus}",
            hint="let more nodes join (`overt cluster node`), or see what runs: "
            "`overt cluster status`",
        )
