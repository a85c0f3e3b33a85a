"""Exports: whoever changes one is found, and told what and where."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from logs import FIRST, NOON, ORIGIN, SECOND, STRANGER, WITNESSES, Log, leaf, make_log, seal
from second_verifier import is_good

from overt.errors import ExportError, LedgerError, NoteError, ProofError, SignatureError
from overt.ledger.checkpoint import Checkpoint
from overt.ledger.export import LONGEST_LEAF_BYTES, ExportReader, Header, write_export
from overt.ledger.keys import VerifierKey
from overt.ledger.note import Note
from overt.ledger.rotation import Rotation
from overt.ledger.tree import Tree, hash_leaf
from overt.ledger.verify import Verified, publish, verify_export
from overt.ledger.witness import Witnesses, cosign

LOG = make_log()
NOTES = 1 + len(LOG.rotations) + len(LOG.checkpoints)  # lines before the leaves


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("export") / "log.jsonl"
    LOG.publish(path)
    return path.read_bytes()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("edited") / "log.jsonl"


def verify(
    path: Path,
    data: bytes | None = None,
    *,
    keys: tuple[VerifierKey, ...] = (FIRST.verifier,),
    against: Note | None = None,
    witnesses: Witnesses | None = None,
) -> tuple[Verified, list[bytes]]:
    if data is not None:
        path.write_bytes(data)
    leaves: list[bytes] = []
    found = verify_export(
        path, keys=keys, against=against, witnesses=witnesses, visit=leaves.append
    )
    return found, leaves


def test_a_good_export(place: Path, good: bytes) -> None:
    found, leaves = verify(place, good)
    assert tuple(leaves) == LOG.leaves
    assert (found.origin, found.size, found.root) == (ORIGIN, 20, LOG.tree().root(20))
    assert [checkpoint.size for checkpoint in found.earlier] == [0, 4, 9]
    assert found.chain.keys == (FIRST.verifier, SECOND.verifier)
    assert found.cosignatures == ()


def test_publishing_tells_what_verifying_does(place: Path) -> None:
    assert LOG.publish(place) == verify(place)[0]
    assert not list(place.parent.glob("*.new"))


@pytest.mark.parametrize("key", [FIRST, SECOND])
def test_one_trusted_key_is_enough(place: Path, good: bytes, key: object) -> None:
    assert isinstance(key, type(FIRST))
    assert verify(place, good, keys=(key.verifier,))[0].size == 20


@pytest.mark.parametrize("keys", [(), (STRANGER.verifier,)])
def test_a_key_that_nobody_trusts(place: Path, good: bytes, keys: tuple[VerifierKey, ...]) -> None:
    with pytest.raises(SignatureError, match="got the keys"):
        verify(place, good, keys=keys)


def test_witnesses_are_asked_for(place: Path, good: bytes) -> None:
    keys = tuple(key.verifier for key in WITNESSES)
    found = verify(place, good, witnesses=Witnesses(keys, quorum=2))[0]
    assert [(c.key, c.at) for c in found.cosignatures] == [(key, NOON) for key in keys[:2]]
    with pytest.raises(SignatureError, match="got 2 of 3 witnesses, want 3"):
        verify(place, good, witnesses=Witnesses(keys, quorum=3))


@pytest.mark.parametrize("kept", LOG.checkpoints)
def test_against_every_old_checkpoint(place: Path, good: bytes, kept: Note) -> None:
    assert verify(place, good, against=kept)[0].size == 20


def test_against_another_history(place: Path, good: bytes) -> None:
    other = Checkpoint(ORIGIN, 7, hash_leaf(b"x")).sign(key=FIRST)
    with pytest.raises(ProofError, match=r"kept checkpoint of 7 leaves: got root .* leaves 4 to 6"):
        verify(place, good, against=other)
    later = Checkpoint(ORIGIN, 21, hash_leaf(b"x")).sign(key=SECOND)
    with pytest.raises(ProofError, match="got 20 leaves, want the 21"):
        verify(place, good, against=later)
    with pytest.raises(SignatureError):
        verify(place, good, against=Checkpoint(ORIGIN, 7, hash_leaf(b"x")).sign(key=STRANGER))
    with pytest.raises(NoteError):
        verify(place, good, against=LOG.rotations[0])
    elsewhere = replace(FIRST, name="other")
    with pytest.raises(SignatureError, match="got one of 'other'"):
        verify(place, good, against=Checkpoint("other", 7, hash_leaf(b"x")).sign(key=elsewhere))


def test_an_older_export_against_a_newer_key(place: Path) -> None:
    """Cut before the rotation: the caller, who knows the newer key, is told that leaves lack."""
    Log(LOG.leaves[:4], (), LOG.checkpoints[:2]).publish(place)
    keys = (FIRST.verifier, SECOND.verifier)
    with pytest.raises(ProofError, match="got 4 leaves, want the 20"):
        verify(place, keys=keys, against=LOG.checkpoints[-1])


def test_a_rewritten_history_is_told_from_the_kept_checkpoint(place: Path) -> None:
    """Whoever has the keys can sign another history; an old checkpoint finds it."""
    leaves = (*LOG.leaves[:2], b'{"other":1}', *LOG.leaves[3:])
    tree = Tree()
    for each in leaves:
        tree.append(each)
    note = Checkpoint(ORIGIN, 20, tree.root()).sign(key=FIRST)
    Log(leaves, (), (note,)).publish(place)
    assert verify(place)[0].size == 20
    with pytest.raises(ProofError, match="of leaves 0 to 3"):
        verify(place, against=LOG.checkpoints[1])


def test_what_the_error_says(place: Path, good: bytes) -> None:
    lines = good.splitlines()
    lines[NOTES + 14] = b'{"at":"other"}'
    with pytest.raises(ProofError) as caught:
        verify(place, seal(lines[:-1]))
    assert "of leaves 9 to 19 (lines 16 to 26)" in str(caught.value)
    assert "leaves 0 to 8 are as signed" in str(caught.value)
    assert caught.value.exit_code == 1


# What anybody may do to the lines of an export who cannot sign.
Edit = st.tuples(
    st.sampled_from(["flip", "drop", "repeat", "swap", "add", "cut"]),
    st.integers(0, 2**16),
    st.integers(0, 2**20),
)
ADDED = (leaf(3), b"{}", b"", b'{"checkpoint":"x"}')


def edited(lines: list[bytes], edit: tuple[str, int, int]) -> list[bytes]:
    kind, first, second = edit
    at, other = first % len(lines), second % len(lines)
    line = lines[at]
    match kind:
        case "flip" if line:
            byte, flip = second // 255 % len(line), second % 255 + 1
            line = line[:byte] + bytes([line[byte] ^ flip]) + line[byte + 1 :]
            return b"\n".join([*lines[:at], line, *lines[at + 1 :]]).split(b"\n")
        case "drop":
            return [*lines[:at], *lines[at + 1 :]]
        case "repeat":
            return [*lines[:other], line, *lines[other:]]
        case "swap":
            swapped = list(lines)
            swapped[at], swapped[other] = lines[other], lines[at]
            return swapped
        case "add":
            return [*lines[:at], ADDED[second % len(ADDED)], *lines[at:]]
        case _:
            return lines[:at]


@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=st.lists(Edit, max_size=3))
def test_a_second_verifier_says_the_same(
    place: Path, good: bytes, edits: list[tuple[str, int, int]]
) -> None:
    """One written from the documentation alone agrees about every file."""
    lines = good.splitlines()[:-1]
    for edit in edits:
        lines = edited(lines, edit) or [b""]
    place.write_bytes(seal(lines))
    try:
        verify(place)
    except LedgerError:
        assert not is_good(place, FIRST.verifier.text)
    else:
        assert is_good(place, FIRST.verifier.text)


@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=st.lists(Edit, min_size=1, max_size=3))
def test_any_edit_under_a_right_sum_is_found(
    place: Path, good: bytes, edits: list[tuple[str, int, int]]
) -> None:
    """A named error, or the same leaves under the same signed text: a witness's line may differ."""
    lines = good.splitlines()[:-1]
    for edit in edits:
        lines = edited(lines, edit) or [b""]
    try:
        found, leaves = verify(place, seal(lines))
    except LedgerError:
        return
    assert tuple(leaves) == LOG.leaves
    assert found == verify(place, good)[0]


@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0), flip=st.integers(1, 255))
def test_any_flipped_byte_is_found(place: Path, good: bytes, at: int, flip: int) -> None:
    at %= len(good)
    with pytest.raises(LedgerError):
        verify(place, good[:at] + bytes([good[at] ^ flip]) + good[at + 1 :])


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0), more=st.binary(min_size=1, max_size=5))
def test_any_cut_and_any_addition_is_found(place: Path, good: bytes, at: int, more: bytes) -> None:
    at %= len(good)
    for data in (good[:at], good + more, good[:at] + more + good[at:]):
        with pytest.raises(LedgerError):
            verify(place, data)


def test_every_leaf_flipped_dropped_and_swapped(place: Path, good: bytes) -> None:
    lines = good.splitlines()[:-1]
    for at in range(NOTES, len(lines)):
        flipped = lines[at].replace(b'"', b"'", 1)
        for changed in (
            [*lines[:at], flipped, *lines[at + 1 :]],
            [*lines[:at], *lines[at + 1 :]],
            [*lines[:at], lines[at], *lines[at:]],
            [*lines[: at - 1], lines[at], lines[at - 1], *lines[at + 1 :]],
        ):
            with pytest.raises(LedgerError):
                verify(place, seal(changed))


HEAD = Header(ORIGIN, FIRST.verifier, 20, 4, 1).line


@pytest.mark.parametrize(
    ("line", "want"),
    [
        (b"", "line 1: got b''"),
        (b"[]", "want an object"),
        (b"{}", "want one of format"),
        (HEAD.replace(b"ledger-1", b"ledger-2"), "want one of format"),
        (HEAD.replace(b":20", b":20.0"), "want one of format"),
        (HEAD.replace(b":20", b":-1"), "got a count of -1"),
        (HEAD.replace(b":20", b":true"), "got a count of True"),
        (HEAD.replace(b":20", b":" + b"9" * 30), "got a count of 9999"),
        (HEAD.replace(b":20", b":" + b"9" * 6000), "line 1"),
        (HEAD.replace(b'"checkpoints":4', b'"checkpoints":0'), "got a count of 0"),
        (HEAD.replace(b":20", b": 20"), "canonical"),
        (HEAD.replace(b"}", b',"z":1}'), "canonical"),
        (HEAD.replace(ORIGIN.encode(), b"\\ud800"), "line 1"),
        (HEAD.replace(b'"origin":"example', b'"origin":"sample'), "got the key of"),
        (b"[" * 100_000, "line 1"),
        (b"\xff", "line 1"),
    ],
)
def test_headers_that_are_none(place: Path, good: bytes, line: bytes, want: str) -> None:
    with pytest.raises(ExportError, match=want):
        verify(place, seal([line, *good.splitlines()[1:-1]]))


@pytest.mark.parametrize(
    "line",
    [b"", b"{}", b'{"rotation":1}', b'{"rotation":"\\ud800"}', b'{"rotation":"x"}', b'{"a":"x"}'],
)
def test_notes_that_are_none(place: Path, good: bytes, line: bytes) -> None:
    lines = good.splitlines()[:-1]
    with pytest.raises(ExportError, match=r"line 2: .* want rotation 0 of 1"):
        verify(place, seal([lines[0], line, *lines[2:]]))
    spaced = lines[1].replace(b":", b": ", 1)
    with pytest.raises(ExportError, match=r"line 2: .*canonical"):
        verify(place, seal([lines[0], spaced, *lines[2:]]))


def test_too_few_too_many_and_too_long(place: Path, good: bytes) -> None:
    lines = good.splitlines()[:-1]
    with pytest.raises(ExportError, match=r"line 1: got the file's end"):
        verify(place, b"")
    with pytest.raises(ExportError, match=r"line 8: got the file's end, want leaf 1 of 20"):
        verify(place, b"\n".join(lines[: NOTES + 1]) + b"\n")
    with pytest.raises(ExportError, match=r"line 28: got more, want the file's end"):
        verify(place, seal(lines) + b"\n")
    with pytest.raises(ExportError, match=r"line 27: got .* want the end after 20 leaves"):
        verify(place, seal([*lines, leaf(20)]))
    with pytest.raises(ExportError, match=r"line 7: got a line over 16777216 bytes"):
        verify(place, b"\n".join(lines[:NOTES]) + b"\n{" + b"a" * LONGEST_LEAF_BYTES)
    with pytest.raises(ExportError, match=r"line 7: got b'x', want leaf 0"):
        verify(place, seal([*lines[:NOTES], b"x", *lines[NOTES + 1 :]]))


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(LedgerError, match="want to read it"):
            verify(path)


def unverifiable() -> list[tuple[str, Log]]:
    wrong = (*LOG.leaves[:5], b'{"x":1}', *LOG.leaves[6:])
    forged = Checkpoint(ORIGIN, 20, hash_leaf(b"x")).sign(key=SECOND)
    hidden = replace(Checkpoint(ORIGIN, 8, LOG.tree().root(8)))
    early = Rotation(hidden, SECOND.verifier).sign(key=FIRST)
    return [
        ("of leaves 4 to 8", replace(LOG, leaves=wrong)),
        ("got 19 leaves", replace(LOG, leaves=LOG.leaves[:-1])),
        ("got 21 leaves", replace(LOG, leaves=(*LOG.leaves, b"{}"))),
        ("got root", replace(LOG, checkpoints=(*LOG.checkpoints[:-1], forged))),
        ("want one of", replace(LOG, rotations=())),
        ("no checkpoint", replace(LOG, checkpoints=())),
        ("want them to grow", replace(LOG, checkpoints=LOG.checkpoints[:1] + LOG.checkpoints)),
        ("want one of", replace(LOG, rotations=(early,))),
        ("got leaf 7", Log(LOG.leaves, (early,), LOG.checkpoints[-1:])),
        ("an object on one line", replace(LOG, leaves=(b'{"a":\n1}', *LOG.leaves[1:]))),
    ]


@pytest.mark.parametrize(("want", "log"), unverifiable())
def test_what_does_not_verify_is_not_published(tmp_path: Path, want: str, log: Log) -> None:
    if want == "want one of" and log.rotations:
        log = replace(
            log, checkpoints=(LOG.checkpoints[0], Checkpoint(ORIGIN, 8, b"x" * 32).sign(key=FIRST))
        )
    with pytest.raises(LedgerError, match=want):
        log.publish(tmp_path / "log.jsonl")
    assert list(tmp_path.iterdir()) == []


def test_a_leaf_must_announce_the_key(place: Path) -> None:
    """The same fault in a file that somebody else wrote."""
    at = Checkpoint(ORIGIN, 8, LOG.tree().root(8))
    early = Rotation(at, SECOND.verifier).sign(key=FIRST)
    notes = (LOG.checkpoints[-1],)
    header = Header(ORIGIN, FIRST.verifier, 20, 1, 1)
    write_export(place, header=header, rotations=[early], checkpoints=notes, leaves=LOG.leaves)
    with pytest.raises(ProofError, match=r"rotation at 8 leaves: got leaf 7 \(line 11\) without"):
        verify(place)


def test_counts_of_the_header(tmp_path: Path) -> None:
    header = Header(ORIGIN, FIRST.verifier, 20, 1, 0)
    with pytest.raises(ExportError, match="other numbers"):
        write_export(
            tmp_path / "x", header=header, rotations=[], checkpoints=LOG.checkpoints, leaves=[]
        )


def test_an_unwritable_place(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="want to write it"):
        LOG.publish(tmp_path / "none" / "log.jsonl")


def test_an_empty_log(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    make_log((0,)).publish(path)
    found, leaves = verify(path)
    assert (found.size, leaves) == (0, [])


@given(st.lists(st.integers(0, 60), min_size=1, max_size=6, unique=True).map(sorted))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_logs_of_any_size(place: Path, sizes: list[int]) -> None:
    log = make_log(sizes)
    log.publish(place)
    for kept in log.checkpoints:
        found, leaves = verify(place, against=kept)
        assert (tuple(leaves), found.size) == (log.leaves, sizes[-1])


def test_a_witness_added_later_changes_nothing(place: Path) -> None:
    notes = (*LOG.checkpoints[:-1], cosign(LOG.checkpoints[-1], key=WITNESSES[2], at=NOON))
    replace(LOG, checkpoints=notes).publish(place)
    keys = tuple(key.verifier for key in WITNESSES)
    assert len(verify(place, witnesses=Witnesses(keys, 3))[0].cosignatures) == 3


def test_the_reader_alone(place: Path) -> None:
    LOG.publish(place)
    with ExportReader(place) as reader:
        assert (reader.header.line, reader.first_line) == (HEAD, 7)
        assert (reader.rotations, reader.checkpoints) == (LOG.rotations, LOG.checkpoints)
        assert tuple(reader.leaves()) == LOG.leaves


def test_publishing_needs_keys_in_order(tmp_path: Path) -> None:
    with pytest.raises(SignatureError):
        publish(
            tmp_path / "x",
            key=SECOND.verifier,
            rotations=(),
            checkpoints=LOG.checkpoints,
            leaves=LOG.leaves,
        )


def test_verifying_needs_a_minimal_install() -> None:
    """`cryptography` and the standard library: nothing else is imported."""
    code = (
        "import sys, overt.ledger.verify; "
        "own = {name.partition('.')[0] for name in sys.modules}; "
        "print(*sorted(own - set(sys.stdlib_module_names)))"
    )
    done = subprocess.run(  # noqa: S603 - fixed arguments
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}; {code}"],
        check=True,
        capture_output=True,
        text=True,
    )
    allowed = {"__main__", "overt", "cryptography", "_openssl", "_cffi_backend", "cffi"}
    assert set(done.stdout.split()) <= allowed
