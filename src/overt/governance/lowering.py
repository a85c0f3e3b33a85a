"""A threshold that is lowered while recognition runs: the grounds that an authority asks for.

A higher threshold raises fewer false alerts and needs no ground. Nor does one that was authorised:
it had its grounds then. Below it, everything is asked as of a new deployment that differs from this
one by its threshold alone: the rules on the evaluation, and a comparison that shows the change on
the people of that evaluation. What became worse cannot be accepted here: that is an authorising
officer's to write, in a draft.
"""

from __future__ import annotations

from collections.abc import Iterable

from overt.governance.findings import Finding, Verdict, judged
from overt.governance.policy import Fails, Policy
from overt.governance.rules_change import ABOUT, RULE, Sought, shown
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
    findings = [_on_another_evaluation(sought) or shown(sought, policy.figures(RULE))]
    evaluation = bundle.evaluation
    if evaluation is not None or bundle.intended_use is not IntendedUse.TRIAL:
        asked = Asked(bundle, evaluation and evaluation.record, listed, threshold)
        findings += [
            EVALUATED[rule.id](asked, rule.value) for rule in policy.rules if rule.id in EVALUATED
        ]
    return tuple(findings)


def _on_another_evaluation(sought: Sought) -> Finding | None:
    """Refuse a comparison of other people than the bundle rests on; None where it is of them.

    How many they are, and of which groups, rules have looked at. Few others show nothing worse
    because they show nothing.
    """
    found, record = sought.found, sought.bundle.record
    if record is None or not isinstance(found, Comparison):
        return None
    if {used.evaluation for used in (found.before, found.after)} == {record.sha256}:
        return None
    return judged(
        RULE,
        holds=False,
        about=ABOUT,
        got=f"a comparison on another evaluation ({found.sha256[:12]})",
        want=f"one on {record.sha256[:12]}, which the bundle rests on",
        to_do="give the bundle's own evaluation twice to `overt evaluate change`",
    )


def refusing(findings: Iterable[Finding], policy: Policy) -> tuple[Finding, ...]:
    """Give what fails, and is not only said."""
    return tuple(
        each
        for each in findings
        if each.verdict is Verdict.FAILS and policy.rule(each.rule).fails is not Fails.FLAG
    )
