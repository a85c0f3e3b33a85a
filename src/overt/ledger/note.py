"""Signed notes (C2SP signed-note): some text, a blank line, and a line for each signature.

text, which ends in a newline

— NAME BASE64(4 bytes of the key's number || signature)
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

from overt.errors import NoteError, SignatureError
from overt.ledger.keys import (
    KEY_ID_BYTES,
    KeyKind,
    SigningKey,
    VerifierKey,
    check_key_name,
    decode_base64,
    is_unicode,
)

__all__ = ["Note", "Signature"]

MOST_BYTES: Final = 1_000_000
MOST_SIGNATURES: Final = 100
DASH: Final = "\N{EM DASH}"


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature line: whose, under which key, and the bytes."""

    name: str
    key_id: bytes  # 4 bytes
    value: bytes  # 64 bytes of Ed25519; of other kinds, whatever they have

    def __post_init__(self) -> None:
        """Check what a line must hold.

        Raises:
            NoteError: a name that is none, or too few bytes.
        """
        check_key_name(self.name)
        if len(self.key_id) != KEY_ID_BYTES or not self.value:
            raise NoteError(
                f"signature of {self.name!r}: got {len(self.key_id) + len(self.value)} bytes, "
                f"want {KEY_ID_BYTES} of the key's number and some of the signature"
            )

    @classmethod
    def parse(cls, line: str) -> Self:
        """Read a line, its newline left out.

        Raises:
            NoteError: it is not one.
        """
        match line.split(" "):
            case [dash, name, encoded] if dash == DASH:
                data = decode_base64(encoded, f"signature of {name!r}")
                return cls(name, data[:KEY_ID_BYTES], data[KEY_ID_BYTES:])
            case _:
                raise NoteError(f"signature: got {line[:80]!r}, want '{DASH} NAME BASE64'")

    @property
    def text(self) -> str:
        """Write the line, its newline left out."""
        return f"{DASH} {self.name} {base64.b64encode(self.key_id + self.value).decode()}"

    def is_of(self, key: VerifierKey) -> bool:
        """Tell whether the line says that it is this key's; it may lie."""
        return self.name == key.name and self.key_id == key.key_id


@dataclass(frozen=True, slots=True)
class Note:
    """A text and its signatures, checked or not: `check` tells. Unknown signatures are kept."""

    text: str
    signatures: tuple[Signature, ...]

    def __post_init__(self) -> None:
        """Check the form.

        Raises:
            NoteError: a text without its last newline, with control characters, too many
                signatures, or all of it too long.
        """
        if not self.text.endswith("\n"):
            raise NoteError(f"note: got a text that ends in {self.text[-1:]!r}, want a newline")
        bad = next((sign for sign in self.text if sign < " " and sign != "\n"), None)
        if bad is not None or not is_unicode(self.text):
            raise NoteError(f"note: got the control character {bad!r}, want none but newlines")
        if not 0 < len(self.signatures) <= MOST_SIGNATURES:
            raise NoteError(
                f"note: got {len(self.signatures)} signatures, want 1 to {MOST_SIGNATURES}"
            )

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a note, strictly.

        Raises:
            NoteError: it is not exactly what `data` would write.
        """
        if len(data) > MOST_BYTES:
            raise NoteError(f"note: got {len(data)} bytes, want at most {MOST_BYTES}")
        try:
            whole = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise NoteError(f"note: got bytes that are no UTF-8 ({error})") from error
        text, blank, lines = whole.rpartition("\n\n")
        if not blank or not lines.endswith("\n"):
            raise NoteError(
                "note: want text, a blank line, and signature lines that end in newlines"
            )
        found = lines.removesuffix("\n").split("\n")
        return cls(text + "\n", tuple(Signature.parse(line) for line in found))

    @classmethod
    def sign(cls, text: str, *, key: SigningKey) -> Self:
        """Sign a text that ends in a newline.

        Raises:
            NoteError: a text that no note can hold, or a witness's key.
        """
        if key.kind is not KeyKind.LOG:
            raise NoteError(f"key of {key.name!r}: got a witness's, want a log's (kind 0x01)")
        value = key.sign(text.encode())
        return cls(text, (Signature(key.name, key.verifier.key_id, value),))

    @property
    def data(self) -> bytes:
        """Write the note's bytes."""
        lines = "".join(f"{signature.text}\n" for signature in self.signatures)
        return f"{self.text}\n{lines}".encode()

    def with_signature(self, added: Signature) -> Note:
        """Add a signature; one of the same name and key is replaced."""
        kept = [s for s in self.signatures if (s.name, s.key_id) != (added.name, added.key_id)]
        return replace(self, signatures=(*kept, added))

    def check(self, keys: Sequence[VerifierKey]) -> tuple[VerifierKey, ...]:
        """Give the log keys among these that signed the text; signatures of others are ignored.

        Raises:
            SignatureError: none of them signed, or a signature that says it is of one is not.
        """
        signed: list[VerifierKey] = []
        for key in dict.fromkeys(keys):
            claims = [s for s in self.signatures if key.kind is KeyKind.LOG and s.is_of(key)]
            if not all(key.signed(self.text.encode(), claim.value) for claim in claims):
                raise SignatureError(
                    f"note {self.text[:60]!r}: got a signature that {key.text} did not make"
                )
            if claims:
                signed.append(key)
        if not signed:
            raise SignatureError(
                f"note {self.text[:60]!r}: got signatures of {self.signers()}, "
                f"want one of {[f'{key.name}+{key.key_id.hex()}' for key in keys]}"
            )
        return tuple(signed)

    def signers(self) -> list[str]:
        """List whose the signatures say they are, as NAME+KEYID."""
        return [f"{s.name}+{s.key_id.hex()}" for s in self.signatures]
