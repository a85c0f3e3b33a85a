"""What is held of people, why, until when; and its deletion when it is due, with a receipt.

Deleting is destroying a key: the sealed file may lie in a backup, it can no longer be read. What
could not be deleted is recorded as failed and tried again at every run until it succeeds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from overt.errors import InputError, RefusedError
from overt.governance.custody import Custody
from overt.governance.elsewhere import without_taken_over
from overt.governance.known_time import RECEIPTS, doubt, note, require_onward
from overt.governance.own_record import why_foreign
from overt.governance.receipts import Receipt
from overt.text import name_key
from overt.values.alert_events import DecoyRaised
from overt.values.duty_events import (
    DeletionFailed,
    EvidenceDeleted,
    HoldPlaced,
    HoldReleased,
)
from overt.values.events import AlertRaised, Body, Event, FacesCounted
from overt.vault.files import Vault
from overt.vault.keys import ALERT_KEY

__all__ = ["STRAY_AGE", "Held", "Retention", "held_evidence"]

AFTER_USE: Final = "due after use"
HOLD_OVER: Final = "the hold is over"
OF_EVIDENCE: Final = tuple(
    body.kind for body in (AlertRaised, DecoyRaised, HoldPlaced, HoldReleased, EvidenceDeleted)
)
STRAY_AGE: Final = timedelta(minutes=10)
NEVER_RAISED: Final = "sealed for an alert that was never recorded"


@dataclass(frozen=True, slots=True)
class Held:
    """The evidence of one alert, as the record says it is held."""

    alert: str
    deployment: str
    raised: datetime
    commitment: str
    due: datetime  # when it is to be deleted
    hold: str  # why it is kept longer; "" without a hold

    def is_due(self, now: datetime) -> bool:
        """Tell whether it is to be deleted by now."""
        return now >= self.due


def held_evidence(events: Iterable[Event], *, kept: timedelta) -> tuple[Held, ...]:
    """Fold events to what is held, the next due first. `kept` is how long without a hold."""
    held: dict[str, Held] = {}
    for event in events:
        _fold(held, event, kept)
    return tuple(sorted(held.values(), key=lambda item: (item.due, item.alert)))


def _fold(held: dict[str, Held], event: Event, kept: timedelta) -> None:
    match event.body:
        case (
            AlertRaised(alert=alert, commitment=commitment)
            | DecoyRaised(alert=alert, commitment=commitment)
        ):
            held[alert] = Held(
                alert, event.deployment, event.at, commitment, due=event.at + kept, hold=""
            )
        case HoldPlaced(alert=alert, until=until, reason=reason) if alert in held:
            due = max(until, held[alert].raised + kept)
            held[alert] = replace(held[alert], due=due, hold=reason)
        case HoldReleased(alert=alert) if alert in held:
            held[alert] = replace(held[alert], due=held[alert].raised + kept, hold="")
        case EvidenceDeleted(alert=alert):
            held.pop(alert, None)
        case _:
            pass


class Retention:
    """Deletes what is due, and places holds."""

    def __init__(
        self,
        custody: Custody,
        *,
        vault: Vault,
        kept: timedelta,
        longest_hold: timedelta,
    ) -> None:
        """Take where evidence lies, and the policy's limits."""
        self._custody = custody
        self._vault = vault
        self._kept = kept
        self._longest_hold = longest_hold

    def held(self) -> tuple[Held, ...]:
        """Tell what is held, the next due first."""
        store = self._custody.store
        own = without_taken_over(store, store.events(kinds=OF_EVIDENCE))
        return held_evidence((recorded.event for recorded in own), kept=self._kept)

    def run(self, *, ahead: timedelta = timedelta(0)) -> tuple[Receipt, ...]:
        """Delete what is due now, and what was sealed for an alert that was never recorded.

        What is due within the time `ahead` goes too, so that between two runs nothing is kept
        past its limit; but nothing before the end that a hold promises.

        A deletion that fails does not stop the others: it is recorded, and tried at the next run.
        By a clock that is too far past everything known nothing goes that was on hold.

        Raises:
            RecordsError: a receipt could not be recorded.
            VaultError: the notes beside the keys cannot be read or written.
        """
        now = self._custody.clock.now()
        held = self.held()
        doubted = doubt(now, self._custody.store, keys=self._custody.keys)
        due = [item for item in held if item.is_due(now if item.hold else now + ahead)]
        receipts = [
            Receipt(item.alert, HOLD_OVER, doubted, doubted=True)
            if doubted and item.hold
            else self._delete(item, HOLD_OVER if item.hold else AFTER_USE)
            for item in due
        ]
        if not doubted:
            note(now, keys=self._custody.keys)
        return (*receipts, *self._delete_strays({item.alert for item in held}, now))

    def hold(self, alert: str, *, by: str, reason: str, until: datetime) -> None:
        """Keep an alert's evidence for a case; placed again, the hold is renewed.

        Raises:
            RefusedError: nothing is held of this alert, no reason is given, or it is too long.
            InputError: nobody is named.
            ClockError: the clock is behind the deployment's last event.
        """
        item = self._find(alert)
        now = self._custody.clock.now()
        _require_name(by)
        if not reason.strip():
            raise RefusedError("hold: got no reason, want the case it is for")
        if not now < until <= now + self._longest_hold:
            raise RefusedError(
                f"hold: got an end at {until.isoformat(timespec='seconds')}, want one within "
                f"{self._longest_hold.days} days; it can be renewed"
            )
        self._act(item.deployment, HoldPlaced(alert, by, reason, until))

    def release(self, alert: str, *, by: str) -> None:
        """End a hold: the evidence is due as if there had been none.

        Raises:
            RefusedError: there is no hold on this alert.
            InputError: nobody is named.
            ClockError: the clock is behind the deployment's last event.
        """
        item = self._find(alert)
        _require_name(by)
        if not item.hold:
            raise RefusedError(f"hold: got none on {alert}, want one to release")
        self._act(item.deployment, HoldReleased(alert, by))

    def _find(self, alert: str) -> Held:
        for item in self.held():
            if item.alert == alert:
                return item
        raise RefusedError(f"alert {alert}: got no evidence that is held, want some")

    def _delete(self, item: Held, reason: str) -> Receipt:
        error = self._destroy(item.alert)
        done = EvidenceDeleted(item.alert, item.commitment, reason)
        self._custody.record(item.deployment, DeletionFailed(item.alert, error) if error else done)
        return Receipt(item.alert, reason, error)

    def _delete_strays(self, held: set[str], now: datetime) -> list[Receipt]:
        """Delete keys of alerts that the record does not hold.

        A process killed between sealing and recording leaves one; a key younger than an alert
        takes to be recorded may belong to one that is being raised at this moment. Where the record
        is another than the keys belong to, or was cut, it cannot tell: nothing goes.
        """
        strays = [
            name.removeprefix(ALERT_KEY)
            for name, made in self._custody.keys.made().items()
            if name.startswith(ALERT_KEY)
            and name.removeprefix(ALERT_KEY) not in held
            and now - made > STRAY_AGE
        ]
        foreign = why_foreign(self._custody.store, keys=self._custody.keys)
        return [Receipt(alert, NEVER_RAISED, foreign or self._destroy(alert)) for alert in strays]

    def _destroy(self, alert: str) -> str:
        return self._custody.destroy(f"{ALERT_KEY}{alert}", self._vault)

    def _act(self, deployment: str, body: Body) -> None:
        """Record what somebody does, unless the clock is behind what is recorded already."""
        events = self._custody.store.events(
            deployment=deployment, without=(FacesCounted.kind, *RECEIPTS)
        )
        require_onward(
            self._custody.clock.now(), max((each.event.at for each in events), default=None)
        )
        self._custody.record(deployment, body)


def _require_name(by: str) -> None:
    if not name_key(by) or not by.isprintable():
        raise InputError(f"hold: got it by {by[:80]!r}, want who does this")
