"""Everything that can go wrong by design, as one tree.

OvertError
├── InputError               what was given cannot be used (exit code 2)
│   ├── ShapeError           an array has another shape or type than it must have
│   ├── SettingsError        a setting is unknown or out of range
│   ├── SourceError          a video, stream or still cannot be read
│   ├── BundleError          a model bundle's manifest is wrong
│   │   └── WeightsError     a model file is missing or is not the file we expect
│   ├── WatchlistError       a watchlist cannot be built or read
│   ├── DeploymentError      a deployment file is incomplete or contradicts itself
│   ├── PolicyError          a policy cannot be read, or is looser than the reference
│   ├── EvaluationError      an evaluation, or what it is made of, cannot be used
│   ├── ClaimsError          a file of published figures and claims cannot be used
│   ├── FactsError           tables that figures are counted from are not what they must be
│   ├── ReportError          a report, or what it is asked for, cannot be made or read
│   └── SurveyError          a survey's file cannot be read, or its margins cannot be fitted
├── RefusedError             a rule says no (exit code 1)
│   ├── AuthorityError       no complete and current authority
│   ├── LoginError           nobody is logged in
│   ├── MissingError         nothing there is of this id
│   ├── MoveError            a step that a life cycle does not have from where it stands
│   ├── PersonError          somebody who may not do this: another person is wanted
│   └── WindowError          a frame outside the authorised window
├── ClockError               the clock went back, or cannot be right (exit code 1)
├── CameraError              a camera's process is gone (exit code 1)
├── ClusterError             a cluster cannot be reached, or may not be run on (exit code 1)
├── FaultError               a fault of overt's own, in another process (exit code 1)
├── RecordsError             the record of events cannot be opened or written (exit code 1)
│   └── ConflictError        somebody else decided first: nothing was written
├── BackupError              a backup cannot be made, or is not what was written (exit code 1)
├── VaultError               a sealed file cannot be opened: wrong key, or altered (exit code 1)
└── LedgerError              the ledger is not what was signed, or cannot be read (exit code 1)
    ├── NoteError            a key, a signed note or a checkpoint is malformed
    ├── SignatureError       a signature is missing, or is not of the key that must have signed
    ├── ProofError           hashes do not lead to the signed root: something was rewritten
    └── ExportError          a ledger's export is malformed: names the line

The message says what was got and what is wanted; `hint` says what to do next.
"""

from __future__ import annotations

__all__ = [
    "AuthorityError",
    "BackupError",
    "BundleError",
    "CameraError",
    "ClaimsError",
    "ClockError",
    "ClusterError",
    "ConflictError",
    "DeploymentError",
    "EvaluationError",
    "ExportError",
    "FactsError",
    "FaultError",
    "InputError",
    "LedgerError",
    "LoginError",
    "MissingError",
    "MoveError",
    "NoteError",
    "OvertError",
    "PersonError",
    "PolicyError",
    "ProofError",
    "RecordsError",
    "RefusedError",
    "ReportError",
    "SettingsError",
    "ShapeError",
    "SignatureError",
    "SourceError",
    "SurveyError",
    "VaultError",
    "WatchlistError",
    "WeightsError",
    "WindowError",
]


class OvertError(Exception):
    """The root of every error that overt raises on purpose."""

    hint: str = ""
    exit_code: int = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        if hint is not None:
            self.hint = hint


class InputError(OvertError):
    """What was given cannot be used."""

    exit_code = 2


class ShapeError(InputError):
    """An array has another shape or type than it must have."""


class SettingsError(InputError):
    """A setting is unknown or out of range."""

    hint = "see docs/reference/settings.md"


class SourceError(InputError):
    """A video, stream or still cannot be read."""


class BundleError(InputError):
    """A model bundle's manifest is wrong."""

    hint = "see docs/reference/bundles.md"


class WeightsError(BundleError):
    """A model file is missing or is not the file we expect."""

    hint = "copy or install the right file again; do not change the hash to fit an unknown one"


class WatchlistError(InputError):
    """A watchlist cannot be built or read."""

    hint = "run `overt watchlist build`"


class DeploymentError(InputError):
    """A deployment file is incomplete or contradicts itself."""

    hint = "see docs/reference/deployment.md"


class PolicyError(InputError):
    """A policy cannot be read, or is looser than the reference."""

    hint = "see docs/concepts/rules.md"


class EvaluationError(InputError):
    """An evaluation, or what it is made of, cannot be used."""

    hint = "see docs/guides/evaluate.md"


class ClaimsError(InputError):
    """A file of published figures and claims cannot be used."""

    hint = (
        "copy each figure as it was published, and leave out what was not; "
        "see docs/guides/claims.md"
    )


class FactsError(InputError):
    """Tables that figures are counted from are not what they must be."""

    hint = "see docs/reference/open-data.md"


class ReportError(InputError):
    """A report, or what it is asked for, cannot be made or read."""

    hint = "see docs/guides/report.md"


class SurveyError(InputError):
    """A survey's file cannot be read, or its margins cannot be fitted."""

    hint = "see docs/guides/survey.md"


class RefusedError(OvertError):
    """A rule says no."""


class AuthorityError(RefusedError):
    """No complete and current authority."""

    hint = "have the deployment authorised; see docs/guides/deployment.md"


class LoginError(RefusedError):
    """Nobody is logged in."""

    hint = "log in again"


class MissingError(RefusedError):
    """Nothing there is of this id."""


class MoveError(RefusedError):
    """A step that a life cycle does not have from where it stands."""

    hint = "see docs/concepts/life-cycles.md"


class PersonError(RefusedError):
    """Somebody who may not do this: another person is wanted."""

    hint = "ask somebody else; see docs/concepts/life-cycles.md"


class WindowError(RefusedError):
    """A frame outside the authorised window."""


class ClockError(OvertError):
    """The clock went back, or cannot be right: nothing can be timed, so recognition stops."""

    hint = "set the clock (NTP), then start the deployment again"


class CameraError(OvertError):
    """A camera's process is gone, and what it had not told yet with it."""

    hint = "see what the system's log says of it: memory, a driver, who ended it"


class ClusterError(OvertError):
    """A cluster cannot be reached, has no room, or is not one that cameras may be run on."""

    hint = "run `overt cluster status`; see docs/guides/cluster.md"


class FaultError(OvertError):
    """A fault of overt's own, in another process than the one that tells of it."""

    hint = "report it, with the version of overt and what was done"


class RecordsError(OvertError):
    """The record of events cannot be opened or written."""


class ConflictError(RecordsError):
    """Somebody else decided first: what this append rests on has changed, nothing was written."""

    hint = "look at what was recorded since, and decide again"


class BackupError(OvertError):
    """A backup cannot be made, or is not what was written."""

    hint = "see docs/guides/operations.md"


class VaultError(OvertError):
    """A sealed file cannot be opened: the key is gone or wrong, or the file was altered."""


class LedgerError(OvertError):
    """The ledger is not what was signed, or cannot be read."""


class NoteError(LedgerError):
    """A key, a signed note or a checkpoint is malformed."""

    hint = "see docs/concepts/ledger.md for the format"


class SignatureError(LedgerError):
    """A signature is missing, or is not of the key that must have signed."""

    hint = "get the log's key from its operator by another way, and compare"


class ProofError(LedgerError):
    """Hashes do not lead to the signed root: something was rewritten."""

    hint = "keep this file and the signed checkpoint: together they are the evidence"


class ExportError(LedgerError):
    """A ledger's export is malformed."""

    hint = "get the export anew; see docs/concepts/ledger.md for the format"
