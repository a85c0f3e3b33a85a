"""The list of a run that was killed is destroyed later, and nothing reads it back: no backup."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from commands import Commands
from leaks import Search, Secrets
from street import Street, deployment_file
from test_stopping import build, long_clip
from test_try import events_of

from overt.errors import VaultError
from overt.governance.listfile import ListFile
from overt.values.events import WatchlistDestroyed
from overt.vault.files import file_context
from overt.vault.keys import KeyRing
from overt.vault.sealed import unseal

pytestmark = pytest.mark.slow

__all__ = ["long_clip"]  # a fixture

SEALED = "watchlist-*/*.sealed"
CONTEXT = "overt-watchlist-1"


def list_files(folder: Path, keys: KeyRing) -> Iterator[bytes]:
    """Open every sealed file of a list under a folder, with whichever key of the ring opens it."""
    for path in sorted(folder.rglob(SEALED)):
        bound = f"{CONTEXT}:{path.stem}".encode()
        context = file_context(path.stem, path.parent.name, bound)
        for name in keys.names():
            with suppress(VaultError):
                yield unseal(keys.get(name), path.read_bytes(), context=context)


def read_back(home: Path, search: Search, keys: KeyRing) -> list[str]:
    """Find what of the list can be read in any file, or opened with any key that is left."""
    plain = (path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file())
    contents = (*plain, *list_files(home, keys))
    return [what for content in contents for what in search.data(content)]


def test_after_a_killed_run_nothing_of_the_list_can_be_read_back(
    overt: Commands, street: Street, long_clip: Path, tmp_path: Path
) -> None:
    build(overt, street, tmp_path)
    file = deployment_file(tmp_path / "d.toml", str(long_clip), now=datetime.now(UTC))
    running = overt.start("run", file, home=tmp_path)
    running.until(lambda: "for a person to judge" in running.err)
    data, keys = tmp_path / "data", KeyRing(tmp_path / "data" / "keys")
    listed = ListFile(tmp_path / "list", keys=keys)
    photos = tuple(listed.photo(entry.reference) for entry in listed.watchlist.entries)
    search = Search(Secrets(listed.watchlist.embeddings.vectors, photos, ()))
    # A backup of everything but the keys, while it runs: with the write-ahead log.
    for name in ("data", "list"):
        leave_out = shutil.ignore_patterns("keys", "*.sock")  # a socket holds nothing
        shutil.copytree(tmp_path / name, tmp_path / "backup" / name, ignore=leave_out)
    assert (tmp_path / "backup" / "data" / "events.sqlite-wal").exists()
    other = overt.run("retention", "run", home=tmp_path / "other", OVERT_DATA_DIR=str(data))
    assert (other.code, other.out) == (0, ""), "it is in use"
    running.send(signal.SIGKILL)
    assert running.wait().code == 128 + signal.SIGKILL
    found = read_back(tmp_path, search, keys)
    assert {"template, as it is"} < set(found), "the search finds it while its key lives"
    assert any("pixels" in what for what in found)

    deployment = events_of(data)[0].deployment
    stopped = overt.run("deployment", "stop", deployment, "--by", "Ann", home=tmp_path)
    assert stopped.code == 0, stopped.err
    held = overt.run("retention", "status", home=tmp_path)
    assert f"{listed.key_name}\t{deployment}\t" in held.out
    refused = overt.run("deployment", "close", deployment, "--by", "Ann", home=tmp_path)
    assert refused.code == 1
    assert "list-destroyed" in refused.err
    done = overt.run("retention", "run", home=tmp_path)
    assert done.code == 0, done.err
    assert done.out.startswith(f"{listed.key_name}\tdeleted\t")
    last = events_of(data)[-1]
    assert last.deployment == deployment
    assert last.body == WatchlistDestroyed(listed.watchlist.digest, len(listed.watchlist))
    assert not (tmp_path / "list").exists()
    assert list((tmp_path / "backup" / "list").rglob("*.sealed")), "the backup is searched"
    assert read_back(tmp_path, search, keys) == []
    assert overt.run("retention", "run", home=tmp_path).out == ""
    closed = overt.run("deployment", "close", deployment, "--by", "Ann", home=tmp_path)
    assert closed.code == 0, closed.err
