"""Answers to "was I on a list?", and that the index gives nothing else away."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders import make_alert_raised, make_entry, make_vectors, make_watchlist

from overt.governance.disclosure import Disclosure
from overt.values.events import DeploymentAuthorised, Event
from overt.values.watchlist import Watchlist
from overt.vault.files import Vault
from overt.vault.keys import KeyRing

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path / "keys")


@pytest.fixture
def disclosure(tmp_path: Path, keys: KeyRing) -> Disclosure:
    return Disclosure(Vault(tmp_path / "disclosure", keys), keys)


def listed(*references: str) -> Watchlist:
    entries = tuple(make_entry(reference) for reference in references)
    return make_watchlist(make_vectors(len(entries)), entries=entries)


def authorised() -> DeploymentAuthorised:
    return DeploymentAuthorised(
        place="square",
        purpose="locate",
        trial=False,
        start=NOW,
        end=NOW,
        cameras=("gate",),
        threshold=0.64,
        watchlist="1" * 64,
        listed=2,
        bundle="b" * 64,
        policy="p" * 64,
        policy_name="reference",
        officer="A. Officer",
        rank="Superintendent",
        given=NOW,
        reference="doc 1",
        necessity="why",
        proportionality="how",
        urgent=False,
    )


def events() -> list[Event]:
    return [
        Event("1", "first", NOW, authorised()),
        Event("2", "first", NOW, make_alert_raised("a1", NOW)),
        Event("3", "first", NOW, make_alert_raised("a2", NOW)),
        Event("4", "second", NOW, authorised()),
    ]


def test_who_was_listed_is_told_where_and_why(disclosure: Disclosure) -> None:
    disclosure.index_list("first", listed("Ref 1", "Ref 2"))
    disclosure.index_list("second", listed("Ref 2"))
    disclosure.index_alert("first", "a2", "Ref 1")
    (found,) = disclosure.ask("  ref   1 ", events())
    assert found.deployment == "first"
    assert found.lawful_basis == "warrant 12"
    assert found.alerts == ("a2",)
    assert [item.deployment for item in disclosure.ask("Ref 2", events())] == ["first", "second"]
    assert list(disclosure.ask("Ref 3", events())) == []


def test_a_destroyed_index_no_longer_answers(disclosure: Disclosure, keys: KeyRing) -> None:
    disclosure.index_list("first", listed("Ref 1"))
    keys.destroy("disclosure-first")
    assert list(disclosure.ask("Ref 1", events())) == []


def test_nothing_on_disk_names_who_is_listed(disclosure: Disclosure, tmp_path: Path) -> None:
    disclosure.index_list("first", listed("Ref 1"))
    content = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"Ref 1" not in content
    assert b"Ada Example" not in content


def test_two_deployments_cannot_be_joined(
    disclosure: Disclosure, tmp_path: Path, keys: KeyRing
) -> None:
    for deployment in ("first", "second"):
        disclosure.index_list(deployment, listed("Ref 1"))
    vault = Vault(tmp_path / "disclosure", keys)
    one, other = (
        vault.get("list", f"disclosure-{name}", context=b"overt disclosure index 1")
        for name in ("first", "second")
    )
    assert one != other
