"""The rule on a change of model or threshold: what it does is shown before it is authorised."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from overt.governance.comparison_checks import ALPHA, is_credibly_worse, what_is_wrong
from overt.governance.findings import Finding, judged, untold
from overt.governance.policy_kinds import Figures
from overt.governance.rules_subject import Before, Subject
from overt.inference.bundle import Bundle, Unread
from overt.statistics.power import smallest_rise
from overt.values.comparison import Comparison

__all__ = ["ABOUT", "RULE", "Sought", "compared", "few_probes", "shown"]

RULE: Final = "change-compared"
POWER: Final = 0.8  # with which the smallest rise would have been shown
ABOUT: Final = "change of bundle or threshold"
TO_DO: Final = (
    "`overt evaluate change` makes one of two evaluations of the same photographs; name its sha256 "
    "in the draft: comparison = ..."
)


@dataclass(frozen=True, slots=True, eq=False)
class Sought:
    """A change that is to be shown, and what was named to show it."""

    before: Before
    bundle: Bundle
    threshold: float
    found: Comparison | Unread | None
    reason: str  # why what became worse is accepted; "": it is not


def compared(subject: Subject, value: Figures, _now: datetime) -> Finding:
    """Check that a change against the last authorised deployment was measured, on whom it falls."""
    if subject.before is None:
        return untold(RULE, about=ABOUT, want="none, or one that was measured", to_do=TO_DO)
    if not subject.before:
        return judged(RULE, holds=True, about=ABOUT, got="nothing before it", want="it measured")
    (before,) = subject.before
    bundle, threshold = subject.bundle.digest, subject.deployment.threshold
    if (before.bundle, before.threshold) == (bundle, threshold):
        got = f"none since deployment {before.deployment}"
        return judged(RULE, holds=True, about=ABOUT, got=got, want="none, or one that was measured")
    reason = subject.deployment.statement.change.strip()
    return shown(Sought(before, subject.bundle, threshold, subject.comparison, reason), value)


def shown(sought: Sought, value: Figures) -> Finding:
    """Check that a comparison is of this change, follows from its own counts, and harms nobody."""
    before, bundle, threshold = sought.before, sought.bundle.digest, sought.threshold
    want = f"one of {_told(before.bundle, before.threshold)} with {_told(bundle, threshold)}"
    found = sought.found
    if not isinstance(found, Comparison):
        got = "no comparison" if found is None else f"no comparison ({found.reason})"
        return judged(RULE, holds=False, about=ABOUT, got=got, want=want, to_do=TO_DO)
    ends = [(used.bundle, used.threshold) for used in (found.before, found.after)]
    if ends != [(before.bundle, before.threshold), (bundle, threshold)]:
        got = f"a comparison of {' with '.join(_told(*end) for end in ends)}"
        return judged(RULE, holds=False, about=ABOUT, got=got, want=want, to_do=TO_DO)
    if (wrong := what_is_wrong(found) or _of_another(found, sought.bundle)) is not None:
        got = f"a comparison that does not hold: {wrong}"
        return judged(RULE, holds=False, about=ABOUT, got=got, want=want, to_do=TO_DO)
    return _weighed(sought, found, value)


def _of_another(found: Comparison, bundle: Bundle) -> str | None:
    """Say where it names the evaluation that the bundle rests on, and was of other photographs."""
    record = bundle.record
    if record is None or found.after.evaluation != record.sha256:
        return None
    if found.labels_sha256 != record.method.labels_sha256:
        return "it is of another table of labels than the evaluation it names"
    if found.mated > record.method.mated or found.nonmated > record.method.nonmated:
        return "it has more probes than the evaluation it names"
    return None


def _weighed(sought: Sought, found: Comparison, value: Figures) -> Finding:
    """Let what became worse pass only where the authorising officer says why it is accepted."""
    if not found.mated or not found.nonmated:
        got = f"{found.mated:,} probes of listed people and {found.nonmated:,} of others"
        return judged(RULE, holds=False, about=ABOUT, got=got, want="some of each", to_do=TO_DO)
    if (few := few_probes(found, value)) is not None:
        return few
    worse = list(_worse(found, value))
    want = (
        f"misses up by {value['misses']:.2%} at most and false alerts by "
        f"{value['false-alerts']:.2%}, for every group and between groups"
    )
    said = f"{found.mated:,} and {found.nonmated:,} probes, comparison {found.sha256[:12]}"
    if not worse:
        got = f"nothing worse ({said})"
        return judged(RULE, holds=True, about=ABOUT, got=got, want=want)
    reason = sought.reason
    got = f"{'; '.join(worse)} ({said})"
    return judged(
        RULE,
        holds=bool(reason),
        about=ABOUT,
        got=f"{got}; accepted, with a reason" if reason else got,
        want=f"{want}, or the officer's reason",
        to_do="do not make the change, or have the authorising officer write down why it is "
        "accepted: change = ... under [authority]",
    )


def few_probes(found: Comparison, value: Figures) -> Finding | None:
    """Refuse so few probes that nothing is worse because nothing is shown; None: they are enough.

    No reason takes the place of a measurement.
    """
    reach = [
        smallest_rise(probes, power=POWER, alpha=ALPHA) for probes in (found.mated, found.nonmated)
    ]
    limits = [value["shown-misses"], value["shown-false-alerts"]]
    if all(rise <= limit for rise, limit in zip(reach, limits, strict=True)):
        return None
    misses, alerts = ("none" if math.isinf(rise) else f"{rise:.2%} or more" for rise in reach)
    return judged(
        RULE,
        holds=False,
        about=ABOUT,
        got=f"{found.mated:,} and {found.nonmated:,} probes, which would have shown a rise of "
        f"misses of {misses} and of false alerts of {alerts}",
        want=f"so many that one of {limits[0]:.2%} and one of {limits[1]:.2%} would have been "
        "shown (4 times in 5)",
        to_do="compare evaluations of more people",
    )


def _worse(found: Comparison, value: Figures) -> Iterator[str]:
    limits = {"FNIR": ("misses", value["misses"]), "FPIR": ("false alerts", value["false-alerts"])}
    for change in found.changes:
        words, limit = limits[change.measure]
        if is_credibly_worse(change, limit=limit):
            yield (
                f"{words} of {change.group} {change.before:.2%} to {change.after:.2%} "
                f"({change.low:+.2%} to {change.high:+.2%})"
            )
    for gap in found.gaps:
        words, limit = limits[gap.measure]
        if is_credibly_worse(gap, limit=limit):
            yield (
                f"{words}: the gap between groups of {gap.column} {gap.before:.2%} to "
                f"{gap.after:.2%} ({gap.low:+.2%} to {gap.high:+.2%})"
            )


def _told(bundle: str, threshold: float) -> str:
    return f"bundle {bundle[:12]} at {threshold:g}"
