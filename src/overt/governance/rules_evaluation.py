"""The rules on the evaluation that an operational model rests on.

They read what was measured and nothing else: false alerts with a list as long as this one or
longer, at this threshold or a lower one; recognition at this threshold or a higher one. What is
predicted of a tail is the business of `predicted-false-alerts`, and is no evidence here. The same
checks make a bundle operational (`governance.qualifying`) and authorise its deployments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from overt.governance.evaluated_groups import differences, people_of_groups
from overt.governance.findings import Finding, judged, untold
from overt.governance.policy_kinds import Figures
from overt.governance.policy_known import Scale
from overt.governance.rules_subject import Subject
from overt.inference.bundle import Bundle, IntendedUse, Unread
from overt.match.scale import ReferenceScale
from overt.values.evaluation import Record, Share

__all__ = ["EVALUATED", "Asked", "asked_of", "evaluated"]

MISSES_NOTHING: Final = 3.69  # people without a false alert, times the limit: 95 %, two-sided


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A model with its evaluation, and what it is to be used for."""

    bundle: Bundle
    record: Record | Unread | None
    listed: int  # entries on the list
    threshold: float


Check: TypeAlias = Callable[[Asked, Any], Finding]


def asked_of(subject: Subject) -> Asked:
    """Ask about a deployment."""
    evaluation = subject.bundle.evaluation
    return Asked(
        subject.bundle,
        evaluation and evaluation.record,
        len(subject.watchlist),
        subject.deployment.threshold,
    )


def evaluated(rule: str) -> Callable[[Subject, Any, datetime], Finding]:
    """Make the check of a deployment."""

    def check(subject: Subject, value: object, _now: datetime) -> Finding:
        asked = asked_of(subject)
        if asked.record is None and asked.bundle.intended_use is IntendedUse.TRIAL:
            to_do = "`overt models qualify` holds a trial model to the rules"
            return untold(rule, about="evaluation", want="a model that was evaluated", to_do=to_do)
        return EVALUATED[rule](asked, value)

    return check


def is_of_bundle(asked: Asked, _value: None) -> Finding:
    """Check that the evaluation is there, whole, and of these very files."""
    rule, record, want = "evaluation-record", asked.record, f"one of {asked.bundle.evaluated}"
    about = f"evaluation of bundle {asked.bundle.name}"
    to_do = "evaluate this bundle with `overt evaluate photos`; `overt models qualify` takes it in"
    if not isinstance(record, Record):
        got = "none" if record is None else f"none that can be trusted ({record.reason})"
        return judged(rule, holds=False, about=about, got=got, want=want, to_do=to_do)
    return judged(
        rule,
        holds=record.model.digest == asked.bundle.evaluated,
        about=about,
        got=f"one of {record.model.digest or 'scores of another tool'}",
        want=f"{want}, its files, their use and its calibration",
        to_do=to_do,
    )


def half(record: Record, value: tuple[str, ...]) -> Finding:
    """Check whose photographs it was."""
    return judged(
        "evaluation-half",
        holds=record.method.half in value,
        about="people of the evaluation",
        got=f"the half called {record.method.half}",
        want=", or ".join(value) or "none: this policy takes no evaluation",
        to_do="evaluate with --half test, or on people of whom nothing was chosen",
    )


def strangers(record: Record, value: float) -> Finding:
    """Check how many people who are not listed were looked at."""
    got = record.method.nonmated_people
    return _people("evaluation-strangers", "people not listed in the evaluation", got, value)


def listed(record: Record, value: float) -> Finding:
    """Check how many listed people were looked for."""
    got = record.method.mated_people
    return _people("evaluation-listed", "people of the list seen in the evaluation", got, value)


def of_group(record: Record, value: float) -> Finding:
    """Check how many people each group has."""
    rule, counts = "evaluation-of-group", people_of_groups(record)
    if not counts:
        return _people(rule, "people of a group in the evaluation", 0, value)
    group, got = min(counts.items(), key=lambda item: item[1])
    return _people(rule, f"people of {group} in the evaluation", got, value)


def _people(rule: str, about: str, got: int, value: float) -> Finding:
    return judged(
        rule,
        holds=got >= value,
        about=about,
        got=f"{got:,}",
        want=f"{value:,.0f} or more",
        to_do="evaluate on more people, with --group for their groups",
    )


def scale(asked: Asked, value: tuple[str, ...]) -> Finding:
    """Say whether anybody measured what the threshold means, and check that it may be so."""
    rule, want = "evaluation-scale", f"it {' or '.join(value) or 'nowhere'}"
    about = f"reference scale at {asked.threshold:g}"
    calibration = asked.bundle.calibration
    if calibration is None:
        return untold(rule, about=about, want=want, to_do="calibrate the bundle")
    at = ReferenceScale(calibration).operating_point(asked.threshold, listed=asked.listed)
    kind = Scale.EXTRAPOLATED if at.extrapolated else Scale.MEASURED
    return judged(
        rule,
        holds=kind in value,
        about=about,
        got=f"it extrapolated: no pair of the {calibration.pairs:,} shows it"
        if at.extrapolated
        else f"it measured on {calibration.pairs:,} pairs",
        want=want,
        to_do="calibrate on more people, or lower the threshold to where it was measured",
    )


def false_alerts(asked: Asked, record: Record, value: float) -> Finding:
    """Check the upper end of the measured false alert rate, for this list and threshold."""
    rule, limit = "evaluation-false-alerts", f"1 in {1 / value:,.0f}"
    about = f"measured false alerts, {asked.listed:,} listed at {asked.threshold:g}"
    rows = [
        row
        for row in record.sizes
        if row.listed >= asked.listed and row.threshold <= asked.threshold and row.fpir
    ]
    if not rows:
        longest = max((row.listed for row in record.sizes), default=0)
        lowest = min((row.threshold for row in record.sizes), default=1.0)
        return judged(
            rule,
            holds=False,
            about=about,
            got=f"none: {longest:,} listed at most, at {lowest:g} or above",
            want=f"{asked.listed:,} or more listed, at {asked.threshold:g} or below",
            to_do=f"evaluate with --listed {asked.listed} or more, "
            f"--threshold {asked.threshold:g} and people who are not listed",
        )
    row = max(rows, key=lambda row: (row.threshold, -row.listed))
    found = row.fpir
    high = found.high if found else 1.0
    return judged(
        rule,
        holds=high <= value,
        about=about,
        got=f"{_counted(found)} with {row.listed:,} listed at {row.threshold:g}",
        want=f"{limit} or fewer at the upper end",
        to_do=f"about {MISSES_NOTHING / value:,.0f} people without a false alert show it: evaluate "
        "more, raise the threshold, or shorten the list",
    )


def recognition(asked: Asked, record: Record, value: float) -> Finding:
    """Check the lower end of what was recognised, failures to find a face counted as missed."""
    rule, want = "evaluation-recognition", f"{value:.0%} or more at the lower end"
    about = f"measured recognition at {asked.threshold:g}"
    rows = [
        row
        for row in record.thresholds
        if row.threshold >= asked.threshold and row.tpir_of_all is not None
    ]
    if not rows:
        got = f"none at {asked.threshold:g} or above"
        to_do = f"evaluate with --threshold {asked.threshold:g}, on people with two photographs"
        return judged(rule, holds=False, about=about, got=got, want=want, to_do=to_do)
    row = min(rows, key=lambda row: row.threshold)
    found = row.tpir_of_all
    return judged(
        rule,
        holds=found is not None and found.low >= value,
        about=about,
        got=f"{_counted(found)} at {row.threshold:g}",
        want=want,
        to_do="a model that misses so many does not justify looking at everybody: use another, or "
        "lower the threshold where the other rules let you",
    )


def _counted(share: Share | None) -> str:
    if share is None:
        return "nothing"
    ends = f"{share.low:.3%} to {share.high:.3%}"
    return f"{share.value:.3%} ({ends}; {share.events:,} of {share.trials:,})"


def _on_record(rule: str, check: Callable[[Asked, Record, Any], Finding]) -> Check:
    """Make a check that needs a record; without one the rule `evaluation-record` refuses."""

    def checked(asked: Asked, value: object) -> Finding:
        if not isinstance(asked.record, Record):
            want = "an evaluation that can be read"
            return untold(rule, about="evaluation", want=want, to_do="see evaluation-record")
        return check(asked, asked.record, value)

    return checked


def _between_groups(asked: Asked, record: Record, value: Figures) -> Finding:
    found = differences(record, threshold=asked.threshold, ratio=value["ratio"], at=value["at"])
    return judged(
        "evaluation-differences",
        holds=found.holds,
        about=f"false matches of {found.about}",
        got=found.got,
        want=f"{value['ratio']:g} or less at the upper end, from worst to best group, "
        f"where 1 in {1 / value['at']:,.0f} pairs match falsely or fewer",
        to_do=found.to_do,
    )


# Any: each check takes the kind of value that `policy_known.KNOWN` gives its rule.
EVALUATED: Final[Mapping[str, Check]] = MappingProxyType(
    {
        "evaluation-record": is_of_bundle,
        "evaluation-half": _on_record("evaluation-half", lambda _, r, v: half(r, v)),
        "evaluation-strangers": _on_record("evaluation-strangers", lambda _, r, v: strangers(r, v)),
        "evaluation-listed": _on_record("evaluation-listed", lambda _, r, v: listed(r, v)),
        "evaluation-of-group": _on_record("evaluation-of-group", lambda _, r, v: of_group(r, v)),
        "evaluation-scale": scale,
        "evaluation-false-alerts": _on_record("evaluation-false-alerts", false_alerts),
        "evaluation-recognition": _on_record("evaluation-recognition", recognition),
        "evaluation-differences": _on_record("evaluation-differences", _between_groups),
    }
)
