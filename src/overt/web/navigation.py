"""What leads where: the links of each role, in the order in which they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from overt.values.account import Role
from overt.web.permissions import may

__all__ = ["Link", "links_of"]


@dataclass(frozen=True, slots=True)
class Link:
    """A page that can be gone to."""

    route: str
    label: str
    says: str  # what can be done there


LINKS: Final = (
    Link("home", "Home", "What you can do, and what there is"),
    Link("live", "Live", "See what runs now, how its cameras do, and end it"),
    Link("alerts", "Alerts", "Judge what waits: nothing happens to anybody before somebody has"),
    Link("deployments", "Deployments", "What is planned, runs and is over, and what comes next"),
    Link("watchlists", "Watchlists", "Build a list and go through its entries; see what is held"),
    Link("retention", "Retention", "What is held of people, until when; delete what is due"),
    Link("engage", "Engage", "Whom to speak to, where; and write down what came of it"),
    Link("oversight", "Oversight", "How the record is signed, its export, and its check"),
    Link("audit", "Who did what", "Every act, also who looked at which picture, with filters"),
    Link("monitor", "Figures", "The false alert rate against its ceiling, times, agreement"),
    Link("accounts", "Accounts", "Let people in, change what they are there for, close accounts"),
    Link("grants", "Confirm", "Let nobody be let in by one person alone: confirm or refuse"),
    Link("account_tokens", "Tokens", "What programs may ask, for whom; nobody else's secret"),
    Link("tokens", "Tokens", "What programs may ask in your name"),
    Link("profile", "Profile", "Your password, your one-time codes, where you are logged in"),
)


def links_of(role: Role) -> tuple[Link, ...]:
    """Give the links that a role may follow."""
    return tuple(link for link in LINKS if may(role, link.route))
