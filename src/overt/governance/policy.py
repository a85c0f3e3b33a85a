"""A policy: the rules that a deployment must keep, as data. Files are read in `policy_file`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import NoReturn

from overt.errors import PolicyError
from overt.governance.policy_kinds import Cap, Figures, Value

__all__ = ["Fails", "Grade", "Policy", "PolicyRule"]


class Fails(StrEnum):
    """What happens when a rule fails, the weakest first."""

    FLAG = "flag"  # it is said and recorded
    STOP = "stop"  # recognition stops, or does not start, until people have reviewed it
    REFUSE = "refuse"  # the deployment is not authorised

    def is_strict(self, reference: Fails) -> bool:
        """Tell whether this is as strict as the reference's, or stricter."""
        order = list(Fails)
        return order.index(self) >= order.index(reference)


class Grade(StrEnum):
    """How well the source of a rule is known."""

    PUBLISHED = "P"  # read in a published page or ruling
    FIELD = "R"  # knowledge of the field, or overt's own; to confirm before quoting


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """One rule with its value."""

    id: str
    value: Value  # None: a rule without a figure
    fails: Fails
    source: str
    grade: Grade
    text: str  # one plain sentence for a citizen


@dataclass(frozen=True, slots=True)
class Policy:
    """All rules, with where they come from. Limits are read from it by typed accessors."""

    name: str
    version: str
    rules: tuple[PolicyRule, ...]
    digest: str  # sha256 of the file's canonical form: blanks and comments do not count
    text: str = field(repr=False)  # the file, whole

    def __post_init__(self) -> None:
        ids = [rule.id for rule in self.rules]
        if len(set(ids)) < len(ids):
            twice = sorted({rule for rule in ids if ids.count(rule) > 1})
            raise PolicyError(f"policy {self.name}: got {', '.join(twice)} twice, want each once")

    def find(self, rule: str) -> PolicyRule | None:
        """Give a rule, or None where the policy lacks it."""
        return next((each for each in self.rules if each.id == rule), None)

    def rule(self, rule: str) -> PolicyRule:
        """Give a rule.

        Raises:
            PolicyError: the policy lacks it.
        """
        found = self.find(rule)
        if found is None:
            raise PolicyError(f"policy {self.name}: got no rule {rule}, want it")
        return found

    def duration(self, rule: str) -> timedelta:
        """Give the longest time that a rule allows."""
        value = self.rule(rule).value
        return value if isinstance(value, timedelta) else _mistaken(rule, value, "duration")

    def number(self, rule: str) -> float:
        """Give a rule's number; of a rate the highest it allows, events per trial, in (0, 1]."""
        value = self.rule(rule).value
        if not isinstance(value, int | float):
            return _mistaken(rule, value, "number")
        return value

    def allowed(self, rule: str) -> tuple[str, ...]:
        """Give what a rule allows, of its choices."""
        value = self.rule(rule).value
        return value if isinstance(value, tuple) else _mistaken(rule, value, "list")

    def caps(self, rule: str) -> Mapping[str, Cap]:
        """Give the caps of a rule, by what is capped."""
        value = self.rule(rule).value
        return value if isinstance(value, Mapping) else _mistaken(rule, value, "caps")

    def figures(self, rule: str) -> Figures:
        """Give the figures that a rule needs together."""
        value = self.rule(rule).value
        return value if isinstance(value, Figures) else _mistaken(rule, value, "figures")


def _mistaken(rule: str, value: Value, want: str) -> NoReturn:
    raise TypeError(f"rule {rule}: got {type(value).__name__}, want a {want}")
