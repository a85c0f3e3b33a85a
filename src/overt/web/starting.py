"""Beginning what was briefed, and checking its cameras, on the machine that the console is on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from overt.errors import MissingError, MoveError, OvertError, RefusedError
from overt.review.deployment_record import DeploymentRecord
from overt.review.deployment_state import DeploymentState
from overt.values.duty_events import CameraChecked
from overt.web.checking import subject_of
from overt.web.drafts import Draft
from overt.web.launching import Launch
from overt.web.services import Services

__all__ = [
    "Process",
    "check_camera",
    "check_picture",
    "last_checks",
    "may_start",
    "process_of",
    "start",
]

UNREADY: Final = (
    DeploymentState.DRAFTED,
    DeploymentState.SUBMITTED,
    DeploymentState.AUTHORISED,
)
GOING: Final = (DeploymentState.RUNNING, DeploymentState.PAUSED)
CHECK_S: Final = 10  # a camera is watched


@dataclass(frozen=True, slots=True)
class Process:
    """The process of a deployment on this machine, as its page tells of it."""

    run: Launch | None  # that this machine's console has begun
    check: Launch | None  # the last check of a camera
    seen: bool  # it runs here, whoever began it
    waits: bool  # it was begun, and has not said yet that it runs
    failed: bool  # it was begun, and did not come to run
    gone: bool  # it ran, and has ended without saying so


def process_of(here: Services, record: DeploymentRecord) -> Process:
    """Look at the process of a deployment."""
    run, check = here.launches.find(record.id), here.launches.find(check_name(record.id))
    seen = record.state in GOING and bool(here.views.cameras(record.id))
    going = run is not None and run.going
    before = record.state is DeploymentState.BRIEFED
    return Process(
        run=run,
        check=check,
        seen=seen,
        waits=going and before,
        failed=run is not None and not going and before and bool(run.said),
        gone=run is not None and not going and record.state in GOING and not seen,
    )


def start(here: Services, record: DeploymentRecord, draft: Draft) -> None:
    """Begin `overt run` as a process of its own; it asks for everything once more.

    Raises:
        OvertError: why it may not, or cannot, begin.
    """
    if record.state in GOING and here.views.cameras(record.id):
        raise RefusedError(
            f"deployment {record.id}: got it running on this machine, want it not running",
            hint="see Live",
        )
    require_startable(here, record, draft)
    subject_of(here, draft.deployment)  # its list and its bundle are here
    log = here.launches.log(record.id)
    here.launches.begin(
        record.id, "run", str(draft.path.absolute()), f"--deployment={record.id}",
        f"--log={log.absolute()}",
    )  # fmt: skip


def check_name(deployment: str) -> str:
    return f"{deployment}-check"


def check_camera(
    here: Services, record: DeploymentRecord, draft: Draft, *, camera: str, by: str
) -> None:
    """Begin a check of a camera, which records what it finds under somebody's name.

    Raises:
        OvertError: why it cannot begin.
    """
    if camera not in [each.name for each in draft.deployment.cameras]:
        raise MissingError("camera: got none of this name in the deployment's file, want one")
    name = check_name(record.id)
    folder = here.launches.log(name).with_suffix("").absolute()
    here.launches.begin(
        name, "camera", "check", f"--deployment={draft.path.absolute()}", f"--camera={camera}",
        f"--by={by}", f"--seconds={CHECK_S}", f"--out={folder}",
    )  # fmt: skip


def last_checks(record: DeploymentRecord) -> dict[str, CameraChecked]:
    """Give the last check of each camera."""
    return {check.camera: check for check in record.checks}


def check_picture(here: Services, record: DeploymentRecord, camera: str) -> bytes:
    """Give the masked picture of a camera's last check, if it is the one that was signed for.

    Raises:
        MissingError: it is not on this machine, or is another.
    """
    check = last_checks(record).get(camera)
    folder = here.launches.log(check_name(record.id)).with_suffix("")
    for path in sorted(folder.glob("*.png")) if check is not None and check.picture else ():
        content = path.read_bytes()
        if check is not None and hashlib.sha256(content).hexdigest() == check.picture:
            return content
    raise MissingError("picture: got none of this camera's last check here, want it")


def may_start(here: Services, record: DeploymentRecord, draft: Draft | None) -> str:
    """Tell why a deployment cannot begin now; "" where it can be tried."""
    if draft is None:
        return "Its file is not on this machine: start it where it is, by `overt run`."
    try:
        require_startable(here, record, draft)
    except OvertError as error:
        return f"{error}."
    return ""


def require_startable(here: Services, record: DeploymentRecord, draft: Draft) -> None:
    """Refuse what may not begin now. A trial too is briefed before the console begins it.

    Raises:
        OvertError: why it may not.
    """
    if record.state in UNREADY:
        raise MoveError(
            f"deployment {record.id}: got it {record.state}, want it briefed",
            hint="signs, notice, officers and checked cameras come first",
        )
    here.office.runnable(record.id, draft=draft.digest)
