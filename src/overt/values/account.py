"""Who may use the console: accounts, their one role each, and the sessions they have open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from overt.errors import InputError
from overt.values.deployment import Rank

__all__ = ["Account", "Grant", "Linked", "Role", "Session", "Vouched"]


class Role(StrEnum):
    """What somebody is there for. An account has one: who has two duties has two logins."""

    AUTHORISING = "authorising officer"
    COMMANDER = "deployment commander"
    OPERATOR = "operator"
    ENGAGEMENT = "engagement officer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"  # manages accounts; sees no picture and no alert


@dataclass(frozen=True, slots=True)
class Account:
    """One account. `name` is what the record says of who did something."""

    id: str
    login: str  # as typed at login, lower case
    name: str
    role: Role
    rank: Rank  # of an authorising officer; none for the others
    made: datetime
    must_change: bool  # the password was given by somebody else: it opens nothing but its change
    closed: bool  # may not log in any more; its name stays taken
    has_code: bool  # asks for a one-time code

    def __post_init__(self) -> None:
        """Check that who authorises has a rank, and nobody else."""
        if (self.role is Role.AUTHORISING) != (self.rank is not Rank.NONE):
            want = "a rank" if self.role is Role.AUTHORISING else "none"
            raise InputError(
                f"account: got rank {self.rank} for {self.role}, want {want}",
                hint="only an authorising officer has a rank here",
            )


@dataclass(frozen=True, slots=True)
class Linked:
    """Who the person of an account is at the login service of their organisation."""

    issuer: str
    subject: str  # "" where they are linked by login, and have not come in yet
    login: str  # "" where they are linked by subject


@dataclass(frozen=True, slots=True)
class Grant:
    """A way in that one person has made for somebody, and that waits for another person."""

    id: str
    account: Account  # whose way in it is
    by: str  # id of the account that made it
    by_name: str
    made: datetime
    works_from: datetime | None  # without another person, where nobody could be one; else None
    linked: Linked | None  # a link to a login service; None: a one-time password


@dataclass(frozen=True, slots=True)
class Session:
    """One browser where somebody is logged in. Its token is known to the browser alone."""

    id: str  # what a list of sessions shows; opens nothing
    account: Account
    begun: datetime
    seen: datetime  # the last time that its person did something, to about a minute


@dataclass(frozen=True, slots=True)
class Vouched:
    """By which login service's word a session begins: it ends by its word too."""

    issuer: str
    sid: str  # sha256 of the service's own id of its session; "" where it told none
    at: datetime  # when it gave its word
