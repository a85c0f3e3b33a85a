"""The settings: known names, values that can be used."""

from __future__ import annotations

from overt.errors import OvertError, SettingsError
from overt.governance.policy_file import open_policy
from overt.operations.doctor.finding import Family, Finding, failure, holds
from overt.settings import Settings, read_settings

__all__ = ["check_policy", "find_settings"]


def find_settings() -> tuple[Settings | None, Finding]:
    """Read the settings; None where they cannot be used, as with an unknown key."""
    try:
        settings = read_settings()
    except SettingsError as error:
        return None, failure(Family.SETTINGS, "settings", error)
    given = sorted(settings.model_fields_set)
    got = f"set: {', '.join(given)}" if given else "none set, all as they come"
    return settings, holds(Family.SETTINGS, "settings", got)


def check_policy(settings: Settings) -> Finding:
    """See that the policy can be read, and is no looser than the reference."""
    try:
        policy = open_policy(settings.policy)
    except OvertError as error:
        return failure(Family.SETTINGS, "policy", error)
    return holds(Family.SETTINGS, "policy", f"{settings.policy}, {len(policy.rules)} rules")
