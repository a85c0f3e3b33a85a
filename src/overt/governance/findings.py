"""What a check of a rule found: holds, fails or cannot tell, with got, want and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Finding", "Verdict", "judged", "untold"]


class Verdict(StrEnum):
    """What can be said of a rule now."""

    HOLDS = "holds"
    FAILS = "fails"
    CANNOT_TELL = "cannot tell"  # what it is about has not happened, or is not known yet


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one rule. It names no listed person: it is shown and recorded."""

    rule: str  # id
    verdict: Verdict
    about: str  # what was looked at: "window", "camera gate", ...
    got: str
    want: str
    to_do: str = ""  # what to do next, where something is to be done
    admitted: bool = False  # it fails, but this is a trial and trials may

    def __str__(self) -> str:
        return f"{self.about}: got {self.got}, want {self.want}"


def judged(rule: str, *, holds: bool, about: str, got: str, want: str, to_do: str = "") -> Finding:
    """Make the finding of a rule that can be judged; what to do is said where it fails."""
    if holds:
        return Finding(rule, Verdict.HOLDS, about, got, want)
    return Finding(rule, Verdict.FAILS, about, got, want, to_do)


def untold(rule: str, *, about: str, want: str, to_do: str = "") -> Finding:
    """Make the finding of a rule that cannot be judged yet."""
    return Finding(rule, Verdict.CANNOT_TELL, about, "nothing yet", want, to_do)
