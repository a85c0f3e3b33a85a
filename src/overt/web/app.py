"""The console as an ASGI app."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from anyio import CapacityLimiter
from fastapi import Depends, FastAPI
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.staticfiles import StaticFiles

from overt.web.api import document as api
from overt.web.gate import gate
from overt.web.permissions import require_complete
from overt.web.problems import add_problems
from overt.web.routes import (
    accounts,
    aftercare,
    alerts,
    audit,
    deployment_start,
    deployment_steps,
    deployments,
    engage,
    first,
    grants,
    home,
    live,
    login,
    machine,
    monitor,
    news,
    oversight,
    periods,
    pictures,
    profile,
    provider,
    public,
    publication,
    threshold,
    tokens,
    watchlist_build,
    watchlists,
)
from overt.web.services import Services
from overt.web.shell import Shell

__all__ = ["make_app"]

GATE_THREADS: Final = 4  # that look up who asks
SYNC_ROOM: Final = 4  # parts of records that are held at once
SYNC_THREADS: Final = 1  # that take them over: a record that is hashed anew holds up no page
SERVICE_THREADS: Final = 2  # that check what a login service says
MAX_BODY_BYTES: Final = 1024 * 1024  # forms; what takes files says so itself
STATIC: Final = Path(__file__).with_name("static")
ROUTERS: Final = (
    login.router,
    provider.router,
    first.router,
    grants.router,
    home.router,
    profile.router,
    live.router,
    alerts.router,
    news.router,
    accounts.router,
    pictures.router,
    deployments.router,
    deployment_steps.router,
    watchlists.router,
    watchlist_build.router,
    watchlist_build.upload,
    deployment_start.router,
    aftercare.router,
    publication.router,
    periods.router,
    threshold.router,
    engage.router,
    machine.router,
    oversight.router,
    audit.router,
    monitor.router,
    public.router,
    tokens.router,
    api.router,
)


def make_app(services: Services) -> FastAPI:
    """Make the app; it refuses to be made where a route is open by mistake.

    Raises:
        SettingsError: a route is not in the table of permissions.
    """
    app = FastAPI(
        title="overt",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        dependencies=[Depends(gate)],
    )
    app.state.services = services
    app.state.gate_limiter = CapacityLimiter(GATE_THREADS)
    app.state.upload_room = CapacityLimiter(1)
    app.state.sync_room = CapacityLimiter(SYNC_ROOM)
    app.state.sync_limiter = CapacityLimiter(SYNC_THREADS)
    app.state.service_limiter = CapacityLimiter(SERVICE_THREADS)
    add_problems(app)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    require_complete(app)
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=MAX_BODY_BYTES)
    app.add_middleware(Shell, services=services)  # the last one added stands around the others
    return app
