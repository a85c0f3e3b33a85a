"""Checkpoints, witnesses, rotations and receipts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from logs import FIRST, NOON, ORIGIN, SECOND, STRANGER, WITNESSES, leaf, make_log

from overt.errors import LedgerError, NoteError, ProofError, SignatureError
from overt.ledger.checkpoint import Checkpoint, next_checkpoint, open_checkpoint
from overt.ledger.hashes import HashTree, MemoryHashes
from overt.ledger.keys import KeyKind, SigningKey, VerifierKey
from overt.ledger.note import Note, Signature
from overt.ledger.proofs import ConsistencyProof, prove_consistency
from overt.ledger.receipt import Receipt
from overt.ledger.rotation import KeyChain, Rotation
from overt.ledger.tree import EMPTY_ROOT, hash_leaf
from overt.ledger.witness import Witnesses, cosign, witness

ROOT = hash_leaf(b"x")
# The example of C2SP tlog-checkpoint and tlog-cosignature, whose keys are not published.
EXAMPLE = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhc"
    "yv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJs"
    "X3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
).encode()


def tree_of(count: int) -> HashTree:
    tree = HashTree(MemoryHashes())
    tree.append(hash_leaf(leaf(number)) for number in range(count))
    return tree


def test_the_published_example_is_read() -> None:
    note = Note.parse(EXAMPLE)
    checkpoint = Checkpoint.parse(note.text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert (checkpoint.text, note.data) == (note.text, EXAMPLE)
    assert int.from_bytes(note.signatures[1].value[:8], "big") == 1679315147


def test_signing_and_opening() -> None:
    checkpoint = Checkpoint(ORIGIN, 7, ROOT, ("more", "lines"))
    note = checkpoint.sign(key=FIRST)
    assert note.text.startswith(f"{ORIGIN}\n7\n")
    assert open_checkpoint(Note.parse(note.data), key=FIRST.verifier) == checkpoint
    with pytest.raises(SignatureError):
        open_checkpoint(note, key=SECOND.verifier)


@given(
    st.text("abc é/.", min_size=1), st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32)
)
def test_text_comes_back(origin: str, size: int, root: bytes) -> None:
    checkpoint = Checkpoint(origin, size, root if size else EMPTY_ROOT)
    assert Checkpoint.parse(checkpoint.text) == checkpoint


@pytest.mark.parametrize("size", ["", "-1", "+1", "01", "1 ", "1e3", "٣", str(2**63), "9" * 5000])
def test_sizes_that_are_none(size: str) -> None:
    good = Checkpoint(ORIGIN, 7, ROOT).text
    with pytest.raises(NoteError, match="got size"):
        Checkpoint.parse(good.replace("\n7\n", f"\n{size}\n"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\n",
        Checkpoint(ORIGIN, 7, ROOT).text[:-1],
        Checkpoint(ORIGIN, 7, ROOT).text + "\n",
        "\n" + Checkpoint(ORIGIN, 7, ROOT).text,
        f"{ORIGIN}\n7\nAAAA\n",
        f"{ORIGIN}\n7\n{'A' * 42}B=\n",
        f"{ORIGIN}\n0\n{Checkpoint(ORIGIN, 7, ROOT).text.split()[2]}\n",
        f"a\tb\n7\n{Checkpoint(ORIGIN, 7, ROOT).text.split()[2]}\n",
    ],
)
def test_texts_that_are_none(text: str) -> None:
    with pytest.raises(NoteError):
        Checkpoint.parse(text)


def test_the_key_bears_the_logs_name() -> None:
    other = SigningKey.generate("example.org/other", kind=KeyKind.LOG)
    with pytest.raises(NoteError, match="got the key of"):
        Checkpoint(ORIGIN, 7, ROOT).sign(key=other)
    note = Note.sign(Checkpoint(ORIGIN, 7, ROOT).text, key=other)
    with pytest.raises(SignatureError, match="got one of"):
        open_checkpoint(note, key=other.verifier)


def test_the_next_checkpoint_continues_the_last() -> None:
    tree = tree_of(5)
    first = next_checkpoint(tree, origin=ORIGIN, after=None)
    tree.append([hash_leaf(leaf(5))])
    assert next_checkpoint(tree, origin=ORIGIN, after=first).size == 6
    with pytest.raises(ProofError, match="got 4 leaves, want the 5 that were signed"):
        next_checkpoint(tree_of(4), origin=ORIGIN, after=first)
    with pytest.raises(ProofError, match="first 5 leaves: got root"):
        next_checkpoint(tree, origin=ORIGIN, after=replace(first, root=ROOT))
    with pytest.raises(ProofError, match="before"):
        next_checkpoint(tree, origin="other", after=first)


def keys_of(count: int) -> tuple[VerifierKey, ...]:
    return tuple(key.verifier for key in WITNESSES[:count])


def test_witnesses() -> None:
    note = Checkpoint(ORIGIN, 7, ROOT).sign(key=FIRST)
    for at, key in enumerate(WITNESSES[:2]):
        note = cosign(note, key=key, at=NOON + timedelta(seconds=at))
    note = Note.parse(note.data)
    found = Witnesses(keys_of(3), quorum=2).check(note)
    assert [(c.key, c.at) for c in found] == [
        (WITNESSES[0].verifier, NOON),
        (WITNESSES[1].verifier, NOON + timedelta(seconds=1)),
    ]
    assert open_checkpoint(note, key=FIRST.verifier).size == 7
    with pytest.raises(SignatureError, match="got 2 of 3 witnesses, want 3"):
        Witnesses(keys_of(3), quorum=3).check(note)


def test_what_a_witness_signs() -> None:
    """The message of C2SP tlog-cosignature, word for word."""
    note = Checkpoint(ORIGIN, 7, ROOT).sign(key=FIRST)
    east = NOON.astimezone(timezone(timedelta(hours=2)))
    signature = cosign(note, key=WITNESSES[0], at=east).signatures[1]
    time_s = int(NOON.timestamp())
    assert signature.value[:8] == time_s.to_bytes(8, "big")
    message = f"cosignature/v1\ntime {time_s}\n{note.text}".encode()
    assert WITNESSES[0].verifier.signed(message, signature.value[8:])


@pytest.mark.parametrize("at", range(72))
def test_an_altered_cosignature_fails(at: int) -> None:
    note = cosign(Checkpoint(ORIGIN, 7, ROOT).sign(key=FIRST), key=WITNESSES[0], at=NOON)
    log, seen = note.signatures
    value = seen.value[:at] + bytes([seen.value[at] ^ 1]) + seen.value[at + 1 :]
    for wrong in (value, seen.value[:at]):
        altered = Note(note.text, (log, Signature(seen.name, seen.key_id, wrong or b"x")))
        with pytest.raises(SignatureError, match="did not make"):
            Witnesses(keys_of(1), quorum=1).check(altered)


def test_one_witness_twice_is_one() -> None:
    note = Checkpoint(ORIGIN, 7, ROOT).sign(key=FIRST)
    later = NOON + timedelta(hours=1)
    once, twice = (cosign(note, key=WITNESSES[0], at=at) for at in (NOON, later))
    both = Note(note.text, (*once.signatures, twice.signatures[1]))
    assert [c.at for c in Witnesses(keys_of(2), quorum=1).check(both)] == [later]
    with pytest.raises(SignatureError):
        Witnesses(keys_of(2), quorum=2).check(both)


@pytest.mark.parametrize(
    ("keys", "quorum"),
    [
        ((), 0),
        (keys_of(2), 0),
        (keys_of(2), 3),
        ((FIRST.verifier,), 1),
        ((keys_of(1)[0], replace(keys_of(1)[0], name="again")), 1),
    ],
)
def test_witnesses_that_make_no_quorum(keys: tuple[VerifierKey, ...], quorum: int) -> None:
    with pytest.raises(NoteError, match="witnesses: got"):
        Witnesses(keys, quorum)


def test_cosigning_refuses() -> None:
    note = Checkpoint(ORIGIN, 7, ROOT).sign(key=FIRST)
    with pytest.raises(NoteError, match="want a witness's"):
        cosign(note, key=FIRST, at=NOON)
    with pytest.raises(NoteError, match="since 1970"):
        cosign(note, key=WITNESSES[0], at=datetime(1969, 1, 1, tzinfo=NOON.tzinfo))
    with pytest.raises(NoteError, match="checkpoint"):
        cosign(Note.sign("hello\n", key=FIRST), key=WITNESSES[0], at=NOON)


def test_a_witness_looks_before_it_signs() -> None:
    tree = tree_of(8)
    old = Checkpoint(ORIGIN, 5, tree.root(5))
    note = Checkpoint(ORIGIN, 8, tree.root(8)).sign(key=FIRST)
    proof = prove_consistency(tree, old_size=5, size=8)

    def look(
        *,
        seen: Checkpoint = old,
        proof: ConsistencyProof | None = proof,
        log: VerifierKey = FIRST.verifier,
    ) -> Note:
        return witness(note, seen=seen, proof=proof, log=log, key=WITNESSES[0], at=NOON)

    assert Witnesses(keys_of(1), 1).check(look())
    with pytest.raises(SignatureError):
        look(log=SECOND.verifier)
    with pytest.raises(ProofError):
        look(seen=replace(old, root=ROOT))
    with pytest.raises(NoteError):
        look(seen=replace(old, origin="other"))
    for wrong in (None, prove_consistency(tree, old_size=4, size=8)):
        with pytest.raises(NoteError, match="want a proof from 5 to 8"):
            look(proof=wrong)


def test_the_chain_of_keys() -> None:
    log = make_log()
    chain = KeyChain.follow(FIRST.verifier, log.rotations)
    assert chain.keys == (FIRST.verifier, SECOND.verifier)
    assert [chain.key_at(size) for size in (0, 8)] == [FIRST.verifier] * 2
    assert [chain.key_at(size) for size in (9, 10, 10**9)] == [SECOND.verifier] * 3
    for note in log.checkpoints:
        assert chain.open(note).origin == ORIGIN
    assert Rotation.parse(log.rotations[0].text).text == log.rotations[0].text


def test_the_old_key_does_not_sign_any_more() -> None:
    chain = KeyChain.follow(FIRST.verifier, make_log().rotations)
    with pytest.raises(SignatureError):
        chain.open(Checkpoint(ORIGIN, 9, ROOT).sign(key=FIRST))
    with pytest.raises(SignatureError):
        chain.open(Checkpoint(ORIGIN, 8, ROOT).sign(key=SECOND))
    with pytest.raises(SignatureError):
        KeyChain(FIRST.verifier).open(Checkpoint(ORIGIN, 9, ROOT).sign(key=SECOND))


def test_trust_leads_forward_only() -> None:
    chain = KeyChain.follow(FIRST.verifier, make_log().rotations)
    assert chain.require([FIRST.verifier], size=20) == SECOND.verifier
    assert chain.require([SECOND.verifier, STRANGER.verifier], size=20) == SECOND.verifier
    assert chain.require([FIRST.verifier], size=8) == FIRST.verifier
    for keys, size in (([SECOND.verifier], 8), ([STRANGER.verifier], 20), ([], 20)):
        with pytest.raises(SignatureError, match="got the keys"):
            chain.require(keys, size=size)


def rotation(size: int, key: SigningKey, *, by: SigningKey) -> Note:
    return Rotation(Checkpoint(ORIGIN, size, ROOT), key.verifier).sign(key=by)


@pytest.mark.parametrize(
    "notes",
    [
        [rotation(9, SECOND, by=STRANGER)],
        [rotation(9, SECOND, by=FIRST), rotation(12, STRANGER, by=FIRST)],
        [rotation(9, SECOND, by=FIRST), rotation(9, STRANGER, by=SECOND)],
        [rotation(9, SECOND, by=FIRST), rotation(12, FIRST, by=SECOND)],
        [rotation(9, FIRST, by=FIRST)],
        [Checkpoint(ORIGIN, 9, ROOT).sign(key=FIRST)],
        [Note.sign(rotation(9, SECOND, by=FIRST).text + "more\n", key=FIRST)],
        [Note.sign(rotation(9, SECOND, by=FIRST).text.replace("\n9\n", "\n09\n"), key=FIRST)],
        [Note.sign(rotation(9, SECOND, by=FIRST).text.replace(ORIGIN, "other"), key=FIRST)],
    ],
)
def test_rotations_that_lead_nowhere(notes: list[Note]) -> None:
    with pytest.raises(LedgerError):
        KeyChain.follow(FIRST.verifier, notes)


def test_rotations_that_are_none() -> None:
    at = Checkpoint(ORIGIN, 9, ROOT)
    for tree, key in (
        (replace(at, origin="other"), SECOND.verifier),
        (at, replace(SECOND.verifier, kind=KeyKind.WITNESS)),
        (replace(at, extensions=("more",)), SECOND.verifier),
        (Checkpoint(ORIGIN, 0, EMPTY_ROOT), SECOND.verifier),
    ):
        with pytest.raises(NoteError, match="rotation"):
            Rotation(tree, key)
    with pytest.raises(NoteError, match="got the key of"):
        Rotation(at, SECOND.verifier).sign(key=WITNESSES[0])


@given(st.integers(0, 19))
def test_receipts(index: int) -> None:
    log = make_log()
    receipt = Receipt.make(log.tree(), log.checkpoints[-1], index=index)
    again = Receipt.parse(receipt.data)
    assert again == receipt
    assert again.check(log.leaves[index], key=SECOND.verifier).size == 20
    with pytest.raises(ProofError):
        again.check(b"{}", key=SECOND.verifier)
    with pytest.raises(SignatureError):
        again.check(log.leaves[index], key=FIRST.verifier)


@given(st.integers(0), st.integers(1, 255))
def test_a_flipped_byte_of_a_receipt(at: int, flip: int) -> None:
    log = make_log((20,), rotate=False)
    good = Receipt.make(log.tree(), log.checkpoints[-1], index=6).data
    at %= len(good)
    data = good[:at] + bytes([good[at] ^ flip]) + good[at + 1 :]
    try:
        receipt = Receipt.parse(data)
        receipt.check(log.leaves[6], key=FIRST.verifier)
    except LedgerError:
        return
    assert receipt.data == data  # only a witness's line, which was not asked for, can differ
    assert good.index(f"— {WITNESSES[0].name}".encode()) <= at


def test_extra_data_of_a_receipt_is_dropped() -> None:
    log = make_log((5,), rotate=False)
    receipt = Receipt.make(log.tree(), log.checkpoints[0], index=0)
    extra = receipt.data.replace(b"\nindex", b"\nextra eHk=\nindex")
    assert Receipt.parse(extra) == receipt
    for wrong in (
        receipt.data.replace(b"@v1", b"@v2"),
        receipt.data.replace(b"index 0", b"index 00"),
        receipt.data.replace(b"index 0", b"index 5"),
        receipt.data.replace(b"index 0", b"place 0"),
        extra.replace(b"eHk=", b"eHk"),
        "é".encode() + receipt.data,
        b"",
    ):
        with pytest.raises(LedgerError):
            Receipt.parse(wrong)
    with pytest.raises(ProofError):
        Receipt.make(log.tree(), log.checkpoints[0], index=5)
