"""Ed25519 keys with a name, in the text forms of C2SP signed notes.

    NAME+KEYID+BASE64(kind || public key)               a verifier's key, to be published
    PRIVATE+KEY+NAME+KEYID+BASE64(kind || seed)         a signer's key, to be kept secret

KEYID is the first 4 bytes of SHA-256(name || 0x0a || kind || public key), in hexadecimal.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from overt.errors import NoteError

__all__ = ["KeyKind", "SigningKey", "VerifierKey", "check_key_name", "decode_base64", "is_unicode"]

KEY_BYTES: Final = 32
KEY_ID_BYTES: Final = 4
PRIVATE: Final = "PRIVATE+KEY+"


class KeyKind(IntEnum):
    """What a key signs: the byte that C2SP assigns to a type of signature."""

    LOG = 0x01  # the text of a note
    WITNESS = 0x04  # a checkpoint and the time at which it was seen (tlog-cosignature)


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key and the name it signs under."""

    name: str
    kind: KeyKind
    public: bytes  # 32 bytes, RFC 8032

    def __post_init__(self) -> None:
        """Check the name and the length.

        Raises:
            NoteError: either is wrong.
        """
        check_key_name(self.name)
        check_length(self.name, self.public)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a key from its text.

        Raises:
            NoteError: it is not exactly what `text` would write.
        """
        name, key_id, encoded = parts(text, "NAME+KEYID+BASE64")
        kind, public = decode_key(encoded, name)
        key = cls(name, kind, public)
        require_id(name, key_id, key.key_id)
        return key

    @property
    def text(self) -> str:
        """Write the key as its text."""
        return f"{self.name}+{self.key_id.hex()}+{encode_key(self.kind, self.public)}"

    @property
    def key_id(self) -> bytes:
        """Give the 4 bytes that a signature names its key by."""
        named = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(named).digest()[:KEY_ID_BYTES]

    def signed(self, message: bytes, signature: bytes) -> bool:
        """Tell whether the signature (64 bytes) is this key's over the message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key and the name it signs under."""

    name: str
    kind: KeyKind
    seed: bytes = field(repr=False)  # 32 bytes, RFC 8032; never printed

    def __post_init__(self) -> None:
        """Check the name and the length.

        Raises:
            NoteError: either is wrong.
        """
        check_key_name(self.name)
        check_length(self.name, self.seed)

    @classmethod
    def generate(cls, name: str, *, kind: KeyKind) -> Self:
        """Make a new key from the machine's randomness.

        Raises:
            NoteError: a name that is none.
        """
        return cls(name, kind, secrets.token_bytes(KEY_BYTES))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a key from its text; no error repeats what was secret.

        Raises:
            NoteError: it is not exactly what `text` would write.
        """
        if not text.startswith(PRIVATE):
            raise NoteError(f"signing key: want it to start with {PRIVATE!r}")
        name, key_id, encoded = parts(text.removeprefix(PRIVATE), f"{PRIVATE}NAME+KEYID+BASE64")
        kind, seed = decode_key(encoded, name)
        key = cls(name, kind, seed)
        require_id(name, key_id, key.verifier.key_id)
        return key

    @property
    def text(self) -> str:
        """Write the key as its text, which is secret."""
        key_id = self.verifier.key_id.hex()
        return f"{PRIVATE}{self.name}+{key_id}+{encode_key(self.kind, self.seed)}"

    @property
    def verifier(self) -> VerifierKey:
        """Give the public key."""
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return VerifierKey(self.name, self.kind, public)

    def sign(self, message: bytes) -> bytes:
        """Sign a message (64 bytes, RFC 8032)."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)


def check_key_name(name: str) -> None:
    """Refuse a name that a signature line cannot hold.

    Raises:
        NoteError: empty, or with a space, a plus or a control character.
    """
    bad = any(sign.isspace() or sign == "+" or sign < " " for sign in name)
    if not name or bad or not is_unicode(name):
        raise NoteError(
            f"key name: got {name[:80]!r}, want some text without space, plus or control character",
            hint="use a name such as example.org/log",
        )


def is_unicode(text: str) -> bool:
    """Tell whether a text can be written: it holds no half of a surrogate pair."""
    return not any("\ud800" <= sign <= "\udfff" for sign in text)


def decode_base64(text: str, what: str) -> bytes:
    """Decode standard base 64 (RFC 4648 section 4) that is written in the only right way.

    Raises:
        NoteError: another alphabet, wrong padding, stray bits.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError(f"{what}: got {text[:80]!r}, want base 64 ({error})") from error
    if base64.b64encode(data).decode() != text:
        raise NoteError(f"{what}: got {text[:80]!r}, want base 64 as it is written again")
    return data


def parts(text: str, form: str) -> tuple[str, str, str]:
    """Split a key's text at the first two plus signs; base 64 may hold more of them."""
    found = text.split("+", 2)
    if len(found) != 3:
        raise NoteError(f"key: got {len(found)} of its 3 parts, want {form}")
    return found[0], found[1], found[2]


def decode_key(encoded: str, name: str) -> tuple[KeyKind, bytes]:
    """Decode the kind and the key; the text may be secret and is never repeated."""
    try:
        data = decode_base64(encoded, "key")
    except NoteError:
        raise NoteError(f"key of {name!r}: want base 64 after the key's number") from None
    if not data or data[0] not in list(KeyKind):
        got = "nothing" if not data else f"kind {data[0]:#04x}"
        raise NoteError(
            f"key of {name!r}: got {got}, want Ed25519: 0x01 of a log or 0x04 of a witness"
        )
    return KeyKind(data[0]), data[1:]


def encode_key(kind: KeyKind, key: bytes) -> str:
    """Write the kind and the key in base 64."""
    return base64.b64encode(bytes([kind]) + key).decode()


def require_id(name: str, got: str, want: bytes) -> None:
    """Refuse a key whose number is not its own: one of the two was mistyped."""
    if got != want.hex():
        raise NoteError(f"key of {name!r}: got number {got[:16]!r}, want {want.hex()!r}")


def check_length(name: str, key: bytes) -> None:
    """Refuse a key of another length than 32 bytes."""
    if len(key) != KEY_BYTES:
        raise NoteError(f"key of {name!r}: got {len(key)} bytes, want {KEY_BYTES}")
