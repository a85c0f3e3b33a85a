"""The ring of keys: made once, read by its owner alone, destroyed for good."""

from __future__ import annotations

import multiprocessing
import stat
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from vault_workers import create_key

from overt.errors import VaultError
from overt.vault.keys import KeyRing, MasterFile
from overt.vault.private import write_first
from overt.vault.sealed import unseal

HOSTILE = [
    "",
    ".",
    "..",
    ".hidden",
    "../master",
    "a/b",
    "/etc/passwd",
    "a\\b",
    "a\0b",
    "a\n",
    "a b",
    "-rf",
    "é",
    "x" * 129,
]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def content(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_key_is_made_once_and_comes_back(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "ring")
    key = ring.create("deployment-1")
    other = ring.create("watchlist-1")
    assert len(key) == len(other) == 32
    assert key != other
    assert ring.create("deployment-1") == ring.get("deployment-1") == key
    assert KeyRing(tmp_path / "ring").get("deployment-1") == key
    assert ring.names() == ("deployment-1", "watchlist-1")


def test_only_the_owner_can_open_them(tmp_path: Path) -> None:
    KeyRing(tmp_path / "ring").create("a")
    for path in (tmp_path / "ring").rglob("*"):
        assert mode(path) == (0o700 if path.is_dir() else 0o600)
    assert mode(tmp_path / "ring") == 0o700


@pytest.mark.parametrize(
    ("name", "bits", "want"),
    [(".", 0o750, "0700"), ("keys", 0o701, "0700"), ("master.key", 0o640, "0600")],
)
def test_wider_permissions_are_refused(tmp_path: Path, name: str, bits: int, want: str) -> None:
    KeyRing(tmp_path / "ring").create("a")
    (tmp_path / "ring" / name).chmod(bits)
    with pytest.raises(VaultError, match=f"got permissions {bits:04o}, want {want}") as caught:
        KeyRing(tmp_path / "ring")
    assert "chmod" in caught.value.hint


def test_a_data_key_open_to_others_is_refused(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "ring")
    ring.create("a")
    (tmp_path / "ring" / "keys" / "a.key").chmod(0o604)
    with pytest.raises(VaultError, match="got permissions 0604, want 0600"):
        ring.get("a")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_refused(tmp_path: Path, name: str) -> None:
    ring = KeyRing(tmp_path / "ring")
    before = sorted(tmp_path.rglob("*"))
    for act in (ring.create, ring.get, ring.destroy):
        with pytest.raises(VaultError, match="got the name"):
            act(name)
    assert sorted(tmp_path.rglob("*")) == before


def test_no_data_key_lies_on_the_disk(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "ring")
    key = ring.create("a")
    master = (tmp_path / "ring" / "master.key").read_bytes()
    assert key not in content(tmp_path)
    assert master in content(tmp_path)  # so this search can find something


def test_after_destroy_nothing_is_left(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "ring")
    key = ring.create("a")
    ring.create("a.b")
    folder = tmp_path / "ring" / "keys"
    wrapped = (folder / "a.key").read_bytes()
    # A process killed while it made the key left a second name of the same file.
    (folder / f".a.key.{'0' * 16}.new").hardlink_to(folder / "a.key")
    (tmp_path / "kept").hardlink_to(folder / "a.key")  # as a look at the disk's blocks
    assert ring.destroy("a") is True
    left = content(tmp_path)
    assert key not in left
    assert wrapped[13:29] not in left
    assert len((tmp_path / "kept").read_bytes()) == len(wrapped)
    assert sorted(p.name for p in folder.iterdir()) == ["a.b.key"]
    with pytest.raises(VaultError, match="key 'a': got none"):
        ring.get("a")
    assert ring.destroy("a") is False
    assert ring.names() == ("a.b",)
    assert ring.create("a") != key


def test_a_key_that_cannot_be_destroyed_is_an_error(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "ring")
    (tmp_path / "ring" / "keys" / "a.key").mkdir(mode=0o700)
    with pytest.raises(VaultError, match=r"a\.key: got "):
        ring.destroy("a")


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.integers(0, 60), change=st.integers(1, 255))
def test_an_altered_key_is_found(tmp_path: Path, position: int, change: int) -> None:
    ring = KeyRing(tmp_path / "ring")
    ring.create("a")
    path = tmp_path / "ring" / "keys" / "a.key"
    kept = path.read_bytes()
    assert len(kept) == 61
    altered = bytearray(kept)
    altered[position] ^= change
    path.write_bytes(altered)
    with pytest.raises(VaultError, match=r"got .*, want "):
        ring.get("a")
    path.write_bytes(kept)
    ring.get("a")


def test_a_key_under_another_name_does_not_open(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "ring")
    ring.create("a")
    folder = tmp_path / "ring" / "keys"
    (folder / "a.key").rename(folder / "b.key")
    with pytest.raises(VaultError, match="does not fit"):
        ring.get("b")


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "ring")
    ring.create("a")
    folder = tmp_path / "ring" / "keys"
    (folder / "b.key").symlink_to(folder / "a.key")
    for act in (ring.get, ring.destroy):
        with pytest.raises(VaultError, match=r"b\.key: got "):
            act("b")
    assert len(ring.get("a")) == 32


def test_a_lost_master_key_is_not_made_anew(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "ring")
    ring.create("a")
    master = tmp_path / "ring" / "master.key"
    kept = master.read_bytes()
    master.unlink()
    for act in (lambda: KeyRing(tmp_path / "ring"), lambda: ring.get("a")):
        with pytest.raises(VaultError, match="got no such file, want 32 bytes") as caught:
            act()
        assert "restore" in caught.value.hint
    assert not master.exists()
    write_first(master, kept[:31])
    with pytest.raises(VaultError, match="got 31 bytes, want 32"):
        KeyRing(tmp_path / "ring")


def test_another_master_key_does_not_open(tmp_path: Path) -> None:
    here, there = (MasterFile(tmp_path / name, make=True) for name in ("here", "there"))
    key = KeyRing(tmp_path / "ring", master=here).create("a")
    assert sorted(p.name for p in (tmp_path / "ring").iterdir()) == ["keys", "places"]
    assert KeyRing(tmp_path / "ring", master=here).get("a") == key
    with pytest.raises(VaultError, match="does not fit"):
        KeyRing(tmp_path / "ring", master=there).get("a")


def test_a_key_of_another_length_is_refused(tmp_path: Path) -> None:
    master = MasterFile(tmp_path / "master", make=True)
    ring = KeyRing(tmp_path / "ring", master=master)
    write_first(tmp_path / "ring" / "keys" / "a.key", master.wrap(b"short", name="a"))
    with pytest.raises(VaultError, match="got 5 bytes, want 32"):
        ring.get("a")


def test_the_wrapping_is_what_it_says(tmp_path: Path) -> None:
    key = KeyRing(tmp_path / "ring").create("a")
    master = (tmp_path / "ring" / "master.key").read_bytes()
    wrapped = (tmp_path / "ring" / "keys" / "a.key").read_bytes()
    assert unseal(master, wrapped, context=b"overt data key\0a") == key


def test_processes_that_make_a_key_at_once_agree(tmp_path: Path) -> None:
    """They make the ring and its master key at once, too."""
    context = multiprocessing.get_context("forkserver")
    for attempt in range(3):
        folder = tmp_path / f"ring-{attempt}"
        workers: list[tuple[ForkServerProcess, Connection, Connection]] = []
        for _ in range(6):
            wait, go = context.Pipe(duplex=False)
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(target=create_key, args=(folder, wait, theirs), daemon=True)
            process.start()
            theirs.close()
            workers.append((process, go, ours))
        for _, _, ours in workers:
            ours.recv_bytes()
        for _, go, _ in workers:
            go.send_bytes(b"go")
        keys = {ours.recv_bytes() for _, _, ours in workers}
        for process, _, _ in workers:
            process.join()
        assert keys == {KeyRing(folder).get("deployment")}
        names = sorted(path.name for path in folder.rglob("*"))
        assert names == ["deployment.key", "keys", "master.key", "places"]
