"""The record, the keys, and those who work with both."""

from __future__ import annotations

from pathlib import Path

from overt.clock import Clock, SystemClock
from overt.engine.recorder import SealEvidence
from overt.errors import VaultError
from overt.governance.custody import Custody
from overt.governance.disclosure import Disclosure
from overt.governance.policy_file import open_policy
from overt.governance.retention import Retention
from overt.governance.retention_indexes import IndexRetention
from overt.governance.retention_lists import ListRetention
from overt.governance.transparency import TransparencyLog
from overt.ids import NewId, time_ordered_id
from overt.records.base import Exchange, Store
from overt.records.store import open_exchange, open_store
from overt.review.desk import Desk, EvidenceRoom, OpenEvidence, SealDecoy
from overt.review.hindsight import Hindsight
from overt.review.office import Office
from overt.settings import Settings
from overt.vault.files import Vault
from overt.vault.keys import ALERT_KEY, KeyRing, Unopened
from overt.vault.master_command import MasterCommand
from overt.vault.sealed import SALT_BYTES, commitment, new_salt

__all__ = [
    "decoy_sealer",
    "evidence_opener",
    "evidence_sealer",
    "make_desk",
    "make_disclosure",
    "make_hindsight",
    "make_index_retention",
    "make_list_retention",
    "make_log",
    "make_office",
    "make_retention",
    "open_exchange_here",
    "open_keys",
    "open_keys_to_destroy",
    "open_records",
]


def open_records(settings: Settings) -> Store:
    """Open this machine's record of events."""
    return open_store(settings.record_address)


def open_exchange_here(settings: Settings) -> Exchange:
    """Open this machine's record to hand its events on, or to take another's."""
    return open_exchange(settings.record_address)


def open_keys(settings: Settings) -> KeyRing:
    """Open this machine's keys, under the master key that is set: a command, else a file."""
    command = settings.master_command
    return KeyRing(settings.keys_dir, master=MasterCommand(command) if command else None)


def open_keys_to_destroy(settings: Settings) -> KeyRing:
    """Open this machine's keys to destroy some: that needs no master key, and waits for none."""
    return KeyRing(settings.keys_dir, master=Unopened())


def make_retention(settings: Settings, *, store: Store, clock: Clock) -> Retention:
    """Make what deletes evidence when it is due, by the policy's limits."""
    policy, keys = open_policy(settings.policy), open_keys_to_destroy(settings)
    return Retention(
        Custody(store, keys, clock, time_ordered_id),
        vault=Vault(settings.evidence_dir, keys),
        kept=policy.duration("alert-data-kept"),
        longest_hold=policy.duration("legal-hold"),
    )


def make_list_retention(settings: Settings, *, store: Store, clock: Clock) -> ListRetention:
    """Make what destroys the lists that were left on this machine, by the policy's limits."""
    policy = open_policy(settings.policy)
    return ListRetention(
        Custody(store, open_keys_to_destroy(settings), clock, time_ordered_id),
        within=policy.duration("list-destroyed"),
        longest_unused=policy.duration("list-age"),
    )


def make_index_retention(settings: Settings, *, store: Store, clock: Clock) -> IndexRetention:
    """Make what deletes the indexes of who was listed, by the policy's limit."""
    keys = open_keys_to_destroy(settings)
    return IndexRetention(
        Custody(store, keys, clock, time_ordered_id),
        vault=Vault(settings.disclosure_dir, keys),
        kept=open_policy(settings.policy).duration("disclosure-kept"),
    )


def make_office(
    settings: Settings, *, store: Store, clock: Clock, new_id: NewId = time_ordered_id
) -> Office:
    """Make where deployments are drafted, authorised, steered and closed."""
    policy = open_policy(settings.policy)
    return Office(store, policy=policy, clock=clock, new_id=new_id)


def make_hindsight(settings: Settings, *, store: Store, clock: Clock) -> Hindsight:
    """Make what looks back on deployments that have ended."""
    policy = open_policy(settings.policy)
    return Hindsight(store, policy=policy, clock=clock, new_id=time_ordered_id)


def make_desk(settings: Settings, deployment: str, *, store: Store, clock: Clock) -> Desk:
    """Make where a deployment's alerts are judged."""
    keys = open_keys(settings)
    room = EvidenceRoom(
        seal=decoy_sealer(settings.evidence_dir, keys),
        open=evidence_opener(settings.evidence_dir, keys),
    )
    return Desk(store, deployment=deployment, evidence=room, clock=clock, new_id=time_ordered_id)


def make_log(settings: Settings, *, store: Store) -> TransparencyLog:
    """Make what signs and publishes this machine's record."""
    return TransparencyLog(
        settings.ledger_dir,
        store=store,
        keys=open_keys(settings),
        clock=SystemClock(),
        new_id=time_ordered_id,
    )


def make_disclosure(settings: Settings) -> Disclosure:
    """Make what answers whether somebody was listed."""
    keys = open_keys(settings)
    return Disclosure(Vault(settings.disclosure_dir, keys), keys)


def evidence_sealer(folder: Path, keys: KeyRing) -> SealEvidence:
    """Give what seals an alert's evidence under a key of its own, and commits to it."""
    seal = decoy_sealer(folder, keys)
    return lambda alert, evidence: seal(alert.id, evidence)


def decoy_sealer(folder: Path, keys: KeyRing) -> SealDecoy:
    """Give what seals evidence by an alert's id: of a decoy as of a real one."""
    vault = Vault(folder, keys)

    def seal(alert: str, evidence: bytes) -> str:
        salt, key_name = new_salt(), f"{ALERT_KEY}{alert}"
        keys.create(key_name)
        vault.put(alert, key_name, salt + evidence, context=f"alert:{alert}".encode())
        return commitment(salt, evidence)

    return seal


def evidence_opener(folder: Path, keys: KeyRing) -> OpenEvidence:
    """Give what opens an alert's evidence, and holds it to what its event committed to."""
    vault = Vault(folder, keys)

    def open_evidence(alert: str, committed: str) -> bytes:
        plain = vault.get(alert, key_name=f"{ALERT_KEY}{alert}", context=f"alert:{alert}".encode())
        salt, evidence = plain[:SALT_BYTES], plain[SALT_BYTES:]
        if commitment(salt, evidence) != committed:
            raise VaultError(
                f"alert {alert}: got evidence that its event did not commit to, want its own"
            )
        return evidence

    return open_evidence
