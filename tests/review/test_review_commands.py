"""`overt deployment` and `overt alert`, over a record of their own."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders import LIST_DIGEST
from deployment_steps import checked
from review_commands import Overt, drafted, looked, record
from review_steps import raised
from typer.testing import CliRunner

from overt.cli.app import app
from overt.cli.deployment import draft_digest
from overt.errors import InputError, MoveError, PersonError, RefusedError
from overt.ids import time_ordered_id
from overt.records.store import open_store
from overt.settings import read_settings
from overt.values.duty_events import EvidenceDeleted
from overt.values.events import DeploymentStarted, Event, WatchlistDestroyed

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
    told = {cells[1]: cells[0] for cells in overt("deployment", "aftermath", deployment)}
    assert told["list-destroyed"] == "holds"
    assert told["published"] == "cannot tell"
    overt("deployment", "close", deployment, "--by", "Ann")
    where = ("--where", "https://example.org/r", "--sha256", "E" * 64, "--by", "Ann")
    assert overt("deployment", "published", deployment, *where) == [
        [deployment, "published", "https://example.org/r", "e" * 64]
    ]
    told = {cells[1]: cells[0] for cells in overt("deployment", "aftermath", deployment)}
    assert told["published"] == "holds"
    assert overt("deployment", "list") == [[deployment, "closed", "High Street, Saturday"]]
    shown = {cells[0]: cells[1] for cells in overt("deployment", "show", deployment)}
    assert shown["drafted by"] == "A. Drafter"
    assert shown["ended because"] == "stopped by hand"
    assert shown["next"] == "nothing"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--where", " ", "--sha256", "e" * 64), "got nowhere"),
        (("--where", "site", "--sha256", "e" * 63), "64 hexadecimal digits"),
        (("--where", "site", "--sha256", "e" * 64, "--period", "2026-03"), "want its days"),
        (("--where", "s", "--sha256", "e" * 64, "--period", "2026-03-02/2026-03-01"), "its days"),
    ],
)
def test_what_was_published_is_said_in_full(
    overt_here: Overt, root: Path, more: tuple[str, ...], said: str
) -> None:
    deployment = drafted(overt_here, root / "docs/examples/operational.toml")
    with pytest.raises(InputError, match=said):
        overt_here("deployment", "published", deployment, "--by", "Ann", *more)


def test_what_goes_on_or_never_was_is_not_published(overt_here: Overt, root: Path) -> None:
    deployment = drafted(overt_here, root / "docs/examples/operational.toml")
    more = ("--by", "Ann", "--where", "site", "--sha256", "e" * 64)
    with pytest.raises(RefusedError, match="want it over"):
        overt_here("deployment", "published", deployment, *more)
    with pytest.raises(RefusedError, match="none of this id"):
        overt_here("deployment", "published", "d9", *more)
    with pytest.raises(RefusedError, match="none of this id"):
        overt_here("deployment", "aftermath", "d9")


def test_it_is_not_closed_while_data_are_overdue(overt_here: Overt, root: Path) -> None:
    overt = overt_here
    deployment = drafted(overt, root / "docs/examples/operational.toml")
    now = datetime.now(UTC)
    with closing(open_store(read_settings().record_address)) as store:
        late = Event(time_ordered_id(now), deployment, now - timedelta(hours=25), raised("a1"))
        store.append([late])
    overt("deployment", "stop", deployment, "--by", "Ann")
    record(deployment, WatchlistDestroyed(LIST_DIGEST, 20))
    with pytest.raises(RefusedError, match="alert-data-kept: alert data: got 1 day, 1:00:"):
        overt("deployment", "close", deployment, "--by", "Ann")
    record(deployment, EvidenceDeleted("a1", "c" * 64, "due after use"))
    # Too late, and for good: that stays to be seen, and keeps nobody from closing it.
    done = CliRunner().invoke(app, ("deployment", "aftermath", deployment))
    assert done.exit_code == 1
    assert "fails\talert-data-kept" in done.stdout
    overt("deployment", "close", deployment, "--by", "Ann")


def test_an_audit_finds_a_person_however_their_name_is_written(
    overt_here: Overt, root: Path
) -> None:
    overt = overt_here
    deployment = drafted(overt, root / "docs/examples/operational.toml")
    for by in ("A. Drafter", "a drafter", "A.\u034f DRAFTER"):
        found = overt("audit", "--deployment", deployment, "--by", by)
        assert [cells[3] for cells in found] == ["deployment-drafted", "deployment-submitted"]
    assert overt("audit", "--by", "Nobody Here") == overt("audit", "--by", "...") == []


def test_what_decoys_show_is_said_only_where_it_was_seen(overt_here: Overt, root: Path) -> None:
    deployment = drafted(overt_here, root / "docs/examples/operational.toml")
    told = {cells[0]: cells[1] for cells in overt_here("alert", "agreement", deployment)}
    assert told["decoys engaged"] == "no figure: there are no decoys judged"


def test_events_of_no_deployment_begin_none(overt_here: Overt) -> None:
    record("lists", WatchlistDestroyed(LIST_DIGEST, 20))
    assert overt_here("deployment", "list") == []


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
    looked(deployment, "Ann", "a1", "a2")
    with pytest.raises(PersonError, match="who claimed it"):
        overt("alert", "adjudicate", "a1", "engage", "--by", "Bob")
    with pytest.raises(InputError, match="want a reason"):
        overt("alert", "adjudicate", "a1", "reject", "--by", "Ann")
    overt("alert", "adjudicate", "a1", "engage", "--by", "Ann", "--subject", "same scar")
    assert overt("alert", "adjudicate", "a2", "engage", "--by", "Ann") == [["a2", "decoy"]]
    looked(deployment, "Bob", "a1")
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
