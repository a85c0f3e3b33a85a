"""The threshold of a deployment that runs: what another would mean, and its change."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from overt.web.api.bodies import Body, Id, SomeWords
from overt.web.api.call import Asked, Posted
from overt.web.api.told_steps import ChangeTold, ThresholdsTold, choice_told
from overt.web.threshold import FACES, change, choices

__all__ = ["router"]

router = APIRouter(prefix="/deployments/{deployment}/threshold", tags=["deployments"])
Number = Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]


class Change(Body):
    """From which threshold, which was looked at, to which; and why. The reason is published."""

    before: Number
    after: Number
    reason: Annotated[SomeWords, Field(max_length=500)]


@router.get("", name="api_threshold")
def threshold(call: Asked, deployment: Id) -> ThresholdsTold:
    """Tell what other thresholds would mean with this list, and which of them policy refuses."""
    record = call.here.office.deployment(deployment)
    found = choices(call.here, record, call.token.account)
    told = [choice_told(each) for each in found]
    return ThresholdsTold(deployment=deployment, faces=FACES, thresholds=told)


@router.post("", name="api_threshold_change", response_model=ChangeTold)
def threshold_change(call: Posted, deployment: Id, body: Change) -> Response:
    """Change it; refused where another is in force by now, or policy does not allow it."""

    def done() -> ChangeTold:
        made = change(
            call.here,
            call.here.office.deployment(deployment),
            before=body.before,
            after=body.after,
            who=call.token.account,
            reason=body.reason,
        )
        return ChangeTold(
            deployment=deployment,
            before=made.before,
            after=made.after,
            predicted_before=made.predicted_before,
            predicted_after=made.predicted_after,
        )

    return call.once(done)
