"""What a witness is asked, what it cosigns, and what it refuses."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from pathlib import Path

import pytest
from folder_lock import folder_locked
from hypothesis import given
from hypothesis import strategies as st
from logs import FIRST, NOON, ORIGIN, SECOND, STRANGER, Log, leaf, make_log

from overt.errors import LedgerError, NoteError, ProofError, SignatureError
from overt.ledger.checkpoint import Checkpoint
from overt.ledger.hashes import HashTree, MemoryHashes
from overt.ledger.keys import KeyKind, VerifierKey
from overt.ledger.note import Note, Signature
from overt.ledger.proofs import ConsistencyProof, prove_consistency
from overt.ledger.request import WitnessRequest, parse_answer
from overt.ledger.tree import hash_leaf
from overt.ledger.witness import Witnesses
from overt.ledger.witness_book import WitnessBook

LOG: Log = make_log((4, 9, 20), rotate=False)
NAME = "oversight.example/w1"


def asked(log: Log, old_size: int, size: int) -> WitnessRequest:
    note = next(n for n in log.checkpoints if Checkpoint.parse(n.text).size == size)
    return WitnessRequest(prove_consistency(log.tree(), old_size=old_size, size=size), note)


class Witness:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.book = WitnessBook(folder)
        self.key = self.book.begin(NAME)
        self.now = NOON

    def cosign(self, request: WitnessRequest, *logs: VerifierKey) -> Signature:
        self.now += timedelta(hours=1)
        trusted = logs or (FIRST.verifier,)
        return self.book.cosign(request, logs=trusted, at=self.now)


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path / "w1")


def test_a_log_that_grows_is_cosigned(witness: Witness) -> None:
    for old_size, size in ((0, 4), (4, 9), (9, 20), (20, 20)):
        request = asked(LOG, old_size, size)
        assert WitnessRequest.parse(request.data) == request
        signature = witness.cosign(request)
        note = Note(request.note.text, (signature,))
        (found,) = Witnesses((witness.key,), 1).check(note)
        assert found.at == witness.now
        assert parse_answer(f"{signature.text}\n".encode()) == (signature,)
        assert parse_answer(note.data) == (signature,)


def test_the_request_is_as_the_standard_writes_it() -> None:
    lines = asked(LOG, 9, 20).data.decode().split("\n")
    assert lines[0] == "old 9"
    blank = lines.index("")
    assert blank == 1 + len(asked(LOG, 9, 20).proof.path)
    assert lines[blank + 1 : blank + 3] == [ORIGIN, "20"]
    assert asked(LOG, 0, 4).data.startswith(b"old 0\n\n" + ORIGIN.encode() + b"\n4\n")


def test_a_log_that_was_rolled_back_is_refused(witness: Witness) -> None:
    witness.cosign(asked(LOG, 0, 9))
    for request in (asked(LOG, 0, 4), asked(LOG, 4, 4)):
        with pytest.raises(ProofError, match=r"got a checkpoint of 4 leaves, want the 9.*rolled"):
            witness.cosign(request)
    witness.cosign(asked(LOG, 9, 20))


def forked(size: int, *, same: int) -> tuple[Log, WitnessRequest]:
    """Sign another history that shares its first leaves."""
    leaves = tuple(leaf(n if n < same else n + 100) for n in range(size))
    tree = HashTree(MemoryHashes())
    tree.append(map(hash_leaf, leaves))
    note = Checkpoint(ORIGIN, size, tree.root(size)).sign(key=FIRST)
    log = Log(leaves, (), (note,))
    return log, WitnessRequest(prove_consistency(tree, old_size=9, size=size), note)


def test_a_log_that_was_forked_is_refused(witness: Witness) -> None:
    witness.cosign(asked(LOG, 0, 9))
    with pytest.raises(ProofError, match=r"9 leaves: got root .* as this witness cosigned: it was"):
        witness.cosign(forked(9, same=8)[1])
    with pytest.raises(ProofError, match="consistency of 9 with 20 leaves"):
        witness.cosign(forked(20, same=8)[1])
    good = asked(LOG, 9, 20)
    bad = WitnessRequest(ConsistencyProof(9, 20, good.proof.path[:-1]), good.note)
    with pytest.raises(ProofError, match="consistency of 9 with 20"):
        witness.cosign(bad)
    witness.cosign(forked(20, same=9)[1])  # it goes on from what was seen
    with pytest.raises(ProofError, match="it was forked"):
        witness.cosign(asked(LOG, 20, 20))


def test_a_proof_from_elsewhere_says_from_where(witness: Witness) -> None:
    with pytest.raises(NoteError, match="got a proof from 4 leaves, want one from 0"):
        witness.cosign(asked(LOG, 4, 9))
    witness.cosign(asked(LOG, 0, 4))
    with pytest.raises(NoteError, match="got a proof from 9 leaves, want one from 4") as told:
        witness.cosign(asked(LOG, 9, 20))
    assert "--after 4" in told.value.hint


def test_only_a_watched_log_is_cosigned(witness: Witness) -> None:
    request = asked(LOG, 0, 4)
    for keys in ((SECOND.verifier,), (STRANGER.verifier,)):
        with pytest.raises(SignatureError, match="want one of"):
            witness.cosign(request, *keys)
    text = Checkpoint("other.example/log", 4, b"r" * 32).text
    other = WitnessRequest(ConsistencyProof(0, 4, ()), Note.sign(text, key=FIRST))
    with pytest.raises(SignatureError, match=r"checkpoint of 'other\.example/log': got"):
        witness.cosign(other)
    assert list((witness.folder / "seen").iterdir()) == []
    witness.cosign(request, SECOND.verifier, FIRST.verifier)


def test_each_log_is_remembered_apart(witness: Witness) -> None:
    witness.cosign(asked(LOG, 0, 9))
    key = type(FIRST)("other.example/log", KeyKind.LOG, b"7" * 32)
    note = Checkpoint("other.example/log", 4, b"r" * 32).sign(key=key)
    witness.cosign(WitnessRequest(ConsistencyProof(0, 4, ()), note), key.verifier)


def test_of_two_histories_at_once_one_is_cosigned(witness: Witness) -> None:
    """Both are compared with the same checkpoint only if one does not wait for the other."""
    witness.cosign(asked(LOG, 0, 9))
    requests = [asked(LOG, 9, 20), forked(20, same=9)[1]]

    def tried(request: WitnessRequest) -> bool:
        try:
            witness.book.cosign(request, logs=(FIRST.verifier,), at=NOON)
        except ProofError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        with folder_locked(witness.folder):  # as another process does while it cosigns
            answers = [pool.submit(tried, request) for request in requests]
            assert not wait(answers, timeout=0.3).done, "one did not wait"
        assert sorted(answer.result() for answer in answers) == [False, True]


def test_the_key_is_the_witnesss_alone(witness: Witness) -> None:
    path = witness.folder / "witness.key"
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(LedgerError, match="that is there, want none"):
        witness.book.begin(NAME)
    path.chmod(0o640)
    with pytest.raises(LedgerError, match="got permissions 0640, want 0600"):
        witness.cosign(asked(LOG, 0, 4))


def test_a_folder_that_lost_what_was_seen_is_refused(witness: Witness) -> None:
    shutil.rmtree(witness.folder / "seen")
    with pytest.raises(LedgerError, match="got no witness's folder"):
        witness.cosign(asked(LOG, 0, 4))
    with pytest.raises(LedgerError, match="No such file or directory"):
        WitnessBook(witness.folder / "none").cosign(asked(LOG, 0, 4), logs=(), at=NOON)


def test_what_cannot_be_remembered_is_not_cosigned(witness: Witness) -> None:
    name = hashlib.sha256(ORIGIN.encode()).hexdigest()
    (witness.folder / "seen" / f"{name}.note").mkdir()
    with pytest.raises(LedgerError, match="Is a directory"):
        witness.cosign(asked(LOG, 0, 4))


GOOD = asked(LOG, 9, 20).data


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "got no blank line"),
        (GOOD.replace(b"old 9", b"old 09"), "got size '09'"),
        (GOOD.replace(b"old 9", b"Old 9"), "got 'Old 9'"),
        (GOOD.replace(b"old 9", b"old 21"), "want the old one first"),
        (GOOD.replace(b"old 9\n", b"old 9\n" + b"AAAA\n"), "got 3 bytes for hash 0"),
        (GOOD.replace(b"old 9\n", b"old 9\n" + b"!\n"), "want base 64"),
        (GOOD.replace(b"old 9\n", b"old 9\n" + (GOOD.split(b"\n")[1] + b"\n") * 64), "63 hashes"),
        (GOOD.replace(b"old 9", "old 9é".encode()), "other than ASCII"),
        (GOOD[: GOOD.index(b"\n\n") + 2], "note: want text"),
    ],
)
def test_a_malformed_request_is_refused(data: bytes, said: str) -> None:
    with pytest.raises((NoteError, ProofError), match=said):
        WitnessRequest.parse(data)


@given(position=st.integers(0, len(GOOD) - 1), change=st.integers(1, 255))
def test_an_altered_request_is_another_or_none(position: int, change: int) -> None:
    altered = bytearray(GOOD)
    altered[position] ^= change
    try:
        read = WitnessRequest.parse(bytes(altered))
    except LedgerError:
        return
    assert read.data == bytes(altered)


@pytest.mark.parametrize("data", [b"", b"\xff", b"- a AAAA\n", b"x\n\n"])
def test_a_malformed_answer_is_refused(data: bytes) -> None:
    with pytest.raises(NoteError):
        parse_answer(data)


def minimal(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run it where nothing but the standard library, cryptography and overt can be imported."""
    code = (
        "import runpy, sys\n"
        "class Only:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        top = name.partition('.')[0]\n"
        "        allowed = {'overt', 'cryptography', '_cffi_backend', *sys.stdlib_module_names}\n"
        "        if top not in allowed:\n"
        "            raise ImportError(f'not in a minimal install: {name}')\n"
        "sys.meta_path.insert(0, Only())\n"
        "runpy.run_module('overt.ledger.cosign', run_name='__main__', alter_sys=True)\n"
    )
    return subprocess.run(  # noqa: S603 - fixed arguments
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )


def test_a_minimal_install_can_witness(tmp_path: Path) -> None:
    folder, request = tmp_path / "w", tmp_path / "request"
    begun = minimal("--folder", folder, "--begin", NAME)
    assert begun.returncode == 0, begun.stderr
    key = VerifierKey.parse(begun.stdout.strip())
    log = ("--folder", folder, "--log", FIRST.verifier.text)
    request.write_bytes(asked(LOG, 0, 9).data)
    done = minimal(*log, request)
    assert done.returncode == 0, done.stderr
    note = Note(asked(LOG, 0, 9).note.text, parse_answer(done.stdout.encode()))
    assert Witnesses((key,), 1).check(note)
    request.write_bytes(asked(LOG, 0, 4).data)
    done = minimal(*log, request)
    assert (done.returncode, done.stdout) == (1, "")
    assert "rolled back" in done.stderr
    assert "hint: cosign nothing" in done.stderr
    assert minimal(*log, tmp_path / "none").returncode == 2
    assert minimal(*log).returncode == 2
