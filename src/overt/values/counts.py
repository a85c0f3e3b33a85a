"""Numbers without faces: what every camera saw in every minute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from overt.values.quality import Reason

__all__ = ["FaceCounts"]

COUNTED: Final = (
    "frames", "dropped", "seen", "compared", "brief", "alerts", "thinned", "partial",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FaceCounts:
    """What one camera saw in one minute. A face seen is counted in the minute its track ended."""

    camera: str
    minute: datetime  # UTC, its first second
    frames: int = 0  # frames that recognition looked at or carried tracks through
    dropped: int = 0  # frames that came but were not looked at
    seen: int = 0  # faces seen: tracks long enough to be a passage = compared + unfit
    compared: int = 0  # of those, compared with the watchlist
    unfit: Mapping[Reason, int] = field(default_factory=dict[Reason, int])  # of those, not compared
    brief: int = 0  # tracks too short to be counted as a face seen
    alerts: int = 0
    thinned: int = 0  # of the frames, those that were not looked at because of load
    partial: int = 0  # of the looks, those only around the faces followed, because of load

    def __post_init__(self) -> None:
        for name in COUNTED:
            if getattr(self, name) < 0:
                raise ValueError(f"{name}: got {getattr(self, name)}, want 0 or more")
        for reason, number in self.unfit.items():
            if number < 0:
                raise ValueError(f"unfit, {reason}: got {number}, want 0 or more")
        got, want = self.compared + sum(self.unfit.values()), self.seen
        if got != want:
            raise ValueError(f"faces compared and unfit: got {got}, want {want}, the faces seen")

    def plus(self, other: FaceCounts) -> FaceCounts:
        """Add another minute's numbers to this one's, keeping this one's camera and minute."""
        reasons = {*self.unfit, *other.unfit}
        return FaceCounts(
            camera=self.camera,
            minute=self.minute,
            frames=self.frames + other.frames,
            dropped=self.dropped + other.dropped,
            seen=self.seen + other.seen,
            compared=self.compared + other.compared,
            unfit={r: self.unfit.get(r, 0) + other.unfit.get(r, 0) for r in sorted(reasons)},
            brief=self.brief + other.brief,
            alerts=self.alerts + other.alerts,
            thinned=self.thinned + other.thinned,
            partial=self.partial + other.partial,
        )
