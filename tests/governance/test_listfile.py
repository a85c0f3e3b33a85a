"""A sealed list: it opens with its key alone, and is destroyed whatever state it is in."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from builders import make_entry, make_vectors, make_watchlist, noise

from overt.errors import OvertError, VaultError, WatchlistError
from overt.governance.listfile import (
    ListFile,
    destroy_list,
    destroy_sealed,
    destroy_unused,
    list_digest,
)
from overt.values.watchlist import Watchlist
from overt.vault.keys import KeyRing
from overt.vault.master_command import MasterCommand
from overt.vault.private import write_over


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path / "ring")


@pytest.fixture
def folder(tmp_path: Path, keys: KeyRing) -> Path:
    sealed(tmp_path / "list", keys)
    return tmp_path / "list"


def sealed(folder: Path, keys: KeyRing, *, seed: int = 0, listed: int = 3) -> ListFile:
    """Seal a list, of three as a rule."""
    vectors = make_vectors(listed, seed=seed)
    entries = tuple(make_entry(f"R-{n}", name=f"Zoë Příklad {n}") for n in range(listed))
    made = make_watchlist(vectors, entries=entries)
    digest = list_digest(entries, vectors, bundle=made.bundle)
    watchlist = Watchlist("list", made.built, made.bundle, entries, made.embeddings, digest)
    photos = (noise(48, 40, seed=n) for n in range(listed))
    return ListFile.create(folder, watchlist, photos, keys=keys)


def test_it_comes_back_as_it_was(folder: Path, keys: KeyRing, tmp_path: Path) -> None:
    again, made = ListFile(folder, keys=keys), sealed(tmp_path / "same", keys)
    assert again.watchlist.entries == made.watchlist.entries
    assert again.watchlist.digest == made.watchlist.digest
    assert np.array_equal(again.watchlist.embeddings.vectors, make_vectors(3))
    assert again.photo("R-2").shape == (48, 40, 3)


def test_nothing_of_a_person_lies_there_unsealed(folder: Path) -> None:
    template = make_vectors(3)[1].tobytes()
    for path in folder.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0 or path.name == "overt-list.json"
        if path.is_file():
            content = path.read_bytes()
            for secret in (template, "Příklad".encode(), b"warrant", b"JFIF", b"NUMPY"):
                assert secret not in content, (path.name, secret)


def test_a_destroyed_list_cannot_be_opened_nor_can_its_copies(
    folder: Path, keys: KeyRing, tmp_path: Path
) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    ListFile(folder, keys=keys).destroy()
    assert not folder.exists()
    assert keys.names() == ()
    with pytest.raises(VaultError, match="got none"):
        ListFile(tmp_path / "copy", keys=keys)
    with pytest.raises(WatchlistError, match="want a watchlist"):
        ListFile(folder, keys=keys)


def test_another_machine_cannot_open_it(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(VaultError):
        ListFile(folder, keys=KeyRing(tmp_path / "other ring"))


def part(folder: Path, name: str) -> Path:
    return next(folder.glob(f"watchlist-*/{name}.sealed"))


def flip(folder: Path) -> None:
    data = bytearray(part(folder, "templates").read_bytes())
    data[-20] ^= 1
    write_over(part(folder, "templates"), bytes(data))


def exchange(folder: Path) -> None:
    one, other = part(folder, "photo-000000"), part(folder, "photo-000001")
    first, second = one.read_bytes(), other.read_bytes()
    write_over(one, second)
    write_over(other, first)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "without header": lambda folder: (folder / "overt-list.json").unlink(),
    "half a header": lambda folder: (folder / "overt-list.json").write_text('{"format": "ov'),
    "a header that is a list": lambda folder: (folder / "overt-list.json").write_text("[]"),
    "templates altered": flip,
    "entries gone": lambda folder: part(folder, "entries").unlink(),
    "a folder only": lambda folder: shutil.rmtree(next(folder.glob("watchlist-*"))),
    "empty": lambda folder: [
        shutil.rmtree(next(folder.glob("watchlist-*"))), (folder / "overt-list.json").unlink()
    ],
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_list_does_not_open_and_is_destroyed(
    damage: str, folder: Path, keys: KeyRing, tmp_path: Path
) -> None:
    shutil.copytree(folder, tmp_path / "whole copy")
    DAMAGE[damage](folder)
    with pytest.raises((WatchlistError, VaultError)):
        ListFile(folder, keys=keys)
    sealed_something = any(folder.glob("watchlist-*"))
    destroy_list(folder, keys=keys)
    assert not folder.exists()
    if sealed_something:
        with pytest.raises(VaultError):
            ListFile(tmp_path / "whole copy", keys=keys)


def test_photos_cannot_be_exchanged(folder: Path, keys: KeyRing) -> None:
    exchange(folder)
    again = ListFile(folder, keys=keys)
    with pytest.raises(VaultError):
        again.photo("R-0")


def test_half_destroyed_is_destroyed_to_the_end(folder: Path, keys: KeyRing) -> None:
    assert keys.destroy(keys.names()[0])
    destroy_list(folder, keys=keys)
    assert not folder.exists()


def test_a_list_that_a_process_works_with_is_not_destroyed_by_hand(
    folder: Path, keys: KeyRing
) -> None:
    listed = ListFile(folder, keys=keys)
    with listed.in_use(), pytest.raises(VaultError, match="works with"):
        destroy_unused(folder, keys=keys)
    assert ListFile(folder, keys=keys).watchlist.digest == listed.watchlist.digest
    destroy_unused(folder, keys=keys)
    assert not folder.exists()


def test_what_is_no_list_is_left_alone(folder: Path, keys: KeyRing, tmp_path: Path) -> None:
    (folder / "notes.txt").write_text("somebody's own")
    link = tmp_path / "link"
    link.symlink_to(sealed(tmp_path / "other", keys, seed=1)._folder)  # pyright: ignore[reportPrivateUsage]
    for path in (folder, tmp_path, tmp_path / "nowhere", folder / "notes.txt", link):
        with pytest.raises(WatchlistError, match="want a watchlist"):
            destroy_list(path, keys=keys)
    assert (folder / "notes.txt").read_text() == "somebody's own"
    assert len(ListFile(folder, keys=keys).watchlist) == 3
    assert len(keys.names()) == 2


def test_a_header_cannot_name_another_key_to_destroy(folder: Path, keys: KeyRing) -> None:
    keys.create("alert-1")
    header = json.loads((folder / "overt-list.json").read_text())
    (folder / "overt-list.json").write_text(json.dumps({**header, "key": "alert-1"}))
    with pytest.raises(OvertError):
        ListFile(folder, keys=keys)
    destroy_list(folder, keys=keys)
    assert keys.names() == ("alert-1",)


@pytest.mark.parametrize(
    "change",
    [{"built": "2031-01-01T00:00:00+00:00"}, {"bundle": "e" * 64}, {"name": "another"}],
    ids=["younger", "of another model", "of another name"],
)
def test_a_plain_header_cannot_be_edited(
    folder: Path, keys: KeyRing, change: dict[str, str]
) -> None:
    header = json.loads((folder / "overt-list.json").read_text())
    assert header.keys() >= change.keys()
    (folder / "overt-list.json").write_text(json.dumps({**header, **change}))
    with pytest.raises(VaultError):
        ListFile(folder, keys=keys)


def test_it_is_made_in_a_new_folder_only(folder: Path, keys: KeyRing) -> None:
    with pytest.raises(WatchlistError, match="want a new one"):
        sealed(folder, keys, seed=2)
    assert len(keys.names()) == 1


@pytest.mark.parametrize("how", ["by itself", "by hand", "its folder is gone", "by its key alone"])
def test_the_report_that_names_whom_it_names_goes_with_it(
    tmp_path: Path, keys: KeyRing, how: str
) -> None:
    listed, folder, report = sealed(tmp_path / "l", keys), tmp_path / "l", tmp_path / "l-report.csv"
    listed.note_report(report)
    listed.take_for("d")
    report.write_text("R-1,listed")
    if how == "its folder is gone":
        shutil.rmtree(folder)
        assert not listed.destroy()
    elif how == "by itself":
        assert listed.destroy()
    elif how == "by hand":
        destroy_unused(folder, keys=keys)
    else:
        destroy_sealed(folder, listed.key_name, keys=keys)
    assert not report.exists()
    assert keys.names() == ()


def test_the_report_of_a_list_made_anew_in_its_place_stays(tmp_path: Path, keys: KeyRing) -> None:
    report = tmp_path / "l-report.csv"
    old = sealed(tmp_path / "l", keys)
    old.note_report(report)
    shutil.rmtree(tmp_path / "l")
    sealed(tmp_path / "l", keys).note_report(report)
    report.write_text("R-1,listed")
    assert not old.destroy()
    assert report.exists()
    (tmp_path / "elsewhere").write_text("not ours")
    report.unlink()
    report.symlink_to(tmp_path / "elsewhere")
    destroy_list(tmp_path / "l", keys=keys)
    assert (tmp_path / "elsewhere").read_text() == "not ours"


def test_a_program_that_holds_the_master_key_runs_as_often_for_a_long_list_as_for_a_short_one(
    tmp_path: Path,
) -> None:
    runs = {listed: runs_of_a_build(tmp_path / str(listed), listed) for listed in (1, 12)}
    assert runs[1] == runs[12]
    assert runs[12].count("wrap") == 1


def runs_of_a_build(folder: Path, listed: int) -> list[str]:
    """Build a list where a program wraps keys, and give how it was called."""
    folder.mkdir(mode=0o700)
    program, calls = folder / "kms", folder / "calls"
    # Turned round is no wrapping to rely on, but one that can be told from the key.
    program.write_text(
        f"#!{sys.executable} -I\n"
        "import base64, sys\n"
        f"print(sys.argv[1], file=open({str(calls)!r}, 'a'))\n"
        "print(base64.b64encode(base64.b64decode(sys.stdin.read())[::-1]).decode())\n"
    )
    program.chmod(0o700)
    keys = KeyRing(folder / "ring", master=MasterCommand([str(program)]))
    assert len(sealed(folder / "list", keys, listed=listed).watchlist) == listed
    return calls.read_text().split()
