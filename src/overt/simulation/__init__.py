"""Walking clips with real faces and a known truth, to show and to test the whole path."""

from __future__ import annotations

from overt.simulation.demo_scene import Scene, bench_scene, demo_scene, write_demo_inputs
from overt.simulation.portraits import Portrait, astronaut, astronaut_photo, crowd, grace_hopper
from overt.simulation.walk import Spot, Walker, compose
from overt.values.truth import Truth

__all__ = [
    "Portrait",
    "Scene",
    "Spot",
    "Truth",
    "Walker",
    "astronaut",
    "astronaut_photo",
    "bench_scene",
    "compose",
    "crowd",
    "demo_scene",
    "grace_hopper",
    "write_demo_inputs",
]
