"""What people did about a deployment, its list and its data: events of its life cycle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, TypeAlias

from overt.values.go_no_go import GoNoGo
from overt.values.private import Private

__all__ = [
    "AuthorityReviewed",
    "CameraChecked",
    "ChangeAuthorised",
    "ClockConfirmed",
    "DeletionFailed",
    "DeploymentBriefed",
    "DeploymentClosed",
    "DeploymentDrafted",
    "DeploymentPaused",
    "DeploymentResumed",
    "DeploymentStopOrdered",
    "DeploymentSubmitted",
    "DisclosureDeleted",
    "DutyBody",
    "EvidenceDeleted",
    "EvidenceViewed",
    "HoldPlaced",
    "HoldReleased",
    "LedgerKeyChanged",
    "ListPhotosViewed",
    "PassagesRecorded",
    "RecordRestored",
    "RecordSynced",
    "ReportPublished",
    "ThresholdChanged",
    "WatchlistBuilt",
]


@dataclass(frozen=True, slots=True)
class DeploymentDrafted:
    """Somebody wrote down what is to be done."""

    kind: ClassVar[str] = "deployment-drafted"
    version: ClassVar[int] = 1

    by: Private
    name: str
    draft: str  # sha256 of the deployment's file: what is authorised is what was drafted


@dataclass(frozen=True, slots=True)
class DeploymentSubmitted:
    """The draft was put before an authorising officer."""

    kind: ClassVar[str] = "deployment-submitted"
    version: ClassVar[int] = 1

    by: Private
    draft: str


@dataclass(frozen=True, slots=True)
class AuthorityReviewed:
    """A senior officer reviewed an authority that was given as urgent."""

    kind: ClassVar[str] = "authority-reviewed"
    version: ClassVar[int] = 1

    by: Private
    rank: str
    upheld: bool
    reason: str


@dataclass(frozen=True, slots=True)
class CameraChecked:
    """A camera was checked for this deployment, and somebody signed for the result."""

    kind: ClassVar[str] = "camera-checked"
    version: ClassVar[int] = 1

    by: Private
    camera: str
    at: datetime  # when the check was over
    verdict: GoNoGo
    reasons: tuple[str, ...]  # what is no go or cannot be told, with got and want
    picture: str  # sha256 of the masked picture that was kept; "" where none was
    bundle: str  # digest of the bundle whose detector looked


@dataclass(frozen=True, slots=True)
class DeploymentBriefed:
    """Everything overt about it is done: signs, notice, staff, cameras."""

    kind: ClassVar[str] = "deployment-briefed"
    version: ClassVar[int] = 1

    by: Private
    signs: str  # where signs stand
    notice: str  # where it was announced
    staff: int  # officers present to engage
    cameras: tuple[str, ...]  # that passed their check: each has a go of its own before this


@dataclass(frozen=True, slots=True)
class DeploymentPaused:
    """Recognition stands still."""

    kind: ClassVar[str] = "deployment-paused"
    version: ClassVar[int] = 1

    by: Private
    reason: str


@dataclass(frozen=True, slots=True)
class DeploymentResumed:
    """Recognition goes on."""

    kind: ClassVar[str] = "deployment-resumed"
    version: ClassVar[int] = 1

    by: Private


@dataclass(frozen=True, slots=True)
class DeploymentStopOrdered:
    """Somebody ended recognition by hand: the kill switch, which needs no authority."""

    kind: ClassVar[str] = "deployment-stop-ordered"
    version: ClassVar[int] = 1

    by: Private
    reason: str


@dataclass(frozen=True, slots=True)
class ThresholdChanged:
    """The threshold was changed while recognition ran."""

    kind: ClassVar[str] = "threshold-changed"
    version: ClassVar[int] = 1

    by: Private
    rank: str
    reason: str
    before: float
    after: float
    predicted_before: float  # false alerts expected per comparison
    predicted_after: float


@dataclass(frozen=True, slots=True)
class ChangeAuthorised:
    """Another bundle or threshold than the one before was authorised on a comparison of the two.

    It stands beside `DeploymentAuthorised`; beside `ThresholdChanged` where it was lowered while
    recognition ran.
    """

    kind: ClassVar[str] = "change-authorised"
    version: ClassVar[int] = 1

    comparison: str  # sha256 of what shows the change
    finding: str  # what became worse, and for whom; or that nothing did
    accepted: Private  # the officer's reason; empty where nothing became worse


@dataclass(frozen=True, slots=True)
class DeploymentClosed:
    """The list is destroyed, the data due are deleted, the record can be published."""

    kind: ClassVar[str] = "deployment-closed"
    version: ClassVar[int] = 1

    by: Private


@dataclass(frozen=True, slots=True)
class EvidenceViewed:
    """Somebody looked at a picture."""

    kind: ClassVar[str] = "evidence-viewed"
    version: ClassVar[int] = 1

    alert: str
    by: Private
    purpose: str


@dataclass(frozen=True, slots=True)
class EvidenceDeleted:
    """The key of an alert's evidence was destroyed, and the sealed file removed."""

    kind: ClassVar[str] = "evidence-deleted"
    version: ClassVar[int] = 1

    alert: str
    commitment: str
    reason: str


@dataclass(frozen=True, slots=True)
class DeletionFailed:
    """What was due to be deleted could not be; it is tried again until it succeeds."""

    kind: ClassVar[str] = "deletion-failed"
    version: ClassVar[int] = 1

    what: str  # an alert's id, or the name of a watchlist's or an index's key
    error: str


@dataclass(frozen=True, slots=True)
class DisclosureDeleted:
    """The index that tells whether somebody was on a deployment's list is gone, with its key."""

    kind: ClassVar[str] = "disclosure-deleted"
    version: ClassVar[int] = 1

    reason: str


@dataclass(frozen=True, slots=True)
class ReportPublished:
    """The public was told what came of a deployment."""

    kind: ClassVar[str] = "report-published"
    version: ClassVar[int] = 1

    by: Private
    sha256: str  # of what was published, 64 hexadecimal digits
    where: str  # where the public finds it
    period: str  # the days that it covers, 2026-03-01/2026-03-31; "" of this deployment alone


@dataclass(frozen=True, slots=True)
class HoldPlaced:
    """An alert's evidence is kept for a case; placed again, the hold is renewed."""

    kind: ClassVar[str] = "hold-placed"
    version: ClassVar[int] = 1

    alert: str
    by: Private
    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class HoldReleased:
    """The case no longer needs the evidence."""

    kind: ClassVar[str] = "hold-released"
    version: ClassVar[int] = 1

    alert: str
    by: Private


@dataclass(frozen=True, slots=True)
class LedgerKeyChanged:
    """From here on another key signs the log; the change is signed by the key before."""

    kind: ClassVar[str] = "ledger-key-changed"
    version: ClassVar[int] = 1

    key: str  # the new public key, as C2SP signed notes write it


@dataclass(frozen=True, slots=True)
class ClockConfirmed:
    """Somebody looked at the machine's clock and found it right, far past what was known."""

    kind: ClassVar[str] = "clock-confirmed"
    version: ClassVar[int] = 1

    by: Private


@dataclass(frozen=True, slots=True)
class PassagesRecorded:
    """Somebody answers for the known passages of a blue-list test, which follow."""

    kind: ClassVar[str] = "passages-recorded"
    version: ClassVar[int] = 1

    by: Private
    file: str  # sha256 of the file they were read from
    passages: int


@dataclass(frozen=True, slots=True)
class RecordRestored:
    """The record was put back from a backup; what came after that backup is lost."""

    kind: ClassVar[str] = "record-restored"
    version: ClassVar[int] = 1

    by: Private
    made: datetime  # when the backup was made
    events: int  # that it held
    root: str  # of these events, RFC 9162: 64 hexadecimal digits
    known: int  # the last place that this machine's keys knew of; beyond `events`, those are lost


@dataclass(frozen=True, slots=True)
class RecordSynced:
    """Events of another machine's record were taken over: those just before this one."""

    kind: ClassVar[str] = "record-synced"
    version: ClassVar[int] = 1

    log: str  # name of that machine's log
    key: str  # the first key of that log, as C2SP signed notes write it
    events: int  # how many were taken over with this one
    size: int  # how many of that log's events are here by now
    root: str  # of these, RFC 9162: 64 hexadecimal digits
    checkpoint: str  # signed by that log, of these events or of more


@dataclass(frozen=True, slots=True)
class WatchlistBuilt:
    """Somebody went through photographs, and sealed a list of those they confirmed."""

    kind: ClassVar[str] = "watchlist-built"
    version: ClassVar[int] = 1

    by: Private
    watchlist: str  # its digest
    listed: int  # entries
    rejected: int  # photographs that could not be used
    left_out: int  # entries that could be used, and were not confirmed


@dataclass(frozen=True, slots=True)
class ListPhotosViewed:
    """Somebody looked at photographs of a list that was being built."""

    kind: ClassVar[str] = "list-photos-viewed"
    version: ClassVar[int] = 1

    by: Private
    build: str  # id of the build, while it lasted
    photographs: int  # how many were shown
    purpose: str  # what they were looked at for


DutyBody: TypeAlias = (
    DeploymentDrafted
    | DeploymentSubmitted
    | AuthorityReviewed
    | CameraChecked
    | ChangeAuthorised
    | DeploymentBriefed
    | DeploymentPaused
    | DeploymentResumed
    | DeploymentStopOrdered
    | ThresholdChanged
    | DeploymentClosed
    | EvidenceViewed
    | EvidenceDeleted
    | DeletionFailed
    | HoldPlaced
    | HoldReleased
    | LedgerKeyChanged
    | ClockConfirmed
    | PassagesRecorded
    | DisclosureDeleted
    | ReportPublished
    | RecordRestored
    | RecordSynced
    | WatchlistBuilt
    | ListPhotosViewed
)
