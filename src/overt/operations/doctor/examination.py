"""All checks of a machine, in order: what the later ones rest on comes first."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from overt.clock import Clock
from overt.errors import OvertError, VaultError
from overt.operations.doctor.cameras import check_cameras
from overt.operations.doctor.certificates import check_certificates
from overt.operations.doctor.clock import check_clock
from overt.operations.doctor.database import check_database, look_at
from overt.operations.doctor.disk import check_disk, need_of
from overt.operations.doctor.finding import Family, Finding, cannot_tell, failure
from overt.operations.doctor.folders import check_folders
from overt.operations.doctor.keys import check_keys
from overt.operations.doctor.ledger import check_ledger
from overt.operations.doctor.models import bundle_names, check_models
from overt.operations.doctor.settings import check_policy
from overt.operations.doctor.timers import check_overdue, check_timers
from overt.records.base import Store
from overt.records.inspecting import Condition
from overt.settings import Settings
from overt.values.deployment import Deployment
from overt.vault.keys import KeyRing
from overt.wiring import make_log, open_keys_to_destroy, open_records

__all__ = ["Asked", "examine"]

LOG_KEY: Final = "ledger"  # belongs to nobody: every other key is of people's data


@dataclass(frozen=True, slots=True)
class Asked:
    """What the doctor is to look at."""

    settings: Settings
    deployment: Deployment | None
    families: Collection[Family]  # those that are left out are not looked at
    longest_ms: float  # a warm look of each bundle


def examine(asked: Asked, *, clock: Clock) -> Iterator[Finding]:
    """Look at everything that is asked for; a finding as soon as it is there."""
    settings, wanted = asked.settings, asked.families
    if Family.SETTINGS in wanted:
        yield check_policy(settings)
    if Family.FOLDERS in wanted:
        yield from check_folders(settings)
    if Family.DISK in wanted:
        yield from check_disk(settings.data_dir, need=need_of(asked.deployment))
    if {Family.DATABASE, Family.CLOCK, Family.LEDGER, Family.TIMERS} & set(wanted):
        yield from _of_the_record(asked, clock=clock)
    if Family.KEYS in wanted:
        yield from check_keys(settings)
    if Family.CERTIFICATES in wanted:
        yield from check_certificates(settings, now=clock.now())
    if Family.MODELS in wanted:
        yield from _models(asked, clock=clock)
    if Family.CAMERAS in wanted:
        if asked.deployment is None:
            yield cannot_tell(
                Family.CAMERAS, "cameras", "no deployment's file given", "name one to check them"
            )
        else:
            yield from check_cameras(asked.deployment, settings, clock=clock)


def _of_the_record(asked: Asked, *, clock: Clock) -> Iterator[Finding]:
    """Look at the record, and at what can only be judged by it."""
    found = look_at(asked.settings.record_address)
    if isinstance(found, Finding):
        if Family.DATABASE in asked.families:
            yield found
    elif Family.DATABASE in asked.families:
        yield from check_database(found)
    condition = found if isinstance(found, Condition) else None
    ring = _ring(asked.settings)
    if isinstance(ring, Finding):
        yield ring
        ring = None
    last_run = _last_run(ring)
    if Family.CLOCK in asked.families:
        recorded = _time_of(condition.last_at) if condition else None
        known = max(filter(None, (recorded, last_run)), default=None)
        yield from check_clock(clock.now(), known=known)
    if Family.TIMERS in asked.families:
        holding = sum(name != LOG_KEY for name in ring.names()) if ring else 0
        yield check_timers(last_run, holding=holding, now=clock.now())
    if condition is not None and condition.is_current and condition.damage in ("", None):
        yield from _with_the_store(asked, condition, ring, clock=clock)


def _with_the_store(
    asked: Asked, condition: Condition, ring: KeyRing | None, *, clock: Clock
) -> Iterator[Finding]:
    """Look at what needs the events read. Opening changes nothing: the schema is the newest."""
    settings = asked.settings
    try:
        with closing(open_records(settings)) as store:
            if Family.TIMERS in asked.families and ring is not None:
                yield from check_overdue(settings, store, clock=clock)
            if Family.LEDGER in asked.families:
                yield from _ledger(settings, store, condition, now=clock.now())
    except OvertError as error:
        yield failure(Family.DATABASE, "record", error)


def _ledger(
    settings: Settings, store: Store, condition: Condition, *, now: datetime
) -> Iterator[Finding]:
    try:
        # Made only where it is there: what makes the log makes its folder and keys too.
        log = make_log(settings, store=store) if settings.ledger_dir.is_dir() else None
    except OvertError as error:
        yield failure(Family.LEDGER, "log", error)
        return
    yield from check_ledger(settings, log, store, events=condition.events, now=now)


def _ring(settings: Settings) -> KeyRing | Finding | None:
    """Open the keys where there are any, without the master key; none are made."""
    if not (settings.keys_dir / "keys").is_dir():
        return None
    try:
        return open_keys_to_destroy(settings)
    except VaultError as error:
        return failure(Family.KEYS, "keys", error)


def _last_run(ring: KeyRing | None) -> datetime | None:
    """Read when what was due was last deleted; a note that says no time is as none."""
    content = None if ring is None else ring.last_run.read()
    return _time_of(content.decode(errors="replace")) if content else None


def _time_of(text: str | None) -> datetime | None:
    """Read a time that the record or a note holds."""
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _models(asked: Asked, *, clock: Clock) -> Iterator[Finding]:
    try:
        names = bundle_names(asked.settings)
    except OvertError as error:
        yield failure(Family.MODELS, "bundles", error)
        return
    drafted = (asked.deployment.bundle,) if asked.deployment else ()
    wanted = dict.fromkeys((*names, *drafted))
    yield from check_models(
        asked.settings, names=tuple(wanted), longest_ms=asked.longest_ms, clock=clock
    )
