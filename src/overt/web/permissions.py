"""Who may ask what: one table for every route. A route that is not in it is not served.

docs/concepts/access.md shows it, and a test asks every route as every role.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Mount

from overt.errors import SettingsError
from overt.values.account import Role
from overt.values.token import Scope

__all__ = [
    "CHANGING",
    "PASSIVE",
    "PERMISSIONS",
    "Access",
    "Bearer",
    "Open",
    "may",
    "require_complete",
]


class Open(StrEnum):
    """What needs no role."""

    PUBLIC = "anybody"
    MACHINE = "this machine, or who has the metrics token"
    SERVICE = "the login service, by what it signs"


@dataclass(frozen=True, slots=True)
class Bearer:
    """A program with a token: of this scope, and of an account that has one of these roles."""

    scope: Scope
    roles: frozenset[Role]


Access: TypeAlias = Open | frozenset[Role] | Bearer

EVERYBODY: Final = frozenset(Role)  # who is logged in
ADMINISTRATOR: Final = frozenset({Role.ADMINISTRATOR})
CONFIRMING: Final = ADMINISTRATOR | {Role.AUTHORISING}
# Engagement officers have a view of their own, on a phone.
INVOLVED: Final = EVERYBODY - ADMINISTRATOR - {Role.ENGAGEMENT}
AUTHORISING: Final = frozenset({Role.AUTHORISING})
COMMANDER: Final = frozenset({Role.COMMANDER})
COMMANDER_OR_AUDITOR: Final = COMMANDER | {Role.AUDITOR}
STEERING_OR_AUDITING: Final = AUTHORISING | COMMANDER_OR_AUDITOR
ENGAGEMENT: Final = frozenset({Role.ENGAGEMENT})
AUDITOR: Final = frozenset({Role.AUDITOR})
WORKING: Final = frozenset(Role) - ADMINISTRATOR  # who has to do with deployments
ACTING: Final = WORKING - AUDITOR
STEERING: Final = frozenset({Role.AUTHORISING, Role.COMMANDER})

JUDGE: Final = Bearer(Scope.ALERTS_WRITE, frozenset({Role.OPERATOR}))
ENGAGE: Final = Bearer(Scope.ALERTS_WRITE, frozenset({Role.ENGAGEMENT}))
COMPLAIN: Final = Bearer(Scope.ALERTS_WRITE, ACTING)
STEER: Final = Bearer(Scope.DEPLOYMENTS_WRITE, STEERING)
PREPARE: Final = Bearer(Scope.DEPLOYMENTS_WRITE, COMMANDER)
BUILD: Final = Bearer(Scope.WATCHLISTS_WRITE, COMMANDER)  # who builds a list sees its photographs
SYNC: Final = Bearer(Scope.RECORDS_SYNC, COMMANDER)  # who answers for a van
DEPLOYMENTS: Final = Bearer(Scope.DEPLOYMENTS_READ, WORKING)
LIVE: Final = frozenset({Role.OPERATOR, Role.COMMANDER, Role.AUDITOR})
STOPPING: Final = frozenset({Role.OPERATOR, Role.COMMANDER})
OPERATOR: Final = frozenset({Role.OPERATOR})
QUEUE: Final = frozenset({Role.OPERATOR, Role.AUDITOR})
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
        "provider_begin": Open.PUBLIC,
        "provider_back": Open.PUBLIC,
        "provider_logout": Open.SERVICE,
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
        "account_link": ADMINISTRATOR,
        "account_unlink": ADMINISTRATOR,
        "account_code_remove": ADMINISTRATOR,
        "account_sessions_end": ADMINISTRATOR,
        "account_close": ADMINISTRATOR,
        "account_open": ADMINISTRATOR,
        # what waits for another person
        "grants": CONFIRMING,
        "grant_confirm": CONFIRMING,
        "grant_refuse": CONFIRMING,
        "grant_refuse_own": EVERYBODY,
        # what runs
        "live": LIVE,
        "live_deployment": LIVE,
        "live_now": LIVE,
        "live_view": LIVE,
        "live_pause": COMMANDER,
        "live_resume": COMMANDER,
        "live_stop": STOPPING,
        "news": LIVE,
        "present": LIVE | ENGAGEMENT,
        # alerts
        "alerts": QUEUE,
        "alerts_rows": QUEUE,
        "alert": QUEUE,
        "alert_claim": OPERATOR,
        "alert_release": OPERATOR,
        "alert_judge": OPERATOR,
        "alert_second": OPERATOR,
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
        "threshold": AUTHORISING,
        "threshold_change": AUTHORISING,
        "deployment_brief": COMMANDER,
        "deployment_start": COMMANDER,
        "deployment_progress": STEERING_OR_AUDITING,
        "deployment_camera_check": COMMANDER,
        "deployment_camera_picture": STEERING_OR_AUDITING,
        "deployment_close": COMMANDER,
        "deployment_after": STEERING_OR_AUDITING,
        "deployment_report": STEERING_OR_AUDITING,
        # publishing: who steered it or gave the authority answers for what the public is told
        "publication": STEERING_OR_AUDITING,
        "publication_read": STEERING,
        "publication_page": STEERING_OR_AUDITING,
        "publication_publish": STEERING,
        "periods": STEERING_OR_AUDITING,
        "period": STEERING_OR_AUDITING,
        "period_read": STEERING,
        "period_page": STEERING_OR_AUDITING,
        "period_publish": STEERING,
        # watchlists: who builds one sees its photographs, nobody else does
        "watchlists": STEERING_OR_AUDITING,
        "watchlist": STEERING_OR_AUDITING,
        "watchlist_destroy": COMMANDER,
        "watchlist_form": COMMANDER,
        "watchlist_upload": COMMANDER,
        "watchlist_build": COMMANDER,
        "watchlist_build_now": COMMANDER,
        "watchlist_entries": COMMANDER,
        "watchlist_alike": COMMANDER,
        "watchlist_rejected": COMMANDER,
        "watchlist_photo": COMMANDER,
        "watchlist_decide": COMMANDER,
        "watchlist_seal": COMMANDER,
        "watchlist_cancel": COMMANDER,
        "retention": COMMANDER_OR_AUDITOR,
        "retention_run": COMMANDER,
        # engaging
        "engage": ENGAGEMENT,
        "engage_list": ENGAGEMENT,
        "engage_left": ENGAGEMENT,
        "engage_alert": ENGAGEMENT,
        "engage_act": ENGAGEMENT,
        # oversight
        "oversight": AUDITOR,
        "audit": AUDITOR,
        "audit_csv": AUDITOR,
        "ledger_export": AUDITOR,
        "verify": AUDITOR,
        "monitor": AUDITOR,
        "monitor_chart": AUDITOR,
        # the public
        "public": Open.PUBLIC,
        "public_checkpoint": Open.PUBLIC,
        "public_file": Open.PUBLIC,
        "public_site": Open.PUBLIC,
        # tokens of the API
        "tokens": WORKING,
        "token_make": WORKING,
        "token_collect": WORKING,
        "token_revoke": WORKING,
        "account_tokens": ADMINISTRATOR,
        "account_token_allow": ADMINISTRATOR,
        "account_token_revoke": ADMINISTRATOR,
        # the API
        "api_document": Open.PUBLIC,
        "api_alerts": Bearer(Scope.ALERTS_READ, PICTURES),
        "api_alert": Bearer(Scope.ALERTS_READ, PICTURES),
        "api_alert_claim": JUDGE,
        "api_alert_release": JUDGE,
        "api_alert_adjudicate": JUDGE,
        "api_alert_second": JUDGE,
        "api_alert_engage": ENGAGE,
        "api_alert_end": ENGAGE,
        "api_alert_demographics": ENGAGE,
        "api_alert_outcome": ENGAGE,
        "api_alert_follow_up": ENGAGE,
        "api_alert_force": ENGAGE,
        "api_alert_complaint": COMPLAIN,
        "api_deployments": DEPLOYMENTS,
        "api_deployment": DEPLOYMENTS,
        "api_deployment_live": Bearer(Scope.DEPLOYMENTS_READ, LIVE),
        "api_deployment_file": Bearer(Scope.DEPLOYMENTS_READ, STEERING_OR_AUDITING),
        "api_deployment_watchlist": Bearer(Scope.WATCHLISTS_READ, STEERING_OR_AUDITING),
        "api_deployment_start": PREPARE,
        "api_deployment_pause": STEER,
        "api_deployment_resume": STEER,
        "api_deployment_stop": Bearer(Scope.DEPLOYMENTS_WRITE, ACTING),
        "api_deployment_draft": PREPARE,
        "api_deployment_redraft": PREPARE,
        "api_deployment_check": Bearer(Scope.DEPLOYMENTS_READ, STEERING_OR_AUDITING),
        "api_deployment_submit": PREPARE,
        "api_deployment_camera_check": PREPARE,
        "api_deployment_brief": PREPARE,
        "api_deployment_after": Bearer(Scope.DEPLOYMENTS_READ, STEERING_OR_AUDITING),
        "api_deployment_close": PREPARE,
        "api_threshold": Bearer(Scope.DEPLOYMENTS_READ, AUTHORISING),
        "api_watchlists": Bearer(Scope.WATCHLISTS_READ, STEERING_OR_AUDITING),
        "api_watchlist": Bearer(Scope.WATCHLISTS_READ, STEERING_OR_AUDITING),
        "api_watchlist_destroy": BUILD,
        "api_build_begin": BUILD,
        "api_build": BUILD,
        "api_build_entries": BUILD,
        "api_build_alike": BUILD,
        "api_build_rejected": BUILD,
        "api_build_decide": BUILD,
        "api_build_seal": BUILD,
        "api_build_cancel": BUILD,
        "api_publication": Bearer(Scope.DEPLOYMENTS_READ, STEERING_OR_AUDITING),
        "api_publication_read": STEER,
        "api_publication_publish": STEER,
        "api_periods": Bearer(Scope.DEPLOYMENTS_READ, STEERING_OR_AUDITING),
        "api_period": Bearer(Scope.DEPLOYMENTS_READ, STEERING_OR_AUDITING),
        "api_period_read": STEER,
        "api_period_publish": STEER,
        "api_records": Bearer(Scope.RECORDS_READ, AUDITOR),
        "api_ledger": Bearer(Scope.RECORDS_READ, AUDITOR),
        "api_ledger_export": Bearer(Scope.RECORDS_READ, AUDITOR),
        "api_sync": SYNC,
        "api_sync_take": SYNC,
        "api_events": Bearer(Scope.EVENTS_READ, WORKING),
        "api_figures": Bearer(Scope.FIGURES_READ, STEERING | AUDITOR),
        "api_figures_series": Bearer(Scope.FIGURES_READ, STEERING | AUDITOR),
    }
)
# All that somebody may do before they have changed a password that was given to them.
CHANGING: Final = frozenset({"password_form", "password", "logout"})
# What a page asks by itself: it keeps no session alive.
PASSIVE: Final = frozenset(
    {
        "picture",
        "engage_list",
        "engage_left",
        "live_now",
        "live_view",
        "news",
        "alerts_rows",
        "watchlist_build_now",
        "watchlist_photo",
        "deployment_progress",
    }
)


def may(role: Role, route: str) -> bool:
    """Tell whether a role may ask a route."""
    access = PERMISSIONS[route]
    return access is Open.PUBLIC or (isinstance(access, frozenset) and role in access)


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
