"""What a load is made of, and the folder in which it happens."""

from __future__ import annotations

import hashlib
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from benchmarks.trial import made_up_list, unit_vectors
from overt.clock import SystemClock
from overt.governance.authority import Authority
from overt.governance.policy_file import reference_policy
from overt.governance.rules import Subject
from overt.ids import time_ordered_id
from overt.inference.manifest import read_manifest
from overt.inference.opened import find_manifest
from overt.records.account_database import open_account_database
from overt.records.accounts import AccountStore
from overt.records.sessions import SessionStore
from overt.review.permission import permit_trial
from overt.settings import Settings
from overt.values.account import Account, Role
from overt.values.deployment import (
    Camera,
    Deployment,
    Purpose,
    Rank,
    Recognition,
    Statement,
    Window,
)
from overt.values.watchlist import Watchlist
from overt.web.passwords import Hasher
from overt.web.tokens import digest

__all__ = ["BY_PASSWORD", "PASSWORD", "Plan", "add_accounts", "authorised", "free_port", "login"]

PASSWORD: Final = "four unrelated lively words"  # noqa: S105 - of accounts of a load alone
LISTED: Final = 20
BY_PASSWORD: Final = 10  # viewers that log in with it; of the others the sessions are begun before


@dataclass(frozen=True, slots=True)
class Plan:
    """A load. Everything in it can be handed to another process."""

    folder: Path
    port: int
    records: str  # address of the record's server; "": a file in the folder
    viewers: int
    rate: float  # alerts a second
    seconds: float
    acts: float  # alerts a second that operators take and judge, all together
    secret: str  # of which the tokens of sessions are made

    @property
    def settings(self) -> Settings:
        """Give the settings of the console and of the machine that recognises."""
        return Settings(
            data_dir=self.folder / "data",
            records=self.records,
            web_address=f"127.0.0.1:{self.port}",
        )

    def token(self, viewer: int) -> str:
        """Give the token of a session that was begun before."""
        return hashlib.sha256(f"{self.secret} {viewer}".encode()).hexdigest()

    def role(self, viewer: int) -> Role:
        """Tell what a viewer is: operators and commanders a fifth each, the others look on."""
        if viewer % 5 == 0:
            return Role.OPERATOR
        return Role.COMMANDER if viewer % 5 == 1 else Role.AUDITOR


def login(viewer: int) -> str:
    """Name a viewer's login."""
    return f"viewer{viewer}"


def free_port() -> int:
    """Find a port of this machine that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def add_accounts(plan: Plan) -> None:
    """Make an account for each viewer. The password is hashed once: logging in verifies it."""
    settings, now = plan.settings, datetime.now(UTC)
    settings.make_data_dir()
    database = open_account_database(settings.accounts_address)
    store, sessions = AccountStore(database), SessionStore(database)
    hashed = Hasher().hash(PASSWORD)
    for viewer in range(plan.viewers):
        account = Account(
            id=time_ordered_id(now),
            login=login(viewer),
            name=f"Viewer {viewer}",
            role=plan.role(viewer),
            rank=Rank.NONE,
            made=now,
            must_change=False,
            closed=False,
            has_code=False,
        )
        store.add(account, password=hashed)
        if viewer >= BY_PASSWORD:
            sessions.add(digest(plan.token(viewer)), id=account.id, account=account.id, now=now)
    database.close()


def authorised() -> tuple[Authority, Watchlist]:
    """Permit a trial of one camera, as `overt try` does, with a made-up list; no model is run."""
    now = SystemClock().now()
    bundle = read_manifest(find_manifest("default", folder=Path("nowhere")))
    vectors = unit_vectors(LISTED, bundle.recogniser.dimensions, seed=1)
    watchlist = made_up_list(vectors, bundle=bundle.digest, now=now)
    subject = Subject(_draft(now.replace(microsecond=0)), watchlist, bundle)
    authority = permit_trial(
        subject, policy=reference_policy(), deployment=time_ordered_id(now), now=now
    )
    return authority, watchlist


def _draft(now: datetime) -> Deployment:
    return Deployment(
        name="load",
        place="this machine",
        purpose=Purpose.LOCATION,
        window=Window(now, now + timedelta(hours=24)),
        threshold=0.6,
        bundle="default",
        watchlist=Path("none"),
        cameras=(Camera("gate", "none"),),
        statement=Statement("load", Rank.NONE, now, "none: a load", "load", "load"),
        recognition=Recognition(confirm_shots=2),
        trial=True,
    )
