"""Signed notes and keys: published vectors, and nothing but the one form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overt.errors import NoteError, SignatureError
from overt.ledger.keys import KeyKind, SigningKey, VerifierKey
from overt.ledger.note import Note, Signature

# Published with golang.org/x/mod/sumdb/note, and used by every implementation since.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"  # noqa: S105
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
PETER_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngot"
    "pRZb6KE6RyyBwJnAM=\n"
)
ENOCH_LINE = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox"
    "33WWd1RvMc+QQ=\n"
)
BOTH = f"{TEXT}\n{PETER_LINE}{ENOCH_LINE}".encode()


def peter() -> VerifierKey:
    return VerifierKey.parse(PETER)


def enoch() -> VerifierKey:
    return VerifierKey.parse(ENOCH)


def test_published_keys() -> None:
    assert peter().text == PETER
    assert peter().key_id.hex() == "c74f20a3"
    secret = SigningKey.parse(PETER_SECRET)
    assert (secret.text, secret.verifier) == (PETER_SECRET, peter())
    assert "gQoUAtUU" not in repr(secret)
    assert str(secret.seed) not in repr(secret)


def test_published_note() -> None:
    note = Note.sign(TEXT, key=SigningKey.parse(PETER_SECRET))
    assert note.data == f"{TEXT}\n{PETER_LINE}".encode()
    assert Note.parse(note.data) == note


def test_published_signatures() -> None:
    note = Note.parse(BOTH)
    assert note.data == BOTH
    assert note.check([peter()]) == (peter(),)
    assert note.check([enoch()]) == (enoch(),)
    assert note.check([peter(), enoch(), peter()]) == (peter(), enoch())


@pytest.mark.parametrize("text", [PETER, PETER_SECRET])
def test_no_part_and_no_change_of_a_key_is_one(text: str) -> None:
    parse = SigningKey.parse if text.startswith("PRIVATE") else VerifierKey.parse
    pieces = [text[i:j] for i in range(len(text)) for j in range(i, len(text) + 1)]
    pieces.remove(text)
    pieces += [text[:i] + chr(ord(text[i]) + 1) + text[i + 1 :] for i in range(len(text))]
    for piece in [*pieces, text + "\n", text + "=", " " + text, text.upper()]:
        with pytest.raises(NoteError) as caught:
            parse(piece)
        assert "gQoUAtUU" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "",
    ],
)
def test_keys_that_are_none(text: str) -> None:
    with pytest.raises(NoteError):
        VerifierKey.parse(text)


@pytest.mark.parametrize(
    "name", ["", "a b", "a+b", "a\n", "a\N{NO-BREAK SPACE}b", "\x01", "\ud800"]
)
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(NoteError, match="key name"):
        SigningKey.generate(name, kind=KeyKind.LOG)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        TEXT.encode(),
        f"{TEXT}\n".encode(),
        f"{TEXT}\n{PETER_LINE}".encode()[:-1],
        f"\x01{TEXT}\n{PETER_LINE}".encode(),
        b"\xff" + f"{TEXT}\n{PETER_LINE}".encode(),
        f"{TEXT}\n{PETER_LINE}Unexpected line.\n".encode(),
        f"{TEXT}\n{PETER_LINE}\n".encode(),
        f"{TEXT}\n{PETER_LINE.replace('PeterNeumann', 'Bad Name')}".encode(),
        f"{TEXT}\n{PETER_LINE.replace('—', '-')}".encode(),
        f"{TEXT}\n{PETER_LINE.replace('— ', '—  ')}".encode(),
        f"{TEXT}\n{PETER_LINE.replace('AM=', 'AN=')}".encode(),
        f"{TEXT}\n{PETER_LINE.replace('AM=', 'AM')}".encode(),
        f"{TEXT}\n{PETER_LINE}".replace("\n", "\r\n").encode(),
        f"{TEXT}\n— PeterNeumann x08gow==\n".encode(),
        f"{TEXT}\n{PETER_LINE * 101}".encode(),
        b"a" * 1_000_000 + b"\n\n" + PETER_LINE.encode(),
    ],
)
def test_notes_that_are_none(data: bytes) -> None:
    with pytest.raises(NoteError):
        Note.parse(data)


def test_a_text_with_empty_lines() -> None:
    key = SigningKey.generate("a", kind=KeyKind.LOG)
    for text in ("\n", "\n\n", "a\n\nb\n\n", "— b c\n"):
        note = Note.sign(text, key=key)
        assert Note.parse(note.data) == note
        assert Note.parse(note.data).check([key.verifier])


def test_signatures_that_do_not_count() -> None:
    note = Note.parse(BOTH)
    with pytest.raises(SignatureError, match="want one of"):
        note.check([])
    with pytest.raises(SignatureError, match="want one of"):
        note.check([SigningKey.generate("PeterNeumann", kind=KeyKind.LOG).verifier])
    seen = VerifierKey("PeterNeumann", KeyKind.WITNESS, peter().public)
    with pytest.raises(SignatureError, match="want one of"):
        note.check([seen])


def test_a_false_signature_of_a_known_key_fails_the_note() -> None:
    note = Note.parse(BOTH)
    wrong = Signature("PeterNeumann", peter().key_id, note.signatures[1].value)
    for signatures in ((wrong,), (*note.signatures, wrong), (wrong, *note.signatures)):
        with pytest.raises(SignatureError, match="did not make"):
            Note(TEXT, signatures).check([peter(), enoch()])
    short = Signature("PeterNeumann", peter().key_id, b"x")
    with pytest.raises(SignatureError, match="did not make"):
        Note(TEXT, (short,)).check([peter()])


def test_adding_replaces_the_same_key() -> None:
    note = Note.parse(BOTH)
    again = note.with_signature(note.signatures[0])
    assert again.signatures == (note.signatures[1], note.signatures[0])


def test_form() -> None:
    signature = Note.parse(BOTH).signatures[0]
    for text in ("", "a", "a\t\n", "\ud800\n"):
        with pytest.raises(NoteError):
            Note(text, (signature,))
    with pytest.raises(NoteError, match="want 1 to 100"):
        Note(TEXT, ())
    with pytest.raises(NoteError, match="got 3 bytes"):
        Signature("a", b"123", b"")
    with pytest.raises(NoteError, match="want a log's"):
        Note.sign(TEXT, key=SigningKey.generate("a", kind=KeyKind.WITNESS))
    with pytest.raises(NoteError, match="got 31 bytes"):
        VerifierKey("a", KeyKind.LOG, b"x" * 31)


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    """Bytes are a note that writes them again, or a named error."""
    for made in (data, BOTH[: len(data)] + data, data + b"\n\n" + PETER_LINE.encode()):
        try:
            assert Note.parse(made).data == made
        except NoteError:
            continue


@given(st.integers(0, len(BOTH) - 1), st.integers(1, 255))
def test_a_flipped_byte(at: int, flip: int) -> None:
    """A changed note is refused, unless only a signature changed that was not asked for."""
    data = BOTH[:at] + bytes([BOTH[at] ^ flip]) + BOTH[at + 1 :]
    try:
        note = Note.parse(data)
        note.check([peter()])
    except (NoteError, SignatureError):
        return
    assert note.text == TEXT
    assert note.signatures[0] == Note.parse(BOTH).signatures[0]
