"""`overt monitor`: as a user runs it, over a record that grows."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from builders import make_alert_raised
from commands import Commands
from typer.testing import CliRunner

from overt.cli.app import app
from overt.errors import InputError
from overt.ids import time_ordered_id
from overt.records.store import open_store
from overt.report.monitoring_lines import COLUMNS
from overt.values.alert_events import AlertAdjudicated, DemographicsRecorded, EngagementEnded
from overt.values.counts import FaceCounts
from overt.values.demographics import Demographics, Ethnicity
from overt.values.events import Body, Event, FacesCounted
from overt.values.review import Decision, Factors, FalseAlertReason, Finding

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = timedelta(days=1)
Monitor: TypeAlias = Callable[..., Any]


def record(home: Path, *bodies: Body, at: timedelta = timedelta(0), deployment: str = "d1") -> None:
    (home / "data").mkdir(parents=True, exist_ok=True)
    now = NOON + at
    with closing(open_store(home / "data" / "events.sqlite")) as store:
        store.append([Event(time_ordered_id(now), deployment, now, body) for body in bodies])


def seen(faces: int) -> FacesCounted:
    return FacesCounted(FaceCounts("gate", NOON, seen=faces, compared=faces))


def alerts(number: int, *, first: int = 0) -> list[Body]:
    return [make_alert_raised(f"a{n}", NOON) for n in range(first, first + number)]


def rejected(number: int, *, first: int = 0) -> list[Body]:
    why = FalseAlertReason.TWIN
    return [
        AlertAdjudicated(f"a{n}", "B", Decision.REJECT, Factors(), why, "", second=False)
        for n in range(first, first + number)
    ]


@pytest.fixture
def monitor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Monitor:
    monkeypatch.setenv("OVERT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> Any:
        done = CliRunner().invoke(app, ["monitor", *words], standalone_mode=False)
        if done.exception is not None:
            raise done.exception
        return done

    return run


def lines(done: Any) -> list[list[str]]:
    head, *rows = (line.split("\t") for line in done.stdout.splitlines())
    assert head == list(COLUMNS)
    return rows


def test_an_empty_record_shows_nothing(monitor: Monitor) -> None:
    done = monitor()
    assert (done.return_value, lines(done)) == (0, [])
    assert monitor("--json").stdout == ""


def test_below_cannot_tell_and_above(monitor: Monitor, tmp_path: Path) -> None:
    record(tmp_path, seen(1000))
    record(tmp_path, seen(9000))
    done = monitor()
    assert (done.return_value, [row[-1] for row in lines(done)]) == (0, ["cannot tell", "below"])
    record(tmp_path, *alerts(40))
    assert lines(done := monitor())[-1][2:4] == ["0", "40"]
    assert (done.return_value, lines(done)[-1][-1]) == (0, "cannot tell")
    record(tmp_path, *rejected(40))
    done = monitor()
    assert done.return_value == 1
    at, faces, false, waiting, estimate, low, high, ceiling, state = lines(done)[-1]
    assert at == "2026-03-01T12:00:00+00:00"
    assert (faces, false, waiting) == ("10,000", "40", "0")
    assert (estimate, ceiling, state) == ("1 in 250", "1 in 1,000", "above")
    assert float(low.split()[-1]) > 250 > float(high.split()[-1])
    assert monitor("--ceiling", "1 in 100").return_value == 0
    assert monitor("--ceiling", "1/100").return_value == 0


def test_a_part_is_asked_for(monitor: Monitor, tmp_path: Path) -> None:
    record(tmp_path, seen(10), deployment="d1")
    record(tmp_path, seen(20), deployment="d2", at=LATER)
    record(tmp_path, seen(40), deployment="d3", at=2 * LATER)

    def faces(*words: str) -> str:
        return lines(monitor(*words))[-1][1]

    assert faces() == "70"
    assert faces("--deployment", "d2") == "20"
    assert faces("--deployment", "d1", "--deployment", "d3") == "50"
    assert faces("--since", "2026-03-02") == "60"
    assert faces("--since", "2026-03-02T12:00:01Z") == "40"


def test_lines_of_json(monitor: Monitor, tmp_path: Path) -> None:
    record(tmp_path, seen(1000), *alerts(1), *rejected(1))
    found = [json.loads(line) for line in monitor("--json").stdout.splitlines()]
    assert [(each["false_alerts"], each["not_adjudicated"]) for each in found] == [
        (0, 0),
        (0, 1),
        (1, 0),
    ]
    last = found[-1]
    assert (last["faces_seen"], last["estimate"], last["ceiling"]) == (1000, 0.001, 0.001)
    assert last["low"] < 0.001 < last["high"]
    assert last["level"] == 0.95


def test_groups_share_the_doubt(monitor: Monitor, tmp_path: Path) -> None:
    bodies: list[Body] = [seen(100_000), *alerts(10)]
    for n in range(10):
        engaged = AlertAdjudicated(f"a{n}", "B", Decision.ENGAGE, Factors(), None, "", second=False)
        ended = EngagementEnded(f"a{n}", "B", Finding.FALSE, FalseAlertReason.TWIN)
        ethnicity = Ethnicity.B1 if n % 5 < 4 else Ethnicity.W1
        bodies += [
            engaged,
            ended,
            DemographicsRecorded(f"a{n}", "B", Demographics(self_defined=ethnicity)),
        ]
    record(tmp_path, *bodies)
    done = monitor("--group", "black", "--exposure", "0.135")
    assert done.return_value == 1
    row = done.stdout.splitlines()[-1].split("\t")
    assert row[0] == "black"
    assert row[1].startswith("8 of 10 false alerts whose group is known")
    assert row[2].startswith("80.0% (")
    assert row[-1] == "above"
    one = monitor("--group", "black", "--exposure", "0.5")
    assert one.return_value == 0
    two = ("--group", "black", "--exposure", "0.135", "--group", "white", "--exposure", "0.8")
    found = [json.loads(line) for line in monitor(*two, "--json").stdout.splitlines()]
    assert [each["level"] for each in found if "group" in each] == [0.975, 0.975]


@pytest.mark.parametrize(
    "words",
    [
        ("--ceiling", "0.001"),
        ("--ceiling", "1/0"),
        ("--since", "yesterday"),
        ("--since", "2026-03-01T10:00:00"),
        ("--group", "black"),
        ("--exposure", "0.1"),
        ("--group", "black", "--exposure", "1"),
        ("--group", "black", "--exposure", "0.1", "--group", "black", "--exposure", "0.2"),
        ("--deployment", "nowhere"),
    ],
)
def test_what_cannot_be_used_is_refused(monitor: Monitor, words: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match=r"got .*want"):
        monitor(*words)


def test_it_follows_what_is_appended_until_it_is_broken_off(
    overt: Commands, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    record(home, seen(10), *alerts(1))
    said = home / "said" / "stdout"

    def shows(text: str) -> bool:
        return said.exists() and text in said.read_text()

    running = overt.start("monitor", "--follow", home=home)
    running.until(lambda: shows("\t10\t0\t1\t"))
    record(home, seen(5), *rejected(1))
    running.until(lambda: shows("\t15\t1\t0\t"))
    running.send(signal.SIGINT)
    done = running.wait()
    assert (done.code, done.err) == (0, "")
    assert len(done.out.splitlines()) >= 4


def test_its_exit_code_is_that_of_the_command(overt: Commands, tmp_path: Path) -> None:
    home = tmp_path / "home"
    record(home, seen(100), *alerts(5), *rejected(5))
    done = overt.run("monitor", home=home)
    assert (done.code, done.err) == (1, "")
    assert done.out.splitlines()[-1].endswith("\tabove")
