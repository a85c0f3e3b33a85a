"""Killed at any moment: what was acknowledged is there, and the next run works."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

import pytest
from commands import Commands
from street import Street
from test_stopping import long_clip
from test_try import events_of

from overt.governance.listfile import ListFile
from overt.records.store import open_store
from overt.values.events import AlertRaised
from overt.vault.keys import KeyRing

__all__ = ["long_clip"]  # a fixture

KILLS = 10
RUN_S = 1.2


@pytest.mark.slow
def test_killed_ten_times_nothing_acknowledged_is_lost(
    overt: Commands, street: Street, tmp_path: Path
) -> None:
    moments = random.Random(7)  # noqa: S311 - no secret
    out, noted = tmp_path / "out", tmp_path / "acknowledged"
    command = ("try", street.clip, "--listed", street.listed, "--out", out)
    killed = 0
    for kill in range(KILLS):
        running = overt.start(*command, home=tmp_path, acknowledged=noted)
        time.sleep(RUN_S * (kill + moments.random()) / KILLS)
        running.send(signal.SIGKILL)
        done = running.wait()
        assert done.code in (0, 128 + signal.SIGKILL), done.err
        killed += done.code != 0
        require_all_acknowledged(out / "data", noted)
    assert killed >= KILLS // 2
    done = overt.run(*command, home=tmp_path, acknowledged=noted)
    assert done.code == 0, done.err
    assert done.err.count("for a person to judge") == 1
    assert require_all_acknowledged(out / "data", noted) > 5
    assert not (out / "data" / "list").exists()


def require_all_acknowledged(data: Path, noted: Path) -> int:
    """Check that the record opens, has no gap, and holds all that was acknowledged."""
    lines = noted.read_text().splitlines() if noted.exists() else []
    if not (data / "events.sqlite").exists():
        assert lines == []
        return 0
    store = open_store(data / "events.sqlite")
    try:
        there = [(str(each.sequence), each.event.id) for each in store.events()]
    finally:
        store.close()
    assert [number for number, _ in there] == [str(n + 1) for n in range(len(there))]
    assert {tuple(line.split()) for line in lines} <= set(there)
    return len(lines)


def test_the_list_of_a_killed_trial_is_destroyed_by_the_next(
    overt: Commands, street: Street, long_clip: Path, tmp_path: Path
) -> None:
    out, noted = tmp_path / "out", tmp_path / "acknowledged"
    options = ("--listed", street.listed, "--out", out)
    # A long one: it must not be over before it is killed.
    running = overt.start("try", long_clip, *options, home=tmp_path, acknowledged=noted)
    running.until(lambda: "for a person to judge" in running.err)
    running.send(signal.SIGKILL)
    assert running.wait().code == 128 + signal.SIGKILL
    left = ListFile(out / "data" / "list", keys=KeyRing(out / "data" / "keys"))
    assert len(left.watchlist) == 1
    # As if it had been killed while it destroyed its list: the key is gone, the folder is not.
    names = [name for name in KeyRing(out / "data" / "keys").names() if "watchlist" in name]
    assert KeyRing(out / "data" / "keys").destroy(names[0])
    again = overt.run("try", street.clip, *options, home=tmp_path, acknowledged=noted)
    assert again.code == 0, again.err
    assert not (out / "data" / "list").exists()
    assert require_all_acknowledged(out / "data", noted) > 5
    alerts = [event for event in events_of(out / "data") if isinstance(event.body, AlertRaised)]
    killed, last = alerts[0].deployment, alerts[-1].deployment
    assert killed != last
    assert [alert.deployment for alert in alerts].count(last) == 1
