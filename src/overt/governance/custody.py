"""What deleting needs, whatever is deleted: the record for the receipt, the keys, the clock."""

from __future__ import annotations

from dataclasses import dataclass

from overt.clock import Clock
from overt.errors import VaultError
from overt.ids import NewId
from overt.records.base import Store
from overt.values.events import Body, Event
from overt.vault.files import Vault
from overt.vault.keys import KeyRing

__all__ = ["Custody"]


@dataclass(frozen=True, slots=True)
class Custody:
    """A machine's keys, and the record that tells what they are for."""

    store: Store
    keys: KeyRing
    clock: Clock
    new_id: NewId

    def record(self, deployment: str, body: Body) -> None:
        """Record what became of something that was held, now.

        Raises:
            RecordsError: it could not be recorded.
        """
        now = self.clock.now()
        self.store.append([Event(self.new_id(now), deployment, now, body)])

    def destroy(self, key: str, vault: Vault) -> str:
        """Destroy a key, then what it sealed; give the error in words, "" if there was none."""
        try:
            self.keys.destroy(key)
            vault.delete_all(key)
        except (VaultError, OSError) as error:
            return str(error)
        return ""
