"""Sealing bytes, and commitments to them."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from overt.errors import VaultError
from overt.vault.sealed import commitment, new_salt, seal, unseal

KEY = bytes(range(32))
keys = st.binary(min_size=32, max_size=32)


def open_slowly(key: bytes, sealed: bytes, context: bytes) -> bytes:
    """Open by the plain words of the format: version, nonce, ciphertext, tag."""
    version, nonce, text, tag = sealed[:1], sealed[1:13], sealed[13:-16], sealed[-16:]
    decryptor = Cipher(algorithms.AES256(key), modes.GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(version + context)
    return decryptor.update(text) + decryptor.finalize()


@given(key=keys, plain=st.binary(), context=st.binary())
def test_what_is_sealed_opens(key: bytes, plain: bytes, context: bytes) -> None:
    sealed = seal(key, plain, context=context)
    assert unseal(key, sealed, context=context) == plain
    assert open_slowly(key, sealed, context) == plain
    assert len(sealed) == len(plain) + 29


@given(data=st.data(), plain=st.binary(max_size=100), context=st.binary(max_size=20))
def test_any_altered_byte_is_found(data: st.DataObject, plain: bytes, context: bytes) -> None:
    altered = bytearray(seal(KEY, plain, context=context))
    altered[data.draw(st.integers(0, len(altered) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(VaultError, match=r"got .*, want ") as caught:
        unseal(KEY, bytes(altered), context=context)
    assert caught.value.hint


@given(data=st.data(), plain=st.binary(max_size=100))
def test_any_cut_or_addition_is_found(data: st.DataObject, plain: bytes) -> None:
    sealed = seal(KEY, plain, context=b"")
    cut = sealed[: data.draw(st.integers(0, len(sealed) - 1))]
    for altered in (cut, sealed + data.draw(st.binary(min_size=1, max_size=20))):
        with pytest.raises(VaultError, match=r"got .*, want ") as caught:
            unseal(KEY, altered, context=b"")
        assert caught.value.hint


@given(other=keys, context=st.binary())
def test_another_key_or_context_does_not_open(other: bytes, context: bytes) -> None:
    sealed = seal(KEY, b"face", context=b"alert 1")
    for key, where in ((other, b"alert 1"), (KEY, context)):
        if (key, where) != (KEY, b"alert 1"):
            with pytest.raises(VaultError):
                unseal(key, sealed, context=where)


def test_nothing_repeats() -> None:
    assert len({seal(KEY, b"", context=b"") for _ in range(1000)}) == 1000
    assert len({new_salt() for _ in range(1000)}) == 1000


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(VaultError, match=f"got {length} bytes, want 32"):
        seal(bytes(length), b"", context=b"")
    with pytest.raises(VaultError, match=f"got {length} bytes, want 32"):
        unseal(bytes(length), seal(KEY, b"", context=b""), context=b"")


@given(salt=keys, data=st.binary())
def test_a_commitment_is_the_hash_of_salt_and_data(salt: bytes, data: bytes) -> None:
    assert commitment(salt, data) == hashlib.sha256(salt + data).hexdigest()


def test_a_commitment_stays_what_it_is() -> None:
    """SHA-256 of 32 zero bytes and "abc": published commitments hold only while this does."""
    want = "365aa7d8f7f9402c4b9434502b4cc89ddb09fe50d7cd95b493b834c62d5a5370"
    assert commitment(bytes(32), b"abc") == want
    with pytest.raises(VaultError, match="got 31 bytes, want 32"):
        commitment(bytes(31), b"abc")
