"""What the pages show works: example files, commands and snippets are run."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders import make_bundle, make_vectors, make_watchlist
from commands import Commands
from street import Street

from overt.errors import AuthorityError, DeploymentError
from overt.governance.authority import authorise
from overt.governance.deployment_file import read_deployment
from overt.governance.policy_file import reference_policy
from overt.governance.rules import Subject
from overt.inference.bundle import Bundle
from overt.records.codec import decode
from overt.settings import read_settings
from overt.values.deployment import Deployment
from overt.values.events import DeploymentStopped
from overt.values.watchlist import Category
from overt.wiring import Models

pytestmark = pytest.mark.slow

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)  # within the window of both examples
OPTIONAL = (
    "trial",
    "zone",
    "urgent",
    "min_face_px",
    "min_eyes_px",
    "detect_interval_s",
    "best_shots",
    "max_shots",
)


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(
        rf"^```{language}\n(.*?)^```", page.read_text(), flags=re.MULTILINE | re.DOTALL
    )


def commands_of(page: Path) -> list[list[str]]:
    """Give the words of each command in the page's console blocks, less the first, `overt`."""
    lines = [line for block in blocks(page, "console") for line in block.splitlines()]
    return [shlex.split(line.removeprefix("$ overt ")) for line in lines if line.startswith("$ ")]


def authorised(deployment: Deployment, bundle: Bundle, *, listed: int) -> None:
    watchlist = make_watchlist(
        make_vectors(listed), built=AT - timedelta(hours=2), bundle=bundle.digest
    )
    if deployment.trial:
        blue = tuple(replace(entry, category=Category.BLUE) for entry in watchlist.entries)
        watchlist = replace(watchlist, entries=blue)
    authorise(
        Subject(deployment, watchlist, bundle),
        policy=reference_policy(),
        deployment_id="an id",
        now=AT,
    )


def test_the_example_of_a_trial_is_authorised(root: Path, models: Models) -> None:
    deployment = read_deployment(root / "docs/examples/trial.toml")
    authorised(deployment, models.opened.bundle, listed=12)
    with pytest.raises(AuthorityError, match="want a live camera"):
        authorised(replace(deployment, trial=False), models.opened.bundle, listed=12)


def test_the_real_example_is_authorised(root: Path, models: Models) -> None:
    deployment = read_deployment(root / "docs/examples/operational.toml")
    assert not deployment.trial
    authorised(deployment, make_bundle(), listed=312)
    with pytest.raises(AuthorityError, match="want an operational one"):
        authorised(deployment, models.opened.bundle, listed=312)


def test_every_key_of_the_trial_counts(root: Path, tmp_path: Path) -> None:
    """Without a key that is not optional the file is an error; with one more too."""
    lines = (root / "docs/examples/trial.toml").read_text().splitlines()
    keys = {number: line.split("=")[0].strip() for number, line in enumerate(lines) if "=" in line}
    assert set(OPTIONAL) < set(keys.values())
    page = (root / "docs/reference/deployment.md").read_text()
    path = tmp_path / "deployment.toml"
    for number, key in keys.items():
        path.write_text("\n".join(line for i, line in enumerate(lines) if i != number))
        told = re.search(rf"^\| `(?:\w+\.)?{key}` \| (=?)", page, flags=re.MULTILINE)
        assert told is not None, key
        assert bool(told[1]) == (key in OPTIONAL), key
        if key in OPTIONAL:
            read_deployment(path)
        else:
            with pytest.raises(DeploymentError, match=key):
                read_deployment(path)
    path.write_text("\n".join(['alert_everybody = "yes"', *lines]))
    with pytest.raises(DeploymentError, match="alert_everybody"):
        read_deployment(path)


def prepared(folder: Path, root: Path, street: Street) -> None:
    """Lay out what the guides take for granted: a video, photographs, a list, a deployment."""
    folder.joinpath("my-video.mp4").symlink_to(street.clip)
    people = folder / "people"
    people.mkdir()
    photo = next(street.listed.glob("*.png")).read_bytes()
    people.joinpath("anna.png").write_bytes(photo)
    people.joinpath("people.csv").write_text(blocks(root / "docs/guides/watchlist.md", "csv")[0])
    text = (root / "docs/examples/trial.toml").read_text()
    now = datetime.now(UTC)
    times = {"start": now - timedelta(minutes=1), "end": now + timedelta(hours=1)}
    times["given"] = times["start"] - timedelta(hours=1)
    for key, time in times.items():
        text, found = re.subn(
            rf"^{key} = .*$", f"{key} = {time.isoformat()}", text, flags=re.MULTILINE
        )
        assert found == 1, key
    folder.joinpath("deployment.toml").write_text(text)


@pytest.mark.parametrize("name", ["try", "watchlist", "deployment", "bundles"])
def test_the_commands_of_a_guide_run(
    name: str, root: Path, tmp_path: Path, street: Street, overt: Commands
) -> None:
    prepared(tmp_path, root, street)
    commands = commands_of(root / f"docs/guides/{name}.md")
    assert commands
    for words in commands:
        done = overt.run(*words, home=tmp_path / "home", cwd=tmp_path)
        assert done.code == 0, (words, done.err)


def test_console_blocks_stand_in_guides_alone(root: Path) -> None:
    """They are run from there; elsewhere a block of commands is called `sh`."""
    pages = [page for page in (root / "docs").rglob("*.md") if page.parent.name != "guides"]
    assert [page for page in pages if blocks(page, "console")] == []


def test_a_misused_command_has_the_exit_code_that_is_told(overt: Commands, tmp_path: Path) -> None:
    for words in (["bogus"], ["try"], ["run", "nowhere.toml"], ["run", "--bogus", "x"]):
        done = overt.run(*words, home=tmp_path)
        assert done.code == 2, words
        assert done.err.startswith("error: "), words
        assert "Traceback" not in done.err


def test_the_event_that_is_shown_is_one(root: Path) -> None:
    (shown,) = blocks(root / "docs/reference/events.md", "json")
    assert decode(shown.strip().encode(), None).body == DeploymentStopped("the sources ended")


def test_the_settings_that_are_shown_are_read(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shown,) = blocks(root / "docs/reference/settings.md", "toml")
    (tmp_path / "overt.toml").write_text(shown)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OVERT_DATA_DIR", raising=False)
    assert read_settings().data_dir == Path("/srv/overt")
