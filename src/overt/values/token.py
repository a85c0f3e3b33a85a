"""Tokens with which programs ask the API, in the name of one account and for named scopes only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from overt.values.account import Account

__all__ = ["Scope", "Token"]


class Scope(StrEnum):
    """What a token is good for. Its account's role must allow it too, each time."""

    ALERTS_READ = "alerts:read"
    ALERTS_WRITE = "alerts:write"
    DEPLOYMENTS_READ = "deployments:read"
    DEPLOYMENTS_WRITE = "deployments:write"
    WATCHLISTS_READ = "watchlists:read"
    WATCHLISTS_WRITE = "watchlists:write"
    RECORDS_READ = "records:read"
    RECORDS_SYNC = "records:sync"
    EVENTS_READ = "events:read"
    FIGURES_READ = "figures:read"


@dataclass(frozen=True, slots=True)
class Token:
    """One token. Its secret is kept as a hash, and was shown once."""

    id: str
    account: Account
    label: str  # what it is for
    scopes: frozenset[Scope]
    made: datetime
    until: datetime
    collected: bool  # by its account; until then there is no secret
    used: datetime | None  # the last time, to about a minute
