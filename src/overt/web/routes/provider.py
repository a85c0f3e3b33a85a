"""Logging in by the service of one's own organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from anyio import to_thread
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse

from overt.errors import MissingError
from overt.web.gate import address_of, flow_cookie_of, give_flow_cookie, take_flow_cookie
from overt.web.oidc.sign_ins import Away, Begun
from overt.web.render import page
from overt.web.routes.login import answer, show_login, show_wait
from overt.web.services import Here, Services

if TYPE_CHECKING:
    from overt.web.oidc.provider import Provider

__all__ = ["router"]

router = APIRouter()
MOST_BYTES: Final = 32 * 1024  # of what a service says: anybody can send it
AWAY = "Your organisation's login does not answer."


@router.post("/login/service")
def provider_begin(request: Request, here: Here) -> Response:
    """Begin a login there. The answer is a page: a form may lead to no other site by itself."""
    provider = provider_of(here)
    address = address_of(request)
    if (until := here.sign_ins.wait_until(address=address)) is not None:
        return show_wait(request, here, until)
    begun = here.sign_ins.begin(provider, back=back_of(request), address=address)
    match begun:
        case Begun(address=where, cookie=cookie):
            gone = page(request, "moving.html", title="Log in", where=where, to=provider.host)
            give_flow_cookie(gone, cookie, here)
            return gone
        case Away():
            return show_away(request, here)


@router.get("/login/service")
def provider_back(request: Request, here: Here) -> Response:
    """End it, with what the browser brings back."""
    provider = provider_of(here)
    outcome = here.sign_ins.finish(
        provider,
        dict(request.query_params),
        flow_cookie_of(request, here),
        back=back_of(request),
        address=address_of(request),
    )
    if isinstance(outcome, Away):
        told = show_away(request, here)
    else:
        told = answer(request, here, outcome, by_service=True)
    take_flow_cookie(told, here)
    return told


@router.post("/logout/service", max_body_size=MOST_BYTES)
async def provider_logout(
    request: Request, here: Here, logout_token: Annotated[str, Form()] = ""
) -> Response:
    """End sessions that the service says have ended; 400 tells it that nothing was believed."""
    provider, address = provider_of(here), address_of(request)

    def end() -> bool:
        ended = here.sign_ins.end(provider, logout_token, address=address)
        for session in ended or ():
            here.pictures.forget(session)
            here.builds.forget(session)
        return ended is not None

    # With threads of their own: it may have to wait for the service, and pages must not.
    if await to_thread.run_sync(end, limiter=request.app.state.service_limiter):
        return Response(status_code=200)
    return JSONResponse({"error": "invalid_request"}, 400)


def provider_of(here: Services) -> Provider:
    """Give the service.

    Raises:
        MissingError: none is set.
    """
    provider = here.sign_ins.provider
    if provider is None:
        raise MissingError("login: got one by a service, want a password: no service is set")
    return provider


def back_of(request: Request) -> str:
    """Give the console's address that a browser comes back to, under the name that it asked."""
    return str(request.url.replace(path=request.app.url_path_for("provider_back"), query=""))


def show_away(request: Request, here: Services) -> Response:
    """Tell that the service does not answer."""
    hint = "Try again, or log in with a password of this console."
    return show_login(request, here, status=503, error=AWAY, hint=hint)
