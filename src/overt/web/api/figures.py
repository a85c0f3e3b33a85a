"""The figures that are watched while deployments run."""

from __future__ import annotations

from fastapi import APIRouter

from overt.web.api.call import Asked
from overt.web.api.told import Figures, figures_told
from overt.web.api.told_series import SeriesTold, series_told

__all__ = ["router"]

router = APIRouter(tags=["figures"])


@router.get("/figures", name="api_figures")
def figures(call: Asked) -> Figures:
    """Give the false alert rate against its ceiling, adjudication times, and agreement."""
    return figures_told(call.here.overseen.now())


@router.get("/figures/series", name="api_figures_series")
def series(call: Asked) -> SeriesTold:
    """Give the false alert rate as the chart draws it: what could be told as faces were seen."""
    return series_told(call.here.overseen.now())
