"""Names by which a simulated record is known as one for ever."""

from __future__ import annotations

from typing import Final

__all__ = [
    "AFTER_USE",
    "BUNDLE",
    "CHANGE_REASON",
    "DELETION_ERROR",
    "HOLD_OVER",
    "LIST_REASON",
    "OFFICER",
    "OPERATOR",
    "PLANNER",
    "POLICY",
    "SECOND_OPERATOR",
    "SIMULATED",
    "WATCHLIST",
    "camera_name",
    "folder_name",
    "force_name",
    "site_name",
]

SIMULATED: Final = "simulated"
PLANNER: Final = "simulated planner"  # people; whoever decides together is two of them
OFFICER: Final = "simulated officer"
OPERATOR: Final = "simulated operator"
SECOND_OPERATOR: Final = "simulated second"
BUNDLE: Final = "simulated-bundle"
POLICY: Final = "simulated-policy"
WATCHLIST: Final = "watchlist"  # what `deletions.what` says of a list
LIST_REASON: Final = "the deployment ended"
AFTER_USE: Final = "due after use"
HOLD_OVER: Final = "the hold is over"
DELETION_ERROR: Final = "simulated: the disk did not answer"
CHANGE_REASON: Final = "simulated change"


def force_name(number: int) -> str:
    """Name a force, counted from 1."""
    return f"simulated-{number:02}.example/lfr"


def folder_name(number: int) -> str:
    """Name a force's folder."""
    return f"force-{number:02}"


def site_name(force: int, site: int) -> str:
    """Name a place; sites are counted from 0."""
    return f"simulated place {site + 1} of force {force}"


def camera_name(camera: int) -> str:
    """Name a camera, counted from 0."""
    return f"simulated-{camera + 1}"
