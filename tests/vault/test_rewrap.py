"""A ring moved from a master key's file to a command, and back."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from folder_lock import folder_locked
from kms import Kms

from overt.errors import VaultError
from overt.vault.keys import KeyRing, MasterFile
from overt.vault.rewrap import rewrap_ring, shred_master
from overt.vault.wrapping import Wrapping

NAMES = ("alert-1", "alert-2", "ledger")


@pytest.fixture
def kms(tmp_path: Path) -> Kms:
    return Kms(tmp_path)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_ring_goes_to_the_command_and_back(kms: Kms) -> None:
    folder, command = kms.folder / "ring", kms.master()
    keys = {name: KeyRing(folder).create(name) for name in NAMES}
    before = folder / "keys" / "ledger.key"
    os.link(before, kms.folder / "block")  # as a look at the disk's blocks
    wrapped = before.read_bytes()
    assert tuple(rewrap_ring(folder, command=command, to=Wrapping.COMMAND)) == NAMES
    assert {name: kms.ring().get(name) for name in NAMES} == keys
    assert set(kms.ring().wrappings().values()) == {Wrapping.COMMAND}
    assert files(folder) == ["alert-1.key", "alert-2.key", "ledger.key", "master.key"]
    assert wrapped[13:] not in (kms.folder / "block").read_bytes(), "the old wrapping is left"
    assert tuple(rewrap_ring(folder, command=command, to=Wrapping.COMMAND)) == ()
    assert tuple(rewrap_ring(folder, command=command, to=Wrapping.FILE)) == NAMES
    assert {name: KeyRing(folder).get(name) for name in NAMES} == keys


def test_a_key_that_is_moved_stays_as_old_as_it_is(kms: Kms) -> None:
    folder, command = kms.folder / "ring", kms.master()
    KeyRing(folder).create("alert-1")
    os.utime(folder / "keys" / "alert-1.key", (1e9, 1e9))
    before = KeyRing(folder).made()
    assert tuple(rewrap_ring(folder, command=command, to=Wrapping.COMMAND)) == ("alert-1",)
    assert kms.ring().made() == before


def test_one_that_broke_off_goes_on(kms: Kms) -> None:
    folder, command = kms.folder / "ring", kms.master()
    keys = {name: KeyRing(folder).create(name) for name in NAMES}
    moving = rewrap_ring(folder, command=command, to=Wrapping.COMMAND)
    assert next(moving) == "alert-1"
    moving.close()
    with pytest.raises(VaultError, match="wrapped by the file"):
        kms.ring().get("ledger")
    with pytest.raises(VaultError, match="got 2 keys that it wraps, want none"):
        shred_master(folder, command=command)
    # What a process leaves that was killed between the new file and the old one's overwriting.
    left = folder / "keys" / f".alert-1.key.{'0' * 16}.new"
    left.write_bytes(b"an old wrapping")
    os.link(left, kms.folder / "block")
    assert tuple(rewrap_ring(folder, command=command, to=Wrapping.COMMAND)) == NAMES[1:]
    assert {name: kms.ring().get(name) for name in NAMES} == keys
    assert not left.exists()
    assert b"old" not in (kms.folder / "block").read_bytes()


def test_the_file_is_destroyed_only_once_the_command_opens_all(kms: Kms) -> None:
    folder, command = kms.folder / "ring", kms.master()
    KeyRing(folder).create("a")
    list(rewrap_ring(folder, command=command, to=Wrapping.COMMAND))
    path = folder / "master.key"
    os.link(path, kms.folder / "block")
    master = path.read_bytes()
    with pytest.raises(VaultError, match="exit code 3"):
        shred_master(folder, command=kms.master("refuses"))
    assert path.read_bytes() == master
    assert shred_master(folder, command=command)
    assert not path.exists()
    assert master != (kms.folder / "block").read_bytes()
    assert not shred_master(folder, command=command)
    assert len(kms.ring().get("a")) == 32
    # Back: a new file is made, as nothing needs the old one.
    list(rewrap_ring(folder, command=command, to=Wrapping.FILE))
    assert len(KeyRing(folder).get("a")) == 32


@pytest.mark.parametrize("fault", ["refuses", "echoes", "babbles", "cuts", "silent"])
def test_a_command_that_fails_leaves_every_key_as_it_was(kms: Kms, fault: str) -> None:
    folder = kms.folder / "ring"
    key = KeyRing(folder).create("a")
    with pytest.raises(VaultError):
        list(rewrap_ring(folder, command=kms.master(fault), to=Wrapping.COMMAND))
    assert KeyRing(folder).get("a") == key
    assert files(folder) == ["a.key", "master.key"]


def test_a_lost_file_is_not_made_anew_while_it_wraps_a_key(kms: Kms) -> None:
    folder, command = kms.folder / "ring", kms.master()
    for name in NAMES:
        KeyRing(folder).create(name)
    next(rewrap_ring(folder, command=command, to=Wrapping.COMMAND))
    (folder / "master.key").unlink()
    for to in Wrapping:
        with pytest.raises(VaultError, match="got no such file, want 32 bytes"):
            list(rewrap_ring(folder, command=command, to=to))


class Destroying:
    """A master key that destroys the key that it opens, as another process could meanwhile."""

    def __init__(self, master: MasterFile, ring: KeyRing) -> None:
        self._master = master
        self._ring = ring

    def wrap(self, key: bytes, /, *, name: str) -> bytes:
        return self._master.wrap(key, name=name)

    def unwrap(self, wrapped: bytes, /, *, name: str) -> bytes:
        key = self._master.unwrap(wrapped, name=name)
        assert self._ring.destroy(name)
        return key


def test_a_key_destroyed_meanwhile_stays_destroyed(kms: Kms) -> None:
    folder = kms.folder / "ring"
    ring = KeyRing(folder)
    ring.create("a")
    old = Destroying(MasterFile(folder / "master.key", make=False), ring)
    assert not kms.ring().rewrap("a", old=old)
    assert ring.names() == ()
    assert files(folder) == ["master.key"]


def test_a_key_is_not_replaced_while_another_process_destroys_one(kms: Kms) -> None:
    folder = kms.folder / "ring"
    ring = KeyRing(folder)
    ring.create("a")
    ring.create("b")
    old = MasterFile(folder / "master.key", make=False)
    with ThreadPoolExecutor(2) as pool:
        with folder_locked(folder / "keys"):
            answers = [
                pool.submit(kms.ring().rewrap, "a", old=old),
                pool.submit(ring.destroy, "b"),
            ]
            assert not wait(answers, timeout=0.6).done, "one did not wait"
        assert [answer.result() for answer in answers] == [True, True]
