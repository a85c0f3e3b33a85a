"""A policy may be stricter than the reference, never looser; here that is shown, rule by rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from overt.governance.findings import Finding, Verdict
from overt.governance.policy import Policy, PolicyRule
from overt.governance.policy_known import KNOWN

__all__ = ["Compared", "Difference", "compare", "stricter_or_equal"]


def stricter_or_equal(policy: Policy, reference: Policy) -> tuple[Finding, ...]:
    """Name every way in which a policy is looser than the reference; none: it may be used."""
    return tuple(
        finding for rule in reference.rules for finding in _looser(policy.find(rule.id), rule)
    )


def _looser(rule: PolicyRule | None, reference: PolicyRule) -> Iterator[Finding]:
    kind = KNOWN[reference.id]
    want = kind.write(reference.value)
    if rule is None:
        yield _violation(reference.id, got="nothing", want=want, to_do="add the rule")
        return
    if not kind.is_strict(rule.value, reference.value):
        got = kind.write(rule.value)
        yield _violation(rule.id, got=got, want=f"{want}, or stricter", to_do="tighten its value")
    if not rule.fails.is_strict(reference.fails):
        yield _violation(
            rule.id,
            got=f"fails = {rule.fails}",
            want=f"fails = {reference.fails}, or stricter",
            to_do="tighten what happens when it fails",
        )


def _violation(rule: str, *, got: str, want: str, to_do: str) -> Finding:
    return Finding(rule, Verdict.FAILS, rule, got, want, to_do)


class Difference(StrEnum):
    """How a rule of one policy stands to the same rule of another."""

    SAME = "same"
    STRICTER = "stricter"
    LOOSER = "looser"
    MIXED = "neither"  # stricter in one way and looser in another, or not to be compared
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Compared:
    """One rule in two policies."""

    rule: str
    first: PolicyRule | None
    second: PolicyRule | None

    @property
    def difference(self) -> Difference:
        """How the second stands to the first."""
        first, second = self.first, self.second
        if first is None or second is None:
            return Difference.MISSING
        down = not any(_looser(second, first))
        up = not any(_looser(first, second))
        found = {
            (True, True): Difference.SAME,
            (True, False): Difference.STRICTER,
            (False, True): Difference.LOOSER,
        }
        return found.get((down, up), Difference.MIXED)


def compare(first: Policy, second: Policy) -> tuple[Compared, ...]:
    """Put every known rule of two policies side by side."""
    return tuple(Compared(rule, first.find(rule), second.find(rule)) for rule in KNOWN)
