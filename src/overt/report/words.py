"""Figures in words that a person reads at once."""

from __future__ import annotations

from overt.values.per_face import per_face

__all__ = ["about_faces_seen", "about_one_in"]


def about_one_in(rate: float) -> str:
    """Say a rate as 1 in so many, to two figures; a rate of 0 as none.

    >>> about_one_in(1.668e-4)
    '1 in 6,000'
    >>> about_one_in(0.5)
    '1 in 2'
    >>> about_one_in(0.75)
    '1 in 1.3'
    >>> about_one_in(0.0)
    'none'
    """
    if rate <= 0:
        return "none"
    number = 1 / rate
    if number >= 1e9:
        return f"1 in {number:.1e}".replace("e+", " x 10^")
    two_figures = float(f"{number:.2g}")
    return f"1 in {two_figures:,.0f}" if two_figures.is_integer() else f"1 in {two_figures}"


def about_faces_seen(rate: float) -> str:
    """Say what a rate per comparison of photographs is for faces seen, with both ends measured.

    >>> about_faces_seen(1 / 6000)
    '1 in 2,700 faces seen (1 in 2,000 to 1 in 5,500)'
    >>> about_faces_seen(0.0)
    'none'
    """
    if rate <= 0:
        return "none"
    found = per_face(rate)
    ends = f"{about_one_in(found.high)} to {about_one_in(found.low)}"
    return f"{about_one_in(found.value)} faces seen ({ends})"
