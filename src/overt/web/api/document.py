"""The API, and the OpenAPI document that describes it."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from fastapi import APIRouter, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from overt.web.api import (
    alerts,
    builds,
    deployments,
    figures,
    ledger,
    periods,
    publication,
    records,
    steps,
    sync,
    threshold,
    watchlists,
)
from overt.web.api.told import Problem
from overt.web.permissions import PERMISSIONS, Bearer

__all__ = ["document", "router"]

PREFIX: Final = "/api/v1"
VERSION: Final = "1.0.0"
SAYS: Final = (
    "What people do on the console's pages, done by programs in their name. A token has scopes, "
    "and its account a role: both must allow a request. Every POST carries an `Idempotency-Key`. "
    "Problems (RFC 9457) say what was got, what is wanted, and in `hint` what to do next."
)
WRONG: Final = {
    "400": "the body cannot be read",
    "401": "no token that is good now",
    "403": "the token has not the scope, or its account's role may not",
    "404": "nothing there is of this id",
    "409": "not now: the life cycle has no such step, or somebody decided first",
    "413": "the body is too large",
    "415": "the body is no JSON, or no form where files are sent",
    "422": "a value, or the Idempotency-Key, cannot be used",
    "429": "too many requests; Retry-After tells when to ask again",
    "503": "the record cannot be read or written",
}

router = APIRouter(prefix=PREFIX, generate_unique_id_function=lambda route: route.name)
PARTS: Final = (
    alerts.router,
    deployments.router,
    steps.router,
    threshold.router,
    publication.router,
    periods.router,
    builds.router,
    builds.upload,
    watchlists.router,
    records.router,
    ledger.router,
    sync.router,
    figures.router,
)
for part in PARTS:
    router.include_router(part)


@router.get("/openapi.json", name="api_document", include_in_schema=False)
def api_document() -> Response:
    """Give the document."""
    return JSONResponse(document())


@cache
def document() -> dict[str, Any]:
    """Make the OpenAPI document, with what every operation can answer."""
    made = get_openapi(
        title="overt",
        version=VERSION,
        openapi_version="3.1.0",
        summary="Accountable live facial recognition",
        description=SAYS,
        routes=router.routes,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    parts = made.setdefault("components", {})
    schemas = {
        name: schema
        for name, schema in parts["schemas"].items()
        if name not in {"HTTPValidationError", "ValidationError"}
    }
    # Of what a route reads for itself nobody else knows the shape.
    others = {kind.__name__: TypeAdapter(kind).json_schema() for kind in (Problem, sync.SyncPart)}
    parts["schemas"] = dict(sorted((schemas | others).items()))
    parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    for operations in made["paths"].values():
        for operation in operations.values():
            complete(operation)
    return made


def complete(operation: dict[str, Any]) -> None:
    """Add who may ask, and how problems look."""
    access = PERMISSIONS[operation["operationId"]]
    if isinstance(access, Bearer):
        operation["security"] = [{"token": []}]
        roles = ", ".join(sorted(access.roles))
        operation["x-scope"] = str(access.scope)
        operation["x-roles"] = sorted(access.roles)
        told = f"Scope `{access.scope}`; {roles}."
        operation["description"] = f"{operation.get('description', '')}\n\n{told}".strip()
    reference = {"$ref": "#/components/schemas/Problem"}
    content = {"application/problem+json": {"schema": reference}}
    for status, says in WRONG.items():
        operation["responses"][status] = {"description": says, "content": content}


def routes() -> list[APIRoute]:
    """Give the API's routes."""
    return [route for route in router.routes if isinstance(route, APIRoute)]
