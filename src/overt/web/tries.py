"""How long nobody may try again: longer after each failure, for an account and for an address."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

__all__ = ["FORGET", "wait_of_account", "wait_of_address"]

FREE_OF_ACCOUNT: Final = 5  # failures after which nothing is waited for
FREE_OF_ADDRESS: Final = 25  # many people can come from one address
FIRST: Final = timedelta(seconds=30)
LONGEST: Final = timedelta(minutes=15)  # an attacker must not keep an operator out for a shift
FORGET: Final = timedelta(hours=24)


def wait_of_account(failures: int) -> timedelta:
    """Give how long to wait after so many failures in a row: 30 s after five, then doubled."""
    return wait(failures - FREE_OF_ACCOUNT)


def wait_of_address(failures: int) -> timedelta:
    """Give how long an address waits after so many failures in a day."""
    return wait(failures - FREE_OF_ADDRESS)


def wait(over: int) -> timedelta:
    if over < 0:
        return timedelta()
    return min(LONGEST, FIRST * 2 ** min(over, 10))
