"""`overt evaluate clip`, as a user runs it on a clip that is composed here."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from commands import Commands
from street import FRAMES, NAME, Street

from overt.cli.clip_list import enlisted, proposed
from overt.cli.clip_trial import ClipTrial
from overt.errors import AuthorityError, InputError
from overt.evaluation.clips.alerts import raised_at
from overt.evaluation.clips.passages import judge
from overt.settings import Settings
from overt.sources.truth_file import read_truth, write_truth
from overt.values.watchlist import Category
from overt.wiring import Models, make_enrolment

WORDS = ("evaluate", "clip", "street.mp4", "--list", "listed", "--threshold", "0.37")


@pytest.fixture
def home(street: Street, tmp_path: Path) -> Path:
    """Give a folder with the clip, its truth and its list."""
    shutil.copyfile(street.clip, tmp_path / "street.mp4")
    shutil.copytree(street.listed, tmp_path / "listed")
    write_truth(street.truth, tmp_path / "street.truth.csv")
    return tmp_path


def test_a_clip_is_measured_and_nothing_else_is_left(
    overt: Commands, street: Street, home: Path
) -> None:
    before = {path.name for path in home.iterdir()}
    done = overt.run(*WORDS, "--data", "a drawn street", home=home)
    assert done.code == 0, done.err
    content = (home / "evaluation.json").read_bytes()
    video = json.loads(content)["video"]
    assert (video["passages"], video["of_listed"], video["people"]) == (4, 1, 4)
    assert video["clips"][0]["frames"] == FRAMES
    (at,) = video["alerts"]
    assert (at["true_alerts"], at["false_alerts"]) == (1, 0)
    assert (at["known"]["events"], at["known"]["trials"]) == (1, 1)
    assert at["rate"]["faces"] == video["tracking"]["faces_seen"] == 4
    assert 0 < at["latency"]["seconds"] < 2
    assert video["tracking"]["switches"] == 0
    assert video["tracking"]["mota"] > 0.9
    assert "known passages (TPIR)" in done.out
    # Neither a name, nor a picture, nor a list, nor a record of events.
    assert not [name for name in street.truth.names if name.replace(" ", "_").encode() in content]
    left = {path.name for path in home.iterdir()} - before
    assert left <= {"evaluation.json", "tmp", "said", ".cache"}
    assert list((home / "tmp").iterdir()) == []
    paged = overt.run("evaluate", "page", "evaluation.json", home=home)
    assert paged.code == 0, paged.err
    assert "Faces found" in (home / "evaluation.html").read_text()


def test_thresholds_are_told_from_scores_as_the_pipeline_alerts(home: Path, models: Models) -> None:
    settings = Settings(data_dir=home / "data", cache_dir=home / "cache")
    applications = proposed([home / "listed"], photos=None)
    watchlist, listing = enlisted(applications, enrolment=make_enrolment(models))
    assert listing.people == (NAME.replace(" ", "_"),)
    trial = ClipTrial.authorised(
        [home / "street.mp4"], watchlist=watchlist, models=models, bundle="default",
        settings=settings,
    )  # fmt: skip
    truth = read_truth(home / "street.truth.csv")
    frames: list[int] = []
    ran = trial.run(0, truth, told=frames.append)
    assert frames == list(range(1, FRAMES + 1))
    judged = judge(ran.seen, truth, rows={NAME.replace(" ", "_"): 0})
    point = models.scale.score(trial.authority.deployment.threshold)
    raised = raised_at(judged, point)
    told = {(each.frame, each.track, listing.people[each.row]) for each in raised}
    assert told == set(ran.alerts) != set()


def test_a_list_of_others_than_people_who_agreed_has_no_authority(
    home: Path, models: Models
) -> None:
    applications = proposed([home / "listed"], photos=None)
    assert {each.entry.category for each in applications} == {Category.BLUE}
    watchlist, _ = enlisted(applications, enrolment=make_enrolment(models))
    object.__setattr__(watchlist.entries[0], "category", Category.COURTS)
    with pytest.raises(AuthorityError):
        ClipTrial.authorised(
            [home / "street.mp4"], watchlist=watchlist, models=models, bundle="default",
            settings=Settings(data_dir=home / "data", cache_dir=home / "cache"),
        )  # fmt: skip


def test_a_table_names_who_is_listed(home: Path) -> None:
    table = home / "people.csv"
    table.write_text(f"identity,listed,enrol_photo\nGrace_Hopper,0,\nEileen,1,{NAME}.png\n")
    (one,) = proposed([table], photos=home / "listed")
    assert (one.entry.reference, one.file) == ("Eileen", home / "listed" / f"{NAME}.png")
    for cells, got in (
        (f"identity,enrol_photo\n,{NAME}.png\n", "line 2: got identity ''"),
        ("identity,enrol_photo\nEileen,../x.png\n", "photograph '../x.png'"),
        ("identity\nEileen\n", "got no column enrol_photo"),
        ("identity,enrol_photo\nEileen,\n", "got nobody"),
    ):
        table.write_text(cells)
        with pytest.raises(InputError) as error:
            proposed([table], photos=home / "listed")
        assert got in str(error.value)
    with pytest.raises(InputError, match="twice"):
        proposed([home / "listed", home / "listed"], photos=None)


def test_what_cannot_be_used_is_told_before_the_clip_runs(overt: Commands, home: Path) -> None:
    truth = (home / "street.truth.csv").read_text()
    head, *rows = truth.splitlines()

    def refused(got: str, *words: str, code: int = 2) -> None:
        done = overt.run(*(words or WORDS), home=home)
        assert (done.code, got in done.err) == (code, True), done.err
        assert "want" in done.err
        assert not (home / "evaluation.json").exists()

    def with_truth(*lines: str) -> None:
        (home / "street.truth.csv").write_text("\n".join(lines) + "\n")

    with_truth(head.replace("identity", "who"), *rows)
    refused("got no column identity")
    with_truth(head, *rows, "90" + rows[-1][rows[-1].index(",") :])
    refused("got a truth up to frame 90, want one of 75 frames")
    with_truth(head, *(row.replace("Collins,1,", "Collins,0,") for row in rows))
    refused("who are not listed by the truth")
    with_truth(head, *rows)
    refused("got 2 files for 1 clips", *WORDS, "--truth", "a.csv", "--truth", "b.csv")
    refused("got one twice", *WORDS, "street.mp4")
    refused("got no file", "evaluate", "clip", "rtsp://a/b", "--list", "listed")
    whole = (home / "street.mp4").read_bytes()
    (home / "street.mp4").write_bytes(whole[: len(whole) * 2 // 3])
    refused("broke off after")
