"""The one place that names concrete classes: which detector, tracker and store are put together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from overt.alert.raiser import AlertRaiser
from overt.clock import Clock, SystemClock
from overt.detect.base import Detector
from overt.detect.heads import detector_for
from overt.detect.picture import Scaling
from overt.embed.fuse import Passages
from overt.embed.recogniser import Recogniser
from overt.engine.live import Viewer
from overt.engine.pipeline import Pipeline, Stages
from overt.engine.recorder import SealEvidence
from overt.engine.runner import Line
from overt.errors import BundleError, VaultError
from overt.evaluation.face import PhotoStages
from overt.evaluation.templates import TemplateCache, TemplateMaker
from overt.governance.authority import Authority
from overt.governance.building import Enrolment
from overt.governance.custody import Custody
from overt.governance.decoy_pictures import DecoyMaker
from overt.governance.disclosure import Disclosure
from overt.governance.enrol import Enroller
from overt.governance.policy_file import open_policy
from overt.governance.preflight_watch import Watcher
from overt.governance.retention import Retention
from overt.governance.retention_indexes import IndexRetention
from overt.governance.retention_lists import ListRetention
from overt.governance.transparency import TransparencyLog
from overt.ids import NewId, time_ordered_id
from overt.inference.agreement import require_agreement
from overt.inference.bundle import Bundle
from overt.inference.mixture import read_cohort
from overt.inference.opened import OpenedBundle, open_bundle
from overt.match.comparing import Comparer
from overt.match.gallery import Gallery
from overt.match.scale import ReferenceScale
from overt.records.base import Exchange, Store
from overt.records.store import open_exchange, open_store
from overt.review.desk import Desk, EvidenceRoom, OpenEvidence, SealDecoy
from overt.review.hindsight import Hindsight
from overt.review.office import Office
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
from overt.values.watchlist import Watchlist
from overt.vault.files import Vault
from overt.vault.keys import ALERT_KEY, KeyRing, Unopened
from overt.vault.master_command import MasterCommand
from overt.vault.sealed import SALT_BYTES, commitment, new_salt

__all__ = [
    "Models",
    "camera_line",
    "camera_source",
    "camera_stages",
    "camera_watcher",
    "comparer_of",
    "decoy_sealer",
    "evaluation_stages",
    "evidence_opener",
    "evidence_sealer",
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
]

ONE_PERSON = 0.226  # similarity that half of the pairs of different people have, worst group
PHOTO_FACE_PX = 50.0  # a listed face is a twelfth of a usual photograph's 600 px, or larger


@dataclass(frozen=True, slots=True)
class Models:
    """A bundle that can be used, with what its scores mean."""

    opened: OpenedBundle
    scale: ReferenceScale
    comparer: Comparer


def open_models(name: str, *, settings: Settings) -> Models:
    """Open a bundle by name or path.

    Raises:
        BundleError: it is not there, is wrong, was never calibrated, or gives other answers with
            this machine's providers.
    """
    opened = open_bundle_here(name, settings)
    require_agreement(opened)
    calibration = opened.bundle.calibration
    if calibration is None:
        raise BundleError(
            f"bundle {opened.bundle.name}: got no [calibration], want one: "
            "without it a threshold means nothing"
        )
    return Models(opened, ReferenceScale(calibration), comparer_of(opened.bundle))


def open_bundle_here(name: str, settings: Settings) -> OpenedBundle:
    """Open a bundle with this machine's folders and providers, calibrated or not."""
    return open_bundle(
        name,
        folder=settings.bundles_dir,
        cache=settings.cache_dir / "models",
        providers=settings.providers,
    )


def comparer_of(bundle: Bundle) -> Comparer:
    """Make what compares a bundle's templates.

    Raises:
        WeightsError: its cohort's file is missing, or is not the one that the manifest names.
        BundleError: that file holds no mixture.
    """
    return Comparer(bundle.recogniser.metric, read_cohort(bundle))


def make_enrolment(models: Models) -> Enrolment:
    """Make what turns photographs into entries."""
    enroller = Enroller(
        detector=_photo_detector(models.opened),
        embedder=_recogniser(models.opened),
        limits=Limits.for_listing(),
    )
    return Enrolment(enroller, models.scale, models.comparer, models.opened.bundle.digest)


def evaluation_stages(opened: OpenedBundle) -> PhotoStages:
    """Make what turns labelled photographs into templates, as a list's are."""
    entry = opened.bundle.recogniser
    return PhotoStages(_photo_detector(opened), _recogniser(opened), entry.metric)


def make_template_maker(models: Models, folder: Path) -> TemplateMaker:
    """Make what makes templates of photographs for an evaluation, and keeps them in a folder."""
    cache = TemplateCache(folder, bundle=models.opened.bundle.digest)
    return TemplateMaker(evaluation_stages(models.opened), cache)


def make_decoys(opened: OpenedBundle) -> DecoyMaker:
    """Make what turns photographs of people who agreed into decoys."""
    return DecoyMaker(
        detector=_photo_detector(opened),
        seen=Limits(min_eyes_px=Recognition(confirm_shots=1).min_eyes_px),
        listed=Limits.for_listing(),
    )


def camera_line(
    camera: Camera,
    *,
    source: Source,
    authority: Authority,
    watchlist: Watchlist,
    models: Models,
    clock: Clock,
    new_id: NewId,
    viewer: Viewer | None = None,
) -> Line:
    """Put one camera together: each camera has its own stages, so that each costs one core."""
    stages = camera_stages(
        camera, authority=authority, watchlist=watchlist, models=models, new_id=new_id
    )
    pipeline = Pipeline(stages, authority=authority, camera=camera.name, clock=clock, viewer=viewer)
    return Line(source, pipeline)


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


def camera_stages(
    camera: Camera, *, authority: Authority, watchlist: Watchlist, models: Models, new_id: NewId
) -> Stages:
    """Make the stages of one camera, as its deployment wants them."""
    deployment = authority.deployment
    authority.require_bundle(models.opened.bundle)
    recognition = deployment.recognition
    return Stages(
        detector=detector_for(models.opened, scaling=Scaling(recognition.min_face_px)),
        tracker=KalmanTracker(),
        selector=_selector(deployment, camera),
        embedder=_recogniser(models.opened),
        passages=Passages(
            best_shots=recognition.best_shots,
            unit_length=models.comparer.metric is Metric.COSINE,
            score=models.comparer.score,
            least_score=models.scale.score(ONE_PERSON),
        ),
        gallery=Gallery(watchlist, scale=models.scale, comparer=models.comparer),
        raiser=AlertRaiser(
            watchlist,
            confirm_shots=recognition.confirm_shots,
            new_id=new_id,
        ),
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


def open_records(settings: Settings) -> Store:
    """Open this machine's record of events."""
    return open_store(settings.record_address)


def open_exchange_here(settings: Settings) -> Exchange:
    """Open this machine's record to hand its events on, or to take another's."""
    return open_exchange(settings.record_address)


def open_keys(settings: Settings) -> KeyRing:
    """Open this machine's keys, under the master key that is set: a command, else a file."""
    command = settings.master_command
    return KeyRing(settings.keys_dir, master=MasterCommand(command) if command else None)


def open_keys_to_destroy(settings: Settings) -> KeyRing:
    """Open this machine's keys to destroy some: that needs no master key, and waits for none."""
    return KeyRing(settings.keys_dir, master=Unopened())


def make_retention(settings: Settings, *, store: Store, clock: Clock) -> Retention:
    """Make what deletes evidence when it is due, by the policy's limits."""
    policy, keys = open_policy(settings.policy), open_keys_to_destroy(settings)
    return Retention(
        Custody(store, keys, clock, time_ordered_id),
        vault=Vault(settings.evidence_dir, keys),
        kept=policy.duration("alert-data-kept"),
        longest_hold=policy.duration("legal-hold"),
    )


def make_list_retention(settings: Settings, *, store: Store, clock: Clock) -> ListRetention:
    """Make what destroys the lists that were left on this machine, by the policy's limits."""
    policy = open_policy(settings.policy)
    return ListRetention(
        Custody(store, open_keys_to_destroy(settings), clock, time_ordered_id),
        within=policy.duration("list-destroyed"),
        longest_unused=policy.duration("list-age"),
    )


def make_index_retention(settings: Settings, *, store: Store, clock: Clock) -> IndexRetention:
    """Make what deletes the indexes of who was listed, by the policy's limit."""
    keys = open_keys_to_destroy(settings)
    return IndexRetention(
        Custody(store, keys, clock, time_ordered_id),
        vault=Vault(settings.disclosure_dir, keys),
        kept=open_policy(settings.policy).duration("disclosure-kept"),
    )


def make_office(
    settings: Settings, *, store: Store, clock: Clock, new_id: NewId = time_ordered_id
) -> Office:
    """Make where deployments are drafted, authorised, steered and closed."""
    policy = open_policy(settings.policy)
    return Office(store, policy=policy, clock=clock, new_id=new_id)


def make_hindsight(settings: Settings, *, store: Store, clock: Clock) -> Hindsight:
    """Make what looks back on deployments that have ended."""
    policy = open_policy(settings.policy)
    return Hindsight(store, policy=policy, clock=clock, new_id=time_ordered_id)


def make_desk(settings: Settings, deployment: str, *, store: Store, clock: Clock) -> Desk:
    """Make where a deployment's alerts are judged."""
    keys = open_keys(settings)
    room = EvidenceRoom(
        seal=decoy_sealer(settings.evidence_dir, keys),
        open=evidence_opener(settings.evidence_dir, keys),
    )
    return Desk(store, deployment=deployment, evidence=room, clock=clock, new_id=time_ordered_id)


def make_log(settings: Settings, *, store: Store) -> TransparencyLog:
    """Make what signs and publishes this machine's record."""
    return TransparencyLog(
        settings.ledger_dir,
        store=store,
        keys=open_keys(settings),
        clock=SystemClock(),
        new_id=time_ordered_id,
    )


def make_disclosure(settings: Settings) -> Disclosure:
    """Make what answers whether somebody was listed."""
    keys = open_keys(settings)
    return Disclosure(Vault(settings.disclosure_dir, keys), keys)


def evidence_sealer(folder: Path, keys: KeyRing) -> SealEvidence:
    """Give what seals an alert's evidence under a key of its own, and commits to it."""
    seal = decoy_sealer(folder, keys)
    return lambda alert, evidence: seal(alert.id, evidence)


def decoy_sealer(folder: Path, keys: KeyRing) -> SealDecoy:
    """Give what seals evidence by an alert's id: of a decoy as of a real one."""
    vault = Vault(folder, keys)

    def seal(alert: str, evidence: bytes) -> str:
        salt, key_name = new_salt(), f"{ALERT_KEY}{alert}"
        keys.create(key_name)
        vault.put(alert, key_name, salt + evidence, context=f"alert:{alert}".encode())
        return commitment(salt, evidence)

    return seal


def evidence_opener(folder: Path, keys: KeyRing) -> OpenEvidence:
    """Give what opens an alert's evidence, and holds it to what its event committed to."""
    vault = Vault(folder, keys)

    def open_evidence(alert: str, committed: str) -> bytes:
        plain = vault.get(alert, key_name=f"{ALERT_KEY}{alert}", context=f"alert:{alert}".encode())
        salt, evidence = plain[:SALT_BYTES], plain[SALT_BYTES:]
        if commitment(salt, evidence) != committed:
            raise VaultError(
                f"alert {alert}: got evidence that its event did not commit to, want its own"
            )
        return evidence

    return open_evidence


def _selector(deployment: Deployment, camera: Camera) -> Selector:
    return Selector(
        recognition=deployment.recognition,
        limits=Limits(min_eyes_px=deployment.recognition.min_eyes_px),
        zone=camera.zone,
        min_detections=MIN_DETECTIONS,
        min_s=MIN_S,
    )


def _photo_detector(opened: OpenedBundle) -> Detector:
    return detector_for(opened, scaling=Scaling(PHOTO_FACE_PX))


def _recogniser(opened: OpenedBundle) -> Recogniser:
    return Recogniser(opened.recogniser_session(), opened.bundle.recogniser)
