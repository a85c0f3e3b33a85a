"""`overt models quantise`, as a force uses it: and no way past the evaluation of what it makes."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders import NOON, make_deployment, make_vectors, make_watchlist
from commands import Commands
from PIL import Image, ImageEnhance

from overt.governance.policy_file import reference_policy
from overt.governance.rules import Subject, assess
from overt.inference.bundle import IntendedUse, Network
from overt.inference.manifest import read_manifest
from overt.simulation import astronaut_photo
from overt.values.digits import Precision

BUNDLES = Path(__file__).parents[2] / "src" / "overt" / "bundles"
AROUND_FACE = (130, 20, 320, 210)  # of the portrait
REAL = """name = "High Street"
place = "High Street"
purpose = "crime hotspot or its access routes"
threshold = 0.64
bundle = "{bundle}"
watchlist = "list"

[window]
start = {start}
end = {end}

[[camera]]
name = "north"
source = "rtsp://192.0.2.1/stream"

[authority]
officer = "A Officer"
rank = "Superintendent"
given = {start}
reference = "LFR/1"
necessity = "a test"
proportionality = "a test"

[recognition]
confirm_shots = 3
"""


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make sixty pictures of the astronaut, each a little lighter and further to the right."""
    folder = tmp_path_factory.mktemp("pictures")
    photo = Image.open(io.BytesIO(astronaut_photo())).convert("RGB")
    left, top, right, bottom = AROUND_FACE
    for number in range(60):
        part = photo.crop((left - number, top, right - number, bottom)).resize((96, 96))
        ImageEnhance.Brightness(part).enhance(0.6 + number / 60).save(folder / f"{number}.png")
    return folder


@pytest.fixture(scope="module")
def made(overt: Commands, pictures: Path) -> Path:
    """Make the default bundle's detector anew, with whole numbers."""
    done = overt.run(
        "models", "quantise", "default", str(pictures), "--network", "detector", "--out", "int8",
        home=pictures.parent,
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "100 px" in done.err
    assert "still as in default: the recogniser, byte for byte, how faces are aligned" in done.err
    assert "not taken over: cohort, calibration and evaluation of default" in done.err
    assert done.out.splitlines() == [read_manifest(pictures.parent / "int8/bundle.toml").digest]
    return pictures.parent / "int8"


def test_it_says_what_it_was_made_of_and_finds_the_same_faces(made: Path) -> None:
    bundle = read_manifest(made / "bundle.toml")
    mother = read_manifest(BUNDLES / "default.toml")
    assert bundle.name == "default-int8"
    assert bundle.intended_use is IntendedUse.TRIAL
    assert (bundle.cohort, bundle.calibration, bundle.evaluation) == (None, None, None)
    assert bundle.recogniser == mother.recogniser
    digits = bundle.fewer_digits
    assert digits is not None
    assert (digits.precision, digits.networks) == (Precision.INT8, (Network.DETECTOR,))
    assert digits.mother_digest == mother.digest
    assert "onnxruntime" in digits.tool
    compared = json.loads((made / "compared.json").read_text())
    assert digits.pictures + compared["pictures"] == 60
    found = [each["found"] for each in compared["heights"] if each["found"]]
    assert sum(each["trials"] for each in found) >= 20
    assert sum(each["events"] for each in found) >= 0.9 * sum(each["trials"] for each in found)
    assert compared["alike"]["median"] > 0.98
    assert (made / "detector.onnx").stat().st_size < 4_000_000  # 7 MB in float32


def test_no_deployment_can_use_it_before_it_is_calibrated_and_evaluated(
    overt: Commands, made: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "mine"
    copy.mkdir()
    for file in made.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    file = tmp_path / "real.toml"
    window = {"start": start.isoformat(), "end": (start + timedelta(hours=4)).isoformat()}
    file.write_text(REAL.format(bundle="mine", **window))
    assert overt.run("models", "check", "mine", home=tmp_path).code == 0
    refused = overt.run("run", str(file), home=tmp_path)
    assert refused.code == 2
    assert "got no [calibration], want one" in refused.err
    # Somebody copies the mother's calibration: it stays a trial bundle.
    text, lines = (BUNDLES / "default.toml").read_text().split("[calibration]")
    assert text
    manifest = copy / "bundle.toml"
    manifest.write_text(manifest.read_text() + "\n[calibration]" + lines)
    bundle = read_manifest(manifest)
    assert bundle.calibration is not None
    listed = make_watchlist(make_vectors(3), bundle=bundle.digest)
    subject = Subject(make_deployment(), listed, bundle)
    refusals = assess(subject, policy=reference_policy(), now=NOON).refusals
    assert [each.rule for each in refusals] == ["bundle-operational"]
    # Somebody writes that it is operational.
    manifest.write_text(manifest.read_text().replace('"trial"', '"operational"'))
    for words in (("run", str(file)), ("models", "add", "mine")):
        refused = overt.run(*words, home=tmp_path)
        assert refused.code == 2
        assert "want operational with an [evaluation]" in refused.err


def test_a_bundle_of_numbers_of_16_bits_answers_nearly_as_before(
    overt: Commands, pictures: Path, tmp_path: Path
) -> None:
    done = overt.run(
        "models", "quantise", "default", str(pictures), "--network", "detector",
        "--precision", "float16", "--name", "half", "--out", "half", home=tmp_path,
    )  # fmt: skip
    assert done.code == 0, done.err
    compared = json.loads((tmp_path / "half/compared.json").read_text())
    for each in compared["heights"]:
        assert each["found"] is None or each["found"]["value"] == 1.0
    assert compared["alike"]["lowest"] > 0.999
    digits = read_manifest(tmp_path / "half/bundle.toml").fewer_digits
    assert digits is not None
    assert digits.pictures == 0  # no range was taken of any
    again = overt.run(
        "models", "quantise", "half", str(pictures), "--out", "quarter", home=tmp_path
    )
    assert again.code == 2
    assert "got one that has fewer digits, want the one that it was made of" in again.err


def test_a_name_that_is_none_is_refused_first(overt: Commands, tmp_path: Path) -> None:
    done = overt.run(
        "models", "quantise", "default", "none", "--name", "Mine", "--out", "made", home=tmp_path
    )
    assert done.code == 2
    assert "--name: got Mine, want small letters" in done.err


def test_too_few_pictures_are_refused(overt: Commands, tmp_path: Path) -> None:
    (tmp_path / "few").mkdir()
    (tmp_path / "few/a.png").write_bytes(b"one")
    done = overt.run("models", "quantise", "default", "few", "--out", "made", home=tmp_path)
    assert done.code == 2
    assert "want 20 or more in each" in done.err
    assert not (tmp_path / "made").exists()
