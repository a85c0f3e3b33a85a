"""`overt deployment` and `overt alert`, over a record of their own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders import LIST_DIGEST
from deployment_steps import checked
from review_commands import Overt, drafted, record
from review_steps import raised

from overt.cli.deployment import draft_digest
from overt.errors import InputError, MoveError, PersonError, RefusedError
from overt.values.events import DeploymentStarted, WatchlistDestroyed

COURTS = "wanted by the courts"
BRIEF = ("--signs", "both ends", "--notice", "web site", "--staff", "4")


def test_a_deployment_by_its_commands(overt_here: Overt, root: Path) -> None:
    overt, file = overt_here, root / "docs/examples/operational.toml"
    deployment = drafted(overt, file)
    assert len(draft_digest(file)) == 64
    with pytest.raises(RefusedError, match="check of camera north"):
        overt("deployment", "brief", deployment, "--by", "C", *BRIEF, "--camera", "gate")
    cameras = ("--camera", "gate", "--camera", "north")
    with pytest.raises(RefusedError, match="no go of camera gate, north"):
        overt("deployment", "brief", deployment, "--by", "C", *BRIEF, *cameras)
    now = datetime.now(UTC)
    record(deployment, *(checked(camera, at=now) for camera in ("gate", "north")))
    overt("deployment", "brief", deployment, "--by", "C", *BRIEF, *cameras)
    record(deployment, DeploymentStarted("0.1.0", 5e-7, extrapolated=True))
    for words, state in (
        (("pause", deployment, "--reason", "crowd"), "paused"),
        (("resume", deployment), "running"),
        (("complaint", deployment, "--reference", "C/1"), "running"),
        (("stop", deployment), "stopped"),
    ):
        ((told, now, name),) = overt("deployment", *words, "--by", "Ann")
        assert (told, now, name) == (deployment, state, "High Street, Saturday")
    with pytest.raises(MoveError):
        overt("deployment", "resume", deployment, "--by", "Ann")
    with pytest.raises(RefusedError, match="still there"):
        overt("deployment", "close", deployment, "--by", "Ann")
    record(deployment, WatchlistDestroyed(LIST_DIGEST, 20))
    overt("deployment", "close", deployment, "--by", "Ann")
    assert overt("deployment", "list") == [[deployment, "closed", "High Street, Saturday"]]
    shown = {cells[0]: cells[1] for cells in overt("deployment", "show", deployment)}
    assert shown["drafted by"] == "A. Drafter"
    assert shown["ended because"] == "stopped by hand"
    assert shown["next"] == "nothing"


def test_a_draft_may_be_drafted_again_and_withdrawn(overt_here: Overt, root: Path) -> None:
    file = str(root / "docs/examples/operational.toml")
    ((deployment,),) = overt_here("deployment", "draft", file, "--by", "Ann")
    again = overt_here("deployment", "draft", file, "--by", "Bob", "--again", deployment)
    assert again == [[deployment]]
    with pytest.raises(RefusedError, match="none of this id"):
        overt_here("deployment", "draft", file, "--by", "Bob", "--again", "d9")
    ((_, state, _),) = overt_here("deployment", "close", deployment, "--by", "Ann")
    assert state == "closed"


def test_an_alert_by_its_commands(overt_here: Overt, root: Path) -> None:
    overt = overt_here
    deployment = drafted(overt, root / "docs/examples/operational.toml")
    record(deployment, raised("a1"), raised("a2", decoy=True))
    listed = overt("alert", "list")
    assert [(cells[0], cells[2]) for cells in listed] == [("a1", "raised"), ("a2", "raised")]
    assert listed[0][3:] == listed[1][3:]
    for alert in ("a1", "a2"):
        overt("alert", "claim", alert, "--by", "Ann")
    seconds = overt("alert", "list", "--second", "--by", "Bob")
    assert [cells[2] for cells in seconds] == ["?", "?"]
    with pytest.raises(PersonError):
        overt("alert", "adjudicate", "a1", "engage", "--by", "Bob")
    with pytest.raises(InputError, match="want a reason"):
        overt("alert", "adjudicate", "a1", "reject", "--by", "Ann")
    overt("alert", "adjudicate", "a1", "engage", "--by", "Ann", "--subject", "same scar")
    assert overt("alert", "adjudicate", "a2", "engage", "--by", "Ann") == [["a2", "decoy"]]
    told = overt("alert", "second", "a1", "reject", "--by", "Bob", "--reason", "blur")
    assert told == [["a1", "second opinion recorded"]]
    steps = (
        (("engage", "a1"), "engaging"),
        (("force", "a1", "--text", "held by the arm"), "engaging"),
        (("end", "a1", "confirmed true"), "confirmed true"),
        (
            ("outcome", "a1", "arrest", "--arrest", "wanted by the courts", "--vawg"),
            "closed: arrest",
        ),
        (("demographics", "a1", "--self-defined", "b1", "--gender", "female"), "closed: arrest"),
        (("follow-up", "a1", "charged"), "closed: arrest"),
        (("complaint", "a1", "--reference", "C/2"), "closed: arrest"),
    )
    for words, state in steps:
        assert overt("alert", *words, "--by", "Cy") == [["a1", state]]
    shown = dict(map(tuple[str, str], overt("alert", "show", "a1")))
    assert shown["decision"] == "engage by Ann"
    assert shown["follow-up"] == "charged"
    blind = repr(overt("alert", "show", "a1", "--blind"))
    assert not any(word in blind for word in ("engage", "arrest", "decision", "state"))
    with pytest.raises(InputError, match="W1"):
        overt("alert", "demographics", "a1", "--by", "Cy", "--self-defined", "Z9")
    with pytest.raises(MoveError):
        overt("alert", "release", "a1", "--by", "Ann")
    with pytest.raises(RefusedError, match="none of this id"):
        overt("alert", "claim", "a9", "--by", "Ann")
