"""Reads what a login service says has ended, and believes only what was signed for this console.

OpenID Connect Back-Channel Logout 1.0: 2.4 (the token), 2.6 (what is checked of it), 4.1 (a token
of another kind is not taken for one).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, cast

from joserfc import jwt
from joserfc.errors import JoseError

from overt.web.oidc.errors import SignInError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LONGEST", "Ended", "ended_by"]

EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
# None at all, as before tokens had types (RFC 8725, 3.11), and the type of this kind.
TYPES: Final = ("", "jwt", "logout+jwt", "application/logout+jwt")
LEEWAY: Final = timedelta(seconds=60)  # that clocks may differ by
OLDEST: Final = timedelta(hours=1)  # however long it says that it lasts
LONGEST: Final = 16 * 1024  # characters of a token
LONGEST_NAME: Final = 255  # characters of a subject, a session's id or a token's


@dataclass(frozen=True, slots=True)
class Ended:
    """What ended at the service: one session of somebody, or all of them."""

    subject: str  # "" where it names the session alone
    session: str  # the service's own id of it; "" for all of the subject
    token: str  # by which it is known again
    until: datetime  # no token of its id is taken before


def ended_by(
    text: str,
    *,
    verified: Callable[[str], jwt.Token],
    issuer: str,
    client: str,
    now: datetime,
) -> Ended:
    """Check a logout token, all of it, and read what ended.

    Args:
        text: as it was sent.
        verified: reads what a key of the service has signed.
        issuer: the service.
        client: the console, as the service knows it.
        now: when it came.

    Raises:
        SignInError: it cannot be believed.
    """
    if not 0 < len(text) <= LONGEST:
        raise SignInError(f"logout token: got {len(text)} characters, want 1 to {LONGEST}")
    try:
        token = verified(text)
    except (JoseError, ValueError, TypeError) as error:
        kind = error.error if isinstance(error, JoseError) else "what is none"
        raise SignInError(f"logout token: got {kind}, want it good") from error
    claims: Mapping[str, Any] = token.claims
    kind = token.header.get("typ", "")
    if not isinstance(kind, str) or kind.lower() not in TYPES:
        raise SignInError("logout token: got one of another type (typ), want logout+jwt")
    if claims.get("iss") != issuer:
        raise SignInError("logout token: got one of another issuer (iss), want the one that is set")
    audience = claims.get("aud")
    if client != audience and not (isinstance(audience, list) and client in audience):
        raise SignInError("logout token: got one for somebody else (aud), want it for this console")
    _require_event(claims)
    begun = _require_now(claims, now)
    subject, session, identifier = (_named(claims, name) for name in ("sub", "sid", "jti"))
    if not identifier:
        raise SignInError("logout token: got none of its own id (jti), want one")
    if not subject and not session:
        raise SignInError("logout token: got neither subject nor session (sub, sid), want one")
    return Ended(subject, session, identifier, begun + OLDEST + 2 * LEEWAY)


def _require_event(claims: Mapping[str, Any]) -> None:
    """Refuse an ID token, which could be had from somebody's browser, and any other."""
    if "nonce" in claims:
        raise SignInError("logout token: got a nonce, want none: it would be an ID token")
    events = claims.get("events")
    told = cast("dict[str, object]", events) if isinstance(events, dict) else {}
    if not isinstance(told.get(EVENT), dict):
        raise SignInError("logout token: got no event of a logout (events), want it")


def _require_now(claims: Mapping[str, Any], now: datetime) -> datetime:
    """Refuse what was made for another time, and give when it was made."""
    begun, until = _time(claims, "iat"), _time(claims, "exp")
    if begun > now + LEEWAY or begun <= now - OLDEST - LEEWAY:
        raise SignInError("logout token: got one of another time (iat), want one of now")
    if until <= now - LEEWAY:
        raise SignInError("logout token: got one that is over (exp), want one that holds")
    return begun


def _time(claims: Mapping[str, Any], name: str) -> datetime:
    value = claims.get(name)
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    try:
        return datetime.fromtimestamp(math.nan if number is None else number, UTC)
    except (ValueError, OverflowError, OSError):
        raise SignInError(f"logout token: got no time ({name}), want one") from None


def _named(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name, "")
    if not isinstance(value, str) or len(value) > LONGEST_NAME or (name in claims and not value):
        raise SignInError(f"logout token: got a {name} that is none, want a text")
    return value
