"""A bundle that can be used, and what turns photographs into templates with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from overt.detect.base import Detector
from overt.detect.heads import detector_for
from overt.detect.picture import Scaling
from overt.embed.recogniser import Recogniser
from overt.errors import BundleError
from overt.evaluation.face import PhotoStages
from overt.evaluation.templates import TemplateCache, TemplateMaker
from overt.governance.building import Enrolment
from overt.governance.decoy_pictures import DecoyMaker
from overt.governance.enrol import Enroller
from overt.inference.agreement import require_agreement
from overt.inference.bundle import Bundle
from overt.inference.mixture import read_cohort
from overt.inference.opened import OpenedBundle, open_bundle
from overt.match.comparing import Comparer
from overt.match.scale import ReferenceScale
from overt.select.limits import Limits
from overt.settings import Settings
from overt.values.deployment import Recognition

__all__ = [
    "Models",
    "comparer_of",
    "evaluation_stages",
    "make_decoys",
    "make_enrolment",
    "make_template_maker",
    "open_bundle_here",
    "open_models",
    "recogniser_of",
]

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
        embedder=recogniser_of(models.opened),
        limits=Limits.for_listing(),
    )
    return Enrolment(enroller, models.scale, models.comparer, models.opened.bundle.digest)


def evaluation_stages(opened: OpenedBundle) -> PhotoStages:
    """Make what turns labelled photographs into templates, as a list's are."""
    entry = opened.bundle.recogniser
    return PhotoStages(_photo_detector(opened), recogniser_of(opened), entry.metric)


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


def _photo_detector(opened: OpenedBundle) -> Detector:
    return detector_for(opened, scaling=Scaling(PHOTO_FACE_PX))


def recogniser_of(opened: OpenedBundle) -> Recogniser:
    """Load a bundle's recogniser."""
    return Recogniser(opened.recogniser_session(), opened.bundle.recogniser)
