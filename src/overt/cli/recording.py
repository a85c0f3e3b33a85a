"""This machine's settings and record, opened for one command."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing, contextmanager

from overt.records.base import Store
from overt.settings import Settings, read_settings
from overt.wiring import open_records

__all__ = ["opened_record"]


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
