"""`overt keys`: as an operator runs it, with a real program that wraps."""

from __future__ import annotations

import json
import secrets
import signal
import sys
from pathlib import Path

import pytest
from commands import Commands

from overt.vault.keys import KeyRing
from overt.vault.master_command import MasterCommand

PROGRAM = Path(__file__).parent.parent / "vault" / "wrapping_program.py"
ALERTS = 12


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir(mode=0o700)
    ring = KeyRing(tmp_path / "data" / "keys")
    for number in range(ALERTS):
        ring.create(f"alert-{number}")
    ring.create("ledger")
    (tmp_path / "kms.key").write_bytes(secrets.token_bytes(32))
    return tmp_path


def command(home: Path, *fault: str) -> tuple[str, ...]:
    return (sys.executable, "-I", str(PROGRAM), str(home / "kms.key"), *fault)


def test_a_master_key_that_is_lost_is_told(overt: Commands, home: Path) -> None:
    (home / "data" / "keys" / "master.key").unlink()
    done = overt.run("keys", "status", home=home)
    assert done.code == 1
    assert "the master key's file is not there" in done.err


def test_keys_are_moved_counted_and_the_file_destroyed(overt: Commands, home: Path) -> None:
    by_command = json.dumps(command(home))
    ring = home / "data" / "keys"
    kept = KeyRing(ring).get("ledger")
    done = overt.run("keys", "status", home=home)
    assert (done.code, done.out) == (0, f"alert\tfile\t{ALERTS}\nledger\tfile\t1\n")
    assert "master key's file: there; master command: none" in done.err
    done = overt.run("keys", "status", home=home, OVERT_MASTER_COMMAND=by_command)
    assert done.code == 1
    assert f"{ALERTS + 1} keys do not open: the settings want the command" in done.err
    assert str(home) not in done.err, "an argument is shown"
    done = overt.run(
        "keys",
        "rewrap",
        "--to",
        "command",
        "--shred-file",
        home=home,
        OVERT_MASTER_COMMAND=by_command,
    )
    assert (done.code, done.out.splitlines()) == (
        0,
        ["13 keys are wrapped by the command now", "the master key's file is destroyed"],
    )
    assert not (ring / "master.key").exists()
    assert KeyRing(ring, master=MasterCommand(command(home))).get("ledger") == kept
    done = overt.run("keys", "status", home=home, OVERT_MASTER_COMMAND=by_command)
    assert (done.code, done.out) == (0, f"alert\tcommand\t{ALERTS}\nledger\tcommand\t1\n")
    done = overt.run("keys", "status", home=home)
    assert (done.code, done.out) == (1, f"alert\tcommand\t{ALERTS}\nledger\tcommand\t1\n")
    # Whoever opens keys is told so.
    done = overt.run("ledger", "begin", "police.example/lfr", home=home)
    assert done.code == 1
    assert "no master_command is set" in done.err
    assert "overt keys rewrap --to file" in done.err


def test_a_killed_move_goes_on_where_it_was(overt: Commands, home: Path) -> None:
    ring = home / "data" / "keys"
    keys = {name: KeyRing(ring).get(name) for name in KeyRing(ring).names()}
    slow = json.dumps(command(home, "slow"))

    def moved() -> int:
        files = (ring / "keys").glob("[!.]*.key")
        return sum(path.read_bytes().startswith(b"overt key wrapped") for path in files)

    running = overt.start("keys", "rewrap", "--to", "command", home=home, OVERT_MASTER_COMMAND=slow)
    running.until(lambda: moved() >= 2)
    running.send(signal.SIGKILL)
    assert running.wait().code == 128 + signal.SIGKILL
    assert 2 <= (before := moved()) < len(keys)
    fast = json.dumps(command(home))
    done = overt.run("keys", "rewrap", "--to", "command", home=home, OVERT_MASTER_COMMAND=fast)
    assert (done.code, done.out) == (
        0,
        f"{len(keys) - before} keys are wrapped by the command now\n",
    )
    opened = KeyRing(ring, master=MasterCommand(command(home)))
    assert {name: opened.get(name) for name in opened.names()} == keys
    assert (ring / "master.key").exists(), "destroyed without being asked to"


def test_the_ledgers_key_is_made_under_the_command(overt: Commands, tmp_path: Path) -> None:
    (tmp_path / "kms.key").write_bytes(secrets.token_bytes(32))
    by_command = json.dumps(command(tmp_path))
    assert (
        overt.run(
            "ledger", "begin", "police.example/lfr", home=tmp_path, OVERT_MASTER_COMMAND=by_command
        ).code
        == 0
    )
    assert (
        overt.run("ledger", "checkpoint", home=tmp_path, OVERT_MASTER_COMMAND=by_command).code == 0
    )
    assert not (tmp_path / "data" / "keys" / "master.key").exists()
    done = overt.run("keys", "status", home=tmp_path, OVERT_MASTER_COMMAND=by_command)
    assert (done.code, done.out) == (0, "ledger\tcommand\t1\n")
    refusing = json.dumps(command(tmp_path, "refuses"))
    done = overt.run("ledger", "rotate", home=tmp_path, OVERT_MASTER_COMMAND=refusing)
    assert done.code == 1
    assert "unwrap ledger: got exit code 3, want 0" in done.err
    assert "it said: no" in done.err
    assert str(tmp_path / "kms.key") not in done.err


def test_misuse_is_told(overt: Commands, home: Path) -> None:
    done = overt.run("keys", "rewrap", "--to", "command", home=home)
    assert done.code == 2
    assert "master_command: got none" in done.err
    done = overt.run("keys", "rewrap", "--to", "file", "--shred-file", home=home)
    assert done.code == 2
    secret = json.dumps({"pin": "1234"})
    done = overt.run("keys", "status", home=home, OVERT_MASTER_COMMAND=secret)
    assert done.code == 2
    assert "master_command: got what is not shown" in done.err
    assert "1234" not in done.err
    assert overt.run("keys", "status", home=home / "elsewhere").out == ""


def test_keys_are_opened_in_one_place(root: Path) -> None:
    """Else one part of overt would look for a master key where another has none."""
    package = root / "src" / "overt"
    doctor = package / "operations" / "doctor" / "keys.py"  # looks, and never makes a master key
    allowed = {package / "wiring" / "offices.py", package / "cli" / "keys.py", doctor}
    files = {*package.rglob("*.py")} - {*(package / "vault").glob("*.py")}
    assert {path for path in files if "KeyRing(" in path.read_text()} == allowed
