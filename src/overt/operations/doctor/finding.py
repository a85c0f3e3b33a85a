"""What one check found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from overt.errors import OvertError

__all__ = ["Family", "Finding", "Verdict", "cannot_tell", "fails", "failure", "holds"]


class Verdict(StrEnum):
    """What came of a check."""

    HOLDS = "holds"
    FAILS = "fails"
    CANNOT_TELL = "cannot tell"


class Family(StrEnum):
    """What is looked at together."""

    SETTINGS = "settings"
    FOLDERS = "folders"
    DISK = "disk"
    DATABASE = "database"
    CLOCK = "clock"
    KEYS = "keys"
    LEDGER = "ledger"
    TIMERS = "timers"
    CERTIFICATES = "certificates"
    MODELS = "models"
    CAMERAS = "cameras"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's: what was looked at, what was found, what to do."""

    family: Family
    about: str
    verdict: Verdict
    got: str
    advice: str = ""  # what to do; "" where it holds


def holds(family: Family, about: str, got: str) -> Finding:
    """Say that something is as it has to be."""
    return Finding(family, about, Verdict.HOLDS, got)


def fails(family: Family, about: str, got: str, advice: str) -> Finding:
    """Say that something is wrong, and what to do."""
    return Finding(family, about, Verdict.FAILS, got, advice)


def cannot_tell(family: Family, about: str, got: str, advice: str = "") -> Finding:
    """Say that it could not be found out."""
    return Finding(family, about, Verdict.CANNOT_TELL, got, advice)


def failure(family: Family, about: str, error: OvertError) -> Finding:
    """Say what an error says."""
    return fails(family, about, str(error), error.hint)
