"""Whether a trial bundle may be called operational: its evaluation, held to a policy."""

from __future__ import annotations

from overt.governance.findings import Finding, Verdict
from overt.governance.policy import Policy
from overt.governance.rules_evaluation import EVALUATED, Asked

__all__ = ["qualify"]


def qualify(asked: Asked, *, policy: Policy) -> tuple[Finding, ...]:
    """Check every rule on an evaluation, as a deployment of this list and threshold will be.

    What cannot be told fails here: nothing that is still to happen could show it.
    """
    findings = [
        EVALUATED[rule.id](asked, rule.value) for rule in policy.rules if rule.id in EVALUATED
    ]
    return tuple(
        Finding(each.rule, Verdict.FAILS, each.about, each.got, each.want, each.to_do)
        if each.verdict is Verdict.CANNOT_TELL
        else each
        for each in findings
    )
