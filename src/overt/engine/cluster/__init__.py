"""Cameras on many machines: each is served by an actor of Ray, and told of here.

    runner -- RayLine -- Cluster ---- Ray ---- CameraActor -- Worker
              one a camera  one a run          one a camera, on any node

What Ray carries of a person is sealed (`sealing`): neither its memory nor its disk can show it.
"""

from overt.engine.cluster.actor import About
from overt.engine.cluster.connection import Cluster
from overt.engine.cluster.ray_line import RayLine
from overt.engine.cluster.ray_package import require_ray
from overt.engine.cluster.room import Node, Wants
from overt.engine.cluster.sealing import Envelope

__all__ = ["About", "Cluster", "Envelope", "Node", "RayLine", "Wants", "require_ray"]
