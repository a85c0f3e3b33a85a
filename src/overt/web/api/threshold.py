"""The threshold of a deployment that runs: what another would mean.

Its change is an officer's, on the page, as the authority is: no program lowers a safeguard.
"""

from __future__ import annotations

from fastapi import APIRouter

from overt.web.api.bodies import Id
from overt.web.api.call import Asked
from overt.web.api.told_steps import ThresholdsTold, choice_told
from overt.web.threshold import FACES, choices

__all__ = ["router"]

router = APIRouter(prefix="/deployments/{deployment}/threshold", tags=["deployments"])


@router.get("", name="api_threshold")
def threshold(call: Asked, deployment: Id) -> ThresholdsTold:
    """Tell what other thresholds would mean with this list, and which of them policy refuses.

    It is changed on the page alone, by an authorising officer who has logged in.
    """
    record = call.here.office.deployment(deployment)
    found = choices(call.here, record, call.token.account)
    told = [choice_told(each) for each in found]
    return ThresholdsTold(deployment=deployment, faces=FACES, thresholds=told)
