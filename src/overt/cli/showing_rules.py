"""Printing what was found of a rule."""

from __future__ import annotations

from overt.governance.findings import Finding, Verdict
from overt.governance.policy import PolicyRule
from overt.text import printable

__all__ = ["print_finding", "source_of"]


def print_finding(finding: Finding, rule: PolicyRule) -> None:
    """Print a finding as an item of a checklist, with the rule's source and what to do next."""
    verdict = str(finding.verdict)
    if finding.verdict is Verdict.FAILS:
        verdict = f"FAILS ({rule.fails})"
    print(f"{verdict:<16} {finding.rule}: {printable(str(finding))}")
    print(f"{'':<16} source: {source_of(rule)}")
    if finding.verdict is not Verdict.HOLDS and finding.to_do:
        print(f"{'':<16} next: {printable(finding.to_do)}")


def source_of(rule: PolicyRule) -> str:
    """Say where a rule comes from, and how well that is known."""
    return f"{printable(rule.source)} [{rule.grade}]"
