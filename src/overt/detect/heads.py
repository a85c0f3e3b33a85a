"""The detector of a bundle."""

from __future__ import annotations

from overt.detect.base import Detector
from overt.detect.centerface import CenterFace
from overt.detect.picture import Scaling
from overt.detect.scrfd import Scrfd
from overt.detect.yunet import YuNet
from overt.inference.bundle import DetectorEntry, Head
from overt.inference.opened import OpenedBundle
from overt.inference.session import Session

__all__ = ["detector_for", "detector_of"]


def detector_for(opened: OpenedBundle, *, scaling: Scaling, threads: int = 1) -> Detector:
    """Load the detector of an opened bundle.

    Raises:
        BundleError: the network does not fit the head that the manifest names.
    """
    session = opened.detector_session(threads=threads)
    return detector_of(session, entry=opened.bundle.detector, scaling=scaling)


def detector_of(session: Session, *, entry: DetectorEntry, scaling: Scaling) -> Detector:
    """Make a detector of a network that is loaded; several may run it.

    Raises:
        BundleError: the network does not fit the head that the manifest names.
    """
    match entry.head:
        case Head.CENTERFACE:
            return CenterFace(session, entry=entry, scaling=scaling)
        case Head.YUNET:
            return YuNet(session, entry=entry, scaling=scaling)
        case Head.SCRFD:
            return Scrfd(session, entry=entry, scaling=scaling)
