"""What the cameras of one process have in common: the networks, and the list as it is searched."""

from __future__ import annotations

from dataclasses import dataclass

from overt.inference.session import Session
from overt.match.comparing import Side
from overt.match.gallery import Gallery
from overt.values.watchlist import Watchlist
from overt.wiring.models import Models

__all__ = ["Common"]


@dataclass(frozen=True, slots=True, eq=False)
class Common:
    """Loaded once and held against the cohort once, however many cameras there are.

    Nothing in it changes, and all of it may be used by several threads at once. A network holds
    some 100 MB while it runs, and a camera with networks of its own would hold as much for ever.
    """

    models: Models
    detector: Session
    recogniser: Session
    gallery: Gallery

    @classmethod
    def of(cls, models: Models, watchlist: Watchlist, *, listed: Side | None = None) -> Common:
        """Load what the cameras of this process use.

        Args:
            models: the bundle that was authorised.
            watchlist: the list that was authorised.
            listed: that list held against the cohort already; None: it is done here.

        Raises:
            BundleError: a network cannot be loaded.
        """
        return cls(
            models,
            detector=models.opened.detector_session(),
            recogniser=models.opened.recogniser_session(),
            gallery=Gallery(watchlist, scale=models.scale, comparer=models.comparer, listed=listed),
        )
