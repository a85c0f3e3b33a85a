"""From clips held to their truths to the record."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from overt.arrays import I64, Mask
from overt.evaluation.clips.alerts import false_alerts, lowest_score, raised_at, waits
from overt.evaluation.clips.finding import by_height, found_of_nobody
from overt.evaluation.clips.limits import limits
from overt.evaluation.clips.passages import Judged, Passage
from overt.evaluation.clips.prepared import Listing, measured_of
from overt.evaluation.clips.tracking import follow, together
from overt.evaluation.clips.traits import by_trait, is_recognised
from overt.evaluation.evaluating import method
from overt.evaluation.grouping import by_group
from overt.evaluation.measuring import (
    Measured,
    at_rates,
    at_thresholds,
    by_quality,
    by_size,
    lines,
    probes,
    similar,
)
from overt.evaluation.shares import Share, numbered, share
from overt.match.scale import ReferenceScale
from overt.statistics.estimate import NoTrials
from overt.statistics.intervals import intensity
from overt.statistics.quantiles import median
from overt.values.clip_evaluation import (
    Allowed,
    AtAlerts,
    Footage,
    Intensity,
    Latency,
    Step,
    Tracking,
    Video,
)
from overt.values.evaluation import Model, Record

__all__ = ["ALLOWED", "AboutClips", "AskedOfClips", "evaluate_clips"]

ALLOWED: Final = (0, 1, 2)  # false alerts
STEPS: Final = tuple(round(0.25 + 0.01 * place, 2) for place in range(41))
FEWEST: Final = 40  # passages from which on they are told by quality: ten in each band


@dataclass(frozen=True, slots=True)
class AboutClips:
    """What stands at the head of a record."""

    made: datetime
    software: str
    model: Model
    data: str
    labels_sha256: str  # of the truths, joined
    footage: tuple[tuple[str, str], ...]  # sha256 of each clip, and of its truth
    settings: tuple[tuple[str, str], ...]
    operated: float  # the threshold under which the clips were run
    least_px: float  # the smallest face that is to be found


@dataclass(frozen=True, slots=True)
class AskedOfClips:
    """At which points it is measured."""

    thresholds: tuple[float, ...]
    rates: tuple[float, ...]
    allowed: tuple[int, ...] = ALLOWED
    margin: float = 1.25


def evaluate_clips(
    clips: Sequence[Judged],
    *,
    listing: Listing,
    scale: ReferenceScale,
    about: AboutClips,
    asked: AskedOfClips,
) -> Record:
    """Measure passages, alerts, tracks and faces, and write it all down."""
    names = [sha256 for sha256, _ in about.footage]
    of = measured_of(clips, names, listing=listing, scale=scale)
    rates = at_rates(of, asked.rates)
    points = tuple(
        dict.fromkeys([*asked.thresholds, *(round(r.threshold, 4) for r in rates if r.threshold)])
    )
    groups = by_group(of, enlist=None, thresholds=points, margin=asked.margin)
    video = _video(clips, of, about, asked, points)
    return Record(
        made=about.made.isoformat(timespec="seconds"),
        software=about.software,
        model=about.model,
        method=method(
            of,
            protocol="clip",
            data=about.data,
            labels_sha256=about.labels_sha256,
            half="all",
            seed=0,
            photographs=of.prepared.wanted,
        ),
        columns=of.prepared.columns,
        acquired=of.prepared.acquired,
        thresholds=at_thresholds(of, asked.thresholds),
        rates=rates,
        sizes=by_size(of, points),
        groups=groups.groups,
        bands=by_quality(of, points) if len(of.prepared.names) >= FEWEST else (),
        differences=groups.differences,
        worst=groups.worst,
        lines=lines(of),
        limits=limits(of, video, about.data, asked.thresholds),
        probes=probes(of),
        video=video,
    )


def _video(
    clips: Sequence[Judged],
    of: Measured,
    about: AboutClips,
    asked: AskedOfClips,
    points: Sequence[float],
) -> Video:
    passages = [passage for clip in clips for passage in clip.passages]
    scores = [(threshold, of.scale.score(threshold)) for threshold in points]
    allowed = tuple(allowed_of(clips, of, count) for count in asked.allowed if _any_compared(clips))
    told = dict.fromkeys([about.operated, *(each.threshold for each in allowed[:1])])
    return Video(
        clips=tuple(
            _footage(clip, hashes) for clip, hashes in zip(clips, about.footage, strict=True)
        ),
        settings=about.settings,
        people=len({passage.person for passage in passages}),
        passages=len(passages),
        of_listed=sum(passage.listed for passage in passages),
        of_enrolled=sum(passage.own >= 0 for passage in passages),
        of_clear=sum(passage.listed and passage.is_clear for passage in passages),
        operated=about.operated,
        alerts=tuple(_at_alerts(clips, each, score) for each, score in scores),
        allowed=allowed,
        steps=tuple(_step(clips, of, threshold) for threshold in STEPS),
        tracking=_tracking(clips, about.least_px),
        heights=by_height(clips),
        of_nobody=found_of_nobody(clips),
        traits=by_trait(clips, [(each, of.scale.score(each)) for each in told]),
    )


def _any_compared(clips: Sequence[Judged]) -> bool:
    return any(clip.seen.scored for clip in clips)


def allowed_of(clips: Sequence[Judged], of: Measured, allowed: int) -> Allowed:
    """Give recognition at the lowest threshold with no more false alerts than allowed."""
    score = lowest_score(clips, allowed=allowed)
    at = 0.0 if score is None else score
    return Allowed(
        allowed,
        round(similar(of, at), 6),
        false_alerts(clips, at),
        known(clips, at, clear=False),
        known(clips, at, clear=True),
    )


def _step(clips: Sequence[Judged], of: Measured, threshold: float) -> Step:
    score = of.scale.score(threshold)
    recognised = sum(
        is_recognised(passage, score)
        for clip in clips
        for passage in clip.passages
        if passage.listed
    )
    return Step(threshold, recognised, false_alerts(clips, score))


def _footage(clip: Judged, hashes: tuple[str, str]) -> Footage:
    seen = clip.seen
    return Footage(
        *hashes,
        width=seen.width,
        height=seen.height,
        frames=seen.frames,
        seconds=round(_seconds(clip), 3),
        passages=len(clip.passages),
        of_listed=sum(passage.listed for passage in clip.passages),
        faces_seen=seen.faces_seen,
    )


def _seconds(clip: Judged) -> float:
    """Give how long a clip is: its frames at the pace of its looks."""
    looks = clip.seen.looks
    last = looks[-1] if looks else None
    return clip.seen.frames * last.at_s / last.frame if last and last.frame else 0.0


def _at_alerts(clips: Sequence[Judged], threshold: float, score: float) -> AtAlerts:
    raised = [alert for clip in clips for alert in raised_at(clip, score)]
    false = [alert for alert in raised if not alert.is_true]
    return AtAlerts(
        threshold,
        len(raised) - len(false),
        len(false),
        sum(alert.passage is None for alert in false),
        per_thousand(len(false), sum(clip.seen.faces_seen for clip in clips)),
        known(clips, score, clear=False),
        known(clips, score, clear=True),
        latency(clips, score),
    )


def known(clips: Sequence[Judged], score: float, *, clear: bool) -> Share | None:
    """TPIR at a score: of all known passages of listed people, or of those in clear sight.

    Who could not be enrolled, and who was never compared, is missed.
    """
    passages: list[Passage] = [
        passage
        for clip in clips
        for passage in clip.passages
        if passage.listed and (passage.is_clear or not clear)
    ]
    events: Mask = np.array([is_recognised(passage, score) for passage in passages], np.bool_)
    people: I64 = numbered([passage.person for passage in passages])
    return share(events, people, of="known passages of listed people")


def per_thousand(events: int, faces: int) -> Intensity | None:
    """Give events for each 1,000 faces seen; None where none was seen."""
    found = intensity(events, faces / 1000, unit="1,000 faces seen")
    if isinstance(found, NoTrials):
        return None
    return Intensity(
        events, faces, events * 1000 / faces, found.low, found.high, found.level, found.method
    )


def latency(clips: Sequence[Judged], score: float) -> Latency | None:
    """Give how long recognised passages waited for their alert; None where none was recognised."""
    found = [wait for clip in clips for wait in waits(clip, score)]
    middle = median([wait.seconds for wait in found], of="alerts", unit="seconds")
    if isinstance(middle, NoTrials):
        return None
    return Latency(
        passages=len(found),
        frames=float(np.median([wait.frames for wait in found])),
        seconds=round(middle.value, 3),
        low_s=round(middle.low, 3) if math.isfinite(middle.low) else None,
        high_s=round(middle.high, 3) if math.isfinite(middle.high) else None,
        longest_s=round(max(wait.seconds for wait in found), 3),
        method=str(middle.method),
    )


def _tracking(clips: Sequence[Judged], least_px: float) -> Tracking:
    counted = together([follow(clip.seen.looks, clip.truth, least_px=least_px) for clip in clips])
    passages = [passage for clip in clips for passage in clip.passages]
    people = numbered([passage.person for passage in passages])
    missed = np.array([not passage.faces_seen for passage in passages], np.bool_)
    clear = np.array([passage.is_clear for passage in passages], np.bool_)
    seen = sum(clip.seen.faces_seen for clip in clips)
    tracks = [[each.track for each in clip.seen.ended if each.is_seen] for clip in clips]
    held = [{track for of in clip.followed.held().values() for track in of} for clip in clips]
    return Tracking(
        counted.looks,
        counted.there,
        counted.misses,
        counted.false_positives,
        counted.switches,
        counted.fragmentations,
        counted.mota,
        counted.idf1,
        counted.mostly_tracked,
        counted.partly_tracked,
        counted.mostly_lost,
        passages=len(passages),
        faces_seen=seen,
        count_error=seen / len(passages) - 1,
        several=sum(passage.faces_seen > 1 for passage in passages),
        swapped=sum(
            clip.followed.swapped(numbers) for clip, numbers in zip(clips, tracks, strict=True)
        ),
        nobody=sum(
            track not in known_of
            for numbers, known_of in zip(tracks, held, strict=True)
            for track in numbers
        ),
        brief=sum(not each.is_seen for clip in clips for each in clip.seen.ended),
        missed=share(missed, people, of="passages"),
        missed_clear=share(missed[clear], people[clear], of="passages in clear sight"),
    )
