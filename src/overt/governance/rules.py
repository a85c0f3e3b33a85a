"""Checking a deployment against a policy, rule by rule.

What each rule asks for is in the policy, as data; here is how it is checked. None can be switched
off. `trial = true` is no way round them: it admits what the policy's rule `trial-admits` names,
for people who agreed to be filmed, and changes nothing else. What was admitted is said and
recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from overt.governance import rules_authority, rules_change, rules_draft, rules_later, rules_list
from overt.governance.findings import Finding, Verdict
from overt.governance.policy import Fails, Policy
from overt.governance.policy_known import Admission
from overt.governance.rules_after import AFTER, after
from overt.governance.rules_evaluation import EVALUATED, evaluated
from overt.governance.rules_held import HELD, held
from overt.governance.rules_subject import Aftermath, Before, Observed, Subject
from overt.inference.bundle import IntendedUse
from overt.values.deployment import Rank
from overt.values.watchlist import Category

__all__ = ["CHECKS", "Aftermath", "Assessment", "Before", "Observed", "Subject", "assess"]

# Any: each check takes the kind of value that `policy_known.KNOWN` gives its rule.
Check: TypeAlias = Callable[[Subject, Any, datetime], Finding]

CHECKS: Final[Mapping[str, Check]] = MappingProxyType(
    {
        "permitted-use": rules_draft.permitted_use,
        "inside-window": rules_draft.inside_window,
        "window-length": rules_draft.window_length,
        "live-cameras": rules_draft.live_cameras,
        "threshold-lowest": rules_draft.threshold_lowest,
        "threshold-operated": rules_draft.threshold_operated,
        "predicted-false-alerts": rules_draft.predicted_false_alerts,
        "shots-confirmed": rules_draft.shots_confirmed,
        "bundle-calibrated": rules_draft.calibrated,
        "bundle-operational": rules_draft.operational,
        **{rule: evaluated(rule) for rule in EVALUATED},
        "change-compared": rules_change.compared,
        "authority-written": rules_authority.in_writing,
        "authority-before-start": rules_authority.before_start,
        "authority-rank": rules_authority.rank,
        "authority-rank-urgent": rules_authority.rank_urgent,
        "authority-two-people": rules_authority.two_people,
        "authority-urgent-review": rules_authority.urgent_review,
        "trial-admits": rules_authority.trial_admits,
        "list-of-bundle": rules_list.of_bundle,
        "list-age": rules_list.age,
        "list-composition": rules_list.composed,
        "list-under-18": rules_list.under_18,
        "list-vulnerable": rules_list.vulnerable,
        "list-image-age": rules_list.image_age,
        "list-provenance": rules_list.provenance,
        "signs": rules_later.signs,
        "notice": rules_later.notice,
        "officers-present": rules_later.officers_present,
        "camera-check": rules_later.camera_check,
        "observed-false-alerts": rules_later.observed_false_alerts,
        **{rule: after(rule) for rule in AFTER},
        **{rule: held(rule) for rule in HELD},
    }
)


def among_agreed(subject: Subject) -> bool:
    """Tell whether everybody on the list agreed to be: a trial has a blue list and no other."""
    return all(entry.category is Category.BLUE for entry in subject.watchlist.entries)


def _agreed_footage(subject: Subject) -> bool:
    # A model fit for real use never searches recorded footage, whoever is listed.
    return among_agreed(subject) and subject.bundle.intended_use is IntendedUse.TRIAL


def _agreed_without_rank(subject: Subject) -> bool:
    return among_agreed(subject) and subject.deployment.statement.rank is Rank.NONE


@dataclass(frozen=True, slots=True)
class Admitted:
    """What a trial needs to be admitted although a rule fails."""

    admission: str  # must be in the policy's `trial-admits`
    when: Callable[[Subject], bool]


ADMITTED: Final[Mapping[str, Admitted]] = MappingProxyType(
    {
        "bundle-operational": Admitted(Admission.MODEL, among_agreed),
        "live-cameras": Admitted(Admission.FOOTAGE, _agreed_footage),
        "authority-rank": Admitted(Admission.RANK, _agreed_without_rank),
        "authority-rank-urgent": Admitted(Admission.RANK, _agreed_without_rank),
        # The ceiling of predicted false alerts is a rule of its own, which no trial is let off.
        "threshold-lowest": Admitted(Admission.THRESHOLD, among_agreed),
    }
)


@dataclass(frozen=True, slots=True)
class Assessment:
    """What was found of every rule of a policy, in the policy's order."""

    policy: Policy
    findings: tuple[Finding, ...]

    @property
    def refusals(self) -> tuple[Finding, ...]:
        """What fails and refuses or stops; none: the deployment may be authorised."""
        return tuple(f for f in self._failing() if self._fails(f) is not Fails.FLAG)

    @property
    def flags(self) -> tuple[Finding, ...]:
        """What fails and is only said and recorded."""
        return tuple(f for f in self._failing() if self._fails(f) is Fails.FLAG)

    @property
    def admitted(self) -> tuple[Finding, ...]:
        """What holds only because this is a trial."""
        return tuple(finding for finding in self.findings if finding.admitted)

    @property
    def untold(self) -> tuple[Finding, ...]:
        """What cannot be told yet."""
        return tuple(f for f in self.findings if f.verdict is Verdict.CANNOT_TELL)

    def _failing(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.verdict is Verdict.FAILS)

    def _fails(self, finding: Finding) -> Fails:
        return self.policy.rule(finding.rule).fails


def assess(subject: Subject, *, policy: Policy, now: datetime) -> Assessment:
    """Check every rule of a policy."""
    admissions = policy.allowed("trial-admits")
    findings = tuple(
        _admit(CHECKS[rule.id](subject, rule.value, now), subject, admissions)
        for rule in policy.rules
    )
    return Assessment(policy, findings)


def _admit(finding: Finding, subject: Subject, admissions: tuple[str, ...]) -> Finding:
    """Let a trial off a rule, where the policy names what it needs; it stays to be seen."""
    needed = ADMITTED.get(finding.rule)
    if (
        finding.verdict is not Verdict.FAILS
        or not subject.deployment.trial
        or needed is None
        or needed.admission not in admissions
        or not needed.when(subject)
    ):
        return finding
    got = f"{finding.got}, admitted in a trial"
    return replace(finding, verdict=Verdict.HOLDS, got=got, to_do="", admitted=True)
