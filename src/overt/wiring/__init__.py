"""The one place that names concrete classes: which detector, tracker and store are put together.

`models`: a bundle and what is made with it. `cameras`: from a source to its alerts. `serving`:
where a camera runs. `offices`: the record, the keys, and those who work with both.
"""

from overt.wiring.cameras import camera_parts, camera_source, camera_stages, camera_watcher
from overt.wiring.clustered import serve_on_cluster
from overt.wiring.common import Common
from overt.wiring.models import (
    Models,
    comparer_of,
    evaluation_stages,
    make_decoys,
    make_enrolment,
    make_template_maker,
    open_bundle_here,
    open_models,
    recogniser_of,
)
from overt.wiring.offices import (
    decoy_sealer,
    evidence_opener,
    evidence_sealer,
    make_desk,
    make_disclosure,
    make_hindsight,
    make_index_retention,
    make_list_retention,
    make_log,
    make_office,
    make_retention,
    open_exchange_here,
    open_keys,
    open_keys_to_destroy,
    open_records,
)
from overt.wiring.serving import CameraTask, ListTask, Served, make_camera, serve_here

__all__ = [
    "CameraTask",
    "Common",
    "ListTask",
    "Models",
    "Served",
    "camera_parts",
    "camera_source",
    "camera_stages",
    "camera_watcher",
    "comparer_of",
    "decoy_sealer",
    "evaluation_stages",
    "evidence_opener",
    "evidence_sealer",
    "make_camera",
    "make_decoys",
    "make_desk",
    "make_disclosure",
    "make_enrolment",
    "make_hindsight",
    "make_index_retention",
    "make_list_retention",
    "make_log",
    "make_office",
    "make_retention",
    "make_template_maker",
    "open_bundle_here",
    "open_exchange_here",
    "open_keys",
    "open_keys_to_destroy",
    "open_models",
    "open_records",
    "recogniser_of",
    "serve_here",
    "serve_on_cluster",
]
