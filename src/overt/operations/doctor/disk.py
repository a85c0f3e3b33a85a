"""The disk: free space against what a deployment writes, and whether it can be written at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from overt.operations.doctor.finding import Family, Finding, cannot_tell, fails, holds
from overt.values.deployment import Deployment

__all__ = ["Need", "check_disk", "need_of"]

MIB: Final = 1 << 20
# Of one minute of one camera: its event, row of counts and hash. 1,160 measured, and room to grow.
MINUTE_BYTES: Final = 2048
ALERT_BYTES: Final = 2 * MIB  # of one alert: its shots, the masked view, the listed photograph
ALERTS_A_CAMERA_HOUR: Final = 10  # far above what a ceiling of false alerts allows
RESERVE_BYTES: Final = 256 * MIB  # write-ahead file, models in the cache, logs
PROBE_BYTES: Final = 64 * 1024
USUAL_CAMERAS: Final = 15
USUAL: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Need:
    """What is going to be written, bytes, and for what."""

    total: int
    what: str


def need_of(deployment: Deployment | None) -> Need:
    """Add up what a deployment writes; without one, what a day of fifteen cameras writes."""
    cameras = len(deployment.cameras) if deployment else USUAL_CAMERAS
    length = deployment.window.end - deployment.window.start if deployment else USUAL
    minutes = cameras * length / timedelta(minutes=1)
    alerts = cameras * length / timedelta(hours=1) * ALERTS_A_CAMERA_HOUR
    total = round(minutes * MINUTE_BYTES + alerts * ALERT_BYTES) + RESERVE_BYTES
    hours = length / timedelta(hours=1)
    return Need(total, f"{cameras} cameras for {hours:g} hours with {round(alerts):,} alerts")


def check_disk(folder: Path, *, need: Need) -> Iterator[Finding]:
    """Look whether what is needed fits where the data lie, and write a little."""
    about = f"free space in {folder}"
    there = next((each for each in (folder, *folder.parents) if each.is_dir()), None)
    if there is None:
        yield cannot_tell(Family.DISK, about, "no such folder")
        return
    free = shutil.disk_usage(there).free
    told = f"got {free / MIB:,.0f} MiB, want {need.total / MIB:,.0f} MiB for {need.what}"
    if free < need.total:
        yield fails(Family.DISK, about, told, "free space, or move the data folder")
    else:
        yield holds(Family.DISK, about, told)
    if there == folder:
        yield _written(folder)


def _written(folder: Path) -> Finding:
    """Write a file durably, and remove it."""
    about = f"writing to {folder}"
    probe = folder / f".doctor-{secrets.token_hex(8)}"
    try:
        descriptor = os.open(probe, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(PROBE_BYTES))
                file.flush()
                os.fsync(file.fileno())
        finally:
            probe.unlink(missing_ok=True)
    except OSError as error:
        return fails(
            Family.DISK,
            about,
            f"got {error.strerror or error}, want {PROBE_BYTES // 1024} KiB written",
            "free space, look at the disk's own log, and check the folder's permissions",
        )
    return holds(Family.DISK, about, f"{PROBE_BYTES // 1024} KiB written and synchronised")
