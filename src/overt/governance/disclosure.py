"""Was I on a list? Answers for a subject access request, without a store of names or images.

For each deployment a sealed index is kept: for each entry a keyed hash of its reference (HMAC with
SHA-256, RFC 2104) with its category and lawful basis. Nobody can read names out of it; who knows a
reference can ask whether it was listed. The key is the deployment's own, so that two deployments'
indexes cannot be joined, and destroying it ends the index.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from overt.errors import VaultError
from overt.table import Table
from overt.values.events import AlertRaised, DeploymentAuthorised, Event
from overt.values.watchlist import Category, Watchlist
from overt.vault.files import Vault
from overt.vault.keys import KeyRing

__all__ = ["KEY", "Disclosed", "Disclosure"]

KEY: Final = "disclosure-"
LIST: Final = "list"
CONTEXT: Final = b"overt disclosure index 1"


@dataclass(frozen=True, slots=True)
class Disclosed:
    """One deployment in which a reference was listed."""

    deployment: str
    place: str
    purpose: str
    start: str  # of the authorised window, ISO 8601
    end: str
    officer: str  # who gave the authority
    category: Category
    lawful_basis: str
    alerts: tuple[str, ...]  # raised for this entry, by id


class Disclosure:
    """Writes the indexes, and answers from them."""

    def __init__(self, vault: Vault, keys: KeyRing) -> None:
        """Take the vault's folder of indexes and the ring of keys."""
        self._vault = vault
        self._keys = keys

    def index_list(self, deployment: str, watchlist: Watchlist) -> None:
        """Seal the index of a deployment's list.

        Raises:
            VaultError: it could not be written; the deployment must not run.
        """
        key = self._keys.create(f"{KEY}{deployment}")
        rows = {
            _hash(key, entry.reference): {
                "category": str(entry.category),
                "lawful_basis": entry.lawful_basis,
            }
            for entry in watchlist.entries
        }
        self._put(deployment, LIST, json.dumps(rows, ensure_ascii=False, sort_keys=True))

    def index_alert(self, deployment: str, alert: str, reference: str) -> None:
        """Seal whom an alert was about, as a keyed hash."""
        key = self._keys.get(f"{KEY}{deployment}")
        self._put(deployment, f"alert-{alert}", _hash(key, reference))

    def ask(self, reference: str, events: Iterable[Event]) -> Iterator[Disclosed]:
        """Tell in which deployments a reference was listed, in the record's order.

        A deployment whose index was destroyed when it was due cannot answer, and is left out.
        """
        authorised: dict[str, DeploymentAuthorised] = {}
        alerts: dict[str, list[str]] = {}
        for event in events:
            match event.body:
                case DeploymentAuthorised() as body:
                    authorised[event.deployment] = body
                case AlertRaised(alert=alert):
                    alerts.setdefault(event.deployment, []).append(alert)
                case _:
                    pass
        for deployment, body in authorised.items():
            found = self._find(deployment, reference, alerts.get(deployment, []))
            if found is not None:
                row, mine = found
                yield _disclosed(deployment, body, row, mine)

    def _find(
        self, deployment: str, reference: str, alerts: Iterable[str]
    ) -> tuple[Table, tuple[str, ...]] | None:
        name = f"{KEY}{deployment}"
        if name not in self._keys.names():
            return None
        hashed = _hash(self._keys.get(name), reference)
        content = json.loads(self._get(deployment, LIST))
        index = Table(content, file=f"index of {deployment}", error=VaultError)
        if not index.has(hashed):
            return None
        sealed = set(self._vault.names(name))
        mine = tuple(
            alert
            for alert in alerts
            if f"alert-{alert}" in sealed and self._get(deployment, f"alert-{alert}") == hashed
        )
        return index.table(hashed), mine

    def _put(self, deployment: str, name: str, text: str) -> None:
        self._vault.put(name, f"{KEY}{deployment}", text.encode(), context=CONTEXT)

    def _get(self, deployment: str, name: str) -> str:
        return self._vault.get(name, f"{KEY}{deployment}", context=CONTEXT).decode()


def _hash(key: bytes, reference: str) -> str:
    """Hash a reference as a person may write it: case, blanks and Unicode form do not count."""
    plain = " ".join(unicodedata.normalize("NFKC", reference).casefold().split())
    return hmac.new(key, plain.encode(), hashlib.sha256).hexdigest()


def _disclosed(
    deployment: str, body: DeploymentAuthorised, row: Table, alerts: tuple[str, ...]
) -> Disclosed:
    return Disclosed(
        deployment=deployment,
        place=body.place,
        purpose=body.purpose,
        start=body.start.isoformat(),
        end=body.end.isoformat(),
        officer=body.officer,
        category=row.choice("category", Category),
        lawful_basis=row.text("lawful_basis"),
        alerts=alerts,
    )
