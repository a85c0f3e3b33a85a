"""Another threshold for a deployment, with what it is predicted to change."""

from __future__ import annotations

from overt.errors import AuthorityError, InputError
from overt.governance.policy import Policy
from overt.inference.bundle import Bundle
from overt.match.scale import ReferenceScale
from overt.review.deployment_record import DeploymentRecord
from overt.review.people import require_name
from overt.values.duty_events import ThresholdChanged
from overt.values.events import DeploymentAuthorised

__all__ = ["require_authorised", "threshold_changed"]


def threshold_changed(
    record: DeploymentRecord,
    after: float,
    *,
    policy: Policy,
    bundle: Bundle,
    by: str,
    rank: str,
    reason: str,
) -> ThresholdChanged:
    """Write what is to be recorded of a change; whether it may be made is asked elsewhere.

    Raises:
        AuthorityError: nothing is authorised, or under another policy or with another bundle.
        InputError: nobody is named, or it is no threshold.
    """
    name, authorised = require_name(by), require_authorised(record)
    if policy.digest != authorised.policy:
        raise AuthorityError(
            f"deployment {record.id}: got policy {policy.name} on this machine, want "
            f"{authorised.policy_name}, under which it was authorised"
        )
    if bundle.digest != authorised.bundle or bundle.calibration is None:
        raise AuthorityError(
            f"deployment {record.id}: got bundle {bundle.digest}, want the one authorised, "
            f"{authorised.bundle}"
        )
    if not 0 < after < 1:
        raise InputError(f"threshold: got {after}, want it between 0 and 1")
    before = record.threshold or authorised.threshold
    scale = ReferenceScale(bundle.calibration)
    predicted_before, predicted_after = (
        scale.operating_point(threshold, listed=authorised.listed).predicted_rate
        for threshold in (before, after)
    )
    return ThresholdChanged(name, rank, reason, before, after, predicted_before, predicted_after)


def require_authorised(record: DeploymentRecord) -> DeploymentAuthorised:
    """Give a deployment's authority.

    Raises:
        AuthorityError: it has none.
    """
    if record.authorised is None:
        raise AuthorityError(f"deployment {record.id}: got no authority, want one")
    return record.authorised
