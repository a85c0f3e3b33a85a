"""The vault's files: sealed, whole, and gone with their key."""

from __future__ import annotations

import errno
import multiprocessing
import os
import random
import shutil
import stat
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from vault_workers import CONTEXT, MARK, put_for_ever, put_too_much

from overt.errors import VaultError
from overt.vault.files import Vault
from overt.vault.keys import KeyRing


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    ring = KeyRing(tmp_path / "keys")
    ring.create("alert-1")
    ring.create("alert-2")
    return ring


@pytest.fixture
def vault(tmp_path: Path, keys: KeyRing) -> Vault:
    return Vault(tmp_path / "data", keys)


def content(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_what_is_put_comes_back(tmp_path: Path, vault: Vault, keys: KeyRing) -> None:
    vault.put("probe", "alert-1", b"one", context=b"crop")
    vault.put("probe", "alert-2", b"two", context=b"crop")
    vault.put("listed", "alert-1", b"", context=b"photo")
    assert vault.get("probe", "alert-1", context=b"crop") == b"one"
    assert vault.get("probe", "alert-2", context=b"crop") == b"two"
    assert vault.get("listed", "alert-1", context=b"photo") == b""
    vault.put("probe", "alert-1", b"three", context=b"crop")
    assert Vault(tmp_path / "data", keys).get("probe", "alert-1", context=b"crop") == b"three"
    assert vault.names("alert-1") == ("listed", "probe")
    assert vault.names("alert-3") == ()
    assert vault.key_names() == ("alert-1", "alert-2")


def test_delete(tmp_path: Path, vault: Vault) -> None:
    for name in ("a", "b", "c"):
        vault.put(name, "alert-1", b"x", context=b"")
    (tmp_path / "data" / "alert-1" / f".a.sealed.{'0' * 16}.new").write_bytes(b"unfinished")
    assert vault.delete("a", "alert-1") is True
    assert vault.delete("a", "alert-1") is False
    assert vault.delete("a", "alert-2") is False
    assert sorted(p.name for p in (tmp_path / "data" / "alert-1").iterdir()) == [
        "b.sealed",
        "c.sealed",
    ]
    with pytest.raises(VaultError, match="got no such file"):
        vault.get("a", "alert-1", context=b"")
    (tmp_path / "data" / "alert-1" / f".b.sealed.{'0' * 16}.new").write_bytes(b"unfinished")
    assert vault.delete_all("alert-1") == 2
    assert vault.delete_all("alert-1") == 0
    assert list((tmp_path / "data").iterdir()) == []


def test_after_the_key_is_destroyed_nothing_opens(
    tmp_path: Path, vault: Vault, keys: KeyRing
) -> None:
    """Not even from a backup of the files: the key was never in them."""
    vault.put("probe", "alert-1", MARK, context=CONTEXT)
    key = keys.get("alert-1")
    shutil.copytree(tmp_path / "data", tmp_path / "backup")
    keys.destroy("alert-1")
    for folder in ("data", "backup"):
        with pytest.raises(VaultError, match="got none") as caught:
            Vault(tmp_path / folder, keys).get("probe", "alert-1", context=CONTEXT)
        assert "gone" in caught.value.hint
    keys.create("alert-1")
    with pytest.raises(VaultError, match="does not fit"):
        vault.get("probe", "alert-1", context=CONTEXT)
    assert key not in content(tmp_path)
    assert MARK not in content(tmp_path)


def test_nothing_is_put_without_a_key(tmp_path: Path, vault: Vault) -> None:
    with pytest.raises(VaultError, match="key 'alert-3': got none"):
        vault.put("probe", "alert-3", MARK, context=CONTEXT)
    assert list((tmp_path / "data").iterdir()) == []


def test_only_the_owner_can_open_it(tmp_path: Path, vault: Vault, keys: KeyRing) -> None:
    vault.put("probe", "alert-1", b"x", context=b"")
    for path in (tmp_path / "data", *(tmp_path / "data").rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    (tmp_path / "data" / "alert-1" / "probe.sealed").chmod(0o644)
    with pytest.raises(VaultError, match="got permissions 0644, want 0600"):
        vault.get("probe", "alert-1", context=b"")
    (tmp_path / "data").chmod(0o755)
    with pytest.raises(VaultError, match="got permissions 0755, want 0700"):
        Vault(tmp_path / "data", keys)


@pytest.mark.parametrize("name", ["", "..", ".a", "../a", "a/b", "/a", "a\0", "a\n", "x" * 129])
def test_hostile_names_are_refused(tmp_path: Path, vault: Vault, name: str) -> None:
    before = sorted(tmp_path.rglob("*"))
    for file, key in ((name, "alert-1"), ("probe", name)):
        with pytest.raises(VaultError, match="got the name"):
            vault.put(file, key, b"x", context=b"")
        with pytest.raises(VaultError, match="got the name"):
            vault.get(file, key, context=b"")
        with pytest.raises(VaultError, match="got the name"):
            vault.delete(file, key)
    for act in (vault.names, vault.delete_all):
        with pytest.raises(VaultError, match="got the name"):
            act(name)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_file_opens_only_in_its_place(tmp_path: Path, vault: Vault) -> None:
    vault.put("a", "alert-1", b"x", context=b"crop")
    vault.put("a", "alert-2", b"y", context=b"crop")
    folder = tmp_path / "data"
    with pytest.raises(VaultError, match="does not fit"):
        vault.get("a", "alert-1", context=b"photo")
    shutil.copy(folder / "alert-1" / "a.sealed", folder / "alert-1" / "b.sealed")
    with pytest.raises(VaultError, match="does not fit"):
        vault.get("b", "alert-1", context=b"crop")
    shutil.copy(folder / "alert-1" / "a.sealed", folder / "alert-2" / "a.sealed")
    with pytest.raises(VaultError, match="does not fit"):
        vault.get("a", "alert-2", context=b"crop")


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.integers(0, 10_000), change=st.integers(1, 255))
def test_any_altered_byte_is_found(
    tmp_path: Path, vault: Vault, position: int, change: int
) -> None:
    vault.put("a", "alert-1", b"face" * 10, context=b"")
    path = tmp_path / "data" / "alert-1" / "a.sealed"
    altered = bytearray(path.read_bytes())
    altered[position % len(altered)] ^= change
    path.write_bytes(altered)
    with pytest.raises(VaultError, match=r"a\.sealed: .*got .*, want ") as caught:
        vault.get("a", "alert-1", context=b"")
    assert caught.value.hint


def test_a_full_disk_leaves_the_old_file_and_no_other(tmp_path: Path, vault: Vault) -> None:
    vault.put("a", "alert-1", b"old", context=CONTEXT)
    context = multiprocessing.get_context("forkserver")
    told, theirs = context.Pipe(duplex=False)
    process = context.Process(target=put_too_much, args=(tmp_path, theirs), daemon=True)
    process.start()
    theirs.close()
    error, hint = told.recv()
    process.join()
    assert os.strerror(errno.EFBIG) in error
    assert hint == "free space on the disk"
    assert vault.get("a", "alert-1", context=CONTEXT) == b"old"
    assert [p.name for p in (tmp_path / "data" / "alert-1").iterdir()] == ["a.sealed"]


def test_a_killed_process_leaves_no_plain_bytes_and_no_half_file(tmp_path: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    chance = random.Random()  # noqa: S311 - not for secrets
    acknowledged: set[tuple[str, str]] = set()
    for _ in range(12):
        told, theirs = context.Pipe(duplex=False)
        process = context.Process(target=put_for_ever, args=(tmp_path, theirs), daemon=True)
        process.start()
        theirs.close()
        acknowledged.add(told.recv())
        time.sleep(chance.uniform(0, 0.05))
        process.kill()
        try:
            while True:
                acknowledged.add(told.recv())
        except (EOFError, OSError):
            process.join()
        told.close()
        assert MARK not in content(tmp_path)
        vault = Vault(tmp_path / "data", KeyRing(tmp_path / "keys"))
        listed = {(key, name) for key in vault.key_names() for name in vault.names(key)}
        assert acknowledged <= listed
        for key, name in listed:
            plain = vault.get(name, key, context=CONTEXT)
            assert plain == MARK * (len(plain) // len(MARK))


def test_the_search_for_plain_bytes_can_find_them(tmp_path: Path) -> None:
    (tmp_path / "leak").write_bytes(b"..." + MARK)
    assert MARK in content(tmp_path)
