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
from overt.engine.live_reader import LiveReader
from overt.governance.policy_file import open_policy
from overt.ids import NewId, time_ordered_id
from overt.operations.intake import Intake, known_logs
from overt.records.account_database import AccountDatabase, open_account_database
from overt.records.accounts import AccountStore
from overt.records.answers import AnswerStore, HookStore
from overt.records.api_tokens import TokenStore
from overt.records.base import Store
from overt.records.grants import GrantStore
from overt.records.logouts import LogoutStore
from overt.records.sessions import SessionStore, TryStore
from overt.records.sign_ins import SignInStore
from overt.review.desk import Desk
from overt.review.office import Office
from overt.settings import Settings
from overt.web.accounts import Accounts
from overt.web.audit import AuditLog
from overt.web.bearers import Bearers
from overt.web.board import Board
from overt.web.building.builds import Builds
from overt.web.building.photos import Photos
from overt.web.camera_metrics import CameraMetrics
from overt.web.comparers import Comparers
from overt.web.drafts import Drafts
from overt.web.feed import Feed
from overt.web.grants import Grants
from overt.web.hooks import open_hooks
from overt.web.launching import Launches
from overt.web.logins import Logins
from overt.web.metrics import Metrics
from overt.web.oidc.opening import open_provider
from overt.web.oidc.sign_ins import SignIns
from overt.web.overseen import Overseen
from overt.web.passwords import Hasher
from overt.web.pictures import Pictures
from overt.web.sessions import Sessions
from overt.web.tokens import Signer
from overt.wiring import make_desk, make_office, open_exchange_here, open_keys

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
    sign_ins: SignIns  # by the service of one's own organisation
    pictures: Pictures
    drafts: Drafts
    builds: Builds  # of watchlists
    photos: Photos  # of a build
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
    views: LiveReader  # what of it runs on this machine
    launches: Launches  # what the console has begun on it
    comparers: Comparers  # of bundles
    intake: Intake  # of records that machines bring


@contextmanager
def open_services(
    settings: Settings, *, clock: Clock, new_id: NewId = time_ordered_id
) -> Generator[Services]:
    """Open everything that the console needs, and close it at the end.

    Raises:
        RecordsError: the record or the accounts cannot be opened.
        VaultError: the keys cannot be opened.
        PolicyError: the policy cannot be read.
        SettingsError: the login service, or the key of a log, that is named cannot be used.
    """
    settings.make_data_dir()
    with ExitStack() as stack:
        store = stack.enter_context(closing(open_exchange_here(settings)))
        database = stack.enter_context(closing(open_account_database(settings.accounts_address)))
        audit, signer, metrics = AuditLog(clock), Signer(), Metrics()
        stack.callback(audit.settle)
        bearers = Bearers(TokenStore(database), audit=audit, clock=clock, new_id=new_id)
        sessions = Sessions(SessionStore(database), TryStore(database), clock=clock, new_id=new_id)
        doors = open_doors(
            settings, database, sessions=sessions, audit=audit, signer=signer, new_id=new_id
        )
        stack.enter_context(
            open_hooks(
                settings, store=store, hooks=HookStore(database), metrics=metrics, clock=clock
            )
        )
        desk = Desks(lambda deployment: make_desk(settings, deployment, store=store, clock=clock))
        live = stack.enter_context(closing(Feed(store)))
        views = LiveReader(settings.live_dir)
        metrics.registry.register(CameraMetrics(views))
        yield Services(
            settings=settings,
            store=store,
            office=make_office(settings, store=store, clock=clock, new_id=new_id),
            desk=desk,
            accounts=doors.accounts,
            sessions=sessions,
            logins=doors.logins,
            sign_ins=doors.sign_ins,
            pictures=Pictures(desk, signer=signer, clock=clock, new_id=new_id),
            drafts=Drafts(settings.deployments_dir),
            builds=stack.enter_context(open_builds(settings, store, sessions, bearers, new_id)),
            photos=Photos(store=store, signer=signer, clock=clock, new_id=new_id),
            audit=audit,
            metrics=metrics,
            signer=signer,
            bearers=bearers,
            answers=AnswerStore(database),
            overseen=overseen_by(settings, store),
            clock=clock,
            new_id=new_id,
            secure=settings.web_certificate is not None,
            live=live,
            board=Board(live, desk),
            views=views,
            launches=Launches(settings),
            comparers=Comparers(),
            intake=Intake(store, known_logs(settings.web_sync_logs), clock=clock, new_id=new_id),
        )


@dataclass(frozen=True, slots=True)
class Doors:
    """How people come in."""

    accounts: Accounts
    logins: Logins
    sign_ins: SignIns


def open_doors(
    settings: Settings,
    database: AccountDatabase,
    *,
    sessions: Sessions,
    audit: AuditLog,
    signer: Signer,
    new_id: NewId,
) -> Doors:
    """Make what lets people in.

    Raises:
        VaultError: the keys cannot be opened.
        SettingsError: the login service that is named cannot be used.
    """
    clock, hasher = audit.clock, Hasher()
    store, links = AccountStore(database), SignInStore(database)
    grants = Grants(
        GrantStore(database),
        store,
        links,
        sessions=sessions,
        audit=audit,
        clock=clock,
        new_id=new_id,
    )
    accounts = Accounts(
        store,
        grants,
        sessions=sessions,
        keys=open_keys(settings),
        hasher=hasher,
        audit=audit,
        clock=clock,
        new_id=new_id,
    )
    logins = Logins(accounts, sessions, hasher=hasher, audit=audit, clock=clock, signer=signer)
    sign_ins = SignIns(
        open_provider(settings, clock=clock),
        links,
        LogoutStore(database),
        grants,
        logins=logins,
        sessions=sessions,
        audit=audit,
        clock=clock,
    )
    return Doors(accounts, logins, sign_ins)


def open_builds(
    settings: Settings, store: Store, sessions: Sessions, bearers: Bearers, new_id: NewId
) -> closing[Builds]:
    """Open what builds watchlists; what it holds is let go of at the end."""
    return closing(
        Builds(
            settings,
            store=store,
            sessions=sessions,
            bearers=bearers,
            clock=sessions.clock,
            new_id=new_id,
        )
    )


def overseen_by(settings: Settings, store: Store) -> Overseen:
    """Open what shows the record's figures, against the policy's ceiling."""
    return Overseen(store, ceiling=open_policy(settings.policy).number("observed-false-alerts"))


def services_of(request: Request) -> Services:
    """Give what the app was made with."""
    services: Services = request.app.state.services
    return services


Here = Annotated[Services, Depends(services_of)]
