"""This machine's settings and record, opened for one command."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing, contextmanager

from overt.governance.transparency import TransparencyLog
from overt.records.base import Store
from overt.settings import Settings, read_settings
from overt.wiring import make_log, open_records

__all__ = ["opened_log", "opened_record"]


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
