"""`overt demo`, as somebody does who has just installed it: nothing is there yet but the models."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from commands import Commands, Done
from PIL import Image
from test_try import events_of

from overt.values.events import AlertRaised, FacesCounted

SCRIPT = Path(sys.executable).with_name("overt")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def shown(overt: Commands, home: Path) -> Done:
    """Run the demo, which makes its video first."""
    done = overt.run("demo", "--out", "it", home=home)
    assert done.code == 0, done.err
    return done


@pytest.mark.slow
def test_the_listed_person_is_found_once_and_nobody_else(shown: Done, home: Path) -> None:
    assert shown.err.count("for a person to judge") == 1
    assert "with Eileen Collins; for a person to judge" in shown.err
    sheet = re.search(r"contact sheet: (.*\.png)", shown.out)
    assert sheet is not None
    with Image.open(home / sheet[1]) as picture:
        assert picture.format == "PNG"
    for said in ("faces seen", "compared", "not compared", "similarity", "1 in ", "detect"):
        assert said in shown.out


@pytest.mark.slow
def test_the_faces_seen_are_the_people_who_walked(shown: Done, home: Path) -> None:
    assert shown.code == 0
    with (home / "it" / "inputs" / "street.truth.csv").open(newline="") as file:
        people = len({row["track"] for row in csv.DictReader(file)})
    events = events_of(home / "it" / "data")
    bodies = [event.body for event in events if event.deployment == events[0].deployment]
    counts = [body.counts for body in bodies if isinstance(body, FacesCounted)]
    seen = sum(each.seen for each in counts)
    assert abs(seen - people) <= 0.15 * people
    assert sum(each.compared + sum(each.unfit.values()) for each in counts) == seen
    assert sum(isinstance(body, AlertRaised) for body in bodies) == 1


@pytest.mark.slow
def test_the_second_time_is_quick_and_tells_the_same(
    shown: Done, home: Path, overt: Commands
) -> None:
    videos = list((home / "it" / "inputs").glob("*.mp4"))
    made = [video.stat().st_mtime_ns for video in videos]
    again = overt.run("demo", "--out", "it", home=home)
    assert again.code == 0, again.err
    assert [video.stat().st_mtime_ns for video in videos] == made != []  # what took long
    assert again.err.count("for a person to judge") == 1
    assert figures(again.out) == figures(shown.out)


def figures(out: str) -> list[str]:
    """Give the lines that count faces."""
    starts = ("frames", "faces", "compared", "not compared")
    return [line for line in out.splitlines() if line.lstrip().startswith(starts)]


def test_the_installed_script_is_the_command() -> None:
    done = subprocess.run(  # noqa: S603
        [SCRIPT, "version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == version("overt")
