"""The gate that every request passes: who asks, may they, and does it come from our own pages."""

from __future__ import annotations

import hmac
import ipaddress
from typing import Annotated, Final
from urllib.parse import urlsplit

from anyio import to_thread
from fastapi import Depends, HTTPException, Request, Response
from starlette.concurrency import run_in_threadpool

from overt.errors import LoginError, PersonError
from overt.values.token import Token
from overt.web.permissions import CHANGING, PASSIVE, PERMISSIONS, Bearer, Open
from overt.web.services import Services, services_of
from overt.web.sessions import Signed

__all__ = [
    "CSRF_FIELD",
    "CSRF_HEADER",
    "Person",
    "address_of",
    "cookie_of",
    "flow_cookie_of",
    "gate",
    "give_cookie",
    "give_flow_cookie",
    "take_cookie",
    "take_flow_cookie",
]

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_FIELD: Final = "csrf"
CSRF_HEADER: Final = "x-csrf-token"
FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
HTTPS_COOKIE: Final = "__Host-overt"
HTTP_COOKIE: Final = "overt"  # on this machine alone: the prefix asks for TLS
FLOW: Final = "-login"  # the cookie of a login that another service is to answer
FLOW_KEPT_S: Final = 600


class ChangeFirstError(PersonError):
    """A password that was given by somebody else opens nothing but its change."""


async def gate(request: Request) -> Signed | None:
    """Let a request pass, and give who asks; None where anybody may and nobody is logged in.

    Raises:
        LoginError: somebody must be logged in.
        PersonError: their role may not, or it comes from another site's page.
    """
    services = services_of(request)
    name: str = request.scope["route"].name
    access = PERMISSIONS[name]
    if isinstance(access, Bearer):  # no cookie counts there, so no other site's page does
        request.state.token = await run_in_threadpool(bearer, request, services, access)
        return None
    if access is Open.SERVICE:
        return None  # no page sends it: the route believes what is signed
    if request.method not in SAFE:
        require_own_site(request)
    if access is Open.MACHINE:
        return None  # the route asks for itself
    active = name not in PASSIVE
    # With threads of their own: streams must come back while pages wait for the record.
    signed = await to_thread.run_sync(
        lambda: who_asks(request, services, active=active), limiter=request.app.state.gate_limiter
    )
    request.state.signed = signed
    if access is Open.PUBLIC:
        return signed
    if signed is None:
        raise LoginError("request: got it of nobody, want somebody who is logged in")
    if signed.role not in access:
        raise PersonError(
            f"{name.replace('_', ' ')}: got it of an {signed.role}, want "
            + " or ".join(sorted(access)),
            hint="what you can do is on the first page",
        )
    if request.method not in SAFE:
        await require_token(request, signed)
    if signed.account.must_change and name not in CHANGING:
        raise ChangeFirstError("password: got one that somebody gave you, want your own first")
    return signed


def who_asks(request: Request, services: Services, *, active: bool) -> Signed | None:
    """Give the session of a request's cookie."""
    token = cookie_of(request, services)
    return None if token is None else services.sessions.find(token, active=active)


def bearer(request: Request, services: Services, access: Bearer) -> Token:
    """Give the token of a program that asks the API.

    Raises:
        LoginError: it has none that is good now.
        PersonError: the token has not the scope, or its account's role may not.
        HTTPException: it asked too often (429).
    """
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    token = services.bearers.find(secret.strip()) if scheme.lower() == "bearer" else None
    if token is None:
        raise LoginError(
            "token: got none that is good now, want one in the header Authorization",
            hint="send `Authorization: Bearer TOKEN`; make a token in your profile",
        )
    if (wait_s := services.bearers.wait_s(token.id)) > 0:
        raise HTTPException(
            429, "token: got too many requests, want a pause", headers={"Retry-After": str(wait_s)}
        )
    if access.scope not in token.scopes:
        raise PersonError(
            f"token: got one without the scope {access.scope}, want it",
            hint="make another token in your profile",
        )
    if token.account.role not in access.roles:
        raise PersonError(
            f"request: got it of an {token.account.role}, want "
            + " or ".join(sorted(access.roles)),
        )
    return token


def require_own_site(request: Request) -> None:
    """Refuse what another site's page sends, also where nobody is logged in.

    Our pages send no referrer, so that browsers send `Origin: null` with their forms: there
    `Sec-Fetch-Site` tells, which no page can set.

    Raises:
        PersonError: it comes from elsewhere, or does not say from where.
    """
    site = request.headers.get("sec-fetch-site")
    own = site == "same-origin" if site is not None else is_own_origin(request)
    if not own:
        raise PersonError(
            "request: got it from a page of another site, want it from a page of this console",
            hint="open the console in its own window, and try again",
        )


def is_own_origin(request: Request) -> bool:
    origin = urlsplit(request.headers.get("origin", ""))
    return (origin.scheme, origin.netloc) == (request.url.scheme, request.headers.get("host"))


async def require_token(request: Request, signed: Signed) -> None:
    """Refuse what does not carry the session's token, in the form or in the header.

    Raises:
        PersonError: it carries none, or another.
    """
    given = request.headers.get(CSRF_HEADER, "")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not given and kind in FORMS:
        field = (await request.form()).get(CSRF_FIELD)
        given = field if isinstance(field, str) else ""
    if not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), signed.csrf.encode()):
        raise PersonError(
            "request: got it without this session's token, want it from a page of the console",
            hint="load the page again, and try again",
        )


def person(signed: Annotated[Signed | None, Depends(gate)]) -> Signed:
    """Give who asks, where somebody must be logged in.

    Raises:
        LoginError: nobody is.
    """
    if signed is None:
        raise LoginError("request: got it of nobody, want somebody who is logged in")
    return signed


Person = Annotated[Signed, Depends(person)]


def cookie_of(request: Request, services: Services) -> str | None:
    """Give the token that a browser has."""
    return request.cookies.get(HTTPS_COOKIE if services.secure else HTTP_COOKIE)


def give_cookie(response: Response, token: str, services: Services) -> None:
    """Give a browser its token: no script sees it, and it goes to no request of another site."""
    response.set_cookie(
        HTTPS_COOKIE if services.secure else HTTP_COOKIE,
        token,
        path="/",
        secure=services.secure,
        httponly=True,
        samesite="strict",
    )


def take_cookie(response: Response, services: Services) -> None:
    """Take a browser's token away."""
    response.delete_cookie(
        HTTPS_COOKIE if services.secure else HTTP_COOKIE,
        path="/",
        secure=services.secure,
        httponly=True,
        samesite="strict",
    )


def flow_cookie_of(request: Request, services: Services) -> str:
    """Give what a browser has of a login that it began; "" where it has none."""
    return request.cookies.get(flow_cookie(services), "")


def give_flow_cookie(response: Response, token: str, services: Services) -> None:
    """Give a browser what it comes back with: it goes with a link from elsewhere, so it is lax."""
    response.set_cookie(
        flow_cookie(services),
        token,
        max_age=FLOW_KEPT_S,
        path="/",
        secure=services.secure,
        httponly=True,
        samesite="lax",
    )


def take_flow_cookie(response: Response, services: Services) -> None:
    """Take it away: it was used."""
    response.delete_cookie(
        flow_cookie(services), path="/", secure=services.secure, httponly=True, samesite="lax"
    )


def flow_cookie(services: Services) -> str:
    return (HTTPS_COOKIE if services.secure else HTTP_COOKIE) + FLOW


def address_of(request: Request) -> str:
    """Give where a request comes from; of IPv6 the network that one household or office has."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address) and not address.is_loopback:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return host
