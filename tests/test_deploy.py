"""The units of systemd: they parse, call commands that exist, and fail loudly."""

from __future__ import annotations

import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path
from typing import cast

import pytest
from typer.main import get_command

from overt.cli.app import app

UNITS = (
    "overt-retention.service",
    "overt-retention.timer",
    "overt-alarm@.service",
    "overt-serve.service",
    "overt-doctor.service",
    "overt-doctor.timer",
    "overt-backup.service",
    "overt-backup.timer",
)
SERVICES = ("overt-retention", "overt-serve", "overt-doctor", "overt-backup")


def unit(root: Path, name: str) -> ConfigParser:
    parser = ConfigParser(interpolation=None)  # strict: a key that is there twice is an error
    parser.optionxform = str  # pyright: ignore[reportAttributeAccessIssue]: as its documentation says
    parser.read_string((root / "deploy/systemd" / name).read_text())
    return parser


def require_command(line: str) -> None:
    """Check that a line calls a command of overt, with options that it has."""
    program, *words = line.split()
    assert Path(program).is_absolute()
    assert Path(program).name == "overt", line
    command = cast("object", get_command(app))
    while words and not words[0].startswith("-"):
        held = cast("dict[str, object]", getattr(command, "commands", {}))
        assert words[0] in held, line
        command = held[words.pop(0)]
    assert not hasattr(command, "commands"), f"got a group, want a command: {line}"
    options = {
        option
        for parameter in cast("list[object]", getattr(command, "params", []))
        for option in cast("list[str]", getattr(parameter, "opts", []))
    }
    assert {word for word in words if word.startswith("-")} <= options, line


def test_these_come_with_it(root: Path) -> None:
    assert {path.name for path in (root / "deploy/systemd").iterdir()} == set(UNITS)
    for name in UNITS:
        assert unit(root, name)["Unit"]["Description"].startswith("overt: ")


def test_the_commands_exist(root: Path) -> None:
    service = unit(root, "overt-retention.service")["Service"]
    lines = [service[key] for key in service if key.startswith("Exec")]
    assert [" ".join(line.split()[1:3]) for line in lines] == ["retention run", "retention status"]
    for line in lines:
        require_command(line)


@pytest.mark.parametrize(
    "line", ["/bin/overt retention walk", "/bin/overt retention", "/bin/overt retention run --x 1"]
)
def test_a_command_that_is_none_is_found(line: str) -> None:
    with pytest.raises(AssertionError):
        require_command(line)


def test_the_commands_of_the_others_exist(root: Path) -> None:
    for name, command in (("serve", "serve"), ("doctor", "doctor"), ("backup", "backup")):
        line = unit(root, f"overt-{name}.service")["Service"]["ExecStart"]
        (found,) = re.findall(r"/opt/overt/\.venv/bin/overt [a-z]+", line)
        assert found.endswith(f" {command}")
        require_command(found)


@pytest.mark.parametrize("name", SERVICES)
def test_each_is_kept_apart_and_fails_loudly(root: Path, name: str) -> None:
    parsed = unit(root, f"{name}.service")
    assert parsed["Unit"]["OnFailure"] == "overt-alarm@%n.service"
    service = parsed["Service"]
    assert service["ProtectSystem"] == "strict"
    assert service["NoNewPrivileges"] == "yes"
    assert service["CapabilityBoundingSet"] == ""
    assert (service["User"], service["UMask"]) == ("overt", "0077")
    assert set(service["ReadWritePaths"].split()) <= {"/var/lib/overt", "/var/backups/overt"}


def test_a_failure_raises_an_alarm(root: Path) -> None:
    service = unit(root, "overt-retention.service")
    assert service["Unit"]["OnFailure"] == "overt-alarm@%n.service"
    assert service["Service"]["Type"] == "oneshot"
    assert "SuccessExitStatus" not in service["Service"], "exit code 1 is a failure"
    alarm = unit(root, "overt-alarm@.service")["Service"]["ExecStart"]
    assert "systemd-cat --priority=alert" in alarm


def test_it_runs_more_often_than_it_looks_ahead(root: Path) -> None:
    timer = unit(root, "overt-retention.timer")["Timer"]
    assert timer["Persistent"] == "true"
    every = re.fullmatch(r"\*:0/(\d+)", timer["OnCalendar"])
    ahead = re.search(
        r"--ahead (\d+)", unit(root, "overt-retention.service")["Service"]["ExecStart"]
    )
    assert every is not None
    assert ahead is not None
    assert int(every[1]) < int(ahead[1])


def test_it_writes_nowhere_but_where_the_data_lie(root: Path) -> None:
    service = unit(root, "overt-retention.service")["Service"]
    folder = service["Environment"].removeprefix("OVERT_DATA_DIR=")
    assert service["ReadWritePaths"] == service["WorkingDirectory"] == folder
    assert service["ProtectSystem"] == "strict"
    assert service["NoNewPrivileges"] == service["PrivateTmp"] == "yes"
    assert service["UMask"] == "0077"
    assert service["CapabilityBoundingSet"] == ""


def test_systemd_finds_nothing_wrong(root: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd-analyze here")
    paths = [str(root / "deploy/systemd" / name) for name in UNITS]
    done = subprocess.run([analyze, "verify", *paths], capture_output=True, check=False)  # noqa: S603
    said = done.stderr.decode().splitlines()
    assert [line for line in said if "overt" in line and "is not executable" not in line] == []
