"""`overt alert decoy` and `overt alert agreement`: made-up alerts, and what they show."""

from __future__ import annotations

import io
import json
import zipfile
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from builders import make_alert, noise
from PIL import Image
from review_commands import Overt, drafted, looked, record
from review_steps import raised

from overt.errors import InputError, PersonError, RefusedError
from overt.governance.decoy_file import read_decoy
from overt.records.store import open_store
from overt.report.evidence import pack
from overt.settings import read_settings
from overt.simulation import astronaut_photo
from overt.values.alert_events import DecoyRaised
from overt.values.events import DeploymentStarted
from overt.vault.keys import KeyRing
from overt.wiring import Models, evidence_opener

FILE = """
agreed = "forms, folder 9"
camera = "gate"
probes = ["probe.png"]
listed = "listed.png"

[entry]
reference = "W/311"
name = "Sam Example"
category = "wanted by the courts"
source = "custody photograph"
lawful_basis = "warrant"
reviewer = "DS Reviewer"
"""


@pytest.fixture
def running(
    overt_here: Overt, root: Path, models: Models, model_cache: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> str:  # fmt: skip
    """Bring a deployment to where it runs, by commands and a machine's start."""
    assert models.opened.bundle.name  # it is converted already
    monkeypatch.setenv("OVERT_CACHE_DIR", str(model_cache.parent))
    deployment = drafted(overt_here, root / "docs/examples/operational.toml", briefed=True)
    record(deployment, DeploymentStarted("0.1.0", 5e-7, extrapolated=True))
    return deployment


@pytest.fixture
def decoy_file(tmp_path: Path) -> Path:
    """Write a decoy's file beside its photographs."""
    for name in ("probe.png", "listed.png"):
        (tmp_path / name).write_bytes(astronaut_photo())
    path = tmp_path / "decoy.toml"
    path.write_text(FILE)
    return path


def opened(identifier: str) -> tuple[DecoyRaised, dict[str, bytes]]:
    """Open what was sealed for a decoy: the files by name."""
    settings = read_settings()
    with closing(open_store(settings.record_address)) as store:
        (body,) = [recorded.event.body for recorded in store.events(kinds=("decoy-raised",))]
    assert isinstance(body, DecoyRaised)
    evidence = evidence_opener(settings.evidence_dir, KeyRing(settings.keys_dir))
    return body, files(evidence(identifier, body.commitment))


def files(packed: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_decoy_is_shown_as_a_real_one_until_it_is_judged(
    overt_here: Overt, running: str, decoy_file: Path
) -> None:
    overt = overt_here
    record(running, raised("a1"))
    ((decoy,),) = overt("alert", "decoy", running, str(decoy_file), "--by", "S. Senior")
    listed = {cells[0]: cells for cells in overt("alert", "list")}
    assert [cells[2] for cells in listed.values()] == ["raised", "raised"]
    assert all(len(cells) == 6 and 0.64 <= float(cells[5]) < 0.7 for cells in listed.values())
    shown = {alert: dict(map(tuple[str, str], overt("alert", "show", alert))) for alert in listed}
    assert list(shown["a1"]) == list(shown[decoy])
    assert shown["a1"]["next"] == shown[decoy]["next"]
    assert not any("decoy" in repr(facts).lower() for facts in shown.values())
    assert abs(datetime.fromisoformat(shown[decoy]["time"]) - datetime.now().astimezone()) < (
        timedelta(minutes=1)
    )
    # It waits, and nothing may be told of it.
    assert ["decoys judged", "0"] in overt("alert", "agreement", running)
    overt("alert", "claim", decoy, "--by", "Ann")
    looked(running, "Ann", decoy)
    assert overt("alert", "adjudicate", decoy, "engage", "--by", "Ann") == [[decoy, "decoy"]]
    told = dict(map(tuple[str, str], overt("alert", "agreement")))
    assert told["decoys engaged"].startswith("1 of 1 (95% interval 3% to 100%")
    assert "Ann" not in repr(told)


def test_its_evidence_has_the_form_of_a_real_one(
    overt_here: Overt, running: str, decoy_file: Path
) -> None:
    ((decoy,),) = overt_here("alert", "decoy", running, str(decoy_file), "--by", "S. Senior")
    body, evidence = opened(decoy)
    real = files(pack(make_alert(), noise(40, 40)))
    assert list(evidence) == list(real)
    entry, of_real = (json.loads(each["entry.json"]) for each in (evidence, real))
    assert list(entry) == list(of_real)
    assert (entry["alert"], entry["name"], len(entry["photo_sha256"])) == (decoy, "Sam Example", 64)
    assert entry["flags"] == list(body.flags)
    assert "forms" not in json.dumps(entry)
    assert (body.by, body.agreed, body.shots) == ("S. Senior", "forms, folder 9", 1)


@pytest.mark.parametrize(
    ("old", "new", "error", "want"),
    [
        ('camera = "gate"', 'camera = "south"', RefusedError, "want one of gate, north"),
        ('camera = "gate"', 'camera = "gate"\nsimilarity = 0.6', RefusedError, "the threshold"),
        ('agreed = "forms, folder 9"', "", InputError, "agreed"),
        ('agreed = "forms, folder 9"', 'agreed = " "', InputError, "agreed"),
        ('"probe.png"', '"blank.png"', InputError, "no face found"),
        ('reviewer = "DS Reviewer"', 'reviewer = "R"\nage = 3', InputError, "age"),
    ],
)
def test_what_cannot_pass_for_a_real_one_is_refused(
    overt_here: Overt,
    running: str,
    decoy_file: Path,
    old: str,
    new: str,
    error: type[Exception],
    want: str,
) -> None:
    Image.new("RGB", (300, 300), "grey").save(decoy_file.parent / "blank.png")
    assert old in FILE
    decoy_file.write_text(FILE.replace(old, new))
    with pytest.raises(error, match=want):
        overt_here("alert", "decoy", running, str(decoy_file), "--by", "S. Senior")
    assert overt_here("alert", "list") == []


def test_the_example_of_a_decoy_can_be_read(root: Path) -> None:
    asked = read_decoy(root / "docs/examples/decoy.toml")
    assert [path.name for path in asked.probes] == ["colleague-1.png", "colleague-2.png"]
    assert asked.similarity is None


def test_an_operator_puts_in_none(overt_here: Overt, running: str, decoy_file: Path) -> None:
    record(running, raised("a1"))
    overt_here("alert", "claim", "a1", "--by", "Ann")
    with pytest.raises(PersonError, match="who does not"):
        overt_here("alert", "decoy", running, str(decoy_file), "--by", "ann")


def test_agreement_is_told_with_its_counts(overt_here: Overt, running: str) -> None:
    overt = overt_here
    record(running, *(raised(f"a{n}") for n in range(3)))
    for alert, first, second in (
        ("a0", "engage", "engage"),
        ("a1", "engage", "reject"),
        ("a2", "reject", "reject"),
    ):
        overt("alert", "claim", alert, "--by", "Ann")
        looked(running, "Ann", alert)
        looked(running, "Bob", alert)
        for verb, decision, by in (("adjudicate", first, "Ann"), ("second", second, "Bob")):
            reason = ("--reason", "blur") if decision == "reject" else ()
            overt("alert", verb, alert, decision, "--by", by, *reason)
    told = dict(map(tuple[str, str], overt("alert", "agreement", running)))
    assert told["judged alike"].startswith("2 of 3 (95% interval 9% to 99%")
    assert told["only the first engages"] == "1"
    assert told["Cohen's kappa"].startswith("0.40, of 3 alerts (95% interval ")
    assert told["decoys rejected"] == "no figure: there are no decoys judged"
    data = json.loads("\n".join("\t".join(c) for c in overt("alert", "agreement", "--json")))
    assert data["second_opinions"]["pairs"] == 3
    assert data["second_opinions"]["kappa"]["value"] == pytest.approx(0.4)
    assert not any(name in json.dumps(data) for name in ("Ann", "Bob"))
    nothing = dict(map(tuple[str, str], overt("alert", "agreement", "d9")))
    assert nothing["Cohen's kappa"] == "no figure: there are no pairs of judgements"
