"""Random tokens, what is kept of them, and what is made of a key: for forms, links, pictures."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Final

__all__ = ["Signer", "csrf_of", "digest", "new_token"]

TOKEN_BYTES: Final = 32


def new_token() -> str:
    """Draw a token of 256 random bits."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> str:
    """Give what is kept of a token: who reads it cannot use it. No salt: it cannot be guessed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def csrf_of(token: str) -> str:
    """Give the token that forms of a session carry: another site cannot know it."""
    return hmac.new(token.encode(), b"overt form", hashlib.sha256).hexdigest()


class Signer:
    """Signs what a page is given to bring back. The key is of this process and ends with it."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(TOKEN_BYTES)

    def sign(self, *parts: str) -> str:
        """Sign parts, in their order."""
        # The length before each part: no two lists of parts read alike.
        text = b"".join(b"%d:%s," % (len(p.encode()), p.encode()) for p in parts)
        made = hmac.new(self._key, text, hashlib.sha256).digest()
        return base64.urlsafe_b64encode(made).decode().rstrip("=")

    def holds(self, signature: str, *parts: str) -> bool:
        """Tell whether it is the signature of these parts."""
        return hmac.compare_digest(
            self.sign(*parts).encode(), signature.encode("utf-8", "surrogatepass")
        )
