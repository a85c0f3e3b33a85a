"""The record as a signed log, on a real record: what goes on, what is found when it is altered."""

from __future__ import annotations

import itertools
import sqlite3
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders import make_alert_raised
from folder_lock import folder_locked

from overt.errors import ExportError, LedgerError, ProofError, RecordsError, SignatureError
from overt.governance.own_record import require_own
from overt.governance.transparency import TransparencyLog
from overt.ledger.checkpoint import Checkpoint
from overt.ledger.keys import KeyKind, SigningKey
from overt.ledger.note import Note
from overt.ledger.verify import verify_export
from overt.ledger.witness import Witnesses, cosign
from overt.records.sqlite import open_sqlite
from overt.values.alert_events import AlertClaimed
from overt.values.events import Event
from overt.vault.keys import KeyRing

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
ORIGIN = "police.example/lfr"


class SteadyClock:
    def now(self) -> datetime:
        return START


class Place:
    def __init__(self, folder: Path) -> None:
        folder.chmod(0o700)
        self.folder = folder
        self.record = folder / "events.sqlite"
        self.store = open_sqlite(self.record)
        self.count = itertools.count(1)
        self.log = self.opened()

    def opened(self) -> TransparencyLog:
        return TransparencyLog(
            self.folder / "ledger",
            store=self.store,
            keys=KeyRing(self.folder / "keys"),
            clock=SteadyClock(),
            new_id=lambda _: f"event-{next(self.count)}",
        )

    def append(self, count: int) -> None:
        events: list[Event] = []
        for _ in range(count):
            number = next(self.count)
            time = START + timedelta(seconds=number)
            raised = make_alert_raised(f"a{number}", time)
            events.append(Event(f"e{number}", "d", time, raised))
            events.append(Event(f"c{number}", "d", time, AlertClaimed(f"a{number}", "Op Erator")))
        self.store.append(events)


def cut(place: Place, *, after: int) -> None:
    """Cut off the record's end, as one does who can write to its file."""
    place.store.close()
    database = sqlite3.connect(place.record)
    for (trigger,) in database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall():
        database.execute(f'DROP TRIGGER "{trigger}"')
    database.execute("DELETE FROM events WHERE seq > ?", (after,))
    database.commit()
    database.close()
    place.store = open_sqlite(place.record)
    for path in (place.folder / "ledger" / "hashes").iterdir():
        path.unlink()  # who cuts the record cuts the cache too


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_an_export_follows_from_the_record_and_names_nobody(place: Place) -> None:
    key = place.log.begin(ORIGIN)
    place.append(5)
    kept = place.log.checkpoint()
    place.append(7)
    path = place.folder / "export.jsonl"
    assert place.log.export(path).size == 24
    verified = verify_export(path, keys=[key], against=kept, witnesses=None)
    assert [one.size for one in (*verified.earlier, verified.checkpoint)] == [10, 24]
    content = path.read_bytes()
    assert b"Op Erator" not in content, "a person's name is a commitment"
    assert content.count(b"alert-claimed") == 12


def test_nothing_new_needs_no_new_checkpoint(place: Place) -> None:
    place.log.begin(ORIGIN)
    place.append(2)
    first = place.log.checkpoint()
    assert place.log.checkpoint().data == first.data
    assert len(place.log.checkpoints()) == 1


def test_the_log_goes_on_when_it_is_opened_again(place: Place) -> None:
    place.log.begin(ORIGIN)
    place.append(3)
    place.log.checkpoint()
    place.append(3)
    again = place.opened()
    again.checkpoint()
    assert [Note.parse(note.data) for note in again.checkpoints()] == list(again.checkpoints())
    assert len(again.checkpoints()) == 2


def test_lost_hashes_are_made_anew(place: Place) -> None:
    place.log.begin(ORIGIN)
    place.append(3)
    place.log.checkpoint()
    for path in (place.folder / "ledger" / "hashes").iterdir():
        path.unlink()
    place.append(1)
    place.opened().checkpoint()


def test_a_changed_key_is_followed_from_the_first(place: Place) -> None:
    key = place.log.begin(ORIGIN)
    place.append(2)
    place.log.checkpoint()
    second = place.log.rotate()
    place.append(2)
    path = place.folder / "export.jsonl"
    place.log.export(path)
    verified = verify_export(path, keys=[key], against=None, witnesses=None)
    assert verified.chain.keys == (key, second)
    assert verify_export(path, keys=[second], against=None, witnesses=None).size == 9
    other = SigningKey.generate(ORIGIN, kind=KeyKind.LOG).verifier
    with pytest.raises(SignatureError):
        verify_export(path, keys=[other], against=None, witnesses=None)


def test_a_record_that_was_cut_is_not_signed_again(place: Place) -> None:
    place.log.begin(ORIGIN)
    place.append(5)
    place.log.checkpoint()
    cut(place, after=6)
    with pytest.raises(RecordsError, match="or it was cut"):
        place.opened().checkpoint()
    (place.folder / "keys" / "record").unlink()  # and the note of it
    with pytest.raises((ProofError, LedgerError)):
        place.opened().checkpoint()


def test_a_record_that_was_cut_after_the_last_checkpoint_is_not_signed(place: Place) -> None:
    place.log.begin(ORIGIN)
    place.append(3)
    kept = place.log.checkpoint()
    place.append(3)
    require_own(place.store, keys=KeyRing(place.folder / "keys"))  # as a run does at its end
    cut(place, after=8)
    log = place.opened()
    for act in (log.checkpoint, log.rotate):
        with pytest.raises(RecordsError, match="got nothing at place 12, want event c6") as found:
            act()
        assert "put the right record back" in found.value.hint
    assert log.checkpoints() == (kept,)
    (place.folder / "keys" / "record").unlink()  # it is lost for good, and that was said
    assert Checkpoint.parse(log.checkpoint().text).size == 8


def test_an_empty_record_can_be_signed(place: Place) -> None:
    place.log.begin(ORIGIN)
    assert Checkpoint.parse(place.log.checkpoint().text).size == 0


def test_an_altered_export_is_found(place: Place) -> None:
    key = place.log.begin(ORIGIN)
    place.append(4)
    path = place.folder / "export.jsonl"
    place.log.export(path)
    content = path.read_bytes()
    path.write_bytes(content.replace(b'"a1"', b'"a9"', 1))
    with pytest.raises((ProofError, ExportError)):
        verify_export(path, keys=[key], against=None, witnesses=None)


def test_a_log_is_begun_once(place: Place) -> None:
    with pytest.raises(LedgerError, match="want one"):
        place.log.checkpoint()
    place.log.begin(ORIGIN)
    with pytest.raises(LedgerError, match="want none"):
        place.log.begin(ORIGIN)


def test_the_signing_key_lies_sealed(place: Place) -> None:
    place.log.begin(ORIGIN)
    files = [path for path in place.folder.rglob("*") if path.is_file()]
    assert not any(b"PRIVATE+KEY" in path.read_bytes() for path in files)


def test_two_witnesses_answers_are_both_kept(place: Place) -> None:
    place.log.begin(ORIGIN)
    place.append(1)
    note = place.log.checkpoint()
    keys = [SigningKey.generate(f"w/{n}", kind=KeyKind.WITNESS) for n in range(2)]
    answers = [cosign(note, key=key, at=START).signatures[-1:] for key in keys]
    with ThreadPoolExecutor(2) as pool, folder_locked(place.folder / "ledger" / "checkpoints"):
        done = [pool.submit(place.log.add_signatures, 2, answer) for answer in answers]
        assert not wait(done, timeout=0.3).done, "one did not wait"
    (kept,) = place.log.checkpoints()
    assert len(Witnesses(tuple(key.verifier for key in keys), 2).check(kept)) == 2


def test_an_export_can_end_at_an_earlier_checkpoint(place: Place) -> None:
    key = place.log.begin(ORIGIN)
    place.append(2)
    earlier = place.log.checkpoint()
    place.log.rotate()
    place.append(2)
    place.log.checkpoint()
    path = place.folder / "export.jsonl"
    assert place.log.export(path, until=earlier).size == 4
    verified = verify_export(path, keys=[key], against=earlier, witnesses=None)
    assert (verified.size, verified.earlier, verified.chain.keys) == (4, (), (key,))


def test_a_proof_is_only_of_what_was_signed(place: Place) -> None:
    place.log.begin(ORIGIN)
    place.append(2)
    place.log.checkpoint()
    place.append(2)
    note = place.log.checkpoint()
    first, last = (Checkpoint.parse(one.text) for one in place.log.checkpoints())
    place.log.proof(note, after=4).check(old_root=first.root, root=last.root)
    with pytest.raises(ProofError, match="got sizes 9 and 8"):
        place.log.proof(note, after=9)
    for path in (place.folder / "ledger" / "hashes").glob("row-0"):
        hashes = bytearray(path.read_bytes())
        hashes[0] ^= 1
        path.write_bytes(hashes)
    with pytest.raises(ProofError, match=r"8 leaves: got root .* as signed"):
        place.opened().proof(note, after=4)
