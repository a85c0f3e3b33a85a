"""The verdict on each group's part of the false alerts, allowing for how many were compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from overt.errors import ReportError
from overt.report.document.exposed import Exposed
from overt.report.groups import GROUPS, Group
from overt.report.sections.group_counts import GroupCounts
from overt.statistics.estimate import NoTrials, PValue
from overt.statistics.exposure import (
    Assessment,
    Exposure,
    Known,
    Range,
    Settled,
    Spanned,
    Unknown,
    assess,
)
from overt.statistics.intervals import LEVEL
from overt.statistics.phrases import Words, probability
from overt.statistics.several import holm
from overt.statistics.verdict import Verdict, judge

__all__ = ["POWER", "Judged", "exposure_of", "judge_groups", "require_known_groups", "words_of"]

POWER: Final = 0.8  # with which "could have been shown" is meant


@dataclass(frozen=True, slots=True)
class Judged:
    """One group: its counts, what is assumed, and what follows."""

    group: Group
    events: int
    known: int  # events whose group is recorded
    not_known: int
    assumed: Exposed | None
    assessed: Assessment  # at the level that allows for the other groups
    verdict: Verdict
    adjusted: PValue | None  # Holm's; None where there is no p-value
    compared: int  # groups that have one

    @property
    def text(self) -> str:
        """The verdict's sentences, and what they are to be read with."""
        parts = [self.verdict.text]
        if self.adjusted is not None and self.compared > 1:
            parts.append(
                f"{self.compared} groups were compared: allowing for that, p = "
                f"{probability(self.adjusted.value)} (Holm), and the interval is wider."
            )
        if self.assumed is not None:
            source = self.assumed.source or "nobody said where it comes from"
            parts.append(f"The share of the faces seen is assumed: {source.rstrip('.')}.")
        if self.not_known:
            parts.append(
                f"The {self.group.dimension} of {self.not_known} more is not recorded: of all "
                f"{self.known + self.not_known}, {self.events} to {self.events + self.not_known} "
                f"were {self.group.people}."
            )
        return " ".join(parts)


def words_of(group: Group, *, all_known: bool) -> Words:
    """Give what sentences call a group, false alerts and faces."""
    which = "" if all_known else f" whose {group.dimension} is recorded"
    return Words(group.people, f"false alert{which}", f"false alerts{which}", "faces seen")


def require_known_groups(exposures: Sequence[Exposed]) -> None:
    """Refuse an exposure of a group that nobody records.

    Raises:
        ReportError: it names the group.
    """
    for exposed in exposures:
        if exposed.group not in GROUPS:
            raise ReportError(
                f"exposure: got group {exposed.group!r}, want one of {', '.join(GROUPS)}"
            )


def exposure_of(group: Group, exposures: Sequence[Exposed]) -> Exposed | None:
    """Find what is assumed of a group over all faces."""
    return next((one for one in exposures if one.group == group.name and not one.place), None)


def judge_groups(
    counts: Sequence[GroupCounts], exposures: Sequence[Exposed], *, margin: float
) -> Mapping[str, Judged]:
    """Judge every group of some dimensions of which a false alert is recorded at all.

    Holm's procedure (1979): in the order of their p-values the first of k groups is held to
    5 % / k, the next to 5 % / (k - 1), and so on; none after one that is not shown. Each interval
    is of the level that its p-value is held to, so that the two never contradict each other.
    """
    asked = [
        (GROUPS[name], events, of) for of in counts if of.known for name, events in of.of.items()
    ]
    first = {group.name: _assess(group, events, of, exposures) for group, events, of in asked}
    tested = {name: p for name, one in first.items() if (p := _p_of(one)) is not None}
    adjusted = dict(zip(tested, holm(list(tested.values())), strict=True))
    levels = _levels({name: p.value for name, p in tested.items()})
    found: dict[str, Judged] = {}
    for group, events, of in asked:
        level = levels.get(group.name, LEVEL)
        assessed = _assess(group, events, of, exposures, level=level)
        words = words_of(group, all_known=not of.not_known)
        verdict = judge(assessed, words, margin=margin, power=POWER)
        if isinstance(verdict, NoTrials):  # not with events that are known
            continue
        found[group.name] = Judged(
            group=group,
            events=events,
            known=of.known,
            not_known=of.not_known,
            assumed=exposure_of(group, exposures),
            assessed=assessed,
            verdict=verdict,
            adjusted=adjusted.get(group.name),
            compared=len(tested),
        )
    return found


def _assess(
    group: Group,
    events: int,
    of: GroupCounts,
    exposures: Sequence[Exposed],
    *,
    level: float = LEVEL,
) -> Assessment:
    made = assess(
        events, of.known, _known_of(exposure_of(group, exposures)), of="false alerts", level=level
    )
    if isinstance(made, NoTrials):
        raise ReportError(f"group {group.name}: got no false alert to judge, want 1 or more")
    return made


def _known_of(exposed: Exposed | None) -> Exposure:
    if exposed is None:
        return Unknown()
    return Known(exposed.low) if exposed.is_one_figure else Range(exposed.low, exposed.high)


def _p_of(assessed: Assessment) -> PValue | None:
    match assessed:
        case Spanned(most=p):
            return p
        case Settled(p=p):
            return p
        case _:
            return None


def _levels(p_values: Mapping[str, float]) -> Mapping[str, float]:
    """Give the level at which Holm's procedure holds each group."""
    order = sorted(p_values, key=lambda name: p_values[name])
    alpha, left, levels = 1 - LEVEL, len(order), dict[str, float]()
    stopped = False
    for name in order:
        levels[name] = 1 - alpha / left
        stopped = stopped or p_values[name] > alpha / left * (1 + 1e-9)
        left -= not stopped
    return levels
