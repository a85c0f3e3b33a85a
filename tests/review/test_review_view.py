"""Who judges by commands looks by a command too, and the record says who looked before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from builders import make_alert, noise
from PIL import Image
from review_commands import Overt, drafted, record
from review_steps import raised

from overt.errors import InputError, PersonError, RefusedError, VaultError
from overt.report.evidence import pack, unpack
from overt.settings import read_settings
from overt.values.alert_events import AlertAdjudicated
from overt.values.duty_events import EvidenceDeleted
from overt.values.events import AlertRaised
from overt.values.review import Decision, Factors
from overt.wiring import decoy_sealer, open_keys


@pytest.fixture
def deployment(overt_here: Overt, root: Path) -> str:
    """Give a deployment with two alerts whose evidence is sealed."""
    found = drafted(overt_here, root / "docs/examples/operational.toml")
    settings = read_settings()
    seal = decoy_sealer(settings.evidence_dir, open_keys(settings))
    for alert in ("a1", "a2"):
        body = raised(alert)
        assert isinstance(body, AlertRaised)
        packed = pack(make_alert(), noise(60, 50))
        record(found, replace(body, commitment=seal(alert, packed)))
        overt_here("alert", "claim", alert, "--by", "Ann")
    return found


def test_a_look_is_recorded_and_an_audit_tells_who_judged_without_one(
    overt_here: Overt, deployment: str, tmp_path: Path
) -> None:
    out = tmp_path / "a1.png"
    look = ("alert", "view", "a1", "--by", "Ann", "--purpose", "adjudicate", "--out", str(out))
    assert overt_here(*look) == [["a1", str(out)]]
    assert out.stat().st_mode & 0o777 == 0o600
    with Image.open(out) as sheet:
        assert sheet.format == "PNG"
        assert np.asarray(sheet).std() > 10, "pictures, not paper"
    with pytest.raises(InputError, match="want a new file"):
        overt_here(*look)
    views = overt_here("audit", "--kind", "evidence-viewed")
    assert [(cells[4], cells[5]) for cells in views] == [("Ann", "alert=a1, purpose=adjudicate")]
    with pytest.raises(PersonError, match="has not looked") as refused:
        overt_here("alert", "adjudicate", "a2", "engage", "--by", "Ann")
    assert "overt alert view" in refused.value.hint
    overt_here("alert", "adjudicate", "a1", "engage", "--by", "ann")
    # A record of before this was refused holds decisions without a look.
    record(
        deployment,
        AlertAdjudicated("a2", "Ann", Decision.ENGAGE, Factors(), None, "", second=False),
    )
    judged = overt_here("audit", "--kind", "alert-adjudicated", "--deployment", deployment)
    assert [cells[5].rpartition(", ")[2] for cells in judged] == ["viewed=True", "viewed=False"]


def test_after_deletion_there_is_nothing_to_look_at(
    overt_here: Overt, deployment: str, tmp_path: Path
) -> None:
    record(deployment, EvidenceDeleted("a1", "c" * 64, "due after use"))
    for purpose, alert, said in (("why", "a1", "deleted"), (" ", "a2", "no purpose")):
        with pytest.raises(RefusedError, match=said):
            overt_here(
                "alert", "view", alert, "--by", "Ann", "--purpose", purpose,
                "--out", str(tmp_path / "no.png"),
            )  # fmt: skip
    assert not (tmp_path / "no.png").exists()
    assert overt_here("audit", "--kind", "evidence-viewed") == []


def test_evidence_comes_back_as_it_was_packed() -> None:
    alert, photo = make_alert(), noise(60, 50)
    found = unpack(pack(alert, photo))
    assert found.entry["reference"] == alert.entry.reference
    assert np.array_equal(found.listed, photo)
    assert np.array_equal(found.scene, alert.scene)
    assert [shot.shape for shot in found.shots] == [crop.pixels.shape for crop in alert.crops]
    with pytest.raises(VaultError, match="want the pictures of an alert"):
        unpack(b"no archive")
