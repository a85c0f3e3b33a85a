"""What the routes need, put together once for a process."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Generator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request

from overt.clock import Clock
from overt.engine.live import Hub
from overt.governance.policy_file import open_policy
from overt.ids import NewId, time_ordered_id
from overt.records.account_database import open_account_database
from overt.records.accounts import AccountStore
from overt.records.answers import AnswerStore, HookStore
from overt.records.api_tokens import TokenStore
from overt.records.base import Store
from overt.records.sessions import SessionStore, TryStore
from overt.review.desk import Desk
from overt.review.office import Office
from overt.settings import Settings
from overt.web.accounts import Accounts
from overt.web.audit import AuditLog
from overt.web.bearers import Bearers
from overt.web.board import Board
from overt.web.drafts import Drafts
from overt.web.feed import Feed
from overt.web.hooks import open_hooks
from overt.web.logins import Logins
from overt.web.metrics import Metrics
from overt.web.overseen import Overseen
from overt.web.passwords import Hasher
from overt.web.pictures import Pictures
from overt.web.sessions import Sessions
from overt.web.tokens import Signer
from overt.wiring import make_desk, make_office, open_keys, open_records

__all__ = ["Desks", "Here", "Services", "open_services", "services_of"]

DESKS_KEPT: Final = 16


class Desks:
    """The desks of deployments, each opened once: a desk reads on from where it was."""

    def __init__(self, make: Callable[[str], Desk]) -> None:
        self._make = make
        self._open: OrderedDict[str, Desk] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, deployment: str) -> Desk:
        """Give the desk of a deployment."""
        with self._lock:
            desk = self._open.pop(deployment, None) or self._make(deployment)
            self._open[deployment] = desk
            while len(self._open) > DESKS_KEPT:
                self._open.popitem(last=False)
            return desk


@dataclass(frozen=True, slots=True)
class Services:
    """What the routes need. Everything in it may be shared by threads."""

    settings: Settings
    store: Store
    office: Office
    desk: Callable[[str], Desk]  # of a deployment
    accounts: Accounts
    sessions: Sessions
    logins: Logins
    pictures: Pictures
    drafts: Drafts
    audit: AuditLog
    metrics: Metrics
    signer: Signer
    bearers: Bearers
    answers: AnswerStore
    overseen: Overseen
    clock: Clock
    new_id: NewId
    secure: bool  # over TLS
    live: Feed  # tells pages of what happens, while it happens
    board: Board  # what waits to be judged, for who looks
    hub: Hub  # what of it runs in this process


@contextmanager
def open_services(
    settings: Settings, *, clock: Clock, new_id: NewId = time_ordered_id
) -> Generator[Services]:
    """Open everything that the console needs, and close it at the end.

    Raises:
        RecordsError: the record or the accounts cannot be opened.
        VaultError: the keys cannot be opened.
        PolicyError: the policy cannot be read.
    """
    settings.make_data_dir()
    with ExitStack() as stack:
        store = stack.enter_context(closing(open_records(settings)))
        database = stack.enter_context(closing(open_account_database(settings.accounts_address)))
        keys, metrics = open_keys(settings), Metrics()
        hasher, audit, signer = Hasher(), AuditLog(clock), Signer()
        sessions = Sessions(SessionStore(database), TryStore(database), clock=clock, new_id=new_id)
        accounts = Accounts(
            AccountStore(database),
            sessions=sessions,
            keys=keys,
            hasher=hasher,
            audit=audit,
            clock=clock,
            new_id=new_id,
        )
        stack.enter_context(
            open_hooks(
                settings, store=store, hooks=HookStore(database), metrics=metrics, clock=clock
            )
        )
        desk = Desks(lambda deployment: make_desk(settings, deployment, store=store, clock=clock))
        live = stack.enter_context(closing(Feed(store)))
        yield Services(
            settings=settings,
            store=store,
            office=make_office(settings, store=store, clock=clock, new_id=new_id),
            desk=desk,
            accounts=accounts,
            sessions=sessions,
            logins=Logins(
                accounts, sessions, hasher=hasher, audit=audit, clock=clock, signer=signer
            ),
            pictures=Pictures(desk, signer=signer, clock=clock, new_id=new_id),
            drafts=Drafts(settings.deployments_dir),
            audit=audit,
            metrics=metrics,
            signer=signer,
            bearers=Bearers(TokenStore(database), audit=audit, clock=clock, new_id=new_id),
            answers=AnswerStore(database),
            overseen=Overseen(
                store, ceiling=open_policy(settings.policy).number("observed-false-alerts")
            ),
            clock=clock,
            new_id=new_id,
            secure=settings.web_certificate is not None,
            live=live,
            board=Board(live, desk),
            hub=Hub(clock=clock),
        )


def services_of(request: Request) -> Services:
    """Give what the app was made with."""
    services: Services = request.app.state.services
    return services


Here = Annotated[Services, Depends(services_of)]
