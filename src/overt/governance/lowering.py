"""A threshold that is lowered while recognition runs: the grounds that an authority asks for.

A higher threshold raises fewer false alerts and needs no ground. Nor does one that was authorised:
it had its grounds then. Below it, everything is asked as of a new deployment that differs from this
one by its threshold alone: the rules on the evaluation, and a comparison that shows the change.
What became worse cannot be accepted here: that is an authorising officer's to write, in a draft.
"""

from __future__ import annotations

from collections.abc import Iterable

from overt.governance.findings import Finding, Verdict
from overt.governance.policy import Fails, Policy
from overt.governance.rules_change import RULE, Sought, shown
from overt.governance.rules_evaluation import EVALUATED, Asked
from overt.governance.rules_subject import Before
from overt.inference.bundle import Bundle, IntendedUse, Unread
from overt.values.comparison import Comparison

__all__ = ["lowered", "refusing"]


def lowered(
    before: Before,
    threshold: float,
    *,
    bundle: Bundle,
    listed: int,
    comparison: Comparison | Unread | None,
    policy: Policy,
) -> tuple[Finding, ...]:
    """Judge a threshold below the one that was authorised.

    Args:
        before: what was authorised.
        threshold: that is to be in force.
        bundle: that runs.
        listed: entries of its list.
        comparison: of the one with the other.
        policy: under which it was authorised.
    """
    sought = Sought(before, bundle, threshold, comparison, "")
    findings = [shown(sought, policy.figures(RULE))]
    evaluation = bundle.evaluation
    if evaluation is not None or bundle.intended_use is not IntendedUse.TRIAL:
        asked = Asked(bundle, evaluation and evaluation.record, listed, threshold)
        findings += [
            EVALUATED[rule.id](asked, rule.value) for rule in policy.rules if rule.id in EVALUATED
        ]
    return tuple(findings)


def refusing(findings: Iterable[Finding], policy: Policy) -> tuple[Finding, ...]:
    """Give what fails, and is not only said."""
    return tuple(
        each
        for each in findings
        if each.verdict is Verdict.FAILS and policy.rule(each.rule).fails is not Fails.FLAG
    )
