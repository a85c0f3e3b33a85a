"""What another threshold would mean for a deployment that runs, and which ones policy refuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from overt.errors import OvertError, RefusedError
from overt.inference.bundle import Bundle
from overt.match.scale import ReferenceScale
from overt.report.words import about_faces_seen
from overt.review.deployment_record import DeploymentRecord
from overt.review.threshold_change import NewThreshold
from overt.values.account import Account
from overt.values.duty_events import ThresholdChanged
from overt.values.per_face import per_face
from overt.web.checking import bundle_of, draft_of
from overt.web.services import Services

__all__ = ["FACES", "Choice", "change", "choices"]

FACES: Final = 10_000  # that the expected number of false alerts is told for
FEWEST: Final = 0.01  # of them that are told
STEPS: Final = 5  # hundredths below the one in force and above it
TO_ASK: Final = "to be asked"  # a reason, where only the rest is asked about


@dataclass(frozen=True, slots=True)
class Choice:
    """A threshold, and what is to be expected of it with this list."""

    threshold: float
    is_current: bool
    rare: str  # "1 in 2,700 faces seen (1 in 2,000 to 1 in 5,500)"
    expected: float  # false alerts in FACES faces seen that are not listed
    extrapolated: bool  # beyond what was measured
    refused: str  # why; "" where it may be chosen

    @property
    def in_many(self) -> str:
        """Write how many false alerts are expected in FACES faces."""
        if self.expected < FEWEST:
            return f"fewer than {FEWEST:g}"
        return f"{self.expected:.2g}" if self.expected < 100 else f"{self.expected:,.0f}"


def choices(here: Services, record: DeploymentRecord, who: Account) -> tuple[Choice, ...]:
    """Go through the thresholds around the one in force.

    Raises:
        OvertError: the deployment's file or its bundle is not on this machine.
    """
    bundle = bundle_of(here, draft_of(here, record).deployment.bundle)
    if bundle.calibration is None or record.threshold is None or record.authorised is None:
        raise RefusedError(
            f"deployment {record.id}: got no measured threshold in force, want one to change"
        )
    scale, listed, now = (
        ReferenceScale(bundle.calibration),
        record.authorised.listed,
        record.threshold,
    )
    around = [round(now + hundredths / 100, 4) for hundredths in range(STEPS, -STEPS - 1, -1)]
    there = [threshold for threshold in around if 0 < threshold < 1]
    others = [threshold for threshold in there if threshold != round(now, 4)]
    refused = why_not(here, record, others, bundle=bundle, who=who)
    found: list[Choice] = []
    for threshold in there:
        point = scale.operating_point(threshold, listed=listed)
        found.append(
            Choice(
                threshold,
                is_current=threshold not in refused,
                rare=about_faces_seen(point.predicted_rate),
                expected=per_face(point.predicted_rate).value * FACES,
                extrapolated=point.extrapolated,
                refused=refused.get(threshold, ""),
            )
        )
    return tuple(found)


def why_not(
    here: Services,
    record: DeploymentRecord,
    thresholds: Sequence[float],
    *,
    bundle: Bundle,
    who: Account,
) -> Mapping[float, str]:
    """Tell of each why it cannot be chosen; "" where it can."""
    wanted = _wanted(here, record.threshold or 0.0, bundle=bundle, who=who, reason=TO_ASK)
    found = here.office.foresee_thresholds(record.id, wanted, instead=thresholds)
    return {
        threshold: str(one).removeprefix(f"deployment {record.id}: ")
        if isinstance(one, OvertError)
        else ""
        for threshold, one in zip(thresholds, found, strict=True)
    }


def change(
    here: Services,
    record: DeploymentRecord,
    *,
    before: float,
    after: float,
    who: Account,
    reason: str,
) -> ThresholdChanged:
    """Change the threshold from the one that was shown.

    Raises:
        OvertError: why not.
    """
    if record.threshold != before:
        raise RefusedError(
            f"deployment {record.id}: got a change from {before:g}, want one from "
            f"{record.threshold}, which is in force by now",
            hint="look at what it means from there, then decide again",
        )
    bundle = bundle_of(here, draft_of(here, record).deployment.bundle)
    changed = here.office.change_threshold(
        record.id, _wanted(here, after, bundle=bundle, who=who, reason=reason)
    )
    return changed.changes[-1]


def _wanted(
    here: Services, after: float, *, bundle: Bundle, who: Account, reason: str
) -> NewThreshold:
    kept = here.settings.comparisons_dir
    return NewThreshold(after, bundle, who.name, who.rank, reason, kept)
