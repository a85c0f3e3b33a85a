"""Bytes sealed under a key, and commitments to bytes that can be shown later.

A sealed text is: version byte 1, nonce (12 random bytes), AES-256-GCM ciphertext with its 16-byte
tag (NIST SP 800-38D; AEAD_AES_256_GCM of RFC 5116). The version byte and the context are
associated data: not kept in it, but it opens only where the same context is named again. Nonces
are random: one key may seal 2**32 texts (SP 800-38D section 8.3), far more than a deployment has.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from overt.errors import VaultError

__all__ = ["KEY_BYTES", "SALT_BYTES", "commitment", "new_salt", "seal", "unseal"]

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
SALT_BYTES: Final = 32
VERSION: Final = b"\x01"
LARGEST: Final = 2**31 - 1 - TAG_BYTES  # bytes that the library seals at once


def seal(key: bytes, plain: bytes, *, context: bytes) -> bytes:
    """Seal bytes under a key of 32 bytes.

    Args:
        key: 32 bytes.
        plain: what to seal, up to 2 GiB.
        context: what it is and where it belongs; it opens only with the same context.

    Raises:
        VaultError: the key has another length, or there is too much to seal.
    """
    if len(plain) > LARGEST:
        raise VaultError(f"got {len(plain)} bytes to seal, want at most {LARGEST}")
    nonce = secrets.token_bytes(NONCE_BYTES)
    return VERSION + nonce + cipher(key).encrypt(nonce, plain, VERSION + context)


def unseal(key: bytes, sealed: bytes, *, context: bytes) -> bytes:
    """Open what `seal` made.

    Raises:
        VaultError: too short, of another version, altered, or sealed with another key or context.
    """
    least = len(VERSION) + NONCE_BYTES + TAG_BYTES
    if len(sealed) < least:
        raise VaultError(
            f"sealed data: got {len(sealed)} bytes, want {least} or more",
            hint="the file was cut off: restore it from a backup",
        )
    if sealed[:1] != VERSION:
        raise VaultError(
            f"sealed data: got version {sealed[0]}, want {VERSION[0]}",
            hint="it was altered, or sealed by a newer overt: use that, or restore a backup",
        )
    nonce, text = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return cipher(key).decrypt(nonce, text, VERSION + context)
    except InvalidTag as error:
        raise VaultError(
            "sealed data: got a tag that does not fit, want that of this key and context",
            hint="it was altered, moved from another place, or its key was destroyed and made anew:"
            " restore it and its key from one backup",
        ) from error


def new_salt() -> bytes:
    """Draw a salt of 32 random bytes for one commitment."""
    return secrets.token_bytes(SALT_BYTES)


def commitment(salt: bytes, data: bytes) -> str:
    """Commit to data: the SHA-256 of salt and data, 64 hexadecimal digits.

    It stands in an event for data that stay in the vault. Whoever is shown salt and data can check
    that they are the ones; from the commitment alone nothing can be learned or tried out, because
    32 random bytes cannot be guessed. So the salt lives sealed with the data and dies with them:
    sealing `salt + data` is the plain way. The salt's length is fixed, so no other split of the
    same bytes gives the same commitment.

    Raises:
        VaultError: the salt has another length.
    """
    if len(salt) != SALT_BYTES:
        raise VaultError(f"salt: got {len(salt)} bytes, want {SALT_BYTES}")
    return hashlib.sha256(salt + data).hexdigest()


def cipher(key: bytes) -> AESGCM:
    """Make the cipher of a key."""
    if len(key) != KEY_BYTES:
        raise VaultError(f"key: got {len(key)} bytes, want {KEY_BYTES}")
    return AESGCM(key)
