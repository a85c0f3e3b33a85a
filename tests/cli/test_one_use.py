"""However a run ends, its list goes, and the record says so: on a real record and key ring."""

from __future__ import annotations

import io
import itertools
import shutil
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from builders import (
    NOON,
    make_bundle,
    make_deployment,
    make_entry,
    make_vectors,
    make_watchlist,
    noise,
)
from rich.console import Console

from overt.cli.one_use import for_one_use
from overt.engine.recorder import Recorder
from overt.governance.authority import authorise
from overt.governance.listfile import ListFile
from overt.governance.policy_file import reference_policy
from overt.governance.rules import Subject
from overt.records.store import open_store
from overt.values.events import WatchlistDestroyed
from overt.vault.keys import KeyRing
from overt.wiring import evidence_sealer


@dataclass
class Noon:
    def now(self) -> datetime:
        return NOON


def test_a_list_whose_folder_is_gone_gets_its_receipt_at_once(tmp_path: Path) -> None:
    keys = KeyRing(tmp_path / "keys")
    entries = tuple(make_entry(f"R-{n}") for n in range(20))
    watchlist = make_watchlist(make_vectors(20), entries=entries)
    photos = (noise(8, 8) for _ in entries)
    listed = ListFile.create(tmp_path / "list", watchlist, photos, keys=keys)
    authority = authorise(
        Subject(make_deployment(), listed.watchlist, make_bundle()),
        policy=reference_policy(),
        deployment_id="d",
        now=NOON,
    )
    ids = itertools.count(1)
    said = io.StringIO()
    with closing(open_store(tmp_path / "events.sqlite")) as store:
        recorder = Recorder(
            authority=authority,
            store=store,
            seal=evidence_sealer(tmp_path / "evidence", keys),
            photo_of=listed.photo,
            clock=Noon(),
            new_id=lambda _: f"e{next(ids)}",
        )
        listed.take_for("d")
        with for_one_use(listed, recorder, Console(file=said, width=200)):
            shutil.rmtree(tmp_path / "list")
        (event,) = [recorded.event for recorded in store.events()]
    assert event.body == WatchlistDestroyed(listed.watchlist.digest, 20)
    assert "its files were not where they lay; its key is destroyed" in said.getvalue()
    assert keys.names() == keys.places.names() == ()
