"""Another threshold for a deployment, with what it is predicted to change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path

from overt.errors import AuthorityError, InputError, OvertError, RefusedError
from overt.governance.comparisons import comparisons_in, latest_comparison
from overt.governance.lowering import lowered, refusing
from overt.governance.policy import Policy
from overt.governance.rules import Before
from overt.governance.rules_change import RULE
from overt.inference.bundle import Bundle
from overt.match.scale import ReferenceScale
from overt.review.conditions import advance
from overt.review.deployment_record import DeploymentRecord
from overt.review.people import require_name
from overt.values.comparison import Comparison
from overt.values.duty_events import ChangeAuthorised, ThresholdChanged
from overt.values.events import DeploymentAuthorised

__all__ = ["NewThreshold", "foreseen", "judged", "require_authorised"]


@dataclass(frozen=True, slots=True, eq=False)
class NewThreshold:
    """What is asked for."""

    after: float
    bundle: Bundle  # that the deployment runs with
    by: str  # who answers for it
    rank: str
    reason: str
    comparisons: Path | None  # folder where they are kept; None: there are none


def judged(
    record: DeploymentRecord,
    wanted: NewThreshold,
    *,
    policy: Policy,
    at: datetime,
    kept: Callable[[], Sequence[Comparison]] | None = None,
) -> tuple[ThresholdChanged, ChangeAuthorised | None]:
    """Write what is to be recorded of a change, and what it rests on; None: on nothing.

    Args:
        record: of the deployment.
        wanted: what is asked for.
        policy: under which it was authorised.
        at: when.
        kept: reads the comparisons there are; None: as `wanted` says.

    Raises:
        OvertError: why it may not be made.
    """
    body = threshold_changed(record, wanted, policy=policy)
    advance(record, body, policy=policy, at=at)
    return body, require_grounds(record, wanted, kept=kept or _kept(wanted), policy=policy)


def foreseen(
    record: DeploymentRecord,
    wanted: NewThreshold,
    *,
    instead: Sequence[float],
    policy: Policy,
    at: datetime,
) -> tuple[ThresholdChanged | OvertError, ...]:
    """Judge other thresholds than the one that is asked for: each, or why it may not be."""
    kept = _kept(wanted)

    def one(after: float) -> ThresholdChanged | OvertError:
        other = replace(wanted, after=after)
        try:
            return judged(record, other, policy=policy, at=at, kept=kept)[0]
        except OvertError as error:
            return error

    return tuple(one(after) for after in instead)


def _kept(wanted: NewThreshold) -> Callable[[], Sequence[Comparison]]:
    """Give what reads the comparisons that are kept: once, and where one is needed."""
    folder = wanted.comparisons
    return cache(lambda: () if folder is None else comparisons_in(folder))


def threshold_changed(
    record: DeploymentRecord, wanted: NewThreshold, *, policy: Policy
) -> ThresholdChanged:
    """Write what is to be recorded of a change; whether it may be made is asked elsewhere.

    Raises:
        AuthorityError: nothing is authorised, or under another policy or with another bundle.
        InputError: nobody is named, or it is no threshold.
    """
    name, authorised = require_name(wanted.by), require_authorised(record)
    after, bundle = wanted.after, wanted.bundle
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
    return ThresholdChanged(
        name, wanted.rank, wanted.reason, before, after, predicted_before, predicted_after
    )


def require_grounds(
    record: DeploymentRecord,
    wanted: NewThreshold,
    *,
    kept: Callable[[], Sequence[Comparison]],
    policy: Policy,
) -> ChangeAuthorised | None:
    """Refuse a threshold below the one authorised without the grounds of an authority.

    A trial is among people who agreed, and is compared with nothing, as when it is authorised.

    Args:
        record: of the deployment.
        wanted: what is asked for.
        kept: reads the comparisons there are, where one is needed.
        policy: under which it was authorised.

    Returns:
        what is to be recorded beside the change; None where no ground is asked for.

    Raises:
        RefusedError: rules fail; the message names them all.
    """
    authorised = require_authorised(record)
    after, bundle = wanted.after, wanted.bundle
    if authorised.trial or after >= authorised.threshold:
        return None
    before = Before(record.id, authorised.bundle, authorised.threshold)
    comparison = latest_comparison(
        kept(), bundle=bundle.digest, before=before.threshold, after=after
    )
    found = lowered(
        before,
        after,
        bundle=bundle,
        listed=authorised.listed,
        comparison=comparison,
        policy=policy,
    )
    if refused := refusing(found, policy):
        lines = "\n".join(f"  - {each}" for each in refused)
        raise RefusedError(
            f"deployment {record.id}: threshold: got {after:g}, below {authorised.threshold:g}"
            f" as authorised; want its grounds:\n{lines}",
            hint="raise it, or draft anew: an authorising officer may accept in writing what became"
            " worse",
        )
    sha256 = comparison.sha256 if comparison is not None else ""
    (shown,) = (each for each in found if each.rule == RULE)
    return ChangeAuthorised(sha256, shown.got, "")


def require_authorised(record: DeploymentRecord) -> DeploymentAuthorised:
    """Give a deployment's authority.

    Raises:
        AuthorityError: it has none.
    """
    if record.authorised is None:
        raise AuthorityError(f"deployment {record.id}: got no authority, want one")
    return record.authorised
