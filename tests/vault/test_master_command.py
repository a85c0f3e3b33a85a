"""A master key that a program holds: a real program, in every way that it can go wrong."""

from __future__ import annotations

import base64
import os
import secrets
import time
from pathlib import Path

import pytest
from kms import Kms

from overt.errors import VaultError
from overt.vault.files import Vault
from overt.vault.keys import KeyRing
from overt.vault.master_command import MasterCommand
from overt.vault.wrapping import COMMAND_MARK


@pytest.fixture
def kms(tmp_path: Path) -> Kms:
    return Kms(tmp_path)


def test_keys_are_wrapped_by_the_program_and_no_master_key_is_made(kms: Kms) -> None:
    key = kms.ring().create("alert-1")
    assert len(key) == 32
    assert kms.ring().get("alert-1") == kms.ring().create("alert-1") == key
    assert sorted(p.name for p in (kms.folder / "ring").rglob("*")) == [
        "alert-1.key",
        "keys",
        "places",
    ]
    wrapped = (kms.folder / "ring" / "keys" / "alert-1.key").read_bytes()
    assert wrapped.startswith(COMMAND_MARK)
    assert key not in wrapped
    assert kms.ring().destroy("alert-1")
    with pytest.raises(VaultError, match="got none"):
        kms.ring().get("alert-1")


def test_files_are_sealed_under_such_a_key(kms: Kms) -> None:
    ring = kms.ring()
    ring.create("alert-1")
    vault = Vault(kms.folder / "data", ring)
    vault.put("a", "alert-1", b"evidence", context=b"c")
    assert Vault(kms.folder / "data", kms.ring()).get("a", "alert-1", context=b"c") == b"evidence"


def test_a_key_under_another_name_or_master_does_not_open(kms: Kms) -> None:
    kms.ring().create("a")
    folder = kms.folder / "ring" / "keys"
    (folder / "b.key").write_bytes((folder / "a.key").read_bytes())
    (folder / "b.key").chmod(0o600)
    with pytest.raises(VaultError, match="unwrap b: got exit code 1, want 0"):
        kms.ring().get("b")
    kms.keyfile.write_bytes(secrets.token_bytes(32))
    with pytest.raises(VaultError, match="unwrap a: got exit code 1, want 0"):
        kms.ring().get("a")


def test_a_changed_setting_is_told(kms: Kms) -> None:
    kms.ring().create("a")
    with pytest.raises(VaultError, match="wrapped by a command, and no master_command") as told:
        KeyRing(kms.folder / "ring")
    assert "overt keys rewrap --to file" in told.value.hint
    assert not (kms.folder / "ring" / "master.key").exists()
    by_file = KeyRing(kms.folder / "other")
    by_file.create("b")
    with pytest.raises(VaultError, match="by the file, want one wrapped by the command") as told:
        KeyRing(kms.folder / "other", master=kms.master()).get("b")
    assert "overt keys rewrap --to command" in told.value.hint
    os.link(kms.folder / "ring" / "keys" / "a.key", kms.folder / "other" / "keys" / "a.key")
    with pytest.raises(VaultError, match="by the command, want one wrapped by the file"):
        by_file.get("a")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("refuses", "got exit code 3, want 0"),
        ("babbles", "bytes of output, want one line of base 64"),
        ("echoes", "got the key itself, want it wrapped"),
        ("silent", "got 0 bytes, want it wrapped"),
        ("floods", "bytes of output, want 65536 at most"),
        ("dies", "got an end by signal 6, want 0"),
    ],
)
def test_what_is_no_wrapped_key_makes_none(kms: Kms, fault: str, said: str) -> None:
    with pytest.raises(VaultError, match=said) as told:
        kms.ring(fault).create("a")
    assert told.value.hint
    assert str(kms.keyfile) not in str(told.value) + told.value.hint
    assert list((kms.folder / "ring" / "keys").iterdir()) == []


@pytest.mark.parametrize(
    ("fault", "said"),
    [("cuts", "got 31 bytes, want 32"), ("silent", "got 0 bytes, want 32")],
)
def test_a_key_of_another_length_is_refused(kms: Kms, fault: str, said: str) -> None:
    kms.ring().create("a")
    with pytest.raises(VaultError, match=said):
        kms.ring(fault).get("a")


def test_what_the_program_says_is_shown_without_keys(kms: Kms) -> None:
    key = kms.ring().create("a")
    with pytest.raises(VaultError) as told:
        kms.ring("refuses").get("a")
    assert told.value.hint.startswith("it said: no \\x1b[31mkey (left out) (left out)")
    assert told.value.hint.endswith("of yours\ufffd")
    assert told.value.__cause__ is None
    whole = repr(told.value) + told.value.hint
    assert base64.b64encode(key).decode() not in whole
    wrapped = (kms.folder / "ring" / "keys" / "a.key").read_bytes().removeprefix(COMMAND_MARK)
    assert base64.b64encode(wrapped).decode() not in whole


def test_a_program_that_hangs_is_ended_with_what_it_started(kms: Kms) -> None:
    began = time.monotonic()
    # A shell, which a busy machine has begun within the time too, and not Python.
    script = f"sleep 60 & echo $! > '{kms.folder}/child'; wait"
    with pytest.raises(VaultError, match=r"wrap a: got no answer in 2 s, want one") as told:
        MasterCommand(("/bin/sh", "-c", script), timeout_s=2).wrap(b"k" * 32, name="a")
    assert time.monotonic() - began < 50  # it sleeps for 60
    assert told.value.__cause__ is None
    child = int((kms.folder / "child").read_text())
    while is_running(child):
        assert time.monotonic() - began < 50, "a process that it started goes on"
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    """Tell whether a process runs; one that nobody has waited for is over."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ((), "got the program nothing, want its whole path"),
        (("kms-wrap",), "got the program 'kms-wrap', want its whole path"),
        (("./kms-wrap", "--pin", "1234"), "want its whole path"),
    ],
)
def test_a_program_is_named_by_its_whole_path(command: tuple[str, ...], said: str) -> None:
    with pytest.raises(VaultError, match=said) as told:
        MasterCommand(command)
    assert "1234" not in str(told.value)


def test_a_program_that_does_not_run_is_told(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("#!/bin/sh\n")
    for path, said in (
        (tmp_path / "none", "No such file or directory"),
        (plain, "Permission denied"),
        (tmp_path, "Permission denied"),
        (Path("/a\0b"), "no such program"),
    ):
        with pytest.raises(VaultError, match=f"got {said}, want a program that runs") as told:
            MasterCommand((str(path), "--pin", "1234")).wrap(b"k" * 32, name="a")
        assert "1234" not in str(told.value) + told.value.hint


def test_nothing_is_read_by_a_shell(tmp_path: Path) -> None:
    command = ("/bin/echo", f"$(touch {tmp_path}/made); `touch {tmp_path}/made`")
    with pytest.raises(VaultError, match="want one line of base 64"):
        MasterCommand(command).wrap(b"k" * 32, name="a")
    assert not (tmp_path / "made").exists()
