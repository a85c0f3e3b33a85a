"""`overt retention` as a timer and a person run it, by a machine's own clock."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders import make_alert_raised
from commands import Commands, Done

from overt.ids import time_ordered_id
from overt.records.store import open_store
from overt.values.duty_events import HoldPlaced
from overt.values.events import Body, Event
from overt.vault.keys import KeyRing
from overt.vault.wrapping import COMMAND_MARK

LONG_AGO = datetime.now(UTC) - timedelta(days=730)


class Machine:
    """A data folder that two years ago was left with evidence of a case, and of none."""

    def __init__(self, overt: Commands, home: Path) -> None:
        self.overt, self.home = overt, home
        self.data = home / "data"
        self.data.mkdir(mode=0o700)
        self.keys = KeyRing(self.data / "keys")
        for alert in "ab":
            self.record(make_alert_raised(alert, LONG_AGO))
            self.keys.create(f"alert-{alert}")
        self.record(HoldPlaced("b", "Ann", "case 7", LONG_AGO + timedelta(days=31)))

    def record(self, *bodies: Body) -> None:
        with closing(open_store(self.data / "events.sqlite")) as store:
            store.append([Event(time_ordered_id(LONG_AGO), "d", LONG_AGO, body) for body in bodies])

    def run(self, *arguments: str) -> Done:
        return self.overt.run("retention", "run", *arguments, home=self.home)


@pytest.fixture
def machine(overt: Commands, tmp_path: Path) -> Machine:
    return Machine(overt, tmp_path)


def test_a_clock_that_is_years_ahead_leaves_a_hold_alone_until_somebody_looked(
    machine: Machine,
) -> None:
    refused = machine.run()
    assert refused.code == 1
    assert "clock: got" in refused.err
    assert "--clock-is-right DATE --by NAME" in refused.err
    assert "a\tdeleted" in refused.out
    assert machine.keys.names() == ("alert-b",)
    today = datetime.now(UTC).date().isoformat()
    for said in (("2020-01-01", "--by", "A. Reviewer"), (today,)):
        assert machine.run("--clock-is-right", *said).code == 2
    done = machine.run("--clock-is-right", today, "--by", "A. Reviewer")
    assert (done.code, machine.keys.names()) == (0, ())
    told = machine.overt.run("audit", "--kind", "clock-confirmed", home=machine.home)
    assert "A. Reviewer" in told.out


@pytest.mark.parametrize("wrapped_by", ["a file that is lost", "a command that is not set"])
def test_what_is_due_goes_without_the_master_key(machine: Machine, wrapped_by: str) -> None:
    if wrapped_by == "a file that is lost":
        (machine.data / "keys" / "master.key").unlink()
    else:
        path = machine.data / "keys" / "keys" / "alert-a.key"
        path.write_bytes(COMMAND_MARK + path.read_bytes())
        (machine.data / "keys" / "master.key").unlink()
    done = machine.run()
    assert "a\tdeleted" in done.out, done.err
    assert machine.keys.names() == ("alert-b",)
    told = machine.overt.run("audit", "--kind", "evidence-deleted", home=machine.home)
    assert "due after use" in told.out
    assert not (machine.data / "keys" / "master.key").exists()
