"""The console's log in a file: whole lines, moved by others or by size, and a disk that is full."""

from __future__ import annotations

import json
import logging
import os
import stat
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from consoles import SetClock, log_in, until
from disks import small_disk
from test_serve_command import serving

from overt.errors import SettingsError
from overt.web.log_file import LogFile, write_logs


class Log:
    """A logger that writes into a file."""

    def __init__(self, path: Path, *, largest: int = 0) -> None:
        self.clock = SetClock()
        self.lost = 0
        self.handler = LogFile(path, largest=largest, clock=self.clock, lost=self._count)

    def _count(self) -> None:
        self.lost += 1

    def say(self, text: str) -> None:
        self.clock.moved += timedelta(seconds=1)
        self.handler.handle(logging.makeLogRecord({"msg": text}))


@contextmanager
def logging_to(path: Path, *, largest: int = 0) -> Generator[Log]:
    log = Log(path, largest=largest)
    try:
        yield log
    finally:
        log.handler.close()


def test_it_is_made_for_its_group_whatever_the_process_leaves_out(tmp_path: Path) -> None:
    path = tmp_path / "console.log"
    before = os.umask(0o077)
    try:
        with logging_to(path) as log:
            log.say("one \ud800 ü")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert path.read_text() == "one \\ud800 ü\n"
    path.chmod(0o600)
    with logging_to(path) as log:
        log.say("two")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600  # as somebody has set it
    assert path.read_text().splitlines() == ["one \\ud800 ü", "two"]


def test_who_moves_it_away_finds_another_begun(tmp_path: Path) -> None:
    path, moved = tmp_path / "console.log", tmp_path / "console.log.1"
    with logging_to(path) as log:
        log.say("one")
        path.rename(moved)
        log.say("two")
        path.unlink()
        log.say("three")
    assert (moved.read_text(), path.read_text()) == ("one\n", "three\n")


def test_a_file_that_is_large_is_put_aside_and_none_is_deleted(tmp_path: Path) -> None:
    path = tmp_path / "console.log"
    with logging_to(path, largest=100) as log:
        for number in range(30):
            log.say(f"{number:039}")  # 40 bytes with its end: two in a file
        log.say("x" * 500)  # a line is not cut
    files = sorted(tmp_path.iterdir(), key=lambda each: (each == path, each.name))
    assert len(files) == 16
    assert {each.stat().st_size for each in files[:-1]} == {80}
    lines = [line for each in files for line in each.read_text().splitlines()]
    assert lines == [f"{number:039}" for number in range(30)] + ["x" * 500]


def test_a_full_disk_loses_no_line_quietly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    disk = tmp_path / "disk"
    with small_disk(disk, kilobytes=16):
        path = disk / "console.log"
        with logging_to(path) as log:
            sent = [f"{number} " + "x" * 1000 for number in range(30)]
            for line in sent:
                log.say(line)
            told = capsys.readouterr().err.splitlines()
            assert f"log: got No space left on device for {path}" in told[0]
            assert sum(line.startswith("log:") for line in told) == 1
            kept = path.read_text().splitlines()
            whole = [line for line in kept if line in set(sent)]
            assert whole + told[1:] == sent
            assert log.lost == len(told) - 1 > 5
            path.unlink()  # somebody makes room
            log.say("after")
            assert capsys.readouterr().err == "log: the file is written again\n"
            assert path.read_text().splitlines()[-1] == "after"


def test_a_line_that_was_torn_spoils_no_other(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    with small_disk(disk, kilobytes=16):
        path, ballast = disk / "console.log", disk / "ballast"
        with logging_to(path) as log:
            log.say("first")
            ballast.write_bytes(b"x" * 12 * 1024)  # all but the page that the log has begun
            log.say("y" * 6000)
            ballast.unlink()
            log.say("last")
            lines = path.read_text().splitlines()
        assert log.lost == 1
        assert (lines[0], lines[-1]) == ("first", "last")


def test_a_file_that_cannot_be_opened_is_told_before_anything_is_served(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    for path in (tmp_path / "none" / "console.log", tmp_path, link):
        with pytest.raises(SettingsError, match="web_log: got"):
            write_logs(("x",), path=path, largest_mb=0, clock=SetClock(), lost=lambda: None)


def has_lines(path: Path, count: int) -> bool:
    return path.exists() and path.read_bytes().count(b"\n") >= count


def test_a_console_that_serves_writes_there_and_nothing_else_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "console.log"
    monkeypatch.setenv("OVERT_WEB_LOG", str(path))
    with serving(tmp_path) as served, served.browser() as client:
        served.until("The console is at")
        assert log_in(client, "nobody").status_code == 401
        until(lambda: has_lines(path, 3))  # a line is written after its answer
        path.rename(tmp_path / "console.log.1")
        assert client.get("/login").status_code == 200
        until(lambda: has_lines(path, 1))
        assert '"log"' not in served.said()
    lines = [json.loads(each) for each in (tmp_path / "console.log.1").read_text().splitlines()]
    assert [(each["log"], each.get("what", each.get("route"))) for each in lines] == [
        ("audit", "first link made"),
        ("audit", "login failed"),
        ("access", "login"),
    ]
    assert "nobody" not in str(lines)
    (line,) = [json.loads(each) for each in path.read_text().splitlines()]
    assert line["route"] == "login_form"
