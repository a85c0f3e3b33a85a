"""Passages as probes: one search each, the best comparison of a passage with each entry."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from overt.arrays import I64, Mask
from overt.evaluation.clips.passages import Judged, Passage
from overt.evaluation.comparing import Searched
from overt.evaluation.measuring import SIZES, Measured
from overt.evaluation.prepared import Prepared
from overt.evaluation.shares import numbered, share
from overt.evaluation.sketch import ScoreSketch
from overt.match.scale import ReferenceScale
from overt.values.evaluation import Acquired

__all__ = ["Listing", "measured_of"]

NEVER: Final = 0.0  # similarity that stands for a passage that was never compared


@dataclass(frozen=True, slots=True)
class Listing:
    """The list that was searched."""

    people: tuple[str, ...]  # of each entry, in the order of its rows
    rejected: tuple[tuple[str, str], ...]  # identity, reason


def measured_of(
    clips: Sequence[Judged], names: Sequence[str], *, listing: Listing, scale: ReferenceScale
) -> Measured:
    """Give all passages in the form in which photographs are measured.

    A passage of a listed person that was never compared is missed at every threshold; one of
    somebody else that was never compared was no search, and is left out.

    Args:
        clips: held to their truths.
        names: sha256 of each clip.
        listing: the list.
        scale: of the scores.
    """
    everybody = [passage for clip in clips for passage in clip.passages]
    shown = [
        (name, passage)
        for name, clip in zip(names, clips, strict=True)
        for passage in clip.passages
        if passage.own >= 0 or (not passage.listed and passage.scores is not None)
    ]
    probes = [passage for _, passage in shown]
    numbers = numbered([*(each.person for each in everybody), *listing.people])
    subject = dict(zip((each.person for each in everybody), numbers.tolist(), strict=False))
    count = len(listing.people)
    searched, different = _searched(probes, scale=scale, listed=count)
    prepared = Prepared(
        columns=clips[0].truth.columns,
        entries=np.zeros((count, 0), np.float32),
        entry_subjects=numbers[len(everybody) :],
        vectors=np.zeros((len(probes), 0), np.float32),
        names=tuple(_name(name, each.walker) for name, each in shown),
        subjects=np.array([subject[each.person] for each in probes], np.int64),
        own=np.array([each.own for each in probes], np.int64),
        groups=tuple(each.groups for each in probes),
        quality=np.array([each.quality for each in probes], np.float64),
        missed=np.array(
            [subject[each.person] for each in everybody if each.listed and each.own < 0], np.int64
        ),
        acquired=_acquired(everybody, listing, subject),
        wanted=count + len(listing.rejected),
        people=len(set(subject.values())),
    )
    return Measured(prepared, searched, different, scale)


def _searched(
    probes: Sequence[Passage], *, scale: ReferenceScale, listed: int
) -> tuple[Searched, ScoreSketch]:
    sizes = (*(size for size in SIZES if size < listed), listed)
    never = scale.score(NEVER)
    different = ScoreSketch()
    own, ranks = np.full(len(probes), np.nan), np.zeros(len(probes), np.int64)
    best = np.full((len(probes), len(sizes)), never)
    for place, passage in enumerate(probes):
        if passage.own >= 0:
            own[place] = never if passage.own_score is None else passage.own_score
        if passage.scores is None:
            continue
        others = passage.scores.astype(np.float64)
        if passage.own >= 0:
            others[passage.own] = -np.inf
            ranks[place] = 1 + int((others > own[place]).sum())
        else:
            different.add(others.astype(np.float32))
        for column, size in enumerate(sizes):
            best[place, column] = others[:size].max(initial=-np.inf)
    return Searched(own, ranks, best, sizes), different


def _acquired(
    everybody: Sequence[Passage], listing: Listing, subject: dict[str, int]
) -> tuple[Acquired, ...]:
    """Give failures to enrol and to acquire, with their reasons."""
    entries = len(listing.people) + len(listing.rejected)
    refused: Mask = np.arange(entries) < len(listing.rejected)
    failed: Mask = np.array([each.scores is None for each in everybody], np.bool_)
    subjects: I64 = np.array([subject[each.person] for each in everybody], np.int64)
    return (
        Acquired(
            "list",
            share(refused, np.arange(entries, dtype=np.int64), of="photographs"),
            _counted(_sort(reason) for _, reason in listing.rejected),
        ),
        Acquired(
            "passages",
            share(failed, subjects, of="passages"),
            _counted(each.failed for each in everybody if each.failed is not None),
        ),
    )


def _counted(reasons: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(reasons).items(), key=lambda item: (-item[1], item[0])))


def _sort(reason: str) -> str:
    """Give a reason without its numbers and files, so that like ones are counted together."""
    if reason.endswith("faces, want one"):
        return "several faces"
    return "cannot be read" if reason.startswith("cannot be read") else reason


def _name(clip: str, walker: int) -> str:
    """Name a passage without its person: the same clip and truth give the same name."""
    return hashlib.sha256(f"{clip}:{walker}".encode()).hexdigest()[:32]
