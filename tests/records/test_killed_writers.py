"""Killed at any moment of an append, and with no room left: what was acknowledged is provable."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from multiprocessing.connection import Connection, wait
from pathlib import Path

import pytest
from disks import small_disk
from record_places import Start
from record_workers import append_for_ever, stopped

from overt.errors import RecordsError
from overt.governance.transparency import TransparencyLog
from overt.ids import time_ordered_id
from overt.ledger.checkpoint import Checkpoint
from overt.ledger.hashes import HashTree, MemoryHashes
from overt.ledger.note import Note
from overt.ledger.proofs import prove_consistency
from overt.ledger.tree import hash_leaf
from overt.ledger.verify import verify_export
from overt.records.base import Store
from overt.records.sqlite import open_sqlite
from overt.vault.keys import KeyRing

KILLS = 200
WRITERS = 5
PATIENCE_S = 180.0
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class SteadyClock:
    def now(self) -> datetime:
        return NOON


class Proven:
    """A record and its log: what was signed before must be the beginning of what is there now."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        self.path = folder / "events.db"
        self._folder = folder
        self._ring = KeyRing(folder / "keys")
        self._tree = HashTree(MemoryHashes())  # beside the log's own
        self.notes: list[Note] = []
        with closing(open_sqlite(self.path)) as store:
            self.key = self._log(store).begin("police.example/lfr")

    def _log(self, store: Store) -> TransparencyLog:
        return TransparencyLog(
            self._folder / "ledger",
            store=store,
            keys=self._ring,
            clock=SteadyClock(),
            new_id=time_ordered_id,
        )

    def require(self, acknowledged: set[tuple[int, str]]) -> None:
        """Open the record anew: all acknowledged since the last time is there, without a gap.

        It is signed, and what was signed the last time is proved to be its beginning.
        """
        before = self._tree.size
        with closing(open_sqlite(self.path)) as store:
            found = [(each.sequence, each.event.id) for each in store.events(after=before)]
            assert [number for number, _ in found] == [before + 1 + n for n in range(len(found))]
            assert acknowledged <= set(found)
            self._tree.append(map(hash_leaf, store.leaves(after=before)))
            note = self._log(store).checkpoint()  # raises where it does not go on from the last
        signed = Checkpoint.parse(note.text)
        assert (signed.size, signed.root) == (before + len(found), self._tree.root(signed.size))
        if self.notes:
            last = Checkpoint.parse(self.notes[-1].text)
            proof = prove_consistency(self._tree, old_size=last.size, size=signed.size)
            proof.check(old_root=last.root, root=signed.root)
        self.notes.append(note)

    def require_whole(self, acknowledged: set[tuple[int, str]]) -> None:
        """Read all of it again, publish it, and check that as a reader who kept a checkpoint."""
        path = self._folder / "export.jsonl"
        with closing(open_sqlite(self.path)) as store:
            found = [(each.sequence, each.event.id) for each in store.events()]
            assert [number for number, _ in found] == [1 + n for n in range(len(found))]
            assert acknowledged <= set(found)
            assert store.check() == ()
            self._log(store).export(path)
        for kept in (self.notes[0], self.notes[len(self.notes) // 2], self.notes[-1]):
            verify_export(path, keys=[self.key], against=kept, witnesses=None)


class Writer:
    """A process that appends until it is killed."""

    def __init__(self, start: Start, path: Path, seed: int) -> None:
        self._process, self.told = start(append_for_ever, str(path), seed)
        self.acknowledged: set[tuple[int, str]] = set()

    def hear(self) -> None:
        self.acknowledged.update(self.told.recv())

    def kill(self) -> None:
        """Kill it, and take what it said before; half a message was never said."""
        self._process.kill()
        try:
            while True:
                self.hear()
        except (EOFError, OSError):
            self._process.join()
            self.told.close()
        assert self._process.exitcode == -signal.SIGKILL


def said(writers: Iterable[Connection]) -> list[Connection]:
    """Wait until one or more of these have said something."""
    ready = [each for each in wait(list(writers), PATIENCE_S) if isinstance(each, Connection)]
    assert ready, "nobody appends"
    return ready


@pytest.mark.slow
def test_200_kills_lose_nothing_acknowledged_and_every_proof_holds(
    tmp_path: Path, start: Start
) -> None:
    """Several write at once; in each round all are killed, one soon after the other."""
    chance = random.Random()  # noqa: S311 - not for secrets
    place = Proven(tmp_path / "data")
    everything: set[tuple[int, str]] = set()
    for first in range(0, KILLS, WRITERS):
        writers = [Writer(start, place.path, first + number) for number in range(WRITERS)]
        left = {writer.told: writer for writer in writers}
        while left:  # whoever holds the lock most often goes first, and the others get it
            writer = left.pop(chance.choice(said(left)))
            writer.hear()
            time.sleep(chance.uniform(0, 0.015))
            writer.kill()
        acknowledged = {each for writer in writers for each in writer.acknowledged}
        assert len(acknowledged) >= WRITERS
        place.require(acknowledged)
        everything |= acknowledged
    place.require_whole(everything)
    assert [each.name for each in place.path.parent.iterdir() if each.name.endswith(".new")] == []
    with closing(open_sqlite(place.path)) as store:
        assert store.append([stopped()]) == (Checkpoint.parse(place.notes[-1].text).size + 1,)


def test_a_full_disk_loses_nothing_acknowledged_and_goes_on_with_room(tmp_path: Path) -> None:
    """A file system of its own, filled by appends; then something else on it makes room."""
    disk = tmp_path / "disk"
    with small_disk(disk, kilobytes=1024):
        ballast = disk / "something else"
        ballast.write_bytes(bytes(200_000))
        place = Proven(disk / "data")
        with closing(open_sqlite(place.path)) as store:
            acknowledged: set[tuple[int, str]] = set()

            def append(count: int) -> None:
                events = [stopped(reason="x" * 200) for _ in range(count)]
                ids = [event.id for event in events]
                acknowledged.update(zip(store.append(events), ids, strict=True))

            def append_until_it_fails() -> None:
                while True:
                    append(5)

            append(5)
            place.require(acknowledged)
            with pytest.raises(RecordsError, match="the disk is full") as caught:
                append_until_it_fails()
            assert str(place.path) in str(caught.value)
            assert "free space" in caught.value.hint
            full = set(acknowledged)
            with pytest.raises(RecordsError, match="disk"):  # again, not only once
                append(20)
            assert [(each.sequence, each.event.id) for each in store.events()] == sorted(full)
            ballast.unlink()
            append(5)  # by the store that met the full disk
        place.require({each for each in acknowledged if each[0] > 5})
        place.require_whole(acknowledged)
        assert len(acknowledged) == len(full) + 5
