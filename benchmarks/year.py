"""A year of the reference case's size through the real life cycle, then proved.

    python -m benchmarks.year [postgresql://user@host/database]

203 deployments, 2,077 alerts and 60,000 minutes of counts: every deployment is drafted, submitted,
authorised by another person, briefed, started, stopped and closed; every alert is sealed, raised,
claimed, looked at, judged, engaged and ended, its evidence deleted when it is due. Then the record
is signed, exported, verified, and its projections are checked. Nobody is real: the list and the
model are made up, the rules are the reference policy's.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from benchmarks.machine import describe
from benchmarks.made_up_evaluation import made_up_evaluation
from overt.governance.custody import Custody
from overt.governance.policy_file import reference_policy
from overt.governance.retention import Retention
from overt.governance.rules import Subject
from overt.governance.transparency import TransparencyLog
from overt.ids import time_ordered_id
from overt.inference.bundle import Bundle, IntendedUse
from overt.inference.manifest import read_manifest
from overt.inference.opened import find_manifest
from overt.ledger.verify import verify_export
from overt.records.base import Store
from overt.records.store import open_store
from overt.review.desk import Desk, EvidenceRoom
from overt.review.office import Office
from overt.values.counts import FaceCounts
from overt.values.demographics import Demographics, Ethnicity
from overt.values.deployment import (
    Camera,
    Deployment,
    Purpose,
    Rank,
    Recognition,
    Statement,
    Window,
)
from overt.values.duty_events import CameraChecked
from overt.values.embeddings import Embeddings
from overt.values.events import (
    AlertRaised,
    DeploymentStarted,
    DeploymentStopped,
    Event,
    FacesCounted,
)
from overt.values.go_no_go import GoNoGo
from overt.values.quality import Reason
from overt.values.review import (
    ArrestCategory,
    Decision,
    Disposal,
    Factors,
    FalseAlertReason,
    Finding,
)
from overt.values.watchlist import Category, Entry, Watchlist
from overt.vault.files import Vault
from overt.vault.keys import KeyRing
from overt.wiring import decoy_sealer, evidence_opener

DEPLOYMENTS, ALERTS, MINUTES, FALSE = 203, 2077, 60_000, 10
ARRESTS = 962
START = datetime(2024, 9, 1, 10, tzinfo=UTC)
DRAFT = "d" * 64
RESULTS = Path(__file__).resolve().parent / "results"


@dataclass
class YearClock:
    """A clock that the script moves."""

    time: datetime = START

    def now(self) -> datetime:
        """Tell the time."""
        return self.time


class Year:
    """The record, the vault and the people's desks of one year."""

    def __init__(self, store: Store, folder: Path) -> None:
        folder.chmod(0o700)
        self.store, self.clock, self.policy = store, YearClock(), reference_policy()
        self.office = Office(store, policy=self.policy, clock=self.clock, new_id=time_ordered_id)
        keys = KeyRing(folder / "keys")
        evidence = folder / "evidence"
        self.retention = Retention(
            Custody(store, keys, self.clock, time_ordered_id),
            vault=Vault(evidence, keys),
            kept=self.policy.duration("alert-data-kept"),
            longest_hold=self.policy.duration("legal-hold"),
        )
        self.room = EvidenceRoom(decoy_sealer(evidence, keys), evidence_opener(evidence, keys))
        self.log = TransparencyLog(
            folder / "ledger", store=store, keys=keys, clock=self.clock, new_id=time_ordered_id
        )
        self.bundle = _bundle()

    def deployment(self, number: int, *, alerts: range, minutes: range) -> None:
        """Take one deployment through its life."""
        self.clock.time = START + timedelta(days=1.75 * number)
        subject = _subject(self.clock.time, self.bundle)
        office, camera = self.office, subject.deployment.cameras[0].name
        case = office.draft(name=f"deployment {number}", draft=DRAFT, by="D. Rafter")
        office.submit(case, draft=DRAFT, by="D. Rafter")
        office.authorise(case, subject, draft=DRAFT, by="A. Officer")
        checked = CameraChecked(
            "C. Ommander", camera, self.clock.time, GoNoGo.GO, (), "", self.bundle.digest
        )
        self._append(case, [checked])
        office.brief(
            case, by="C. Ommander", signs="all corners", notice="web", staff=6, cameras=(camera,)
        )
        office.start(case, DeploymentStarted("0.1.0", 1e-6, extrapolated=False))
        self._append(case, [FacesCounted(_counts(camera, self.clock.time, m)) for m in minutes])
        desk = Desk(
            self.store,
            deployment=case,
            evidence=self.room,
            clock=self.clock,
            new_id=time_ordered_id,
        )
        for alert in alerts:
            self._alert(case, desk, alert, camera)
        self._append(case, [DeploymentStopped("the authorised window ended")])
        office.list_destroyed(case, watchlist=subject.watchlist.digest)
        self.clock.time += timedelta(hours=25)
        self.retention.run()
        office.close(case, by="C. Ommander")

    def _alert(self, case: str, desk: Desk, number: int, camera: str) -> None:
        self.clock.time += timedelta(seconds=20)
        alert, now = f"{case}-{number}", self.clock.time
        sealed = self.room.seal(alert, b"not a face")
        self._append(case, [_raised(alert, camera, now, sealed)])
        desk.claim(alert, by="Op Erator")
        desk.view(alert, by="Op Erator", purpose="adjudicate")
        false = number % (ALERTS // FALSE) == 0 and number // (ALERTS // FALSE) < FALSE
        if false and number % 2:
            desk.adjudicate(
                alert,
                Decision.REJECT,
                by="Op Erator",
                factors=Factors("older in the photograph", "", "low light"),
                reason=FalseAlertReason.LIGHTING,
            )
            return
        desk.adjudicate(alert, Decision.ENGAGE, by="Op Erator", factors=Factors())
        desk.start_engagement(alert, by="E. Ngage")
        finding = Finding.FALSE if false else Finding.TRUE
        reason = FalseAlertReason.ANGLE if false else None
        desk.end_engagement(alert, finding, by="E. Ngage", reason=reason)
        desk.record_demographics(alert, Demographics(self_defined=Ethnicity.W1), by="E. Ngage")
        arrest = not false and number % ALERTS < ARRESTS
        desk.record_outcome(
            alert,
            Disposal.ARREST if arrest else Disposal.NO_ACTION,
            by="E. Ngage",
            arrest=ArrestCategory.COURTS if arrest else None,
        )

    def _append(
        self,
        case: str,
        bodies: Sequence[FacesCounted | AlertRaised | DeploymentStopped | CameraChecked],
    ) -> None:
        now = self.clock.time
        self.store.append([Event(time_ordered_id(now), case, now, body) for body in bodies])


def main() -> None:
    """Run the year, prove it, and print how long each took."""
    with tempfile.TemporaryDirectory(prefix="overt-year-") as name:
        folder = Path(name)
        address = sys.argv[1] if len(sys.argv) > 1 else folder / "events.sqlite"
        kind = "postgresql" if isinstance(address, str) else "sqlite"
        with closing(open_store(address)) as store:
            steps = run(store, folder)
    for step, value in steps.items():
        print(f"{step:32}{value:12,.2f}")
    machine = describe()
    today = datetime.now(UTC).date().isoformat()
    cpu = re.sub(r"[^a-z0-9]+", "-", machine.cpu.lower().replace("(r)", "")).strip("-")
    path = RESULTS / f"{today}-{cpu}-year-{kind}.json"
    path.write_text(json.dumps({"machine": asdict(machine), "steps": steps}, indent=1) + "\n")


def run(store: Store, folder: Path) -> dict[str, float]:
    """Go through the year; give seconds and counts by step."""
    year = Year(store, folder)
    key = year.log.begin("year.example/lfr")
    started = time.perf_counter()
    alerts = np.linspace(0, ALERTS, DEPLOYMENTS + 1).astype(int)
    minutes = np.linspace(0, MINUTES, DEPLOYMENTS + 1).astype(int)
    for number in range(DEPLOYMENTS):
        year.deployment(
            number,
            alerts=range(int(alerts[number]), int(alerts[number + 1])),
            minutes=range(int(minutes[number]), int(minutes[number + 1])),
        )
    lived = time.perf_counter()
    export = folder / "year.jsonl"
    size = year.log.export(export).size
    exported = time.perf_counter()
    verify_export(export, keys=[key], against=None, witnesses=None)
    verified = time.perf_counter()
    mismatches = store.check()
    checked = time.perf_counter()
    if mismatches:
        raise SystemExit(f"projections: got {mismatches}, want none")
    return {
        "life cycle, s": lived - started,
        "sign and export, s": exported - lived,
        "verify, s": verified - exported,
        "check projections, s": checked - verified,
        "events": float(size),
    }


def _bundle() -> Bundle:
    """Give the default bundle, as if it were fit for use and reached 0.64: figures made up."""
    bundle = read_manifest(find_manifest("default", folder=Path("nowhere")))
    return replace(
        bundle, intended_use=IntendedUse.OPERATIONAL, evaluation=made_up_evaluation(bundle)
    )


def _subject(now: datetime, bundle: Bundle) -> Subject:
    entries = tuple(
        Entry(
            reference=f"R-{row}",
            name="Nobody",
            category=Category.COURTS,
            source="made up",
            lawful_basis="made up",
            reviewer="R. Eviewer",
            image_date=now.date(),
            expires=None,
            photo_sha256="0" * 64,
        )
        for row in range(20)
    )
    vectors = np.eye(20, bundle.recogniser.dimensions, dtype=np.float32)
    made = now - timedelta(hours=2)
    watchlist = Watchlist("year", made, bundle.digest, entries, Embeddings(vectors), "1" * 64)
    statement = Statement("A. Officer", Rank.SUPERINTENDENT, made, "REG/1", "made up", "made up")
    deployment = Deployment(
        name="year",
        place="High Street",
        purpose=Purpose.HOTSPOT,
        window=Window(now, now + timedelta(hours=6)),
        threshold=0.64,
        bundle="default",
        watchlist=Path("list"),
        cameras=(Camera("gate", "rtsp://camera.example/1"),),
        statement=statement,
        recognition=Recognition(confirm_shots=2),
    )
    return Subject(deployment, watchlist, bundle)


def _counts(camera: str, now: datetime, minute: int) -> FaceCounts:
    at = now.replace(second=0, microsecond=0) + timedelta(minutes=minute % 300)
    unfit = {Reason.TOO_SMALL: 6, Reason.BLURRED: 2}
    return FaceCounts(camera, at, frames=1500, seen=52, compared=44, unfit=unfit, brief=3)


def _raised(alert: str, camera: str, now: datetime, commitment: str) -> AlertRaised:
    return AlertRaised(
        alert=alert,
        camera=camera,
        time=now,
        category=Category.COURTS,
        score=0.97,
        similarity=0.66,
        threshold=0.64,
        listed=20,
        predicted_rate=1e-6,
        extrapolated=True,
        shots=3,
        flags=(),
        commitment=commitment,
    )


if __name__ == "__main__":
    main()
