"""Passwords: which are refused, and how they are kept (Argon2id, RFC 9106)."""

from __future__ import annotations

import secrets
import string
import threading
from functools import cache
from importlib.resources import files
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from overt.errors import InputError
from overt.text import name_key

__all__ = ["LONGEST", "SHORTEST", "Hasher", "one_time_password", "require_password", "require_same"]

SHORTEST: Final = 12  # characters
LONGEST: Final = 200  # longer ones only cost time
AT_ONCE: Final = 2  # passwords looked at together: each takes 64 MiB
# What is guessed first. Shorter ones are refused for their length; these are the roots that people
# fill up, so a password that is one of them but for digits and signs is refused too.
COMMON: Final = frozenset(
    (files("overt.web") / "common_passwords.txt").read_text(encoding="utf-8").split()
)
LOOKS_LIKE: Final = str.maketrans("013457@$!", "oieastasi")
FILLING: Final = string.digits + string.punctuation + string.whitespace
LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another


@cache
def nobody() -> str:
    """Give the hash of a password that nobody has, for logins that are nobody's."""
    return PasswordHasher().hash(secrets.token_urlsafe(32))


class Hasher:
    """Hashes and verifies. Threads may share it."""

    def __init__(self) -> None:
        self._argon2 = PasswordHasher()
        self._nobody = nobody()
        self._turns = threading.BoundedSemaphore(AT_ONCE)

    def hash(self, password: str) -> str:
        """Hash a password, with a salt of its own."""
        with self._turns:
            return self._argon2.hash(password)

    def verify(self, hashed: str | None, password: str) -> bool:
        """Tell whether it is the password; where there is none, as slowly as where there is."""
        with self._turns:
            try:
                right = self._argon2.verify(hashed or self._nobody, password)
            except (VerificationError, InvalidHashError):
                return False
        return right and hashed is not None

    def is_old(self, hashed: str) -> bool:
        """Tell whether it was made with less work than is asked for today."""
        return self._argon2.check_needs_rehash(hashed)


def require_password(password: str, *, login: str, name: str) -> str:
    """Take a new password.

    Raises:
        InputError: it is too short or too long, is guessed first, or holds the person's name.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise InputError(
            f"password: got {len(password)} characters, want {SHORTEST} to {LONGEST}",
            hint="four words that have nothing to do with each other are good",
        )
    if len(set(password)) < 5 or is_common(password):
        raise InputError(
            "password: got one that is guessed first, want another",
            hint="four words that have nothing to do with each other are good",
        )
    key = name_key(password)
    parts = {name_key(part) for part in (login, name, *name.split())}
    if any(len(part) >= 3 and part in key for part in parts):
        raise InputError("password: got one with the person's name in it, want another")
    return password


def require_same(password: str, again: str) -> None:
    """Ask for a new password twice: what is typed is not seen.

    Raises:
        InputError: they differ.
    """
    if password != again:
        raise InputError("new password: got two different ones, want the same twice")


def is_common(password: str) -> bool:
    """Tell whether it is a common word, however it is written and filled up."""
    lower = password.casefold()
    middle = lower.strip(FILLING)
    bare = {"".join(filter(str.isalpha, lower)), middle.translate(LOOKS_LIKE)}
    return any(each in COMMON or not each for each in bare)


def one_time_password() -> str:
    """Draw a password that is told once: 20 letters and digits in groups (99 random bits)."""
    drawn = "".join(secrets.choice(LETTERS) for _ in range(20))
    return "-".join(drawn[first : first + 5] for first in range(0, 20, 5))
