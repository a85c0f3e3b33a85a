"""`overt camera check`: its exit codes, its output, and what it leaves behind."""

from __future__ import annotations

import json
import re
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import camera_clips
import numpy as np
import pytest
from commands import Commands, Done
from PIL import Image
from street import deployment_file

from overt.governance.deployment_file import read_deployment
from overt.records.store import open_store
from overt.values.duty_events import CameraChecked
from overt.values.go_no_go import GoNoGo


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


def test_what_is_signed_for_is_recorded_and_a_briefing_needs_it(
    overt: Commands, good: Path, small: Path, tmp_path: Path
) -> None:
    file = deployment_file(tmp_path / "d.toml", str(good), str(small), now=datetime.now(UTC))

    def do(*words: str | Path) -> Done:
        return overt.run(*words, home=tmp_path)

    sign = ("camera", "check", "--deployment", file, "--by", "T. Technician", "--camera")
    assert "got none drafted as this file" in do(*sign, "a").err
    deployment = do("deployment", "draft", file, "--by", "D").out.strip()
    passed = do(*sign, "a", "--out", tmp_path / "out")
    assert (passed.code, f"recorded for deployment {deployment}" in passed.err) == (0, True)
    failed = do(*sign, "b")
    assert (failed.code, failed.out.splitlines()[-1]) == (1, "b: no-go")
    for words, code, says in (
        ((*sign, "c"), 2, "want one of a, b"),
        ((*sign[:4], "--camera", "a"), 2, "want who does this"),
        ((*sign, "a", "--zone", "0,0 1,0 1,1"), 2, "want its file's"),
        (("camera", "check"), 2, "got no source"),
    ):
        refused = do(*words)
        assert (refused.code, says in refused.err) == (code, True), refused.err
    with closing(open_store(tmp_path / "data" / "events.sqlite")) as store:
        events = [recorded.event.body for recorded in store.events(kinds=("camera-checked",))]
    found = {body.camera: body for body in events if isinstance(body, CameraChecked)}
    assert [found[name].verdict for name in "ab"] == [GoNoGo.GO, GoNoGo.NO_GO]
    assert (found["a"].by, found["a"].reasons) == ("T. Technician", ())
    assert found["b"].reasons[0].startswith("fit to compare: got 0 of 6 faces")
    picture = (tmp_path / "out" / "a.png").read_bytes()
    assert (found["a"].picture, found["b"].picture) == (sha256(picture).hexdigest(), "")
    file.write_text(file.read_text() + "\n# a word more\n")
    assert "got none drafted as this file" in do(*sign, "a").err


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
