"""Evaluation records written by hand: one that meets the reference policy, and what it can lack."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Final

from overt.inference.bundle import Evaluation, Unread
from overt.statistics.binomial import tails_test
from overt.values.comparison import Change, Comparison, Gap, Used
from overt.values.evaluation import (
    AtThreshold,
    Method,
    Model,
    OfGroup,
    OfSize,
    Record,
    Share,
)

__all__ = ["evaluation_of", "make_change", "make_comparison", "make_record", "share"]

THRESHOLDS: Final = (0.50, 0.60, 0.62, 0.64)
SIZES: Final = (1000, 10_000)
SHOWN_AT: Final = 0.40  # where false matches are seen
GROUPS: Final = {"x": (40, 40_000), "y": (20, 40_000), "z": (20, 40_000)}


def share(events: int, trials: int, *, low: float, high: float, people: int = 300) -> Share:
    """Make a share with the ends that a test wants."""
    return Share(events, trials, people, events / trials, low, high, 0.95, "a test")


def make_record(  # noqa: PLR0913 - each is what some test is about
    *,
    digest: str = "b" * 64,
    half: str = "test",
    strangers: int = 5000,
    seen: int = 500,
    group_people: int = 300,
    false_alerts: Share | None = None,
    recognised: Share | None = None,
    thresholds: tuple[float, ...] = THRESHOLDS,
    sizes: tuple[int, ...] = SIZES,
    groups: Mapping[str, tuple[int, int]] = GROUPS,
    spread: float = 0.3,  # of each group's rate, up and down
    shown_at: float = SHOWN_AT,
    columns: tuple[str, ...] = ("group",),
    more: Mapping[float, Mapping[str, int]] = MappingProxyType({}),
) -> Record:
    """Write an evaluation that meets the reference policy, but for what a test asks.

    `more` has false matches within groups at further thresholds.
    """
    seen_at = {**more, shown_at: {name: events for name, (events, _) in groups.items()}}
    fpir = false_alerts or share(0, 5000, low=0.0, high=0.00074)
    tpir = recognised or share(450, 500, low=0.87, high=0.92)
    method = Method(
        "photographs", "made up", "0" * 64, half, 0, max(sizes), max(sizes), 9000, 5500, seen,
        strangers, seen, strangers,
    )  # fmt: skip
    return Record(
        made="2026-01-01T00:00:00+00:00",
        software="a test",
        model=Model("made-up", "1", digest, "cosine"),
        method=method,
        columns=columns,
        acquired=(),
        thresholds=tuple(
            AtThreshold(at, 1.0, True, fpir, tpir, tpir, fpir, 1e-4)  # noqa: FBT003
            for at in thresholds
        ),
        rates=(),
        sizes=tuple(OfSize(size, at, fpir, 0.0, 1e-4) for at in thresholds for size in sizes),
        groups=tuple(
            OfGroup(
                column,
                name,
                at,
                fpir,
                tpir,
                _false_matches(seen_at.get(at, {}).get(name, 0), trials, spread, group_people),
            )
            for column in columns
            for at in sorted({*seen_at, *thresholds})
            for name, (_, trials) in groups.items()
        ),
        bands=(),
        differences=(),
        worst=(),
        lines=(),
        limits=(),
        probes=(),
    )


def _false_matches(events: int, trials: int, spread: float, people: int) -> Share:
    value = events / trials
    low, high = value * (1 - spread), value * (1 + spread) or 1e-4
    return share(events, trials, low=low, high=high, people=people)


def evaluation_of(record: Record | Unread) -> Evaluation:
    """Give a record as a bundle has it."""
    return Evaluation(Path("/nowhere/evaluation.json"), "e" * 64, record)


def make_change(
    *,
    measure: str = "FNIR",
    group: str = "everybody",
    start: float = 0.1,
    by: float = 0.0,
    wide: float = 0.005,
    base: int = 30,
    probes: int = 0,
) -> Change:
    """Tell of one rate that rose `by`, give or take `wide`; of `base` probes nothing is left."""
    column = "" if group == "everybody" else "group"
    probes = probes or (5000 if measure == "FPIR" and not column else 500)
    errors, more = round(start * probes), round(by * probes)
    both = min(base, errors - max(-more, 0))
    better, worse = both + max(-more, 0), both + max(more, 0)
    p = tails_test(worse, better + worse, 0.5).value if better + worse else 1.0
    before, by = errors / probes, more / probes
    return Change(
        measure, "as used", column, group, probes, before, before + by, better, worse,
        by - wide, by + wide, p,
    )  # fmt: skip


def make_comparison(
    *,
    before: tuple[str, float],
    after: tuple[str, float],
    changes: tuple[Change, ...] = (),
    gaps: tuple[Gap, ...] = (),
    mated: int = 500,
    nonmated: int = 5000,
) -> Comparison:
    """Compare two bundles (digest, threshold) on made-up probes; what is not told stays."""
    used = [
        Used("made-up", "1", digest, at, sha256(digest.encode()).hexdigest())
        for digest, at in (before, after)
    ]
    told = {each.measure for each in changes if not each.column}
    of_all = [
        make_change(measure=measure, base=0, probes=probes)
        for measure, probes in (("FNIR", mated), ("FPIR", nonmated))
        if probes and measure not in told
    ]
    return Comparison(
        "2026-01-01T00:00:00+00:00", "a test", used[0], used[1], "0" * 64, 1000, mated, nonmated,
        (*of_all, *changes), gaps,
    )  # fmt: skip
