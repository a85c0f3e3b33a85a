"""The detector of a bundle."""

from __future__ import annotations

from overt.detect.base import Detector
from overt.detect.centerface import CenterFace
from overt.detect.picture import Scaling
from overt.detect.scrfd import Scrfd
from overt.detect.yunet import YuNet
from overt.inference.bundle import Head
from overt.inference.opened import OpenedBundle

__all__ = ["detector_for"]


def detector_for(opened: OpenedBundle, *, scaling: Scaling, threads: int = 1) -> Detector:
    """Load the detector of an opened bundle.

    Raises:
        BundleError: the network does not fit the head that the manifest names.
    """
    session = opened.detector_session(threads=threads)
    entry = opened.bundle.detector
    match entry.head:
        case Head.CENTERFACE:
            return CenterFace(session, entry=entry, scaling=scaling)
        case Head.YUNET:
            return YuNet(session, entry=entry, scaling=scaling)
        case Head.SCRFD:
            return Scrfd(session, entry=entry, scaling=scaling)
