"""What a command loads: what it needs, and nothing of the others."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from overt.cli.app import app
from overt.cli.commands import BESIDES, PLACES

HEAVY = ("numpy", "scipy", "sqlalchemy", "onnxruntime", "av", "cv2", "fastapi")
CALLED = """
import json, sys
from overt.cli.app import app
app({words!r}, standalone_mode=False)
print(json.dumps([name for name in {heavy!r} if name in sys.modules]))
"""


@pytest.mark.parametrize("words", [["version"], ["verify", "--help"]])
def test_a_command_loads_what_it_needs_and_no_other(words: list[str]) -> None:
    code = CALLED.format(words=words, heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own words
    assert json.loads(done.stdout.splitlines()[-1]) == []


def test_a_group_has_the_commands_that_other_modules_hold() -> None:
    for group, others in BESIDES.items():
        assert group in PLACES
        shown = CliRunner().invoke(app, [group, "--help"])
        assert shown.exit_code == 0
        assert all(word in shown.stdout for word in others), group


def test_who_mistypes_a_command_is_told_which_there_are() -> None:
    wrong = CliRunner().invoke(app, ["verson"])
    assert wrong.exit_code == 2
    assert "'version'" in wrong.stderr
