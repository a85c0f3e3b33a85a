"""`overt camera check`: its exit codes, its output, and what it leaves behind."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import camera_clips
import numpy as np
import pytest
from commands import Commands
from PIL import Image
from street import deployment_file

from overt.governance.deployment_file import read_deployment


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("good") / "gate.mp4"
    return camera_clips.write(path, camera_clips.walkers(50, 78))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("small") / "gate.mp4"
    return camera_clips.write(path, camera_clips.walkers(24, 28))


def test_go_with_a_zone_that_can_be_pasted(overt: Commands, good: Path, tmp_path: Path) -> None:
    done = overt.run("camera", "check", good, "--name", "east gate", home=tmp_path / "home")
    assert (done.code, done.err.strip()) == (0, "")
    assert done.out.splitlines()[-1] == "east gate: go"
    (zone,) = re.findall(r"^zone = .*$", done.out, flags=re.MULTILINE)
    path = deployment_file(tmp_path / "d.toml", str(good), now=datetime.now(UTC))
    path.write_text(f"{path.read_text().rstrip()}\n{zone}\n")
    assert 3 <= len(read_deployment(path).cameras[0].zone) <= 8
    # Nothing was asked to be kept, so nothing is.
    left = [file for file in (tmp_path / "home").rglob("*") if file.is_file()]
    assert {file.name for file in left} <= {"stdout", "stderr"}


def test_the_result_as_data_and_picture(overt: Commands, good: Path, tmp_path: Path) -> None:
    done = overt.run(
        "camera", "check", good, "--json", "--out", tmp_path / "out", "--name", "../a b",
        "--zone", "0,0 1,0 1,1 0,1", "--seconds", "1.5", home=tmp_path / "home",
    )  # fmt: skip
    assert done.code == 0
    told = json.loads(done.out)
    assert (told["camera"], told["verdict"], len(told["faces"])) == ("../a b", "go", 6)
    assert {check["verdict"] for check in told["checks"]} == {"go"}
    assert all({"name", "got", "want", "verdict"} <= set(check) for check in told["checks"])
    files = sorted(file.name for file in (tmp_path / "out").iterdir())
    assert files == ["-a-b.json", "-a-b.png"]
    assert json.loads((tmp_path / "out" / "-a-b.json").read_text()) == told
    with Image.open(tmp_path / "out" / "-a-b.png") as picture:
        assert len(np.unique(np.asarray(picture).reshape(-1, 3), axis=0)) > 20


def test_no_go_says_what_to_do(overt: Commands, small: Path, tmp_path: Path) -> None:
    done = overt.run("camera", "check", small, "--min-face-px", "20", home=tmp_path)
    assert done.code == 1
    assert "size of faces: use a longer lens" in done.out
    assert done.out.splitlines()[-1] == "camera: no-go"
    assert "Traceback" not in done.err


def test_too_few_faces_are_no_go(overt: Commands, good: Path, tmp_path: Path) -> None:
    zone = "0,0 0.3,0 0.3,1 0,1"
    done = overt.run("camera", "check", good, "--zone", zone, home=tmp_path)
    assert done.code == 1
    assert done.out.splitlines()[-1] == "camera: cannot tell"
    done = overt.run("camera", "check", good, "--zone", zone, "--json", home=tmp_path)
    assert done.code == 1
    assert json.loads(done.out)["checks"][0]["got"] == "2 in 2 s, 4 more outside the zone"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nowhere.mp4",), "which is not there"),
        (("notes.txt",), "not a video"),
        (("notes.txt", "--zone", "0.1;0.2"), "want points as 0.1,0.2"),
        (("notes.txt", "--zone", "0,0 1,1"), "want 3 or more"),
        (("notes.txt", "--zone", "0,0 2,0 1,1"), "want shares from 0 to 1"),
        (("notes.txt", "--zone", "0,0 nan,0 1,1"), "want shares from 0 to 1"),
        (("notes.txt", "--bundle", "no/such"), "bundle: got no/such"),
        (("notes.txt", "--seconds", "0"), "--seconds"),
        ((), "source"),
    ],
)
def test_a_source_that_cannot_be_used(
    arguments: tuple[str, ...], says: str, overt: Commands, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("no video")
    done = overt.run("camera", "check", *arguments, home=tmp_path / "home", cwd=tmp_path)
    assert done.code == 2, done.err
    assert says in done.err
    assert "Traceback" not in done.err
    assert done.out == ""


def test_a_folder_that_cannot_be_made_is_told(overt: Commands, good: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = overt.run("camera", "check", good, "--out", tmp_path / "file", home=tmp_path / "home")
    assert done.code == 2
    assert "want one that can be written" in done.err
