"""Who may ask what: one table for every route. A route that is not in it is not served.

docs/concepts/access.md shows it, and a test asks every route as every role.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Mount

from overt.errors import SettingsError
from overt.values.account import Role

__all__ = ["CHANGING", "PASSIVE", "PERMISSIONS", "Access", "Open", "may", "require_complete"]


class Open(StrEnum):
    """What needs no role."""

    PUBLIC = "anybody"
    MACHINE = "this machine, or who has the metrics token"


Access: TypeAlias = Open | frozenset[Role]

EVERYBODY: Final = frozenset(Role)  # who is logged in
ADMINISTRATOR: Final = frozenset({Role.ADMINISTRATOR})
# Engagement officers have a view of their own, on a phone.
INVOLVED: Final = EVERYBODY - ADMINISTRATOR - {Role.ENGAGEMENT}
AUTHORISING: Final = frozenset({Role.AUTHORISING})
COMMANDER: Final = frozenset({Role.COMMANDER})
COMMANDER_OR_AUDITOR: Final = COMMANDER | {Role.AUDITOR}
STEERING_OR_AUDITING: Final = AUTHORISING | COMMANDER_OR_AUDITOR
ENGAGEMENT: Final = frozenset({Role.ENGAGEMENT})
PICTURES: Final = frozenset({Role.OPERATOR, Role.ENGAGEMENT, Role.AUDITOR})

PERMISSIONS: Final[Mapping[str, Access]] = MappingProxyType(
    {
        # the frame
        "static": Open.PUBLIC,
        "healthz": Open.PUBLIC,
        "metrics": Open.MACHINE,
        # logging in
        "login_form": Open.PUBLIC,
        "login": Open.PUBLIC,
        "login_code": Open.PUBLIC,
        "first_form": Open.PUBLIC,
        "first": Open.PUBLIC,
        "logout": EVERYBODY,
        # one's own
        "home": EVERYBODY,
        "profile": EVERYBODY,
        "password_form": EVERYBODY,
        "password": EVERYBODY,
        "code_form": EVERYBODY,
        "code": EVERYBODY,
        "code_remove": EVERYBODY,
        "sessions_end": EVERYBODY,
        # accounts
        "accounts": ADMINISTRATOR,
        "account_make": ADMINISTRATOR,
        "account": ADMINISTRATOR,
        "account_role": ADMINISTRATOR,
        "account_password": ADMINISTRATOR,
        "account_code_remove": ADMINISTRATOR,
        "account_sessions_end": ADMINISTRATOR,
        "account_close": ADMINISTRATOR,
        "account_open": ADMINISTRATOR,
        # evidence
        "picture": PICTURES,
        # deployments, before and after
        "deployments": INVOLVED,
        "deployment_draft_form": COMMANDER,
        "deployment_draft": COMMANDER,
        "deployment": INVOLVED,
        "deployment_file": STEERING_OR_AUDITING,
        "deployment_check": STEERING_OR_AUDITING,
        "deployment_watchlist": STEERING_OR_AUDITING,
        "deployment_redraft": COMMANDER,
        "deployment_submit": COMMANDER,
        "deployment_authorise": AUTHORISING,
        "deployment_review": AUTHORISING,
        "deployment_brief": COMMANDER,
        "deployment_close": COMMANDER,
        "deployment_after": STEERING_OR_AUDITING,
        "deployment_report": STEERING_OR_AUDITING,
        "retention": COMMANDER_OR_AUDITOR,
        "retention_run": COMMANDER,
        # engaging
        "engage": ENGAGEMENT,
        "engage_list": ENGAGEMENT,
        "engage_alert": ENGAGEMENT,
        "engage_act": ENGAGEMENT,
    }
)
# All that somebody may do before they have changed a password that was given to them.
CHANGING: Final = frozenset({"password_form", "password", "logout"})
# What a page asks by itself: it keeps no session alive.
PASSIVE: Final = frozenset({"picture", "engage_list"})


def may(role: Role, route: str) -> bool:
    """Tell whether a role may ask a route."""
    access = PERMISSIONS[route]
    return access is Open.PUBLIC or (access is not Open.MACHINE and role in access)


def require_complete(app: FastAPI, table: Mapping[str, Access] = PERMISSIONS) -> None:
    """Refuse an app that has a route that is not in the table, or the other way round.

    Raises:
        SettingsError: it has one, or two of one name, or one that does not pass the gate.
    """
    names: list[str] = []
    for route in iter_route_contexts(app.routes):
        original = route.original_route
        is_static = isinstance(original, Mount) and route.name == "static"
        if not isinstance(original, APIRoute) and not is_static:
            raise SettingsError(f"route {route.name}: got one that passes no gate, want none")
        names.append(route.name or "")
    require_same(names, table)


def require_same(names: list[str], table: Iterable[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    missing, stale = sorted(set(names) - set(table)), sorted(set(table) - set(names))
    if twice or missing or stale:
        raise SettingsError(
            f"routes: got {missing or 'none'} without a row in the table of permissions, "
            f"{stale or 'none'} with a row and no route, {twice or 'none'} twice; want none",
            hint="write into web/permissions.py who may ask it",
        )
