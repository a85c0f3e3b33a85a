"""Tokens, kept answers and hooks' places: the same over SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from record_places import Place

from overt.errors import InputError, MissingError, RefusedError
from overt.records.account_database import AccountDatabase, open_account_database
from overt.records.accounts import AccountStore
from overt.records.answers import KEPT, Answer, AnswerStore, HookStore
from overt.records.api_tokens import TokenStore
from overt.values.account import Account, Role
from overt.values.deployment import Rank
from overt.values.token import Scope, Token

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
OWNER = Account(
    id="id-1",
    login="login1",
    name="Person 1",
    role=Role.AUDITOR,
    rank=Rank.NONE,
    made=NOON - timedelta(days=1),
    must_change=False,
    closed=False,
    has_code=False,
)
ADMINISTRATOR = replace(OWNER, id="id-2", login="login2", name="Person 2", role=Role.ADMINISTRATOR)
TOKEN = Token(
    id="t-1",
    account=OWNER,
    label="board",
    scopes=frozenset({Scope.FIGURES_READ, Scope.EVENTS_READ}),
    made=NOON,
    until=NOON + timedelta(days=9),
    collected=True,
    used=None,
)


def address_of(place: Place) -> str | Path:
    return place.address if "://" in place.address else Path(place.address)


@pytest.fixture
def database(place: Place) -> Generator[AccountDatabase]:
    with closing(open_account_database(address_of(place))) as opened:
        for one in (ADMINISTRATOR, OWNER):
            AccountStore(opened).add(one, password="hash")  # noqa: S106
        yield opened


def test_a_token_is_found_by_its_hash_until_it_is_revoked(database: AccountDatabase) -> None:
    store = TokenStore(database)
    store.add(TOKEN, secret="hash-1")  # noqa: S106
    assert store.find("hash-1") == TOKEN
    assert store.find("hash-2") is None
    store.touch(TOKEN.id, now=NOON)
    assert store.all(OWNER.id) == store.all() == (replace(TOKEN, used=NOON),)
    assert store.all(ADMINISTRATOR.id) == ()
    with pytest.raises(MissingError):
        store.revoke(TOKEN.id, account=ADMINISTRATOR.id)
    AccountStore(database).set_closed(OWNER.id, closed=True)
    assert store.find("hash-1") is None
    AccountStore(database).set_closed(OWNER.id, closed=False)
    store.revoke(TOKEN.id)
    assert store.find("hash-1") is None


def test_a_token_is_collected_once_by_whose_it_is(database: AccountDatabase) -> None:
    store = TokenStore(database)
    store.add(replace(TOKEN, collected=False), secret=None)
    assert not store.all()[0].collected
    assert not store.collect(TOKEN.id, account=ADMINISTRATOR.id, secret="theirs")  # noqa: S106
    assert store.collect(TOKEN.id, account=OWNER.id, secret="mine")  # noqa: S106
    assert not store.collect(TOKEN.id, account=OWNER.id, secret="again")  # noqa: S106
    assert store.find("mine") == TOKEN


def test_a_key_is_one_request_s_for_a_day(database: AccountDatabase) -> None:
    store = AnswerStore(database)
    answer = Answer(200, '{"a":1}')

    def begin(request: str = "r", *, account: str = OWNER.id, at: datetime = NOON) -> object:
        return store.begin("k", account=account, request=request, now=at)

    assert begin() is None
    with pytest.raises(RefusedError, match="not answered yet"):
        begin()
    store.let_go("k", account=OWNER.id)
    assert begin() is None
    store.keep("k", answer, account=OWNER.id)
    assert begin(account=ADMINISTRATOR.id) is None
    assert begin() == begin(at=NOON + KEPT) == answer
    with pytest.raises(InputError, match="another request"):
        begin("other")
    assert begin("other", at=NOON + KEPT + timedelta(seconds=1)) is None


def test_of_many_at_once_one_has_the_key(database: AccountDatabase) -> None:
    store, began, refused = AnswerStore(database), list[object](), list[object]()

    def begin() -> None:
        try:
            began.append(store.begin("k", account=OWNER.id, request="r", now=NOON))
        except RefusedError as error:
            refused.append(error)

    threads = [threading.Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(began), len(refused)) == (1, 7)


def test_a_hook_goes_on_from_its_place(database: AccountDatabase) -> None:
    store = HookStore(database)
    assert store.after("a") is None
    store.set("a", 0)
    store.set("a", 7)
    store.set("b", 3)
    assert (store.after("a"), store.after("b")) == (7, 3)


def test_accounts_that_were_there_before_get_the_tables(
    database: AccountDatabase, place: Place
) -> None:
    prefix = "overt_accounts." if "://" in place.address else ""
    for name in ("tokens", "answers", "hooks"):
        place.execute(f"DROP TABLE {prefix}{name}")
    with closing(open_account_database(address_of(place))) as again:
        TokenStore(again).add(TOKEN, secret="hash-1")  # noqa: S106
    assert TokenStore(database).find("hash-1") == TOKEN
