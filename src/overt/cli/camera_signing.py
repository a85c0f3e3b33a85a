"""Recording what a check of a camera found, for the deployment that is to use it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from overt.cli.deployment import draft_digest
from overt.cli.recording import opened_record
from overt.clock import SystemClock
from overt.governance.preflight import Preflight
from overt.review.people import require_name
from overt.values.duty_events import CameraChecked
from overt.wiring import make_office

__all__ = ["Signing"]


@dataclass(frozen=True, slots=True)
class Signing:
    """For which deployment a check is recorded, and who signs for it."""

    deployment: str
    draft: str  # sha256 of the file that names the camera
    by: str

    @classmethod
    def begin(cls, file: Path, *, by: str) -> Self:
        """Find the deployment that was drafted as this file, before a camera is watched.

        Raises:
            InputError: nobody signs.
            RefusedError: none is drafted so, or more than one.
        """
        name, draft = require_name(by), draft_digest(file)
        with opened_record() as (settings, store):
            office = make_office(settings, store=store, clock=SystemClock())
            return cls(office.drafted_as(draft), draft, name)

    def record(self, preflight: Preflight, *, bundle: str, picture: Path | None) -> None:
        """Record the result, go or not; the camera's last check counts."""
        checked = CameraChecked(
            by=self.by,
            camera=preflight.camera,
            at=preflight.at,
            verdict=preflight.verdict,
            reasons=preflight.reasons,
            picture=hashlib.sha256(picture.read_bytes()).hexdigest() if picture else "",
            bundle=bundle,
        )
        with opened_record() as (settings, store):
            office = make_office(settings, store=store, clock=SystemClock())
            office.check_camera(self.deployment, checked, draft=self.draft)
