"""A list is for one use: with the run that used it, it goes."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from rich.console import Console

from overt.engine.recorder import Recorder
from overt.errors import MoveError, VaultError, WatchlistError
from overt.governance.listfile import ListFile
from overt.values.duty_events import DeletionFailed
from overt.values.events import WatchlistDestroyed

__all__ = ["for_one_use"]


@contextmanager
def for_one_use(listfile: ListFile, recorder: Recorder, console: Console) -> Generator[None]:
    """Destroy the list however the run ends, and write that down; not where another machine runs.

    A list that another machine works with is not ours to destroy: once its deployment is over, it
    goes by `overt retention run`, as one does that could not be destroyed here.
    """
    ours = True
    with listfile.in_use():
        try:
            yield
        except MoveError:  # it did not begin, or was taken over
            ours = False
            raise
        finally:
            if ours and not recorder.taken_over:
                _destroy(listfile, recorder, console)


def _destroy(listfile: ListFile, recorder: Recorder, console: Console) -> None:
    try:
        found = listfile.destroy()
    except (VaultError, WatchlistError) as error:
        recorder.record(DeletionFailed(listfile.key_name, str(error)))
        raise
    watchlist = listfile.watchlist
    recorder.record(WatchlistDestroyed(watchlist.digest, len(watchlist)))
    listfile.forget()
    if not found:
        console.print(
            "watchlist: its files were not where they lay; its key is destroyed, so nothing can "
            "be read of them",
            soft_wrap=True,
        )
