"""The commands that are not a run: models, watchlist, version, and how misuse is told."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from commands import Commands, Done
from street import GROUNDS, NAME, Street

GROUND_OPTIONS = (
    "--category", GROUNDS.category, "--source", GROUNDS.source,
    "--lawful-basis", GROUNDS.lawful_basis, "--reviewer", GROUNDS.reviewer,
)  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def require_told(done: Done, *says: str, code: int = 2) -> None:
    assert done.code == code, done.err
    assert "Traceback" not in done.err
    assert done.out == ""
    for text in says:
        assert text in done.err


def test_models_are_listed_shown_and_checked(overt: Commands, home: Path) -> None:
    listed = overt.run("models", "list", home=home)
    assert listed.code == 0
    assert "default" in listed.out
    assert "trial" in listed.out
    shown = overt.run("models", "show", home=home)
    assert shown.code == 0
    for said in ("intended use", "trial", "licence", "worst group", "sha256"):
        assert said in shown.out
    checked = overt.run("models", "check", home=home)
    assert checked.code == 0
    assert checked.out.startswith("ok: ")


def test_a_model_that_was_altered_is_found(overt: Commands, home: Path, model_cache: Path) -> None:
    shutil.copytree(model_cache, home / "cache" / "models")
    for path in (home / "cache" / "models").glob("*.onnx"):
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    done = overt.run("models", "check", home=home, OVERT_CACHE_DIR=str(home / "cache"))
    # Converted anew from the packages' own files, or refused: never used as it is.
    assert done.code == 0
    for path in (home / "cache" / "models").glob("*.onnx"):
        assert path.read_bytes() == (model_cache / path.name).read_bytes()


@pytest.mark.parametrize("command", ["show", "check", "add"])
def test_a_bundle_that_is_not_there_is_told(command: str, overt: Commands, home: Path) -> None:
    require_told(overt.run("models", command, "no/such", home=home), "error: bundle: got no/such")


def test_a_bundle_that_is_none_is_told(overt: Commands, home: Path) -> None:
    (home / "bundle.toml").write_text("name = 3\n")
    require_told(overt.run("models", "add", home, home=home), "error: ", "want")


@pytest.mark.parametrize(
    "arguments", [("nothing",), ("try",), ("run",), ("try", "a", "--listed"), ("models", "no")]
)
def test_misuse_is_told(arguments: tuple[str, ...], overt: Commands, home: Path) -> None:
    require_told(overt.run(*arguments, home=home))


def test_an_unknown_setting_is_told(overt: Commands, home: Path) -> None:
    done = overt.run("models", "list", home=home, OVERT_DATADIR="x")
    require_told(done, "got OVERT_DATADIR", "hint: ")


def test_version(overt: Commands, home: Path) -> None:
    assert overt.run("version", home=home).out.strip().count(".") == 2


def test_a_list_is_built_with_a_report_and_destroyed(
    overt: Commands, home: Path, street: Street
) -> None:
    photos = home / "photos"
    shutil.copytree(street.listed, photos)
    (photos / "=1+1.png").write_bytes(b"none")
    build = ("watchlist", "build", photos, "--out", home / "list")
    built = overt.run(*build, *GROUND_OPTIONS, home=home)
    assert built.code == 0, built.err
    assert built.out == f"{home / 'list'}\n"
    assert "1 listed, 1 rejected" in built.err
    with (home / "list-report.csv").open(newline="") as file:
        rows = {row["reference"]: row for row in csv.DictReader(file)}
    assert rows[NAME]["result"] == "listed"
    assert rows["'=1+1"]["result"] == "rejected"
    require_told(overt.run(*build, *GROUND_OPTIONS, home=home), "want a new one")
    destroyed = overt.run("watchlist", "destroy", home / "list", home=home)
    assert destroyed.code == 0
    assert not (home / "list").exists()
    require_told(overt.run("watchlist", "destroy", home / "list", home=home), "want a watchlist")


def test_destroy_leaves_alone_what_is_no_list(overt: Commands, home: Path) -> None:
    (home / "mine").mkdir()
    (home / "mine" / "letter").write_text("mine")
    require_told(overt.run("watchlist", "destroy", home / "mine", home=home), "want a watchlist")
    assert (home / "mine" / "letter").read_text() == "mine"


def test_a_damaged_list_can_still_be_destroyed(overt: Commands, home: Path, street: Street) -> None:
    command = ("watchlist", "build", street.listed, "--out", home / "list")
    assert overt.run(*command, *GROUND_OPTIONS, home=home).code == 0
    (home / "list" / "overt-list.json").unlink()
    assert overt.run("watchlist", "destroy", home / "list", home=home).code == 0
    assert not (home / "list").exists()


def test_a_folder_needs_its_grounds(overt: Commands, home: Path, street: Street) -> None:
    done = overt.run("watchlist", "build", street.listed, "--out", home / "list", home=home)
    require_told(done, "--source", "--lawful-basis", "--reviewer", "--category")


def test_a_report_that_cannot_be_written_is_told(
    overt: Commands, home: Path, street: Street
) -> None:
    (home / "list-report.csv").mkdir()
    done = overt.run(
        "watchlist", "build", street.listed, "--out", home / "list", *GROUND_OPTIONS, home=home
    )
    require_told(done, "error: report ")


@pytest.mark.parametrize("content", [None, b"", b"name = ", b"\xff", b"name = 'a'"])
def test_a_deployment_file_that_is_none_is_told(
    content: bytes | None, overt: Commands, home: Path
) -> None:
    if content is not None:
        (home / "d.toml").write_bytes(content)
    require_told(overt.run("run", home / "d.toml", home=home), "error: ", "d.toml")
