"""A console that is killed while it builds a list leaves nothing of it that can be read."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from consoles import console_in
from list_uploads import portraits

from overt.governance.listfile import KEY_NAME
from overt.governance.unfinished import destroy_unfinished
from overt.settings import Settings
from overt.vault.places import Place
from overt.wiring import Models, open_keys

pytestmark = pytest.mark.slow

SERVER = Path(__file__).with_name("building_server.py")


def killed(folder: Path, cache: Path, moment: str) -> None:
    """Have a console build a list in a process of its own, and kill it."""
    paths = os.pathsep.join(each for each in sys.path if each)
    with subprocess.Popen(  # noqa: S603 - this folder's own program
        [sys.executable, str(SERVER), str(folder), str(cache), moment],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": paths},
    ) as server:
        assert server.stdout
        try:
            assert server.stdout.readline() == b"ready\n"
        finally:
            server.kill()


@pytest.mark.parametrize("moment", ["review", "sealing"])
def test_nothing_that_can_be_read_is_left(
    tmp_path: Path, models: Models, model_cache: Path, moment: str
) -> None:
    assert models.opened.bundle.name
    killed(tmp_path, model_cache.parent, moment)
    data = tmp_path / "data"
    needles = (portraits()["grace.png"][:64], b"Grace", b"PC 1 A Reviewer", b"\xff\xd8\xff\xe0")
    for file in data.rglob("*"):
        assert not file.is_file() or not any(each in file.read_bytes() for each in needles), file
    keys = open_keys(Settings(data_dir=data))
    left = [name for name in keys.names() if KEY_NAME.fullmatch(name)]
    assert len(left) == (1 if moment == "sealing" else 0)
    with console_in(tmp_path, accounts=False):
        pass
    assert not [name for name in keys.names() if KEY_NAME.fullmatch(name)]
    assert keys.places.names() == ()
    assert not [each for each in (data / "deployments").rglob("*") if each.is_file()]


def test_what_a_process_is_sealing_is_left_alone(tmp_path: Path) -> None:
    keys = open_keys(Settings(data_dir=tmp_path))
    name = f"watchlist-{'0' * 24}"
    folder = tmp_path / "list"
    (folder / name).mkdir(parents=True)
    keys.create(name)
    keys.places.note(Place(name, folder, "d" * 64, 1, datetime.now(UTC)))
    with keys.places.in_use(name):
        assert destroy_unfinished(keys) == ()
    assert name in keys.names()
    assert destroy_unfinished(keys) == (name,)
    assert name not in keys.names()
    assert not folder.exists()
