"""A desk and an office over a real record, and a clock that a test sets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from builders import NOON, make_bundle, make_deployment, make_vectors, make_watchlist
from deployment_steps import checked

from overt.governance.custody import Custody
from overt.governance.policy_file import reference_policy
from overt.governance.retention import Retention
from overt.governance.rules import Subject
from overt.ids import time_ordered_id
from overt.records.base import Store
from overt.review.alert_book import KEPT
from overt.review.desk import Desk, EvidenceRoom
from overt.review.office import Office
from overt.values.deployment import Camera, Deployment
from overt.values.duty_events import EvidenceViewed
from overt.values.events import Body, DeploymentStarted, Event
from overt.vault.files import Vault
from overt.vault.keys import KeyRing
from overt.wiring import decoy_sealer, evidence_opener

__all__ = ["DRAFT", "Room", "SetClock", "subject"]

DRAFT = "d" * 64
CAMERAS = (Camera("gate", "rtsp://camera.example/1"), Camera("north", "/dev/video0"))


@dataclass
class SetClock:
    """A clock that a test sets."""

    time: datetime = NOON

    def now(self) -> datetime:
        return self.time

    def forward(self, **more: float) -> datetime:
        self.time += timedelta(**more)
        return self.time


def subject(deployment: Deployment | None = None) -> Subject:
    """Draft something that keeps every rule at noon."""
    return Subject(
        deployment or make_deployment(cameras=CAMERAS),
        make_watchlist(make_vectors(20)),
        make_bundle(),
    )


class Room:
    """Everything that people work with, over one record and one data folder."""

    def __init__(self, store: Store, folder: Path, clock: SetClock) -> None:
        self.store, self.clock, self.folder = store, clock, folder
        self.policy = reference_policy()
        self.office = Office(store, policy=self.policy, clock=clock, new_id=time_ordered_id)
        folder.mkdir(mode=0o700, exist_ok=True)
        self.keys = KeyRing(folder / "keys")
        self.vault = Vault(folder / "evidence", self.keys)
        self.seal = decoy_sealer(folder / "evidence", self.keys)
        self.open = evidence_opener(folder / "evidence", self.keys)

    def desk(self, deployment: str, *, kept: int = KEPT) -> Desk:
        return Desk(
            self.store,
            deployment=deployment,
            evidence=EvidenceRoom(seal=self.seal, open=self.open),
            clock=self.clock,
            new_id=time_ordered_id,
            kept=kept,
        )

    def retention(self) -> Retention:
        return Retention(
            Custody(self.store, self.keys, self.clock, time_ordered_id),
            vault=self.vault,
            kept=self.policy.duration("alert-data-kept"),
            longest_hold=self.policy.duration("legal-hold"),
        )

    def record(self, deployment: str, *bodies: Body) -> None:
        """Append what a machine does: without asking anybody."""
        now = self.clock.now()
        self.store.append([Event(time_ordered_id(now), deployment, now, body) for body in bodies])

    def look(self, deployment: str, by: str, *alerts: str) -> None:
        """Have somebody's look at pictures recorded, where none are sealed."""
        self.record(deployment, *(EvidenceViewed(alert, by, "to judge it") for alert in alerts))

    def check_cameras(self, deployment: str, *cameras: str) -> None:
        """Have cameras come out as a go, an hour ago."""
        at = self.clock.now() - timedelta(hours=1)
        for camera in cameras or ("gate", "north"):
            self.office.check_camera(deployment, checked(camera, at=at), draft=DRAFT)

    def running(self) -> str:
        """Bring a deployment from its draft to running."""
        office = self.office
        deployment = office.draft(name="high street", draft=DRAFT, by="A. Drafter")
        office.submit(deployment, draft=DRAFT, by="A. Drafter")
        office.authorise(deployment, subject(), draft=DRAFT, by="A. Officer")
        self.check_cameras(deployment)
        office.brief(
            deployment,
            by="C. Commander",
            signs="both ends",
            notice="web site",
            staff=4,
            cameras=("gate", "north"),
        )
        office.start(deployment, DeploymentStarted("0.1.0", 5e-7, extrapolated=True))
        return deployment
