"""The clock: against what the record knows, and whether anything keeps it right."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from overt.clock import STEP_TOLERANCE
from overt.governance.known_time import DOUBT_HINT, FARTHEST
from overt.operations.doctor.finding import Family, Finding, cannot_tell, fails, holds

__all__ = ["check_clock"]

PATIENCE_S: Final = 5
# What each program is asked, what it answers when the clock is kept, and when it is not.
ASKED: Final[Mapping[str, tuple[tuple[str, ...], str, str]]] = MappingProxyType(
    {
        "timedatectl": (("show", "--property=NTPSynchronized", "--value"), r"^yes$", r"^no$"),
        "chronyc": (
            ("-n", "tracking"),
            r"^Leap status\s*: (Normal|Insert second|Delete second)$",
            r"^Leap status\s*: Not synchronised$",
        ),
    }
)


def check_clock(now: datetime, *, known: datetime | None) -> Iterator[Finding]:
    """Compare the clock with the last time that is known, and ask what keeps it.

    Args:
        now: by this machine's clock.
        known: the time of the last event, or of the last deletion here; None: nothing is known.
    """
    yield _against(now, known)
    yield _kept()


def _against(now: datetime, known: datetime | None) -> Finding:
    about = "clock against the record"
    got = f"got {now.isoformat(timespec='seconds')}"
    if known is None:
        return cannot_tell(Family.CLOCK, about, f"{got}, nothing is recorded to compare it with")
    last = known.isoformat(timespec="seconds")
    if known - now > STEP_TOLERANCE:
        return fails(
            Family.CLOCK,
            about,
            f"{got}, want {last} or later: the last that is recorded",
            "set the clock (NTP) before anything runs",
        )
    if now - known > FARTHEST:
        return fails(
            Family.CLOCK,
            about,
            f"{got}, want it within {FARTHEST.days} days of {last}, the last that is known",
            DOUBT_HINT,
        )
    return holds(Family.CLOCK, about, f"{got}, {last} is the last that is known")


def _kept() -> Finding:
    about = "time synchronisation"
    for name, (arguments, kept, lost) in ASKED.items():
        answer = _asked(name, arguments)
        if re.search(kept, answer, re.MULTILINE):
            return holds(Family.CLOCK, about, f"{name}: synchronised")
        if re.search(lost, answer, re.MULTILINE):
            return fails(
                Family.CLOCK,
                about,
                f"{name}: got a clock that is not synchronised, want it kept by NTP",
                "start systemd-timesyncd or chrony, and let it reach its servers",
            )
    return cannot_tell(
        Family.CLOCK,
        about,
        "neither timedatectl nor chronyc tells",
        "find out what sets this machine's clock",
    )


def _asked(name: str, arguments: tuple[str, ...]) -> str:
    """Ask a program; "" where it is not there or gives no answer."""
    program = shutil.which(name)
    if program is None:
        return ""
    try:
        done = subprocess.run(  # noqa: S603 - fixed words
            [program, *arguments], capture_output=True, check=False, timeout=PATIENCE_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode(errors="replace") if done.returncode == 0 else ""
