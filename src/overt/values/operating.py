"""A threshold with what it promises for one watchlist."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["OperatingPoint"]


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """Where recognition operates: a threshold, and the false alerts to expect there."""

    threshold: float  # on the reference scale
    score: float  # at which the threshold is reached: the calibration's, see `match.comparing`
    listed: int  # entries compared with
    predicted_rate: float  # false alerts expected for one comparison of a probe with the list
    extrapolated: bool  # whether that lies beyond what was measured
