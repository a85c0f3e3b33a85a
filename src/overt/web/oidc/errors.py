"""What can go wrong between the console and a login service.

The message goes into the log, and holds nothing about a person; a page says less.
"""

from __future__ import annotations

from overt.errors import LoginError

__all__ = ["SignInError", "UnreachableError"]


class SignInError(LoginError):
    """The login service does not say who somebody is, in a way that can be believed."""


class UnreachableError(SignInError):
    """The login service does not answer, or not as one does."""
