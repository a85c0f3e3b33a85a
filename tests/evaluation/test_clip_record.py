"""The record of clips whose truth is known, and its page."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from made_clips import box, look, made_seen, scored, seen, standing
from made_evaluations import CALIBRATION, record_of

from overt.evaluation.clips.evaluating import AboutClips, AskedOfClips, evaluate_clips
from overt.evaluation.clips.passages import judge
from overt.evaluation.clips.prepared import Listing
from overt.evaluation.clips.written import clip_blocks
from overt.evaluation.comparison import compare
from overt.evaluation.render.page import page
from overt.inference.evaluation_file import read_record, write_record
from overt.match.scale import ReferenceScale
from overt.values.evaluation import Model, Record

SCALE = ReferenceScale(CALIBRATION)
NAMES = ("Ann Smith", "Ben Smith", "Cem Smith", "Dan Smith", "Eve Smith")
LISTED = (True, True, True, False, False)
FRAMES = 30
LISTING = Listing(("Ann Smith", "Ben Smith", "Zoe Smith"), (("Cem Smith", "no face found"),))


def made(*, ann: float = 0.45) -> Record:
    """Evaluate five who stand in view for a second.

    Ann is compared, Ben is tracked and never compared, Cem could not be enrolled, Dan comes out as
    Zoe at 0.40, Eve as nobody; something that is no face comes out as Zoe at 0.30.
    """
    scores = [SCALE.score(each) for each in (ann, 0.40, 0.30, 0.25, 0.24)]
    own, dan, nobody, low, lower = scores
    truth = standing(FRAMES, NAMES, LISTED, groups={"ethnicity": ("x", "x", "y", "y", "")})
    tracked = {each + 1: box(100.0 + 200 * each) for each in range(5)} | {9: box(1200)}
    looks = [look(frame, tracked) for frame in range(0, FRAMES, 3)]
    probes = [
        scored(9, 1, lower, lower, low),
        scored(12, 1, own, low, lower),
        scored(12, 3, lower, low, lower),
        scored(12, 4, low, lower, dan),
        scored(12, 5, low, lower, lower),
        scored(15, 9, low, lower, nobody),
    ]
    ended = [seen(1), seen(2, unfit="blurred"), seen(3), seen(4), seen(5), seen(9)]
    clip = judge(
        made_seen(looks, probes, ended, frames=FRAMES),
        truth,
        rows={person: row for row, person in enumerate(LISTING.people)},
    )
    return evaluate_clips(
        [clip],
        listing=LISTING,
        scale=SCALE,
        about=AboutClips(
            datetime(2026, 1, 1, tzinfo=UTC), "a test", Model("made up", "1", "00", "cosine"),
            "people who stand", "00", (("a" * 64, "b" * 64),), (("looks", "every third"),), 0.45,
            40,
        ),
        asked=AskedOfClips((0.45, 0.35), (0.5, 0.01), (0, 1, 2)),
    )  # fmt: skip


def test_a_clip_worked_by_hand() -> None:
    record = made()
    video = record.video
    assert video is not None
    high, low = video.alerts[:2]
    assert (high.true_alerts, high.false_alerts, low.true_alerts, low.false_alerts) == (1, 0, 1, 1)
    assert high.known is not None
    assert high.clear is not None
    assert (high.known.events, high.known.trials, high.clear.trials) == (1, 3, 3)
    assert low.rate is not None
    assert (low.rate.events, low.rate.faces) == (1, 6)
    assert low.rate.value == pytest.approx(1000 / 6)
    assert low.rate.high == pytest.approx(5.5716 / 6 * 1000, rel=1e-4)  # Garwood of one event
    assert high.latency is not None
    assert (high.latency.frames, high.latency.seconds, high.latency.low_s) == (12, 0.48, None)
    assert [(each.allowed, each.false_alerts) for each in video.allowed] == [(0, 0), (1, 1), (2, 2)]
    assert video.allowed[0].threshold == pytest.approx(0.40, abs=1e-4)
    assert video.allowed[1].threshold == pytest.approx(0.30, abs=1e-4)
    assert (video.of_listed, video.of_enrolled, video.of_clear) == (3, 2, 3)
    tracking = video.tracking
    assert (tracking.faces_seen, tracking.passages, tracking.nobody) == (6, 5, 1)
    assert tracking.count_error == pytest.approx(0.2)
    assert tracking.missed is not None
    assert (tracking.missed.events, tracking.misses, tracking.false_positives) == (0, 0, 10)


def test_passages_are_searches_too() -> None:
    record = made()
    low = record.thresholds[1]
    assert low.fpir is not None
    assert low.tpir is not None
    assert low.tpir_of_all is not None
    assert low.fmr is not None
    assert (low.fpir.events, low.fpir.trials) == (1, 2)  # Dan, of Dan and Eve
    assert (low.tpir.events, low.tpir.trials) == (1, 2)  # Ann, of Ann and Ben
    assert (low.tpir_of_all.events, low.tpir_of_all.trials) == (1, 3)  # and Cem
    assert (low.fmr.events, low.fmr.trials) == (1, 6)
    acquired = {each.part: each for each in record.acquired}
    assert acquired["list"].reasons == (("no face found", 1),)
    assert acquired["passages"].reasons == (("blurred", 1),)
    groups = {(row.group, row.threshold): row for row in record.groups}
    x, y = groups["x", 0.35], groups["y", 0.35]
    assert x.tpir is not None
    assert y.fpir is not None
    assert (x.tpir.events, x.tpir.trials, x.fpir) == (1, 2, None)
    assert (y.fpir.events, y.fpir.trials, y.tpir) == (1, 1, None)
    assert {each.listed: each.own for each in record.probes if each.own == 0} == {True: 0}


def test_a_record_of_clips_names_nobody_and_is_read_back(tmp_path: Path) -> None:
    record = made()
    content = write_record(record)
    assert b"Smith" not in content
    (tmp_path / "a.json").write_bytes(content)
    assert read_record(tmp_path / "a.json") == record
    shown = page(record)
    assert "Smith" not in shown
    for text in ("3 of listed people", "IDF1", "Garwood", "<svg", "blurred"):
        assert text in shown
    told = " ".join(cell for _, _, rows in clip_blocks(record) for row in rows for cell in row)
    assert "0.48 (too few for an interval; 12 frames" in told


def test_a_record_without_clips_is_what_it_was() -> None:
    record = record_of(noise=0.3)
    assert "video" not in json.loads(write_record(record))
    assert list(clip_blocks(record)) == []


def test_two_runs_are_compared_passage_by_passage() -> None:
    changes = compare(made(), made(ann=0.36), thresholds=(0.40,), rates=())
    everybody = {each.measure: each for each in changes if not each.column}
    assert (everybody["FNIR"].before, everybody["FNIR"].after) == (0.5, 1.0)
    assert everybody["FNIR"].worse == 1
