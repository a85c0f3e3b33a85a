"""This machine's settings and record, opened for one command; and times that ask for a part."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, time

from overt.errors import InputError
from overt.governance.transparency import TransparencyLog
from overt.records.base import Store
from overt.settings import Settings, read_settings
from overt.wiring import make_log, open_records

__all__ = ["opened_log", "opened_record", "time_given"]


@contextmanager
def opened_record() -> Generator[tuple[Settings, Store]]:
    """Read the settings, make the data folder where it is not there yet, open the record.

    Raises:
        SettingsError: a setting is unknown, of another type or out of range.
        RecordsError: the record cannot be opened.
    """
    settings = read_settings()
    settings.make_data_dir()
    with closing(open_records(settings)) as store:
        yield settings, store


@contextmanager
def opened_log() -> Generator[tuple[Settings, TransparencyLog]]:
    """Open the record, and what signs and publishes it.

    Raises:
        SettingsError, RecordsError: as for `opened_record`.
    """
    with opened_record() as (settings, store):
        yield settings, make_log(settings, store=store)


def time_given(name: str, text: str) -> datetime:
    """Read a time with its zone (ISO 8601), or a date: its first moment, UTC.

    Raises:
        InputError: it is none.
    """
    try:
        return datetime.combine(date.fromisoformat(text), time(tzinfo=UTC))
    except ValueError:
        pass
    try:
        given = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{name}: got {text!r}, want a time (2026-03-01T10:00:00Z)") from error
    if given.tzinfo is None:
        raise InputError(f"{name}: got {text!r} without a zone, want 2026-03-01T10:00:00Z")
    return given
