"""The receiving end of `overt sync` over HTTPS: it believes a machine's signature, nobody's word.

Whoever sends has a token and nothing else that counts. A part is recorded once it is sure that it
goes on from what is here, and that the log's own key has signed what begins with both: an event
that this key did not sign never comes into the record, nor does one twice, nor one before another,
nor one about a deployment that began elsewhere: a machine's key steers that machine's alone.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from overt.clock import Clock
from overt.errors import (
    ConflictError,
    LedgerError,
    MissingError,
    ProofError,
    RecordsError,
    SettingsError,
    SignatureError,
)
from overt.governance.elsewhere import TakenOver, taken_over
from overt.ids import NewId
from overt.ledger.checkpoint import Checkpoint
from overt.ledger.keys import KeyKind, VerifierKey
from overt.ledger.marks import Mark
from overt.ledger.note import Note
from overt.ledger.proofs import ConsistencyProof
from overt.ledger.rotation import KeyChain
from overt.ledger.tree import Tree
from overt.ledger.verify import marks_of
from overt.operations.target import SYNC, Standing, received, standing_of, take_with_mark
from overt.records.base import Exact, Exchange
from overt.records.codec import Encoded, decode
from overt.values.alert_events import DecoyRaised
from overt.values.duty_events import DeploymentDrafted, RecordSynced
from overt.values.events import AlertRaised, DeploymentAuthorised, Event

__all__ = ["Intake", "Sent", "known_logs"]

BEGINNINGS: Final = (DeploymentDrafted.kind, DeploymentAuthorised.kind)  # of a deployment
RAISED: Final = (AlertRaised.kind, DecoyRaised.kind)


@dataclass(frozen=True, slots=True)
class Sent:
    """A part as it was sent: nothing of it is believed yet."""

    after: int  # events of the log before these
    events: tuple[bytes, ...]  # their own bytes, in order
    openings: tuple[bytes | None, ...]  # what opens the commitments of each; None: nothing does
    checkpoint: bytes  # a note, signed by the log, of these events or of more
    rotations: tuple[bytes, ...]  # notes: the changes of the log's key
    proof: tuple[bytes, ...]  # that what ends with these events is the checkpoint's beginning


def known_logs(texts: Sequence[str]) -> dict[str, VerifierKey]:
    """Read the first keys of the logs that may be brought here, from the settings.

    Raises:
        SettingsError: one is no log's key, or two are of one name.
    """
    known: dict[str, VerifierKey] = {}
    for text in texts:
        try:
            key = VerifierKey.parse(text)
        except LedgerError as error:
            raise SettingsError(f"web_sync_logs: {error}") from error
        if key.kind is not KeyKind.LOG or key.name in known:
            raise SettingsError(
                f"web_sync_logs: got {text}, want the key of a log, one for each name",
                hint="copy the first line that `overt ledger key` prints on the machine",
            )
        known[key.name] = key
    return known


class Intake:
    """Takes over what machines send. Threads may share it."""

    def __init__(
        self,
        store: Exchange,
        known: dict[str, VerifierKey],
        *,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        """Take the record, and the logs whose events it takes, by name: the first key of each."""
        self._store = store
        self._known = known
        self._clock = clock
        self._new_id = new_id
        self._place = 0  # of the last event about any record taken over that was read
        self._last: dict[str, TakenOver] = {}  # of each log
        self._spans: dict[str, list[range]] = {}  # places of the events of each
        self._own: set[tuple[str, str]] = set()  # logs, and deployments that began in them
        self._raised: dict[str, str] = {}  # alerts here, and the deployment of each
        self._read = 0  # place of the last of them
        self._trees: dict[str, Tree] = {}  # what was hashed of each: it is not read again
        self._lock = threading.Lock()

    def require_known(self, log: str) -> VerifierKey:
        """Give the first key of a log whose events are taken here.

        Raises:
            MissingError: it is not known.
        """
        key = self._known.get(log)
        if key is None:
            raise MissingError(
                "log: got one that is not known here, want one of the setting web_sync_logs",
                hint="have the first key of the machine's log (`overt ledger key`) written there, "
                "and the console started again",
            )
        return key

    def standing(self, log: str) -> Standing:
        """Tell how far this record has come with a log.

        Raises:
            MissingError: the log is not known.
            RecordsError: the record cannot be read.
        """
        key = self.require_known(log)
        with self._lock:
            return self._standing(key)

    def verify(self, log: str) -> Standing:
        """Hash anew what is here of a log, against what was noted, and tell how far it is.

        Raises:
            MissingError: the log is not known.
            ProofError: it is not what came.
            RecordsError: the record cannot be read.
        """
        key = self.require_known(log)
        with self._lock:
            standing = self._standing(key)
            tree = received(self._store, log=log)
            self._trees[log] = tree
            return standing

    def take(self, log: str, sent: Sent) -> Standing:
        """Record a part, with the event that says so, and tell how far this record is then.

        Raises:
            MissingError: the log is not known.
            ConflictError: the part does not go on from what is here, has an event that is, or one
                of a deployment that began elsewhere, or about its alert.
            LedgerError: its events are not what the log's key signed.
            RecordsError: the record cannot be read or written.
        """
        key = self.require_known(log)
        with self._lock:
            standing = self._standing(key)
            if standing.key != key.text:
                raise SignatureError(
                    f"log {log!r}: got events here under the key {standing.key}, want {key.text} "
                    "as the setting web_sync_logs says",
                    hint="find out which key is the machine's, and whose the events are",
                )
            if sent.after != standing.size:
                raise ConflictError(
                    f"log {log!r}: got a part after {sent.after} events, want one after "
                    f"{standing.size}",
                    hint="ask how far it is, and go on from there",
                )
            note = Note.parse(sent.checkpoint)
            tree, events = self._checked(key, note, sent)
            self._require_own(log, {each.event.deployment for each in events})
            self._require_own_alerts(log, [each.event for each in events])
            now = self._clock.now()
            body = RecordSynced(
                log, key.text, len(events), tree.size, tree.root().hex(), note.data.decode()
            )
            mark = Event(self._new_id(now), SYNC, now, body)
            take_with_mark(self._store, events, mark, place=self._place, log=log)
            self._trees[log] = tree
            return self._standing(key)

    def _standing(self, key: VerifierKey) -> Standing:
        """Read what is new about records taken over."""
        for each in taken_over(self._store, after=self._place):
            self._place = each.place
            self._last[each.body.log] = each
            self._spans.setdefault(each.body.log, []).append(range(each.first, each.place))
        last = self._last.get(key.name)
        return Standing(key.text) if last is None else standing_of(last)

    def _checked(self, key: VerifierKey, note: Note, sent: Sent) -> tuple[Tree, tuple[Exact, ...]]:
        """Give the log's tree with a part, and its events, once it is sure what was signed."""
        chain = KeyChain.follow(key, [Note.parse(each) for each in sent.rotations])
        signed = chain.open(note)
        checkpoints = [signed, *self._signed_before(chain, signed)]
        until = sent.after + len(sent.events)
        marks = [m for m in marks_of(chain, checkpoints) if sent.after < m.size <= until]
        tree = self._tree(key.name).copy()
        events: list[Exact] = []
        for each in _read(sent):
            tree.append(each.encoded.canonical)
            events.append(each)
            for mark in marks:
                if mark.size == tree.size:
                    _require_mark(mark, tree, each.encoded.canonical, log=key.name)
        # A checkpoint of more than there is yet says nothing of these events by itself.
        proof = ConsistencyProof(tree.size, signed.size, sent.proof)
        proof.check(old_root=tree.root(), root=signed.root)
        return tree, tuple(events)

    def _require_own(self, log: str, deployments: Collection[str]) -> None:
        """Refuse events of a deployment that began here, or came with another log.

        Else who has a machine's key could steer, judge and authorise what another one runs.
        """
        for name in sorted(deployments):
            if (log, name) in self._own:
                continue
            began = next(self._store.events(deployment=name, kinds=BEGINNINGS), None)
            if began is None:
                continue
            if not any(began.sequence in span for span in self._spans.get(log, ())):
                raise ConflictError(
                    f"log {log!r}: got an event of deployment {name}, which began elsewhere (place "
                    f"{began.sequence} here), want those of its own",
                    hint="find out who wrote it there, and keep both records as they are",
                )
            self._own.add((log, name))

    def _require_own_alerts(self, log: str, events: Iterable[Event]) -> None:
        """Refuse what is said of an alert that another deployment raised: figures go by alerts."""
        for raised in self._store.events(kinds=RAISED, after=self._read):
            self._read = raised.sequence
            if isinstance(raised.event.body, AlertRaised | DecoyRaised):
                self._raised[raised.event.body.alert] = raised.event.deployment
        for event in events:
            alert: str = getattr(event.body, "alert", "")
            if self._raised.get(alert, event.deployment) != event.deployment:
                raise ConflictError(
                    f"log {log!r}: got an event about alert {alert} from deployment "
                    f"{event.deployment}, want one from the deployment that raised it",
                    hint="find out who wrote it there, and keep both records as they are",
                )

    def _signed_before(self, chain: KeyChain, signed: Checkpoint) -> Iterator[Checkpoint]:
        """Give the checkpoint that came last, once these keys and this one go on from it.

        A key that was given up signs nothing here that comes after, whoever has it by now.
        """
        last = self._last.get(chain.first.name)
        if last is None:
            return
        before = chain.open(Note.parse(last.body.checkpoint.encode()))
        if before.size > signed.size:
            raise ProofError(
                f"log {chain.first.name!r}: got a checkpoint of {signed.size} events, want the "
                f"{before.size} that were signed before, or more: the machine's record was cut, or "
                "is an older copy",
                hint="keep both records as they are, and find out which is right",
            )
        yield before

    def _tree(self, log: str) -> Tree:
        """Give the tree of what is here of a log; it is read and hashed where that is not done."""
        last, tree = self._last.get(log), self._trees.get(log)
        if last is None:
            return Tree()
        body = last.body
        if tree is None or (tree.size, tree.root().hex()) != (body.size, body.root):
            try:
                tree = received(self._store, log=log)
            except ProofError as error:  # no fault of who sends
                raise RecordsError(str(error), hint=error.hint) from error
            self._trees[log] = tree
        return tree


def _read(sent: Sent) -> Iterator[Exact]:
    """Read the events of a part: their bytes must be what would be written of them again."""
    pairs = zip(sent.events, sent.openings, strict=True)
    for number, (canonical, openings) in enumerate(pairs, start=sent.after + 1):
        try:
            event = decode(canonical, openings)
        except RecordsError as error:
            raise LedgerError(f"event {number} of the log: {error}", hint=error.hint) from error
        yield Exact(number, event, Encoded(canonical, openings))


def _require_mark(mark: Mark, tree: Tree, leaf: bytes, *, log: str) -> None:
    """Compare a root that was signed, at its size."""
    if (root := tree.root()) != mark.root:
        raise ProofError(
            f"log {log!r}, {mark.what}: got root {root.hex()}, want {mark.root.hex()} as signed"
        )
    if mark.holds not in leaf:
        raise ProofError(
            f"log {log!r}, {mark.what}: got an event without {mark.holds.decode()!r}, want the one "
            "that announces this key"
        )
