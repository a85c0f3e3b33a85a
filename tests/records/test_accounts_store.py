"""Accounts and sessions: the same over SQLite and PostgreSQL, and beside a record."""

from __future__ import annotations

import stat
import threading
from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from record_places import Place

from overt.errors import InputError, MissingError, RecordsError, RefusedError
from overt.records.account_database import AccountDatabase, open_account_database
from overt.records.accounts import AccountStore
from overt.records.grants import GrantStore
from overt.records.sessions import SessionStore, TryStore
from overt.records.sign_ins import Flow, SignInStore
from overt.values.account import Account, Grant, Linked, Role
from overt.values.deployment import Rank

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def account(number: int, *, role: Role = Role.ADMINISTRATOR) -> Account:
    return Account(
        id=f"id-{number}",
        login=f"login{number}",
        name=f"Person {number}",
        role=role,
        rank=Rank.NONE,
        made=NOON,
        must_change=False,
        closed=False,
        has_code=False,
    )


@pytest.fixture
def database(place: Place) -> Generator[AccountDatabase]:
    address = place.address if "://" in place.address else Path(place.address)
    with closing(open_account_database(address)) as opened:
        yield opened


def test_accounts_are_kept_beside_a_record(place: Place) -> None:
    """On a server they share a database, in either order; a file is another one."""
    server = "://" in place.address
    address = place.address if server else Path(place.address).with_name("accounts.sqlite")
    with closing(open_account_database(address)) as opened:
        AccountStore(opened).add(account(1), password="hash")  # noqa: S106
        with place.store() as store:
            assert list(store.events()) == []
            assert store.check() == ()
    with closing(open_account_database(address)) as again, place.store():
        assert AccountStore(again).all() == (account(1),)


def test_a_file_is_its_owner_s_alone(tmp_path: Path) -> None:
    path = tmp_path / "accounts.sqlite"
    open_account_database(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    with pytest.raises(RecordsError, match="want 0600"):
        open_account_database(path)


def test_another_file_and_a_newer_one_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite"
    other.write_text("a text that is longer than a header")
    other.chmod(0o600)
    with pytest.raises(RecordsError, match="no database"):
        open_account_database(other)
    newer = Place(str(tmp_path / "new.sqlite"), f"sqlite:///{tmp_path / 'new.sqlite'}")
    open_account_database(Path(newer.address)).close()
    newer.execute("UPDATE version SET number = 2")
    with pytest.raises(RecordsError, match=r"version \[2\], want 1"):
        open_account_database(Path(newer.address))


def test_one_login_and_one_name_each(database: AccountDatabase) -> None:
    store = AccountStore(database)
    store.add(account(1), password="hash")  # noqa: S106
    with pytest.raises(InputError, match="somebody has"):
        store.add(account(1), password="hash")  # noqa: S106
    assert store.by_login("login1") == store.credentials("id-1")
    assert store.by_login("login2") is None
    assert store.all() == (account(1),)


def test_a_code_is_taken_once_by_many_at_once(database: AccountDatabase) -> None:
    store = AccountStore(database)
    store.add(account(1), password="hash")  # noqa: S106
    taken: list[bool] = []
    threads = [
        threading.Thread(target=lambda: taken.append(store.use_code("id-1", 7))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False] * 7 + [True]
    assert not store.use_code("id-1", 6)


def test_tries_at_once_are_all_counted(database: AccountDatabase) -> None:
    """Who asks a hundred times at once is looked at no more often than who asks in turn."""
    tries = TryStore(database)
    looked_at: list[bool] = []

    def ask() -> None:
        until = tries.begin(
            "x",
            now=NOON,
            wait=lambda failures: timedelta(minutes=failures >= 5),
            forget=timedelta(hours=1),
        )
        looked_at.append(until is None)

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(looked_at) == 5
    assert tries.failures("x") == 5
    later = NOON + timedelta(hours=1, seconds=1)
    tries.begin("y", now=later, wait=lambda _: timedelta(), forget=timedelta(hours=1))
    assert tries.failures("x") == 0  # forgotten


def test_sessions_are_found_told_and_swept(database: AccountDatabase) -> None:
    accounts, sessions = AccountStore(database), SessionStore(database)
    accounts.add(account(1), password="hash")  # noqa: S106
    for number in range(3):
        at = NOON + timedelta(minutes=number)
        sessions.add(f"token-{number}", id=f"s{number}", account="id-1", now=at)
    found = sessions.find("token-1")
    assert found is not None
    assert (found.id, found.account, found.begun) == ("s1", account(1), NOON + timedelta(minutes=1))
    assert [each.id for each in sessions.of("id-1")] == ["s2", "s1", "s0"]
    sessions.tell("s1", "done")
    assert [sessions.told("s1"), sessions.told("s1"), sessions.told("s2")] == ["done", "", ""]
    sessions.touch("s0", now=NOON + timedelta(hours=1))
    sessions.sweep(begun_before=NOON - timedelta(1), seen_before=NOON + timedelta(minutes=1))
    assert [each.id for each in sessions.of("id-1")] == ["s2", "s0"]
    assert sessions.end_all("id-1") == 2
    assert sessions.find("token-2") is None


def test_the_first_account_is_made_by_one_of_two(database: AccountDatabase) -> None:
    store = AccountStore(database)
    store.invite("token", until=NOON + timedelta(hours=1))
    store.add_first(account(1), password="hash", token="token", now=NOON)  # noqa: S106
    with pytest.raises(RefusedError, match="a link that was used"):
        store.add_first(account(2), password="hash", token="token", now=NOON)  # noqa: S106
    assert store.all() == (account(1),)


def grant(id_: str, whose: Account, *, linked: Linked | None = None) -> Grant:
    by = account(1)
    return Grant(id_, whose, by.id, by.name, NOON, None, linked)


def test_a_grant_is_taken_up_once_and_a_new_one_takes_its_place(database: AccountDatabase) -> None:
    accounts, grants = AccountStore(database), GrantStore(database)
    for number in (1, 2, 3):
        accounts.add(account(number), password="hash")  # noqa: S106
    first, second = grant("g-1", account(2)), grant("g-2", account(2))
    before = NOON - timedelta(days=1)
    grants.add(first, password="a")  # noqa: S106
    assert grants.of("id-2", made_after=before) == first
    grants.add(second, password="b")  # noqa: S106
    assert grants.all(made_after=before) == (second,)
    assert grants.all(made_after=NOON) == ()
    with pytest.raises(MissingError):
        grants.take("g-1")
    taken = grants.take("g-2")
    assert (taken.grant, taken.password) == (second, "b")
    with pytest.raises(MissingError):
        grants.take("g-2")
    link = replace(grant("g-3", account(3), linked=Linked("https://x", "s", "")), works_from=NOON)
    grants.add(link, password=None)
    assert grants.due(now=NOON - timedelta(seconds=1)) == ()
    assert grants.due(now=NOON) == (link,)
    roles = frozenset({Role.ADMINISTRATOR})
    assert grants.others(roles, without=frozenset({"id-1"})) == 2
    accounts.set_closed("id-2", closed=True)
    accounts.set_password("id-3", "hash", must_change=True)
    assert grants.others(roles, without=frozenset()) == 1


def test_a_login_elsewhere_is_taken_up_once_and_holds_a_subject(database: AccountDatabase) -> None:
    store = SignInStore(database)
    for number in (1, 2):
        AccountStore(database).add(account(number), password="hash")  # noqa: S106
    flow = Flow("state", "nonce", "verifier")
    store.begin("browser", flow, now=NOON, until=NOON + timedelta(minutes=10))
    assert store.take("another", now=NOON) is None
    assert store.take("browser", now=NOON) == flow
    assert store.take("browser", now=NOON) is None
    store.begin("late", flow, now=NOON, until=NOON + timedelta(minutes=10))
    assert store.take("late", now=NOON + timedelta(minutes=10)) is None
    store.link("id-1", Linked("https://x", "", "a@b"))
    with pytest.raises(InputError, match="linked to another account"):
        store.link("id-2", Linked("https://x", "", "a@b"))
    assert store.linked("id-2") is None
    assert store.account("https://y", subject="s", login="a@b") is None
    assert store.account("https://x", subject="s", login="a@b") == "id-1"
    assert store.linked("id-1") == Linked("https://x", "s", "a@b")
    assert store.account("https://x", subject="t", login="a@b") is None
    with pytest.raises(InputError, match="linked to another account"):
        store.require_free("id-2", Linked("https://x", "s", ""))
    store.unlink("id-1")
    assert store.account("https://x", subject="s", login="a@b") is None


def test_one_of_two_at_once_is_not_too_early_for_the_other(database: AccountDatabase) -> None:
    """Who read the clock first may be written second."""
    tries = TryStore(database)

    def ask(now: datetime) -> datetime | None:
        return tries.begin("x", now=now, wait=lambda _: timedelta(), forget=timedelta(hours=1))

    moment = timedelta(microseconds=1)
    assert ask(NOON + moment) is None
    assert ask(NOON) is None
    tries.take_back("x")
    assert ask(NOON - moment) is None
