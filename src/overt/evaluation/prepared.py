"""Photographs dealt into a list and probes, with their templates: ready to be searched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from overt.arrays import F64, I64, Vectors
from overt.errors import EvaluationError
from overt.evaluation.dealing import deal
from overt.evaluation.photographs import PhotoSet
from overt.evaluation.shares import counted, numbered
from overt.evaluation.templates import Failed, Taken
from overt.select.limits import Limits
from overt.values.evaluation import Acquired

__all__ = ["Prepared", "prepare"]


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """What is searched in what."""

    columns: tuple[str, ...]
    entries: Vectors  # (m, d)
    entry_subjects: I64  # (m,)
    vectors: Vectors  # (n, d) of the probes
    names: tuple[str, ...]  # (n,) first half of each photograph's SHA-256
    subjects: I64  # (n,) numbers of people
    own: I64  # (n,) row of the own entry; -1 for who is not listed
    groups: tuple[tuple[str, ...], ...]  # (n,) of each probe, one for each column
    quality: F64  # (n,) 0 to 1
    missed: I64  # (k,) subjects of probes of listed people who were never compared
    acquired: tuple[Acquired, ...]
    wanted: int  # listed
    people: int

    @property
    def is_mated(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which probes are of listed people."""
        return self.own >= 0


def prepare(
    photographs: PhotoSet,
    found: Sequence[Taken | Failed],
    *,
    listed: int,
    seed: int,
    listing: Limits,
    seen: Limits,
) -> Prepared:
    """Deal photographs into a list and probes, each held to the limits of the live path.

    Args:
        photographs: the set.
        found: the template of each, in order.
        listed: people to list.
        seed: of the draw.
        listing: what a listed photograph must measure.
        seen: what a probe must measure.

    Raises:
        EvaluationError: nobody could be listed, or no probe compared.
    """
    dealt = deal(photographs.photographs, listed=listed, seed=seed)
    numbers = numbered([photo.identity for photo in photographs.photographs])
    entries, refused = _enrolled(found, dealt.listed, numbers, listing)
    unfit = Counter[str]()
    rows_of = {subject: row for row, subject in enumerate(entries)}
    probes: list[tuple[int, Taken]] = []
    missed: list[int] = []
    is_mated = set(dealt.mated)
    for row in (*dealt.mated, *dealt.nonmated):
        each, subject = found[row], int(numbers[row])
        reason = _reason(each, seen, alone=False)
        if reason is not None:
            unfit[_sort(reason)] += 1
        enrolled = row not in is_mated or subject in rows_of
        if isinstance(each, Taken) and reason is None and enrolled:
            probes.append((row, each))
        elif row in is_mated:
            missed.append(subject)
    _check(len(entries), len(probes))
    return Prepared(
        columns=photographs.columns,
        entries=np.stack([each.vector for each in entries.values()]),
        entry_subjects=np.array(list(entries), np.int64),
        vectors=np.stack([each.vector for _, each in probes]),
        names=tuple(each.sha256[:32] for _, each in probes),
        subjects=np.array([numbers[row] for row, _ in probes], np.int64),
        own=np.array([rows_of.get(int(numbers[row]), -1) for row, _ in probes], np.int64),
        groups=tuple(each.photograph.groups for _, each in probes),
        quality=np.array([each.quality.score for _, each in probes]),
        missed=np.array(missed, np.int64),
        acquired=(
            _acquired("list", refused, len(dealt.listed), len(dealt.listed)),
            _acquired("probes", unfit, len(dealt.mated) + len(dealt.nonmated), len(set(numbers))),
        ),
        wanted=listed,
        people=len(set(numbers.tolist())),
    )


def _check(entries: int, probes: int) -> None:
    if not entries or not probes:
        raise EvaluationError(
            f"photographs: got {entries} entries and {probes} probes, want some of each"
        )


def _enrolled(
    found: Sequence[Taken | Failed], rows: Sequence[int], numbers: I64, limits: Limits
) -> tuple[dict[int, Taken], Counter[str]]:
    """Give the entry of each person who could be listed, in order, and why others could not."""
    entries: dict[int, Taken] = {}
    refused = Counter[str]()
    for row in rows:
        each = found[row]
        reason = _reason(each, limits, alone=True)
        if isinstance(each, Taken) and reason is None:
            entries[int(numbers[row])] = each
        else:
            refused[_sort(reason)] += 1
    return entries, refused


def _reason(each: Taken | Failed, limits: Limits, *, alone: bool) -> str | None:
    return each.reason if isinstance(each, Failed) else each.reason(limits, alone=alone)


def _sort(reason: str | None) -> str:
    """Give a reason without its numbers, so that like ones are counted together."""
    text = reason or ""
    return "several faces" if text.endswith("faces, want one") else text


def _acquired(part: str, reasons: Counter[str], of: int, people: int) -> Acquired:
    failed = counted(reasons.total(), of, of="photographs", people=people)
    return Acquired(part, failed, tuple(sorted(reasons.items(), key=lambda item: -item[1])))
